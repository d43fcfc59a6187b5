"""Equivalence within a stated margin: verdicts, words, and margins that make no sense."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from emgpipe.comparison import Equivalence, StudyTables, compare_all
from emgpipe.model import Comparison
from emgpipe.statistics.equivalence import two_one_sided
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import cells, row, table

WORDS = load_vocabulary()
SQUAT, THRUST = "back_squat", "barbell_hip_thrust"
AT_NEUTRAL = Equivalence(factor="exercise", margin=1.25, metrics=("mean",), against=SQUAT)
NOISE = np.array([-0.1, 0.06, 0.02, -0.04, 0.09, -0.07, 0.03, 0.01])


def study(ratio: float, noise: np.ndarray = NOISE) -> pd.DataFrame:
    return cells(
        {f"P{i}": {SQUAT: 0.1 + 0.05 * i, THRUST: (0.1 + 0.05 * i) * ratio * math.exp(e)} for i, e in enumerate(noise)}
    )


def compared(metrics: pd.DataFrame, equivalence: Equivalence = AT_NEUTRAL) -> Comparison:
    (comparison,) = equivalence.compare(StudyTables(metrics), WORDS)
    return comparison


@pytest.mark.parametrize(
    ("ratio", "verdict", "words"),
    [
        (1.0, "equivalent", "barbell hip thrust and back squat are equivalent within a factor of 1.25 (ratio 1.00, "
         "90 % interval 0.96 to 1.04, 95 % interval 0.95 to 1.06, 8 participants; equivalence p < .001; "
         "difference p = 1)."),
        (1.1, "different but negligible", "10 % higher in barbell hip thrust than in back squat, which is negligible: "
         "both are equivalent within a factor of 1.25 (ratio 1.10"),
        (1.6, "different", "60 % higher in barbell hip thrust than in back squat; equivalence within a factor of "
         "1.25 is not shown (ratio 1.60"),
    ],
)  # fmt: skip
def test_verdicts_in_words(ratio, verdict, words):
    comparison = compared(study(ratio))
    found = comparison.table.iloc[0]
    assert found["verdict"] == verdict
    assert comparison.sentences[0].startswith(f"Gluteus maximus, right, mean EMG amplitude: {words}")
    assert (found["margin_low"], found["margin_high"]) == (0.8, 1.25)
    assert found["ratio"] == pytest.approx(ratio, rel=1e-6)


def test_undecided():
    comparison = compared(study(1.05, 5 * NOISE))
    assert comparison.table["verdict"].tolist() == ["undecided"]
    assert (
        "undecided between barbell hip thrust and back squat, neither a difference nor equivalence within a factor of "
        "1.25 is shown (ratio 1.05"
    ) in comparison.sentences[0]


def test_numbers_are_those_of_the_tests_and_the_intervals_agree():
    found = compared(study(1.1)).table.iloc[0]
    tests = two_one_sided(math.log(1.1) + NOISE, -math.log(1.25), math.log(1.25))
    assert (found["p_equivalence"], found["p"]) == pytest.approx((tests.p, tests.difference.p))
    assert np.log([found["equivalence_low"], found["equivalence_high"]]) == pytest.approx([tests.low, tests.high])
    assert found["margin_low"] < found["equivalence_low"] < found["ci_high"] < found["margin_high"]
    assert found["ci_low"] < found["equivalence_low"]


def test_verdicts_rest_on_adjusted_p_values():
    rng = np.random.default_rng(2)
    metrics = table(
        row(f"P{i}", THRUST, 1e-4 * math.exp(0.16 * rng.standard_normal()), head_position=head)
        for i in range(8)
        for head in ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
    )
    every = Equivalence(factor="head_position", margin=1.25, metrics=("mean",))
    adjusted, plain = (compared(metrics, every.model_copy(update={"correction": c})) for c in ("holm", "none"))
    counts = [(one.table["verdict"] == "equivalent").sum() for one in (adjusted, plain)]
    assert counts[0] < counts[1]
    inside = (plain.table["equivalence_low"] > 0.8) & (plain.table["equivalence_high"] < 1.25)
    assert (inside == (plain.table["verdict"] == "equivalent")).all()
    shown = adjusted.table["p_equivalence_adjusted"] <= 0.05
    assert (shown == (adjusted.table["verdict"] == "equivalent")).all()
    assert [(family.tests, family.correction) for family in adjusted.families] == [(10, "Holm"), (10, "Holm")]
    assert len({family.name for family in adjusted.families}) == 2


def test_the_raw_scale_takes_percent_of_mvic():
    raw = Equivalence(factor="exercise", margin=3, scale="raw", metrics=("mean",), against=SQUAT)
    comparison = compared(study(1.02), raw)
    found = comparison.table.iloc[0]
    values = comparison.cells.set_index(["participant", "level"])["value"].unstack("level")
    assert found["difference"] == pytest.approx((values[THRUST] - values[SQUAT]).mean())
    assert (found["margin_low"], found["margin_high"], found["scale"]) == (-3, 3, "raw")
    assert math.isnan(found["ratio"])
    assert "within 3 %MVIC" in comparison.sentences[0]
    assert comparison.basis["margin"] == "-3 to 3 %MVIC, stated in the study file"


def test_a_channel_alone_is_on_the_raw_scale():
    about = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg", "mvic": None,
             "amplitude_unit": ""}  # fmt: skip
    metrics = table(
        row(f"P{i}", THRUST, math.nan, head_position=head, **about) | {"value": value + e}
        for i, e in enumerate((-0.5, 0.2, 0.4, -0.1, 0.3))
        for head, value in (("neutral", 2.0 * i), ("hyperflexion", 2.0 * i + 1 + e))
    )
    asked = Equivalence(factor="head_position", muscles=(), channels=("lumbar_angle",), margin=3)
    comparison = compared(metrics, asked)
    assert comparison.table["verdict"].tolist() == ["different but negligible"]
    assert (
        "hyperflexion than in neutral, which is negligible: both are equivalent within 3° (" in comparison.sentences[0]
    )
    assert "meaning" not in comparison.basis


def test_volts_have_no_raw_margin():
    raw = Equivalence(factor="exercise", margin=3, scale="raw", metrics=("mean",))
    metrics = cells({p: {SQUAT: 0.1, THRUST: 0.2} for p in "ABC"}, dict.fromkeys("ABC"))
    made, (problem,) = compare_all([raw], StudyTables(metrics), WORDS)
    assert made == ()
    assert "scale: raw compares normalized values, of which there are none" in str(problem)


def test_one_margin_has_one_unit():
    about = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg", "mvic": None,
             "amplitude_unit": ""}  # fmt: skip
    channel = table(row(f"P{i}", e, math.nan, **about) | {"value": 1.0 * i} for i in range(8) for e in (SQUAT, THRUST))
    both = Equivalence(factor="exercise", margin=3, scale="raw", metrics=("mean",), channels=("lumbar_angle",))
    made, (problem,) = compare_all([both], StudyTables(pd.concat([study(1.0), channel], ignore_index=True)), WORDS)
    assert made == ()
    assert "margin = 3 cannot be in several units (%MVIC, deg); write one entry per unit" in str(problem)


@pytest.mark.parametrize("people", [1, 3])
def test_without_a_spread_nothing_is_decided(people):
    comparison = compared(cells({p: {SQUAT: 0.1, THRUST: 0.1} for p in "ABC"[:people]}))
    assert comparison.table["verdict"].tolist() == ["undecided"]
    assert comparison.table[["p", "p_equivalence", "equivalence_low"]].isna().all(axis=None)
    assert "back squat undecided, " in comparison.sentences[0]
    assert comparison.families == ()


def test_many_pairs_are_counted():
    rng = np.random.default_rng(0)
    metrics = table(
        row(f"P{i}", f"variant_{k:02d}", 1e-4 * math.exp(0.1 * rng.standard_normal()))
        for i in range(6)
        for k in range(8)
    )
    (sentence, *_) = compared(metrics, AT_NEUTRAL.model_copy(update={"against": None})).sentences
    assert sentence.endswith("of 28 pairs, within a factor of 1.25; all are in the table.")


@pytest.mark.parametrize(
    ("given_settings", "words"),
    [
        ({"factor": "exercise"}, "margin"),
        ({"factor": "exercise", "margin": 0.8}, "on the log scale the margin is a ratio above 1"),
        ({"factor": "exercise", "margin": 1}, "on the log scale the margin is a ratio above 1"),
        ({"factor": "exercise", "margin": -2, "scale": "raw"}, "greater than 0"),
        ({"factor": "exercise", "margin": 1.25, "channels": ["lumbar_angle"]}, "one margin cannot be a ratio"),
        ({"factor": "exercise", "margin": 1.25, "confidence": 0.5}, "confidence"),
    ],
)
def test_a_margin_must_be_stated_and_make_sense(given_settings, words):
    with pytest.raises(ValidationError, match=words):
        Equivalence.model_validate(given_settings)


def test_the_margin_says_why_it_has_no_default():
    assert "no software knows what matters" in (Equivalence.model_fields["margin"].description or "")
    assert Equivalence.model_fields["margin"].is_required()
