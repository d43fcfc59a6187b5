"""Load, tempo and side: what every comparison of conditions says about them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison import Paired, Ranking, StudyTables
from emgpipe.comparison.shared.sides import on_idle_side
from emgpipe.errors import ComparisonError
from emgpipe.vocabulary import VocabularyAdditions, load_vocabulary
from tests.comparison.tables import duration, row, table

WORDS = load_vocabulary()
EXERCISES = {"factor": "exercise", "metrics": ("mean",)}
COLUMNS = ("load", "working_side")


def study(rows) -> StudyTables:
    """A metrics table whose factors include load and working side."""
    frame = table(rows)
    added = [name for name in COLUMNS if name in frame.columns]
    others = [name for name in frame.columns if name not in added]
    place = others.index("load_basis") + 1
    return StudyTables(frame[[*others[:place], *added, *others[place:]]])


def loaded(squat: tuple[str, str], lunge: tuple[str, str]) -> StudyTables:
    """Two exercises with (load basis, load)."""
    given = {"back_squat": squat, "front_squat": lunge}
    return study(
        row(p, e, 1e-4 * (1 + n), load_basis=basis, load=load)
        for n, p in enumerate("AB") for e, (basis, load) in given.items()
    )  # fmt: skip


def paired(tables: StudyTables, **settings):
    (found,) = Paired.model_validate(EXERCISES | settings).compare(tables, WORDS)
    return found


MIXED = loaded(("10RM", "80"), ("kg", "60"))


def test_mixed_load_bases_are_annotated():
    found = paired(MIXED)
    (caution,) = [sentence for sentence in found.sentences if sentence.startswith("Load bases differ")]
    assert caution == (
        "Load bases differ (back squat 10RM and front squat kg): equal relative and equal absolute load are different "
        "questions, and this compares loads as well as exercises."
    )
    assert found.basis["load_basis"] == "back_squat: 10RM, front_squat: kg"


def test_mixed_load_bases_are_refused_where_that_is_asked():
    with pytest.raises(
        ComparisonError, match=r"not compared\. Load bases differ \(back squat 10RM and front squat kg\)"
    ):
        paired(MIXED, mixed_loads="refuse")
    assert len(paired(loaded(("10RM", "80"), ("10 rm", "60")), mixed_loads="refuse").table) == 1


def test_scopes_of_one_load_are_left_when_others_are_refused():
    rows = [row(p, e, 1e-4, head_position=h, load_basis="10RM" if h == "neutral" or e == "back_squat" else "bodyweight")
            for p in "AB" for e in ("back_squat", "front_squat") for h in ("neutral", "hyperflexion")]  # fmt: skip
    question = {"factor": "head_position", "within": "exercise", "mixed_loads": "refuse"}
    found = paired(study(rows), **question)
    assert found.table["scope"].tolist() == ["exercise = back_squat"]
    assert found.basis["places_left_out"].startswith("Head positions in front squat: not compared. Load bases differ")


@pytest.mark.parametrize(("squat", "lunge", "said"), [
    (("kg", "60"), ("kg", "80"), "Loads differ (on average back squat 60 kg and front squat 80 kg)"),
    (("%1RM", "60"), ("%1RM", "80"), "Loads differ (on average back squat 60 %1RM and front squat 80 %1RM)"),
    (("", "60"), ("", "80"), "Loads differ (on average back squat 60 and front squat 80)"),
    (("kg", "60"), ("kg", "60.2"), ""), (("10RM", "60"), ("10RM", "80"), ""), (("80 %1RM", "60"), ("80%1RM", "80"), ""),
    (("bodyweight", ""), ("bodyweight", ""), ""), (("kg", "heavy"), ("kg", "light"), ""),
])  # fmt: skip
def test_loads_of_one_basis(squat, lunge, said):
    found = paired(loaded(squat, lunge))
    cautions = [sentence for sentence in found.sentences if "oads differ" in sentence]
    assert [sentence.split(":")[0] for sentence in cautions] == ([said] if said else [])


def test_what_loads_were_is_in_the_basis():
    assert paired(loaded(("kg", "60"), ("kg", "60"))).basis["load"].startswith("every participant has one load")
    assert "back_squat: 60, front_squat: 80" in paired(loaded(("10RM", "60"), ("10RM", "80"))).basis["load"]
    assert "NOT RECORDED in front_squat" in paired(loaded(("kg", "60"), ("kg", ""))).basis["load"]
    nothing = paired(study(row(p, e, 1e-4, load_basis="") for p in "AB" for e in ("back_squat", "front_squat")))
    assert nothing.basis["load"] == nothing.basis["load_basis"] == "NOT RECORDED"


def test_loads_may_be_what_is_compared():
    rows = [row(p, "back_squat", 1e-4, load=load, load_basis="kg", trial=load) for p in "AB" for load in ("60", "80")]
    found = paired(study(rows), factor="load", mixed_loads="refuse")
    assert not [sentence for sentence in found.sentences if "oads differ" in sentence]


@pytest.mark.parametrize(("metric", "seconds", "said"), [
    ("peak", 2.6, True), ("peak", 2.4, False), ("mean", 2.6, False), ("sustained_peak", 4.0, True)])  # fmt: skip
def test_peaks_of_longer_repetitions_are_flagged(metric, seconds, said):
    rows = [one for p in "AB" for e, long in (("back_squat", 2.0), ("front_squat", seconds))
            for one in (row(p, e, 1e-4, metric=metric), duration(p, e, long))]  # fmt: skip
    found = paired(study(rows), metrics=(metric,))
    assert any("peaks favor the longer" in sentence for sentence in found.sentences) is said
    assert found.basis["repetition_duration"] == f"back_squat: 2.00 s, front_squat: {seconds:.2f} s"


def one_leg(working: str = "left", muscles=("gluteus_maximus_lower", "erector_spinae")) -> StudyTables:
    """Hip thrust with both legs and single-leg hip thrust; both sides measured."""
    return study(
        row(p, e, (2e-4 if side == "left" else 1e-4) * (1 + n), muscle=muscle, side=side, working_side=w)
        for n, p in enumerate("AB") for e, w in (("barbell_hip_thrust", "both"), ("single_leg_hip_thrust", working))
        for muscle in muscles for side in ("left", "right")
    )  # fmt: skip


def sides_of(found) -> set[tuple[str, str]]:
    return set(found.table[["muscle", "side"]].itertuples(index=False, name=None))


def test_single_leg_exercises_are_compared_on_the_working_side():
    found = paired(one_leg())
    assert sides_of(found) == {
        ("gluteus_maximus_lower", "left"), ("erector_spinae", "left"), ("erector_spinae", "right"),
    }  # fmt: skip
    assert found.basis["side"] == (
        "single-leg trials are compared on the working side: 2 numbers of gluteus maximus lower on the other side in 2 "
        "trials are left out; trunk muscles are compared on both sides"
    )
    every = paired(one_leg(), side="as_recorded")
    assert ("gluteus_maximus_lower", "right") in sides_of(every)
    assert "side" not in every.basis


def test_both_legs_one_after_the_other_use_each_leg_where_it_works():
    parts = [one_leg(side, ("gluteus_maximus_lower",)).metrics for side in ("left", "right")]
    parts[1]["trial"] += "b"
    metrics = pd.concat(parts, ignore_index=True)
    found = paired(StudyTables(metrics))
    assert sides_of(found) == {("gluteus_maximus_lower", "left"), ("gluteus_maximus_lower", "right")}
    assert found.table["ratio"].tolist() == pytest.approx([1, 1])
    assert "averaged" not in found.basis, "each muscle has trials of one working side only"


@pytest.mark.parametrize("working", ["both", ""])
def test_an_unstated_working_side_is_said(working):
    found = paired(one_leg(working))
    assert sides_of(found) == {(m, s) for m in ("gluteus_maximus_lower", "erector_spinae") for s in ("left", "right")}
    said = "orking side NOT RECORDED in 2 trials of single-leg hip thrust, in which one leg works"
    assert any(said in sentence for sentence in found.sentences)
    assert said in found.basis["side"]
    trunk = paired(one_leg(working, ("erector_spinae",)))
    assert not any("NOT RECORDED" in sentence for sentence in trunk.sentences)


def test_alternating_exercises_work_one_leg_after_the_other():
    rows = [row(p, e, 1e-4) for p in "AB" for e in ("back_squat", "walking_lunge")]
    found = paired(study(rows))
    assert "in which one leg after the other works" in found.sentences[-1]


def test_the_side_counts_where_muscles_are_compared():
    muscles = ("gluteus_maximus_lower", "biceps_femoris")
    question = {"factor": "muscle", "within": "exercise", "metrics": ("mean",)}
    made = Paired.model_validate(question).compare(one_leg("left", muscles), WORDS)
    levels = [sorted({*one.table["level"], *one.table["other"]}) for one in made]
    assert [len(names) for names in levels] == [4, 2]
    assert levels[1] == ["biceps_femoris left", "gluteus_maximus_lower left"]


def test_leg_muscles_and_their_parts_are_known():
    assert WORDS.is_leg_muscle("gluteus_maximus_upper")
    assert WORDS.is_leg_muscle("biceps_femoris_long_head")
    assert not WORDS.is_leg_muscle("erector_spinae_lumbar")
    assert not WORDS.is_leg_muscle("a_muscle_nobody_knows")
    own = VocabularyAdditions.model_validate({"muscles": [{"id": "popliteus", "leg": True}]})
    assert load_vocabulary(own).is_leg_muscle("popliteus")


def test_every_hip_and_leg_muscle_of_the_vocabulary_is_marked():
    upper = {"trapezius", "deltoid", "latissimus_dorsi", "rectus_abdominis", "multifidus", "biceps_brachii"}
    legs = {name for name in WORDS.muscles if WORDS.is_leg_muscle(name)}
    assert {"gluteus_medius", "vastus_medialis", "soleus", "gracilis", "tibialis_anterior", "semitendinosus"} <= legs
    assert not upper & legs


def test_curves_are_told_by_the_same_rule():
    curves = pd.DataFrame({
        "kind": ["emg", "emg", "emg", "angle"], "muscle": ["soleus", "soleus", "erector_spinae", "soleus"],
        "side": ["left", "right", "left", "left"], "working_side": ["right"] * 4,
    })  # fmt: skip
    assert on_idle_side(curves, WORDS).tolist() == [True, False, False, False]
    assert not on_idle_side(curves.drop(columns="working_side"), WORDS).any()


def test_a_ranking_says_each_caution_once():
    (found,) = Ranking(factor="exercise", metrics=("mean", "peak")).compare(
        study([one for p in "AB" for e, b, s in (("back_squat", "kg", 2.0), ("front_squat", "10RM", 4.0))
               for one in (row(p, e, 1e-4, load_basis=b), row(p, e, 2e-4, load_basis=b, metric="peak"),
                           duration(p, e, s, load_basis=b))]),
        WORDS,
    )  # fmt: skip
    for start in ("Load bases differ", "Repetitions differ in length"):
        assert sum(sentence.startswith(start) for sentence in found.sentences) == 1


def test_an_empty_side_column_changes_nothing():
    found = paired(
        study(row(p, e, 1e-4, side="", working_side="left") for p in "AB" for e in ("back_squat", "front_squat"))
    )
    assert found.table["n"].tolist() == [2]
    assert np.isfinite(found.table["ratio"]).all()
