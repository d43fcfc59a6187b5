"""Missing, unusable and excluded numbers: never dropped in silence; impossible questions: refused in words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from emgpipe.comparison import Ranking, StudyTables, compare_all
from emgpipe.model.tables import METRIC_COLUMNS, WHERE
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import AT_NEUTRAL, FACTORS, HEADS, cells, level, order, rank, refusal, row, table

MEAN = {"metrics": ("mean",)}
EXERCISES = Ranking(factor="exercise", metrics=("mean",))
PLAIN = {"A": {"back_squat": 0.2, "front_squat": 0.1}, "B": {"back_squat": 0.4, "front_squat": 0.3}}


@pytest.mark.parametrize(("bad", "words"), [(0.0, "B: amplitude 0 V"), (-1e-4, "B: amplitude -0.0001 V"),
                                            (math.nan, "B: no amplitude"), (math.inf, "B: no amplitude")])  # fmt: skip
def test_amplitudes_without_a_logarithm(bad, words):
    rows = [row("A", "back_squat", 2e-4), row("B", "back_squat", 4e-4), row("C", "back_squat", 1e-4),
            row("A", "front_squat", 1e-4), row("B", "front_squat", bad), row("C", "front_squat", 0.5e-4)]  # fmt: skip
    comparison = rank(table(rows))
    found = level(comparison, "front_squat")
    assert found["n_pairs"] == 2
    assert found["ratio_to_first"] == pytest.approx(0.5)
    assert f"left out of the model: {words}" in found["note"]
    assert f"{words} in front squat, left out of ranks and ratios" in " ".join(comparison.sentences)
    raw = [10, 5] if not math.isfinite(bad) else [10, 5, bad * 1e5]
    assert found["mean"] == pytest.approx(np.mean(raw))


def test_repetitions_without_a_number_are_counted():
    rows = [row("A", "back_squat", v, repetition=n) for n, v in enumerate((2e-4, math.nan, 4e-4), 1)]
    comparison = rank(table([*rows, row("A", "front_squat", 1e-4)]))
    found = level(comparison, "back_squat")
    assert found["mean"] == pytest.approx(30)
    assert found["note"] == "repetitions without an amplitude: 1"
    assert "1 repetitions of back squat have no amplitude" in " ".join(comparison.sentences)


def test_who_lacks_what_is_said_once_for_all_muscles():
    rows = [row(p, e, 1e-4 * (1 + i), muscle=m) for p in "ABC" for i, e in enumerate(("back_squat", "front_squat"))
            for m in ("soleus", "vastus_lateralis") if (p, e) != ("C", "back_squat")]  # fmt: skip
    sentences = rank(table(rows)).sentences
    assert [s for s in sentences if s.startswith("C was")] == ["C was not measured in back squat."]


def test_a_muscle_with_one_level_is_not_ranked_and_said():
    rows = [row(p, e, 1e-4) for p in "AB" for e in ("back_squat", "front_squat")]
    rows += [row(p, "back_squat", 1e-4, muscle="soleus") for p in "AB"]
    comparison = rank(table(rows))
    found = level(comparison, "back_squat", muscle="soleus")
    assert found["rank"] is pd.NA
    assert found["note"] == "the only level measured: a ranking needs two"
    assert found["mean"] == pytest.approx(10)
    text = " ".join(comparison.sentences)
    assert "Soleus, right, mean EMG amplitude: no ranking, measured only in back squat (a ranking needs two)." in text
    assert "Not measured in front squat (Soleus, right, mean EMG amplitude)." in text


def test_levels_that_nobody_connects_are_not_ranked():
    study = {**PLAIN, "C": {"split_squat": 9.0}, "D": {"split_squat": 8.0}}
    comparison = rank(cells(study))
    found = level(comparison, "split_squat")
    assert found["rank"] is pd.NA
    assert math.isnan(found["ratio_to_first"])
    assert math.isnan(found["adjusted_geometric_mean"])
    assert found["mean"] == pytest.approx(850)
    assert "not ranked" in found["note"]
    assert order(comparison)[:2] == [(1, "back_squat"), (2, "front_squat")]
    assert "split squat cannot be ranked with them" in comparison.sentences[0]


def test_different_people_in_every_level_give_no_ranking():
    comparison = rank(cells({"A": {"back_squat": 1.0}, "B": {"front_squat": 2.0}}))
    assert comparison.table["rank"].isna().all()
    assert "no participant has two of them" in comparison.sentences[0]


def test_no_common_participant_leaves_the_model_ratio():
    study = {"A": {"back_squat": 4.0, "front_squat": 2.0}, "B": {"front_squat": 2.0, "split_squat": 1.0}}
    comparison = rank(cells(study))
    found = level(comparison, "split_squat")
    assert found["n_pairs"] == 0
    assert math.isnan(found["ratio_to_first"])
    assert found["model_ratio_to_first"] == pytest.approx(0.25)
    assert "ratio 4.00 by the model only, no participant has both" in comparison.sentences[0]


def test_everything_equal():
    comparison = rank(cells({p: dict.fromkeys(("back_squat", "front_squat", "split_squat"), 0.2) for p in "ABC"}))
    assert comparison.table["rank"].tolist() == [1, 1, 1]
    assert comparison.table["tie"].all()
    assert comparison.table["ratio_to_first"].tolist() == pytest.approx([1, 1, 1])
    assert comparison.sentences[0] == (
        "Gluteus maximus, right, mean EMG amplitude: equal in back squat, front squat and split squat, "
        "which share rank 1."
    )
    assert comparison.table["in_best_set"].all()
    assert comparison.table["p_best"].tolist() == [1, 1, 1]


def test_load_bases_that_differ_are_flagged():
    rows = [row(p, e, 1e-4, load_basis=b) for p in "AB" for e, b in (("back_squat", "10 RM"), ("front_squat", "kg"))]
    comparison = rank(table(rows))
    assert set(comparison.table["note"]) == {"load bases differ"}
    assert "Load bases differ (back squat 10 RM and front squat kg)" in " ".join(comparison.sentences)


def test_one_load_basis_spelled_twice_is_one():
    spelled = (("back_squat", "10 RM", 2e-4), ("front_squat", "10rm", 1e-4))
    rows = [row(p, e, v, load_basis=b) for p in "AB" for e, b, v in spelled]
    assert set(rank(table(rows)).table["note"]) == {""}


def test_an_unrecorded_load_basis_says_so():
    assert rank(cells(PLAIN).assign(load_basis="")).basis["load_basis"] == "NOT RECORDED"
    assert rank(cells(PLAIN).drop(columns="load_basis")).basis["load_basis"] == "NOT RECORDED"


def test_what_does_not_count_does_not():
    rows = [row(p, e, v) for p in "AB" for e, v in (("back_squat", 2e-4), ("front_squat", 1e-4))]
    others = [{"role": "mvic"}, {"phase": "hold"}, {"kind": "angle"}, {"variant": "wide"}, {"metric": "p95"}]
    rows += [row("A", "front_squat", 9.0) | change for change in others]
    assert level(rank(table(rows)), "front_squat")["mean"] == pytest.approx(10)


def test_excluded_rows_are_left_out_and_said():
    metrics = cells(PLAIN)
    metrics.loc[metrics["participant"] == "B", "excluded"] = True
    comparison = rank(metrics)
    assert level(comparison, "back_squat")["n"] == 1
    assert comparison.basis["excluded"] == "2 numbers in 2 trials of B, left out by decisions"
    assert "every repetition is excluded" in refusal(metrics.assign(excluded=True), EXERCISES)


@pytest.mark.parametrize(
    ("ranking", "words"),
    [
        (Ranking(factor="exercize", **MEAN), "'exercize' is not a factor of the trials; did you mean 'exercise'?"),
        (Ranking(factor="exercise", at={"sex": "f"}), "'sex' is not a factor of the trials. Factors: exercise"),
        (Ranking(factor="load_basis", within="speed"), "within: 'speed' is not a factor"),
        (Ranking(factor="exercise", at={"head_position": "tucked"}), "is not in the vocabulary"),
        (Ranking(factor="exercise", at={"head_position": "hyperflexion"}), "no trial has head_position 'hyperflexion'"),
        (Ranking(factor="exercise", metrics=("median",)), "metric 'median' was not measured in these trials"),
        (Ranking(factor="exercise", muscles=("soleus",)), "muscle 'soleus' was not measured"),
        (Ranking(factor="exercise", within="exercise"), "'exercise' is named twice"),
        (HEADS, "A comparison needs two head positions in back squat; measured: neutral."),
    ],
)
def test_impossible_questions_are_refused_in_words(ranking, words):
    assert words in refusal(cells(PLAIN), ranking)


def test_one_level_only():
    study = {"A": {"back_squat": 0.2}, "B": {"back_squat": 0.3}}
    message = refusal(cells(study), AT_NEUTRAL)
    assert message == (
        "comparison 1 (ranking of exercises at head_position = neutral): "
        "A comparison needs two exercises in head position neutral; measured: back squat."
    )


@pytest.mark.parametrize("metrics", [pd.DataFrame(), table([row("A", "x", 1.0)]).iloc[:0],
                                     pd.DataFrame(columns=[*WHERE, *FACTORS, *METRIC_COLUMNS]),
                                     cells(PLAIN).assign(role="mvic")])  # fmt: skip
def test_an_empty_table(metrics):
    assert "no numbers about repetitions of task trials" in refusal(metrics, EXERCISES)


def test_another_table_is_refused():
    assert "has no column role, phase" in refusal(cells(PLAIN).drop(columns=["role", "phase"]), EXERCISES)


def test_a_metric_without_amplitudes_is_refused():
    metrics = cells(PLAIN).assign(amplitude=math.nan, value=1.0)
    assert "metric 'mean' has no amplitude" in refusal(metrics, EXERCISES)


def test_mixed_units_are_refused():
    metrics = cells(PLAIN)
    metrics.loc[metrics["participant"] == "B", "unit"] = "%task_peak"
    assert "different units (%MVIC, %task_peak)" in refusal(metrics, EXERCISES)


def test_one_refusal_does_not_lose_the_others():
    made, problems = compare_all(
        [HEADS, EXERCISES, Ranking(factor="sex")], StudyTables(cells(PLAIN)), load_vocabulary()
    )
    assert [c.title for c in made] == ["Exercises compared"]
    assert [str(p)[:12] for p in problems] == ["comparison 1", "comparison 3"]
    assert compare_all([], StudyTables(cells(PLAIN)), load_vocabulary()) == ((), ())


@pytest.mark.parametrize("settings", [{}, {"factor": ""}, {"factor": "x", "metrics": ()}, {"factor": "x", "by": 1}])
def test_settings_are_checked(settings):
    with pytest.raises(ValidationError):
        Ranking.model_validate(settings)


def test_a_table_read_back_from_csv_gives_the_same(tmp_path):
    cells(PLAIN).to_csv(tmp_path / "metrics.csv", index=False)
    again = pd.read_csv(tmp_path / "metrics.csv", dtype={"session": str})
    pd.testing.assert_frame_equal(rank(again).table, rank(cells(PLAIN)).table)
