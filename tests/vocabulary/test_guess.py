"""Labels of channels, as devices and laboratories write them; what cannot be known is not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.vocabulary import VocabularyAdditions, guess_channel, load_vocabulary, normalize
from emgpipe.vocabulary.words import split_words

KNOWN = {
    "LT GLUT MED (uV)": ("gluteus_medius", "left"),
    "RGMAX": ("gluteus_maximus", "right"),
    "LGMAX": ("gluteus_maximus", ""),
    "R_GMED": ("gluteus_medius", "right"),
    "GMAX_R": ("gluteus_maximus", "right"),
    "GMAXR": ("gluteus_maximus", "right"),
    "gmaxL": ("gluteus_maximus", ""),
    "LGMed": ("gluteus_medius", "left"),
    "GLUT. MED. RT": ("gluteus_medius", "right"),
    "BICEPS BR. LT": ("biceps_brachii", "left"),
    "Delt_ant.EMG1": ("deltoid_anterior", ""),
    "Pec.IM EMG12": ("pectoralis_major", ""),
    "Right Biceps Femoris Caput Longu": ("biceps_femoris_long_head", "right"),
    "Voltage.L Tib Ant": ("tibialis_anterior", "left"),
    "RSOL": ("soleus", "right"),
    "LHAM": ("hamstrings", ""),
    "upper trap": ("trapezius_upper", ""),
    "R VASTUS LATERALIS: EMG 1": ("vastus_lateralis", "right"),
    "m. vastus lat. re": ("vastus_lateralis", "right"),
    "gluteus maximus links": ("gluteus_maximus", "left"),
    "GMAX izq": ("gluteus_maximus", "left"),
    "gluteo mayor der": ("gluteus_maximus", "right"),
    "RF droite": ("rectus_femoris", "right"),
    "Droit fémoral gauche": ("rectus_femoris", "left"),
    "ES L3": ("erector_spinae_lumbar", ""),
    "ES L3 R": ("erector_spinae_lumbar", "right"),
    "ES T9 L": ("erector_spinae_thoracic", "left"),
    "Longissimus T10": ("erector_spinae_longissimus", ""),
    "GASTL": ("gastrocnemius", ""),
    "Peroneus_L": ("peroneus_longus", ""),
    "Peroneus longus L": ("peroneus_longus", "left"),
    "VM_L": ("vastus_medialis", ""),
    "LVM": ("vastus_medialis", "left"),
    "R Delt": ("deltoid", ""),
    "Großer Gesäßmuskel rechts": ("gluteus_maximus", "right"),
    "grosser Gesaessmuskel li": ("gluteus_maximus", "left"),
    "VL2": ("vastus_lateralis", ""),
    "ST": ("semitendinosus", ""),
    "RTA": ("tibialis_anterior", "right"),
    "Gluteus Maximus RT (% MVC)": ("gluteus_maximus", "right"),
    "EMG GlutMax supR": ("gluteus_maximus_upper", "right"),
    "RGLUT_LO.EMG2": ("gluteus_maximus_lower", "right"),
}
UNKNOWN = (
    "Ultium EMG.EMG 3", "Sensor 12.EMG12", "Sensor 1.IM EMG1", "Voltage.1", "EMG1", "channel 3", "", "---", "1",
    "Voltage.L Rect", "LREC", "LVAS", "LTIB", "LBIC", "L Biceps", "LGRF", "GM", "LGM", "MA", "ME", "S T", "B F", "LG",
    "GL", "RES", "RST", "QUADR", "GMAXL", "F3", "FC5", "T7", "EMG submental", "L Spare", "RA", "EO", "Voltage:LDA~2",
    "GMAX GMED", "left right GMAX", "BF L 1", "Biceps Femoris L", "st elevation", "soleus length", "P01 anna VL x",
    "GLUT L MED R", "SO2", "SO2 (%)", "Erector Spinae C4 L", "ES L3 T12", "Multifidus T5", "Vastus L",
)  # fmt: skip


@pytest.mark.parametrize(("label", "expected"), KNOWN.items())
def test_known_labels(label, expected):
    guess = guess_channel(label)
    assert (guess.muscle, guess.side) == expected
    assert guess.why


@pytest.mark.parametrize("label", UNKNOWN)
def test_what_cannot_be_known_is_not_guessed(label):
    assert (guess_channel(label).muscle, guess_channel(label).side) == ("", "")


def test_a_side_alone_counts_as_a_word_but_not_as_a_letter():
    assert guess_channel("EMG left").side == "left"
    assert guess_channel("EMG L").side == ""


def test_a_study_settles_its_own_abbreviations():
    entries = [{"id": "my_maximus", "part_of": "gluteus_maximus", "synonyms": ["MA", "GM"]}]
    words = load_vocabulary(VocabularyAdditions.model_validate({"muscles": entries}))
    assert guess_channel("R MA", words).muscle == "my_maximus"
    assert guess_channel("R MA", words).side == "right"
    assert guess_channel("GM", words).muscle == "my_maximus"


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40))
def test_any_text_is_survived_and_every_guess_is_a_muscle(text):
    assert guess_channel(text).muscle in {"", *load_vocabulary().muscles}


CERTAIN = [
    (muscle.id, name)
    for muscle in load_vocabulary().muscles.values()
    for name in (muscle.id, *muscle.synonyms)
    if len(normalize(name)) > 4 and not set(split_words(name)) & {"l", "r", "sp", "br"}
]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(CERTAIN),
    st.sampled_from([("LT ", "", "left"), ("", " RT", "right"), ("Right ", "", "right"), ("", "_left", "left")]),
    st.sampled_from(["{}", "{} (uV)", "{}: EMG 3", "Voltage.{}", "{}.EMG12", "{} RMS"]),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_every_name_is_found_with_any_side_and_device(entry, side, device, letters):
    muscle, name = entry
    before, after, expected = side
    guess = guess_channel(device.format(f"{before}{letters(name)}{after}"))
    assert (guess.muscle, guess.side) == (muscle, expected)
