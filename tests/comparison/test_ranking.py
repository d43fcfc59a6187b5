"""Ranks, means, ratios and intervals against values worked out by hand and by scipy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.comparison import COMPARATORS, Ranking, StudyTables, compare_all
from emgpipe.comparison.ranks.tabulate import RANKING_COLUMNS
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import AT_NEUTRAL, cells, duration, level, order, rank, row, table

FOUR = {
    "P1": {"back_squat": 0.20, "barbell_hip_thrust": 0.40},
    "P2": {"back_squat": 0.10, "barbell_hip_thrust": 0.30},
    "P3": {"back_squat": 0.30, "barbell_hip_thrust": 0.45},
    "P4": {"back_squat": 0.25, "barbell_hip_thrust": 0.20},
}


def random_study(seed: int, people: int = 6, missing: float = 0.0) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(seed)
    effects = {"barbell_hip_thrust": 0.0, "back_squat": -0.5, "romanian_deadlift": -0.2, "split_squat": -0.3}
    study: dict[str, dict[str, float]] = {}
    for person in range(people):
        own = rng.normal(-1, 0.8)
        study[f"P{person}"] = {
            name: math.exp(own + effect + rng.normal(0, 0.2))
            for name, effect in effects.items()
            if rng.random() >= missing or name == "back_squat"
        }
    return study


def test_columns_and_order():
    comparison = rank(cells(FOUR))
    assert tuple(comparison.table.columns) == RANKING_COLUMNS
    assert order(comparison) == [(1, "barbell_hip_thrust"), (2, "back_squat")]
    assert set(comparison.table["scope"]) == {"head_position = neutral"}
    assert comparison.title == "Exercises in head position neutral"


def test_means_by_hand():
    found = level(rank(cells(FOUR)), "barbell_hip_thrust")
    assert (found["n"], found["n_normalized"], found["unit"]) == (4, 4, "%MVIC")
    assert found["mean"] == pytest.approx(33.75)
    assert found["sd"] == pytest.approx(np.std([40, 30, 45, 20], ddof=1))
    assert found["geometric_mean"] == pytest.approx((40 * 30 * 45 * 20) ** 0.25)
    assert found["adjusted_geometric_mean"] == pytest.approx(found["geometric_mean"])


def test_paired_ratio_is_scipys_t_interval_on_logs():
    found = level(rank(cells(FOUR)), "back_squat")
    logs = np.log([own["back_squat"] / own["barbell_hip_thrust"] for own in FOUR.values()])
    interval = stats.ttest_1samp(logs, 0.0).confidence_interval(0.95)
    assert found["ratio_to_first"] == pytest.approx(math.exp(logs.mean()), rel=1e-12)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((math.exp(interval.low), math.exp(interval.high)))
    assert found["n_pairs"] == 4
    assert found["model_ratio_to_first"] == pytest.approx(found["ratio_to_first"])


def test_first_counts():
    comparison = rank(cells(FOUR))
    assert level(comparison, "barbell_hip_thrust")[["first_count", "first_of"]].tolist() == [3, 4]
    assert level(comparison, "back_squat")[["first_count", "first_of"]].tolist() == [1, 4]


def test_the_sentence_gives_ratio_interval_and_n():
    study = {
        name: {"barbell_hip_thrust": 0.4 * k, "back_squat": 0.2} for name, k in zip("ABC", (0.95, 1, 1.05), strict=True)
    }
    found = level(rank(cells(study)), "back_squat")
    low, high = 1 / found["ci_high"], 1 / found["ci_low"]
    assert rank(cells(study)).sentences[0] == (
        "Gluteus maximus, right, mean EMG amplitude: barbell hip thrust ranks first; back squat "
        f"(ratio 2.00, 95 % interval {low:.2f} to {high:.2f}, 3 participants) cannot be separated from it, because "
        "with 3 participants the smallest p an exact test can reach is .25."
    )


def test_what_is_not_distinguishable_shows_no_difference():
    squats = (0.2, 0.3, 0.5, 0.6, 0.3, 0.35)
    study = {f"P{i}": {"front_squat": 0.4, "back_squat": amount} for i, amount in enumerate(squats)}
    (sentence, *_) = rank(cells(study)).sentences
    assert "front squat ranks first, no difference shown; not distinguishable from the first: back squat (" in sentence
    assert "higher" not in sentence


def test_no_claim_about_muscles_is_made():
    text = " ".join([*rank(cells(FOUR)).sentences, *rank(cells(FOUR)).basis.values()]).casefold()
    assert "activat" not in text
    assert "build" not in text


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1000), st.integers(0, 5), st.one_of(st.none(), st.floats(1e-5, 10)))
def test_one_persons_mvic_changes_no_ratio(seed, person, mvic):
    study = random_study(seed, missing=0.2)
    columns = ["level", "rank", "ratio_to_first", "ci_low", "ci_high", "n_pairs", "model_ratio_to_first", "n",
               "first_count"]  # fmt: skip
    before = rank(cells(study)).table[columns]
    after = rank(cells(study, {f"P{person}": mvic})).table[columns]
    pd.testing.assert_frame_equal(before, after)


def test_a_participant_without_mvic_stays_in_ranks_and_ratios():
    found = level(rank(cells(FOUR, {"P2": None})), "back_squat")
    assert (found["n"], found["n_normalized"], found["n_pairs"]) == (4, 3, 4)
    assert found["mean"] == pytest.approx(25.0)
    model = level(rank(cells(FOUR, {"P2": None})), "barbell_hip_thrust")["adjusted_geometric_mean"]
    assert found["adjusted_geometric_mean"] / model == pytest.approx(found["ratio_to_first"])


def test_without_any_reference_the_unit_is_volts():
    found = level(rank(cells(FOUR, dict.fromkeys(FOUR))), "barbell_hip_thrust")
    assert (found["unit"], found["n_normalized"]) == ("V", 4)
    assert found["mean"] == pytest.approx(0.3375e-3)


def test_other_normalizations_keep_their_unit():
    metrics = cells(FOUR).assign(unit="%task_peak")
    assert set(rank(metrics).table["unit"]) == {"%task_peak"}
    assert rank(metrics).basis["values"].startswith("in %task_peak")


def test_missing_cells_cannot_reverse_the_order():
    # Everybody is 10 % higher in the squat; only the strong ones did the hip thrust.
    study = {
        "S1": {"back_squat": 0.88, "barbell_hip_thrust": 0.80}, "S2": {"back_squat": 0.99, "barbell_hip_thrust": 0.90},
        "W1": {"back_squat": 0.11}, "W2": {"back_squat": 0.22}, "W3": {"back_squat": 0.33},
    }  # fmt: skip
    comparison = rank(cells(study))
    squat, thrust = level(comparison, "back_squat"), level(comparison, "barbell_hip_thrust")
    assert thrust["mean"] > squat["mean"]
    assert (squat["rank"], thrust["rank"]) == (1, 2)
    assert thrust["model_ratio_to_first"] == pytest.approx(1 / 1.1)
    assert thrust["adjusted_geometric_mean"] == pytest.approx(squat["geometric_mean"] / 1.1)
    assert thrust["note"] == "missing: W1, W2 and W3"
    assert (squat["n"], squat["first_count"], squat["first_of"]) == (5, 2, 2)
    text = " ".join(comparison.sentences)
    assert "raw means order differently (barbell hip thrust, back squat) because not every participant" in text
    assert "W1, W2 and W3 were not measured in barbell hip thrust." in text


def test_the_model_ranks_like_column_means_of_logs_when_nothing_is_missing():
    study = random_study(7)
    logs = pd.DataFrame(study).T.map(math.log).mean().sort_values(ascending=False)
    assert [name for _, name in order(rank(cells(study)))] == list(logs.index)


def test_equal_levels_share_a_rank():
    study = {
        p: {"front_squat": 0.3 * k, "back_squat": 0.3 * k, "split_squat": 0.1 * k} for p, k in (("A", 1), ("B", 2))
    }
    comparison = rank(cells(study))
    assert order(comparison) == [(1, "back_squat"), (1, "front_squat"), (3, "split_squat")]
    assert comparison.table["tie"].tolist() == [True, True, False]
    assert level(comparison, "front_squat")["ratio_to_first"] == pytest.approx(1)
    assert "equal in back squat and front squat, which share rank 1" in comparison.sentences[0]
    assert comparison.table["first_count"].tolist() == [2, 2, 0]


def test_lower_ranks_are_shared_too():
    study = {
        p: {"front_squat": 0.2 * k, "back_squat": 0.2 * k, "split_squat": 0.5 * k} for p, k in (("A", 1), ("B", 2))
    }
    comparison = rank(cells(study))
    assert [place for place, _ in order(comparison)] == [1, 2, 2]
    assert "back squat and front squat are equal and share rank 2" in comparison.sentences[0]


def test_one_participant_has_no_interval():
    comparison = rank(cells({"P1": FOUR["P1"]}))
    found = level(comparison, "back_squat")
    assert found["ratio_to_first"] == pytest.approx(0.5)
    assert math.isnan(found["ci_low"])
    assert math.isnan(found["sd"])
    assert "one participant: no interval" in found["note"]
    assert "one participant: no interval" in comparison.sentences[0]


def test_two_participants_have_a_wide_one():
    study = {name: FOUR[name] for name in ("P1", "P2")}
    found = level(rank(cells(study)), "back_squat")
    half = 12.706204736432095 * abs(math.log(1 / 2) - math.log(1 / 3)) / 2
    assert math.log(found["ci_high"] / found["ratio_to_first"]) == pytest.approx(half)


def test_contradicting_participants_stay_finite():
    study = {"A": {"front_squat": 1e-90, "back_squat": 1e90}, "B": {"front_squat": 1e90, "back_squat": 2e-90}}
    comparison = rank(cells(study))
    assert np.isfinite(comparison.table["ci_high"].dropna()).all()
    assert "cannot be separated from it" in comparison.sentences[0]


def test_repetitions_then_trials_then_sessions():
    # Trial 1 has three repetitions, trial 2 one: (2 + 4) / 2 = 3, not the mean of four numbers.
    rows = [row("A", "back_squat", v, repetition=n, trial="1") for n, v in enumerate((1e-4, 2e-4, 3e-4), 1)]
    rows += [row("A", "back_squat", 4e-4, trial="2"), row("A", "front_squat", 3e-4)]
    rows += [row("A", e, 9e-4, session="2", mvic=2e-3) for e in ("back_squat", "front_squat")]
    own = rank(table(rows)).cells.set_index("level")
    assert own.loc["back_squat", "value"] == pytest.approx((30 + 45) / 2)
    assert own.loc["back_squat", ["trials", "repetitions", "sessions"]].tolist() == [3, 5, 2]


def test_sessions_are_blocks_of_one_participant():
    # Session 2 has twice the gain: mixing the sessions' volts would reverse the order.
    rows = [row("A", "back_squat", 1.1e-4), row("A", "front_squat", 1e-4), row("A", "front_squat", 2e-4, session="2"),
            row("A", "split_squat", 1e-4, session="2")]  # fmt: skip
    comparison = rank(table(rows))
    assert [name for _, name in order(comparison)] == ["back_squat", "front_squat", "split_squat"]
    assert level(comparison, "split_squat")["model_ratio_to_first"] == pytest.approx(1 / 2.2)
    assert level(comparison, "front_squat")["n"] == 1
    assert "participant and session" in comparison.basis["method"]


@settings(deadline=None, max_examples=5)
@given(st.permutations(range(12)))
def test_the_order_of_rows_does_not_matter(places):
    metrics = cells(random_study(3, people=3))
    shuffled = metrics.iloc[list(places)]
    pd.testing.assert_frame_equal(rank(metrics).table, rank(shuffled).table)


def test_panels_follow_the_table_and_metrics_the_question():
    rows = [row(p, e, v, muscle=m, side=s, metric=k)
            for p, (e, v), (m, s), k in itertools.product(
                "AB", (("back_squat", 1e-4), ("front_squat", 2e-4)),
                (("vastus_lateralis", "right"), ("gluteus_maximus", "left"), ("gluteus_maximus", "right")),
                ("peak", "mean"))]  # fmt: skip
    metrics = table(rows)
    comparison = rank(metrics, AT_NEUTRAL)
    panels = comparison.table[["muscle", "side", "metric"]].drop_duplicates().itertuples(index=False, name=None)
    assert list(panels) == [
        ("vastus_lateralis", "right", "mean"), ("vastus_lateralis", "right", "peak"),
        ("gluteus_maximus", "left", "mean"), ("gluteus_maximus", "left", "peak"),
        ("gluteus_maximus", "right", "mean"), ("gluteus_maximus", "right", "peak"),
    ]  # fmt: skip
    only = rank(metrics, Ranking(factor="exercise", muscles=("glut max",), metrics=("peak",)))
    assert set(only.table["muscle"]) == {"gluteus_maximus"}
    assert set(only.table["metric"]) == {"peak"}


def test_two_placements_of_a_muscle_are_not_mixed():
    rows = [row(p, e, v, placement=place) for p, e, (v, place) in itertools.product(
        "AB", ("back_squat", "front_squat"), ((1e-4, "SENIAM"), (2e-4, "own")))]  # fmt: skip
    assert set(rank(table(rows)).table["scope"]) == {
        "head_position = neutral, placement = SENIAM", "head_position = neutral, placement = own",
    }  # fmt: skip


def test_the_metrics_table_is_left_alone():
    metrics = cells(FOUR)
    before = metrics.copy(deep=True)
    compare_all([AT_NEUTRAL], StudyTables(metrics), load_vocabulary())
    pd.testing.assert_frame_equal(metrics, before)


def test_peaks_of_longer_repetitions_are_flagged():
    rows = [row(p, e, v, metric="peak") for p in "AB" for e, v in (("back_squat", 2e-4), ("front_squat", 1e-4))]
    rows += [duration(p, e, s) for p in "AB" for e, s in (("back_squat", 2.6), ("front_squat", 2.0))]
    comparison = rank(table(rows), Ranking(factor="exercise", metrics=("peak",)))
    assert "peaks favor the longer repetitions" in " ".join(comparison.sentences)
    assert "shorter than in the first" in level(comparison, "front_squat")["note"]
    assert level(comparison, "back_squat")["note"] == ""
    assert comparison.basis["repetition_duration"] == "back_squat: 2.60 s, front_squat: 2.00 s"


def test_durations_within_a_quarter_are_not():
    rows = [row(p, e, v, metric="peak") for p in "AB" for e, v in (("back_squat", 2e-4), ("front_squat", 1e-4))]
    rows += [duration(p, e, s) for p in "AB" for e, s in (("back_squat", 2.4), ("front_squat", 2.0))]
    comparison = rank(table(rows), Ranking(factor="exercise", metrics=("peak",)))
    assert set(comparison.table["note"]) == {""}


def test_every_comparator_states_its_kind():
    kinds = [comparator.model_fields["kind"].default for comparator in COMPARATORS]
    assert kinds[0] == "ranking"
    assert all(isinstance(kind, str) for kind in kinds)
    assert len(set(kinds)) == len(kinds)


def test_placements_of_a_muscle_are_levels_of_their_own_among_muscles():
    rows = [
        row(person, "squat", value, muscle=muscle, placement=placement)
        for person in ("P01", "P02")
        for muscle, placement, value in (("gmax", "upper", 4e-4), ("gmax", "lower", 1e-4), ("bf", "", 2e-4))
    ]
    ranking = rank(table(rows), Ranking(factor="muscle", at={"exercise": "squat"}, metrics=("mean",)))
    assert list(ranking.table["level"]) == ["gmax upper", "bf", "gmax lower"]
    assert ranking.table["ratio_to_first"].to_numpy() == pytest.approx([1, 0.5, 0.25])
