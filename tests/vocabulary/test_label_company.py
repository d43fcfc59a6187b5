"""What a single letter means depends on the other labels of the file. Every list is one a laboratory has written."""

from __future__ import annotations

import pytest

from emgpipe.vocabulary import guess_channels, is_spelled_out, load_vocabulary

UNKNOWN = ("", "")
GMAX_U, GMAX_L = ("gluteus_maximus_upper", ""), ("gluteus_maximus_lower", "")
GAST_L, GAST_M = ("gastrocnemius_lateralis", ""), ("gastrocnemius_medialis", "")
HAM_L, HAM_M = ("biceps_femoris", ""), ("medial_hamstrings", "")
TRAP_U, TRAP_M, TRAP_L = ("trapezius_upper", ""), ("trapezius_middle", ""), ("trapezius_lower", "")
DELT_A, DELT_M, DELT_P = ("deltoid_anterior", ""), ("deltoid_middle", ""), ("deltoid_posterior", "")
ES_T, ES_L = ("erector_spinae_thoracic", ""), ("erector_spinae_lumbar", "")
VASTI = [("vastus_lateralis", ""), ("vastus_medialis", "")]
TA, SOL = ("tibialis_anterior", ""), ("soleus", "")


def sides(muscle: str) -> list[tuple[str, str]]:
    return [(muscle, "left"), (muscle, "right")]


# Labels of one file, separated by semicolons -> what each of them is.
FILES = {
    # a letter is a part of the muscle
    "GMax_U;GMax_L;BF;VL": [GMAX_U, GMAX_L, ("biceps_femoris", ""), VASTI[0]],
    "GMAX U;GMAX L": [GMAX_U, GMAX_L],
    "Glut Max U (uV);Glut Max L (uV)": [GMAX_U, GMAX_L],
    "GlutMaxU;GlutMaxL": [GMAX_U, GMAX_L],
    "U Gmax;L Gmax": [GMAX_U, GMAX_L],
    "U. glute max;L. glute max": [GMAX_U, GMAX_L],
    "UGMAX.EMG1;LGMAX.EMG2;VL.EMG3": [GMAX_U, GMAX_L, VASTI[0]],
    "S GMAX;I GMAX": [GMAX_U, GMAX_L],
    "RT GMAX U;RT GMAX L": [("gluteus_maximus_upper", "right"), ("gluteus_maximus_lower", "right")],
    "UTrap;MTrap;LTrap": [TRAP_U, TRAP_M, TRAP_L],
    "U Trap;M Trap;L Trap": [TRAP_U, TRAP_M, TRAP_L],
    "Trap U;Trap M;Trap L": [TRAP_U, TRAP_M, TRAP_L],
    "Trap U;Trap L": [TRAP_U, TRAP_L],
    "LHAM;MHAM;VL;VM": [HAM_L, HAM_M, *VASTI],
    "Ham L;Ham M": [HAM_L, HAM_M],
    "L Hamstring;M Hamstring": [HAM_L, HAM_M],
    "L Gastroc;M Gastroc;TA;SOL": [GAST_L, GAST_M, TA, SOL],
    "LGAST;MGAST;TA": [GAST_L, GAST_M, TA],
    "Gast L;Gast M": [GAST_L, GAST_M],
    "Gastro L;Gastro M": [GAST_L, GAST_M],
    "Gastroc_L;Gastroc_M": [GAST_L, GAST_M],
    "GASTL;GASTM": [GAST_L, GAST_M],
    "M. gastroc L;M. gastroc M": [GAST_L, GAST_M],
    "VASL;VASM": VASTI,
    "ADelt;LDelt;PDelt": [DELT_A, DELT_M, DELT_P],
    "A Delt;L Delt;P Delt": [DELT_A, DELT_M, DELT_P],
    "Delt A;Delt L;Delt P": [DELT_A, DELT_M, DELT_P],
    "Deltoid A;Deltoid M;Deltoid P": [DELT_A, DELT_M, DELT_P],
    "TES;LES": [ES_T, ES_L],
    "ES L;ES T": [ES_L, ES_T],
    "Erector spinae T;Erector spinae L": [ES_T, ES_L],
    "Adductor L;Adductor M": [("adductor_longus", ""), ("adductor_magnus", "")],
    "BF_L;BF_S": [("biceps_femoris_long_head", ""), ("biceps_femoris_short_head", "")],
    "Peroneus L;Peroneus B": [("peroneus_longus", ""), ("peroneus_brevis", "")],
    # a letter is a part, but which one is not certain, or two meanings stand beside each other
    "UES;LES": [UNKNOWN, UNKNOWN],
    "Triceps L;Triceps M": [UNKNOWN, UNKNOWN],
    "SOL L;SOL M": [UNKNOWN, UNKNOWN],
    "Delt L;Delt M": [UNKNOWN, UNKNOWN],
    "LGMAX;RGMAX;UGMAX": [UNKNOWN, UNKNOWN, GMAX_U],
    "LES;RES;TES": [UNKNOWN, UNKNOWN, UNKNOWN],
    "Wrist flexor R;Wrist flexor U": [UNKNOWN, UNKNOWN],
    "ADelt;RDelt": [UNKNOWN, UNKNOWN],
    "Upper Trap;L Trap": [TRAP_U, UNKNOWN],
    "Med Gastroc;L Gastroc": [GAST_M, UNKNOWN],
    "ESL;EST": [UNKNOWN, UNKNOWN],
    "ESL (uV);EST (uV)": [UNKNOWN, UNKNOWN],
    # a letter is a side
    "LES;RES": sides("erector_spinae"),
    "LST;RST": sides("semitendinosus"),
    "LGMAX;RGMAX;VL": [*sides("gluteus_maximus"), VASTI[0]],
    "GMAX L;GMAX R": sides("gluteus_maximus"),
    "L Trap;R Trap;L Delt;R Delt": [*sides("trapezius"), *sides("deltoid")],
    "Peroneus_L;Peroneus_R": sides("peroneus_longus"),
    "VM_L;VM_R": sides("vastus_medialis"),
    "M. gastroc L;M. gastroc R": sides("gastrocnemius"),
    "ES T9 L;ES T9 R": sides("erector_spinae_thoracic"),
    "LTA;LVL": [("tibialis_anterior", "left"), ("vastus_lateralis", "left")],
    "LVL;RVL;LGMAX": [*sides("vastus_lateralis"), ("gluteus_maximus", "left")],
    "LT GAST;LT TA": [("gastrocnemius", "left"), ("tibialis_anterior", "left")],
    # no company: the muscle, without a side
    "LGMAX;BF": [("gluteus_maximus", ""), ("biceps_femoris", "")],
    "LVL;RVL;LGMAX;LHAM": [*sides("vastus_lateralis"), ("gluteus_maximus", ""), ("hamstrings", "")],
    "VL_L;VL_R;LGMAX": [*sides("vastus_lateralis"), ("gluteus_maximus", "")],
    "LGMAX;RF": [("gluteus_maximus", ""), ("rectus_femoris", "")],
    # short names that mean something else here
    "UT;MT;LT": [UNKNOWN, UNKNOWN, UNKNOWN],
    "ST;MT;IT": [UNKNOWN, UNKNOWN, UNKNOWN],
    "R ST;R MT;R IT": [UNKNOWN, UNKNOWN, UNKNOWN],
    "RST;RMT;LST;LMT": [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN],
    "RA;EO;IO;TA;MF": [UNKNOWN] * 5,
    "External Oblique;TA": [("external_oblique", ""), UNKNOWN],
    "LF;RF;LH;RH": [UNKNOWN] * 4,
    "RF;HR;VE": [UNKNOWN] * 3,
    "VL;VR": [UNKNOWN, UNKNOWN],
    "RFEM;LFEM": [UNKNOWN, UNKNOWN],
    "TA;SOL;RF;ST": [TA, SOL, ("rectus_femoris", ""), ("semitendinosus", "")],
}


@pytest.mark.parametrize(("labels", "expected"), FILES.items())
def test_what_the_labels_of_a_file_mean_together(labels, expected):
    assert [(guess.muscle, guess.side) for guess in guess_channels(labels.split(";"))] == expected


@pytest.mark.parametrize("labels", FILES)
def test_the_order_of_the_channels_does_not_matter(labels):
    names = labels.split(";")
    assert guess_channels(names[::-1]) == guess_channels(names)[::-1]


def test_a_doubtful_letter_is_said():
    assert "may be a side or a part" in guess_channels(["LGMAX"])[0].why


@pytest.mark.parametrize(
    ("label", "expected"),
    [("LT GLUTEUS MAXIMUS (uV)", True), ("gluteus_maximus_left", True), ("Gluteus maximus", True),
     ("L Gluteus maximus", False), ("RT GMAX", False), ("RGMAX", False)],
)  # fmt: skip
def test_spelled_out_names(label, expected):
    assert is_spelled_out(label, load_vocabulary().muscles["gluteus_maximus"]) is expected


def test_many_channels_are_quick():
    labels = [f"{side}GAST.EMG{number}" for number in range(150) for side in "LR"]
    assert {guess.side for guess in guess_channels(labels)} == {"left", "right"}
