"""Individual responses against values worked out by hand and against responses that are known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.comparison import Individual, StudyTables
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import row, table

WORDS = load_vocabulary()
HEADS = ("hyperextension", "neutral")
ASK = Individual(factor="head_position", metrics=("mean",))
EXERCISE = "barbell_hip_thrust"
SPREAD = ["n", "mean_ratio", "sd_difference", "sd_error", "error_df", "sd_response", "n_higher", "n_lower", "n_above"]


def metrics(seed=1, people=10, repetitions=5, response=0.2, error=0.05, effect=0.3) -> pd.DataFrame:
    """Log amplitude = own level + effect + own response + error of each repetition."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(people):
        own, mine = rng.normal(-9, 0.5), rng.normal(effect, response)
        for head, repetition in itertools.product(HEADS, range(1, repetitions + 1)):
            log = own + mine * (head == "hyperextension") + rng.normal(0, error)
            at = {"head_position": head, "repetition": repetition, "onset": 3.0 * repetition}
            rows.append(row(f"P{number:02d}", EXERCISE, math.exp(log), **at))
    return table(rows)


def compare(rows: pd.DataFrame, asked: Individual = ASK) -> Comparison:
    (one,) = asked.compare(StudyTables(rows), WORDS)
    return one


def test_one_participant_by_hand():
    rows = metrics(people=3)
    found = compare(rows)
    mine = rows[rows["participant"] == "P01"]
    logs = {head: np.log(mine.loc[mine["head_position"] == head, "amplitude"].to_numpy()) for head in HEADS}
    variance = np.mean([log.var(ddof=1) for log in logs.values()])
    half = stats.t.ppf(0.975, 8) * math.sqrt(variance * (1 / 5 + 1 / 5))
    means = {head: mine.loc[mine["head_position"] == head, "amplitude"].mean() for head in HEADS}
    ratio = means["hyperextension"] / means["neutral"]
    profiles = found.tables["profiles"].set_index(["participant", "level"])
    own = profiles.loc[("P01", "hyperextension")]
    assert own["ratio"] == pytest.approx(ratio)
    assert (own["low"], own["high"]) == pytest.approx((ratio / math.exp(half), ratio * math.exp(half)))
    assert own["smallest_change"] == pytest.approx(math.exp(half))
    assert own["value"] == pytest.approx(100 * means["hyperextension"] / 1e-3)
    neutral = profiles.loc[("P01", "neutral")]
    assert (neutral["ratio"], neutral["against"]) == (1.0, "neutral")
    assert {own["own_rank"], neutral["own_rank"]} == {1, 2}


def test_the_spread_by_hand():
    rows = metrics(people=6)
    (found,) = compare(rows).table.to_dict("records")
    cells = rows.groupby(["participant", "head_position"])["amplitude"]
    means = np.log(cells.mean().unstack())
    differences = means["hyperextension"] - means["neutral"]
    within = rows.assign(log=np.log(rows["amplitude"])).groupby(["participant", "head_position"])["log"].var(ddof=1)
    error = within.groupby("participant").mean().mean() * 2 / 5
    assert found["sd_difference"] == pytest.approx(differences.std(ddof=1))
    assert found["sd_error"] == pytest.approx(math.sqrt(error))
    assert found["error_df"] == 6 * 8
    assert found["sd_response"] == pytest.approx(math.sqrt(differences.var(ddof=1) - error))
    assert found["response_factor"] == pytest.approx(math.exp(found["sd_response"]))
    assert found["mean_ratio"] == pytest.approx(math.exp(differences.mean()))
    assert found["n_above"] + found["n_below"] + found["n_equal"] == 6
    assert found["n_higher"] + found["n_lower"] + found["n_within_error"] + found["n_error_not_known"] == 6


def test_known_responses_are_recovered_and_none_are_not_invented():
    real = [compare(metrics(seed, people=20)).table.iloc[0] for seed in range(4)]
    assert np.mean([row["sd_response"] for row in real]) == pytest.approx(0.2, rel=0.25)
    assert all(row["sd_response_low"] > 0 for row in real)
    none = [compare(metrics(seed, people=20, response=0.0)).table.iloc[0] for seed in range(4)]
    assert np.mean([row["sd_response"] for row in none]) < 0.02
    assert sum(row["sd_response_low"] > 0 for row in none) <= 1


def test_the_words_keep_to_what_was_shown():
    found = compare(metrics(response=0.0, people=8))
    assert "higher in 8 of 8 participants (8 beyond own repetition error); no spread" in found.sentences[0]
    assert "no spread of responses shown beyond repetition error" in found.sentences[0]
    assert "lower bound" in found.basis["error"]
    spread = compare(metrics(response=0.3, people=8)).sentences[0]
    assert "differences spread more than repetition error explains" in spread


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 9), st.floats(1e-3, 1e3))
def test_one_persons_gain_changes_nothing(person, factor):
    before = metrics()
    after = before.copy()
    mine = after["participant"].eq(f"P{person:02d}")
    after.loc[mine, "amplitude"] *= factor
    pd.testing.assert_frame_equal(compare(before).table[SPREAD], compare(after).table[SPREAD])


def test_reversal_inverts():
    one = compare(metrics())
    other = compare(metrics(), ASK.model_copy(update={"against": "hyperextension"}))
    left, right = one.table.iloc[0], other.table.iloc[0]
    assert right["mean_ratio"] == pytest.approx(1 / left["mean_ratio"])
    assert (right["n_higher"], right["n_lower"]) == (left["n_lower"], left["n_higher"])
    assert right["sd_response"] == pytest.approx(left["sd_response"])


@settings(deadline=None, max_examples=3)
@given(st.floats(-50, 50))
def test_a_constant_added_to_angles_changes_nothing(shift):
    angles = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg"}
    rows = metrics().assign(**angles, amplitude=np.nan)
    rows["value"] = 10 + np.random.default_rng(1).normal(0, 3, len(rows))
    asked = Individual(factor="head_position", muscles=(), channels=("lumbar_angle",))
    columns = ["mean_difference", "sd_difference", "sd_error", "sd_response", "smallest_difference"]
    moved = rows.assign(value=rows["value"] + shift)
    pd.testing.assert_frame_equal(compare(rows, asked).table[columns], compare(moved, asked).table[columns])
    assert compare(rows, asked).table["mean_ratio"].isna().all()


def test_single_repetitions_have_no_error():
    found = compare(metrics(repetitions=1))
    assert found.table["sd_error"].isna().all()
    assert found.table["sd_response"].isna().all()
    assert found.table["n_error_not_known"].tolist() == [10]
    assert "is not known, since no trial has two repetitions" in found.sentences[0]
    assert "error_not_known" in found.basis


def test_trials_make_a_value_surer():
    one = metrics(people=4)
    again = one.assign(trial=one["trial"] + "b")
    both = compare(pd.concat([one, again], ignore_index=True)).table.iloc[0]
    alone = compare(one).table.iloc[0]
    assert both["sd_error"] == pytest.approx(alone["sd_error"] / math.sqrt(2))


def test_missing_levels_and_unusable_amplitudes_are_named():
    rows = metrics(people=5)
    rows = rows[~(rows["participant"].eq("P01") & rows["head_position"].eq("neutral"))]
    zero = rows["participant"].eq("P02") & rows["head_position"].eq("hyperextension")
    rows.loc[zero, ["amplitude", "value"]] = 0.0
    found = compare(rows)
    assert found.table["n"].tolist() == [3]
    text = " ".join(found.sentences)
    assert "P01 was not measured in neutral" in text
    assert "P02 has amplitude 0 in hyperextension, left out" in text


def test_equal_values_have_no_responses():
    found = compare(metrics(response=0.0, error=0.0, effect=0.0)).table.iloc[0]
    assert (found["sd_response"], found["n_equal"], found["n_higher"]) == (0.0, 10, 0)


def test_one_participant_and_nobody():
    assert "one participant says nothing" in compare(metrics(people=1)).sentences[0]
    rows = metrics(people=2)
    apart = rows[rows["participant"].eq("P00") ^ rows["head_position"].eq("neutral")]
    with pytest.raises(ComparisonError, match="no participant has a usable value in both"):
        ASK.compare(StudyTables(apart), WORDS)


def test_other_factors_compare_with_their_first_level():
    rows = metrics(people=3)
    rows["exercise"] = rows["head_position"].map({"neutral": "back_squat", "hyperextension": "barbell_hip_thrust"})
    rows["head_position"] = "neutral"
    found = compare(rows, Individual(factor="exercise", metrics=("mean",)))
    assert set(found.table["against"]) == {"barbell_hip_thrust"}
    assert found.title == "Individual responses to exercises, against barbell hip thrust"


def test_errors_that_are_not_known_are_not_counted_as_none():
    rows = metrics(people=6)
    text = compare(rows[rows["repetition"] == 1]).sentences[0]
    assert "own errors not known" in text
    assert "beyond own" not in text
    some = rows[(rows["repetition"] == 1) | (rows["participant"] != "P02")]
    assert "own error of 1 not known" in compare(some).sentences[0]


def test_equal_values_are_counted_as_equal():
    rows = metrics(people=6)
    rows["amplitude"] = 1e-4
    assert "equal in 6 of 6 participants; no spread of responses shown" in compare(rows).sentences[0]


def test_what_repetition_error_leaves_out_is_said_where_a_spread_is_shown():
    said = [any("Repetition error is that inside a set" in one for one in compare(metrics(response=size)).sentences)
            for size in (0.3, 0.0)]  # fmt: skip
    assert said == [True, False]


def test_the_smallest_change_has_its_unit():
    rows = metrics()
    angles = rows.assign(kind="angle", muscle="lumbar_angle", side="", metric="lockout", unit="deg", amplitude=np.nan)
    asked = ASK.model_copy(update={"channels": ("lumbar_angle",)})
    assert (
        "° for other channels" in compare(pd.concat([rows, angles], ignore_index=True), asked).basis["smallest_change"]
    )
