"""How sure a ranking says it is: best set, bootstrap ranks, own orders, other metrics and variants."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from emgpipe.comparison import Ranking, StudyTables
from emgpipe.comparison.ranks.readings import of_variant
from emgpipe.errors import ComparisonError
from emgpipe.statistics.best_set import best_set
from emgpipe.statistics.bootstrap_ranks import bootstrap_ranks
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import AT_NEUTRAL, cells, duration, level, rank, row, table

NAMES = ("barbell_hip_thrust", "back_squat", "front_squat", "split_squat")
LOGS = np.random.default_rng(11).normal(0, 0.12, (9, 4)) - [0.0, 0.02, 0.5, 0.9]
MEAN = AT_NEUTRAL.model_copy(update={"metrics": ("mean",)})


def of_logs(logs: np.ndarray, names: tuple[str, ...] = NAMES) -> pd.DataFrame:
    return cells({
        f"P{p}": {name: math.exp(value) for name, value in zip(names, own, strict=True) if math.isfinite(value)}
        for p, own in enumerate(logs)
    })  # fmt: skip


def with_metrics(**effects: tuple[float, ...]) -> list[dict]:
    """Rows of eight participants and three exercises, each metric with its own effects."""
    rng = np.random.default_rng(5)
    return [
        row(f"P{p}", name, 1e-4 * math.exp(effect + rng.normal(0, 0.02)), metric=metric)
        for p in range(8)
        for metric, own in effects.items()
        for name, effect in zip(NAMES, own, strict=False)
    ]


def test_the_table_holds_what_the_statistics_say():
    comparison = rank(of_logs(LOGS))
    best, redrawn = best_set(LOGS), bootstrap_ranks(LOGS)
    for i, name in enumerate(NAMES):
        found = level(comparison, name)
        assert found["in_best_set"] == best.members[i]
        assert found["p_best"] == best.p[i]
        assert found["smallest_p"] == 2 / 2**9
        assert found["frequency_first"] == redrawn.frequency[i, 0]
        assert found[["mean_rank", "rank_low", "rank_high"]].tolist() == [
            redrawn.mean[i],
            redrawn.low[i],
            redrawn.high[i],
        ]
    long = comparison.tables["rank_frequency"]
    assert list(long.columns[-3:]) == ["level", "rank", "frequency"]
    assert len(long) == 16
    assert long.groupby("level")["frequency"].sum().to_numpy() == pytest.approx(np.ones(4))


def test_the_sentence_rests_on_the_best_set_and_the_family_is_declared():
    comparison = rank(of_logs(LOGS))
    assert comparison.table["in_best_set"].tolist() == [True, True, False, False]
    first, second = (name.replace("_", " ") for name in comparison.table["level"][:2])
    sentence = comparison.sentences[0]
    assert f"{first} ranks first; not distinguishable from the first: {second} (ratio" in sentence
    assert "shown not to be the highest: front squat (ratio" in sentence
    (family,) = comparison.families
    assert (family.name, family.tests, family.correction) == ("Gluteus maximus, right, mean EMG amplitude", 6, "max-t")
    assert "all 2^9 sign assignments" in comparison.basis["best_set"]
    assert "not a probability that it is first" in comparison.basis["rank_frequency"]


def test_all_others_below_is_higher_than():
    sentence = rank(of_logs(LOGS[:, [0, 2, 3]], ("barbell_hip_thrust", "front_squat", "split_squat"))).sentences[0]
    assert "higher in barbell hip thrust than in front squat (ratio" in sentence


def test_an_interval_without_one_does_not_separate_by_itself():
    # Ten equal levels: the lowest ones' own intervals often leave out 1, the levels together are not distinguishable.
    rng = np.random.default_rng(2)
    names = tuple(load_vocabulary().exercises)[:10]
    comparison = rank(of_logs(rng.normal(0, 0.2, (8, 10)), names))
    assert (comparison.table["ci_high"] < 1).any()
    assert comparison.table["in_best_set"].all()
    assert "no difference shown" in comparison.sentences[0]


def test_missing_cells_that_contradict_the_model_are_said():
    # The chain by the front squat puts the hip thrust first; the seven who did both show the squat higher.
    logs = np.full((21, 3), np.nan)
    rng = np.random.default_rng(3)
    logs[:7, :2] = [0.0, 0.1]
    logs[7:14, 1:] = [0.0, 1.0]
    logs[14:, [0, 2]] = [1.0, 0.0]
    comparison = rank(of_logs(logs + rng.normal(0, 0.01, logs.shape), NAMES[:3]))
    text = comparison.sentences[0]
    first = comparison.table.iloc[0]
    assert not first["in_best_set"]
    assert "not to be the highest" in text


def test_own_orders():
    study = {
        "A": {"back_squat": 0.3, "front_squat": 0.2, "split_squat": 0.3},
        "B": {"back_squat": 0.1, "front_squat": 0.2},
    }
    orders = rank(cells(study)).tables["own_orders"].set_index("participant")
    assert orders.loc["A", "order"] == "back squat = split squat > front squat"
    assert orders.loc["A", "first"] == "back squat and split squat"
    assert orders.loc["B", ["order", "first", "n_levels"]].tolist() == ["front squat > back squat", "front squat", 2]


def test_other_metrics_are_the_sensitivity_of_the_order():
    rows = with_metrics(mean=(0.0, -0.5, -1.0), peak=(-0.5, 0.0, -1.0), p95=(0.0, -0.5, -1.0))
    comparison = rank(table(rows), AT_NEUTRAL)
    found = comparison.tables["sensitivity"]
    mean = found[found["metric"] == "mean"].set_index(["by", "level"])
    assert sorted(set(mean.index.get_level_values("by"))) == ["p95", "peak"]
    assert mean.loc[("peak", "back_squat"), ["rank", "rank_in_main", "first_changed", "largest_move"]].tolist() == [
        1,
        2,
        True,
        1,
    ]
    assert not mean.loc[("p95", "back_squat"), "first_changed"]
    assert mean.loc[("peak", "front_squat"), "order"] == "back_squat > barbell_hip_thrust > front_squat"
    assert mean.loc[("peak", "back_squat"), "in_best_set"]
    text = " ".join(comparison.sentences)
    assert "mean EMG amplitude: of 2 other metrics, the first changes to back squat by peak." in text


def test_variants_of_the_settings_are_read_by_name():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    same = [one | {"variant": "short_window", "amplitude": one["amplitude"] * 1.1} for one in main]
    turned = [one | {"variant": "wide_band"} for one in with_metrics(mean=(-1.0, -0.5, 0.0))]
    comparison = rank(table([*main, *same, *turned]), MEAN)
    assert comparison.table["rank"].tolist() == [1, 2, 3]
    found = comparison.tables["sensitivity"].set_index(["variant", "level"])
    assert set(found["by"]) == {"mean"}
    assert found.loc[("wide_band", "front_squat"), ["rank", "rank_in_main", "largest_move"]].tolist() == [1, 3, 2]
    assert not found.loc[("short_window", "front_squat"), "first_changed"]
    assert "of 2 variants, the first changes to front squat with variant wide_band." in " ".join(comparison.sentences)
    one = rank(table([*main, *same, *turned]), MEAN.model_copy(update={"sensitivity": ("short_window",)}))
    assert set(one.tables["sensitivity"]["variant"]) == {"short_window"}
    assert "The same first by 1 variant: Gluteus maximus" in " ".join(one.sentences)
    none = rank(table([*main, *same]), MEAN.model_copy(update={"sensitivity": ()}))
    assert "sensitivity" not in none.tables
    assert none.basis["sensitivity"] == "the order is compared with: nothing"
    pd.testing.assert_frame_equal(none.table, comparison.table)


def test_variants_share_the_durations_of_the_main_run():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    timed = [duration(f"P{p}", name, 2.0) for p in range(8) for name in NAMES[:3]]
    same = [one | {"variant": "short_window"} for one in main]
    found = of_variant(StudyTables(table([*main, *timed, *same])), "short_window").metrics
    assert found["kind"].value_counts().to_dict() == {"emg": 24, "time": 24}
    assert set(found["variant"]) == {"main"}


def test_a_variant_that_cannot_be_ranked_is_said():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    lone = [one | {"variant": "late"} for one in main if one["exercise"] == "back_squat"]
    comparison = rank(table([*main, *lone]), MEAN)
    assert "variant late could not be ranked: A comparison needs two exercises" in comparison.basis["sensitivity"]


def test_an_unknown_variant_is_refused_with_what_there_is():
    with pytest.raises(ComparisonError, match=r"'p96' is neither a variant .* did you mean 'p95'\?"):
        rank(table(with_metrics(mean=(0, 1), p95=(0, 1))), MEAN.model_copy(update={"sensitivity": ("p96",)}))


def test_ratios_of_muscles_are_ranked_and_channels_are_not():
    rows = [row(f"P{p}", name, 1e-4 * amount, muscle=muscle)
            for p in range(6) for name, first in (("back_squat", 3.0), ("front_squat", 1.0))
            for muscle, amount in (("gluteus_maximus", first), ("biceps_femoris", 2.0))]  # fmt: skip
    asked = Ranking(
        factor="exercise", metrics=("mean",), muscles=(), ratios=({"of": "gluteus_maximus", "to": "biceps_femoris"},)
    )
    comparison = rank(table(rows), asked)
    assert level(comparison, "front_squat")["ratio_to_first"] == pytest.approx(1 / 3)
    assert "Gluteus maximus to biceps femoris" in comparison.sentences[0]
    assert "EMG amplitude ratio: higher in back squat" in comparison.sentences[0]
    with pytest.raises(ComparisonError, match=r"lumbar_angle.*compare them with kind: paired"):
        Ranking(factor="exercise", channels=("lumbar_angle",)).compare(StudyTables(table(rows)), load_vocabulary())


@pytest.mark.parametrize("people", [6, 15])
def test_seed_and_resamples_are_used(people):
    logs = np.random.default_rng(2).normal(0, 0.3, (people, 3))
    columns = ["frequency_first", "p_best"]
    first, again, other = (
        rank(of_logs(logs, NAMES[:3]), MEAN.model_copy(update={"seed": seed, "resamples": 500})).table[columns]
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first["frequency_first"].equals(other["frequency_first"])
    assert (first["p_best"].tolist() == other["p_best"].tolist()) == (people == 6)


@pytest.mark.parametrize("settings", [{"resamples": 10}, {"seed": -1}, {"sensitivity": "x"}])
def test_resampling_settings_are_checked(settings):
    with pytest.raises(ValidationError):
        Ranking.model_validate({"factor": "exercise", **settings})
