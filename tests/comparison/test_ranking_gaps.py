"""What a ranking leaves out it says, and what it cannot rank stops nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emgpipe.comparison import Ranking, StudyTables
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import AT_NEUTRAL, cells, rank, refusal, row, table
from tests.comparison.test_ranking_certainty import MEAN, of_logs, with_metrics

EXERCISES = ("barbell_hip_thrust", "back_squat", "front_squat")


def of_two_muscles(**odd):
    """Two muscles of six participants; P0's erector spinae is changed by `odd`."""
    return table(
        row(f"P{p}", name, 1e-4 * (3 - place), muscle=muscle) | (odd if (p, muscle) == (0, "erector_spinae") else {})
        for p in range(6)
        for place, name in enumerate(EXERCISES)
        for muscle in ("gluteus_maximus", "erector_spinae")
    )


@pytest.mark.parametrize("odd", [{"unit": "%rest"}, {"amplitude_unit": "mV", "amplitude": 0.3}])
def test_units_that_cannot_be_compared_stop_one_muscle_only(odd):
    comparison = rank(of_two_muscles(**odd), MEAN)
    assert set(comparison.table["muscle"]) == {"gluteus_maximus"}
    said = [sentence for sentence in comparison.sentences if "not compared" in sentence]
    assert len(said) == 1
    assert said[0].startswith("Erector spinae, right, mean EMG amplitude: not compared, ")
    assert "different units" in comparison.basis["not_compared"]
    alone = refusal(of_two_muscles(**odd), MEAN.model_copy(update={"muscles": ("erector_spinae",)}))
    assert "different units" in alone


def test_a_scope_that_cannot_be_ranked_stops_no_other():
    rows = [
        row(f"P{p}", name, 1e-4, head_position=head, unit="%rest" if (p, name) == (0, "back_squat") else "%MVIC")
        for p in range(6)
        for name in EXERCISES
        for head in ("neutral", "hyperflexion")
    ]
    made = Ranking(factor="head_position", within="exercise", metrics=("mean",)).compare(
        StudyTables(table(rows)), load_vocabulary()
    )
    assert len(made) == 2
    assert all("back squat" in comparison.basis["not_compared"] for comparison in made)


def test_who_has_no_reference_is_named():
    study = {f"P{p}": {"back_squat": 0.2, "front_squat": 0.1} for p in range(6)}
    text = " ".join(rank(cells(study, {"P3": None, "P5": None})).sentences)
    assert "P3 and P5 have no value in %MVIC: in the ranks and ratios, not in the means." in text


def test_who_lacks_the_same_is_said_once():
    study = {f"P{p}": {"back_squat": 0.2, "front_squat": 0.1} | ({} if p else {"split_squat": 0.1}) for p in range(4)}
    sentences = rank(cells(study)).sentences
    assert "P1, P2 and P3 were not measured in split squat." in sentences


def test_extreme_ratios_stay_readable():
    study = {f"P{p}": {"back_squat": 1e140, "front_squat": 1e-140 * (1 + 0.01 * p)} for p in range(8)}
    comparison = rank(cells(study))
    assert "ratio 9.66e+279" in comparison.sentences[0]
    assert len(comparison.sentences[0]) < 250


def test_a_variant_without_an_order_is_no_agreement():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    timed = [one | {"kind": "angle", "muscle": "neck_angle", "metric": "lockout", "unit": "deg"} for one in main]
    lone = [one | {"variant": "late"} for one in main if one["exercise"] == "back_squat"]
    text = " ".join(rank(table([*main, *timed, *lone]), MEAN).sentences)
    assert "The same first" not in text
    assert "No order to compare with variant late, which does not rank the first or has no two levels" in text


def test_a_variant_that_lacks_the_first_does_not_change_it():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    less = [one | {"variant": "late"} for one in main if one["exercise"] != "barbell_hip_thrust"]
    comparison = rank(table([*main, *less]), MEAN)
    assert "the first changes" not in " ".join(comparison.sentences)
    assert "No order to compare with variant late" in " ".join(comparison.sentences)
    assert comparison.tables["sensitivity"]["first_changed"].isna().all()


def test_a_level_only_the_variant_has_takes_no_place_of_the_first():
    main = with_metrics(mean=(0.0, -0.5, -1.0))
    more = [one | {"variant": "late"} for one in main]
    more += [row(f"P{p}", "split_squat", 1e-3) | {"variant": "late"} for p in range(8)]
    comparison = rank(table([*main, *more]), MEAN)
    assert "The same first by 1 variant" in " ".join(comparison.sentences)
    assert not comparison.tables["sensitivity"]["first_changed"].any()


def test_metrics_and_variants_are_counted_apart():
    rows = with_metrics(mean=(0.0, -0.5, -1.0), peak=(0.0, -0.5, -1.0))
    other = [one | {"variant": "wide"} for one in rows]
    assert (
        "The same first by 1 other metric and 1 variant: all outcomes."
        in rank(table([*rows, *other]), AT_NEUTRAL).sentences
    )


def test_skewed_differences_are_said():
    rng = np.random.default_rng(4)
    errors = np.exp(1.2 * rng.normal(size=(12, 4))) * np.linspace(0.05, 0.4, 4)
    names = (*EXERCISES, "split_squat")
    skewed = rank(of_logs(errors, names)).basis["assumptions"]
    assert "more skewed than normal ones in 1 (1 in 20 is expected by chance): Gluteus maximus" in skewed
    assert "times the smallest" in skewed
    normal = rank(of_logs(0.2 * rng.normal(size=(12, 4)), names)).basis["assumptions"]
    assert "no more skewed than normal ones" in normal
    few = rank(of_logs(errors[:3], names)).basis["assumptions"]
    assert "too few participants to check" in few


def test_the_family_is_stated():
    comparison = rank(of_logs(np.zeros((6, 3)), EXERCISES))
    assert "outcomes are not controlled jointly" in comparison.basis["multiplicity"]
    assert math.isclose(comparison.table["smallest_p"].iloc[0], 2 / 64)
