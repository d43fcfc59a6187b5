"""Analyses of variance over the levels of a factor, and over two crossed ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison import Omnibus, StudyTables
from emgpipe.errors import ComparisonError
from emgpipe.statistics.rm_anova import one_way, two_way
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import row, table

WORDS = load_vocabulary()
HEADS = ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
EXERCISES = ("barbell_hip_thrust", "barbell_glute_bridge")
ONE_WAY = Omnibus(factor="head_position", at={"exercise": "barbell_hip_thrust"}, metrics=("mean",))
TWO_WAY = Omnibus(factor="exercise", by="head_position", metrics=("mean",))


def logs(n=8, exercises=EXERCISES, seed=1, effect=(0.0, 0.1, 0.2, 0.1, 0.0)):
    """Participants x exercises x head positions, logarithms of amplitudes in V."""
    rng = np.random.default_rng(seed)
    shape = (n, len(exercises), len(HEADS))
    return np.log(2e-4) + rng.normal(0, 0.4, (n, 1, 1)) + np.array(effect) + rng.normal(0, 0.05, shape)


def study(scores, exercises=EXERCISES, **changes):
    rows = [
        row(f"P{person + 1:02d}", exercise, float(np.exp(scores[person, i, j])), head_position=head, **changes)
        for person in range(len(scores))
        for i, exercise in enumerate(exercises)
        for j, head in enumerate(HEADS)
        if np.isfinite(scores[person, i, j])
    ]
    return table(rows)


def compare(metrics, comparator=ONE_WAY):
    (comparison,) = comparator.compare(StudyTables(metrics), WORDS)
    return comparison


def refusal(metrics, comparator):
    with pytest.raises(ComparisonError) as caught:
        comparator.compare(StudyTables(metrics), WORDS)
    return str(caught.value)


def test_one_way_is_the_analysis_of_the_logarithms():
    scores = logs()
    found, expected = compare(study(scores)), one_way(scores[:, 0])
    (numbers,) = found.table.to_dict("records")
    shape = expected.sphericity
    assert (numbers["f"], numbers["p_gg"]) == (pytest.approx(expected.f), pytest.approx(expected.p_gg))
    assert (numbers["df1"], numbers["df2"], numbers["n"]) == (4, 28, 8)
    assert (numbers["epsilon_gg"], numbers["mauchly_w"]) == (pytest.approx(shape.epsilon_gg), pytest.approx(shape.w))
    assert numbers["p_uncorrected"] == pytest.approx(expected.p)
    assert numbers["eta2_generalized"] == pytest.approx(expected.eta2_generalized)  # one MVIC for all


def test_sentences_quote_greenhouse_geisser_and_nothing_else():
    rng = np.random.default_rng(0)
    scores = logs(effect=np.zeros(5)) + rng.normal(0, 1, (8, 2, 5)) * np.array([0.01, 0.01, 0.01, 0.1, 0.5])
    found = compare(study(scores))
    (numbers,) = found.table.to_dict("records")
    sentence = found.sentences[0]
    assert f"{numbers['p_gg']:.3f}".removeprefix("0") in sentence
    assert f"{numbers['p_uncorrected']:.3f}".removeprefix("0") not in sentence
    assert "no difference between head positions shown" in sentence
    assert "F(4, 28)" not in sentence


def test_inverted_u_over_head_positions():
    found = compare(study(logs()))
    trend = found.tables["trend"].set_index("contrast")
    assert trend.loc["quadratic", "slope"] < 0
    assert trend.loc["quadratic", "p"] < 0.05
    assert trend.loc["linear", "p"] > 0.05
    assert any(
        "the middle levels stand higher than a straight line has them" in sentence for sentence in found.sentences
    )
    assert found.tables["page"]["expected"].tolist() == [8 * 5 * 36 / 4]
    assert found.tables["friedman"]["df"].tolist() == [4]


def test_a_rise_is_told_as_percent_per_level_or_per_unit_of_the_spacing():
    scores = logs(effect=0.1 * np.arange(5))
    trend = compare(study(scores)).tables["trend"].set_index("contrast")
    assert trend.loc["linear", "ratio"] == pytest.approx(np.exp(0.1), rel=0.02)
    assert trend.loc["linear", "per"] == "level"
    degrees = dict(zip(HEADS, (-20.0, 0.0, 20.0, 40.0, 60.0), strict=True))
    spaced = compare(study(scores), ONE_WAY.model_copy(update={"spacing": degrees})).tables["trend"]
    spaced = spaced.set_index("contrast")
    assert spaced.loc["linear", "slope"] == pytest.approx(trend.loc["linear", "slope"] / 20)
    assert spaced.loc["linear", "p"] == pytest.approx(trend.loc["linear", "p"])


def test_trend_is_asked_for_where_levels_have_an_order():
    scores = logs()
    exercises = compare(study(scores), Omnibus(factor="exercise", at={"head_position": "neutral"}, metrics=("mean",)))
    assert "trend" not in exercises.tables
    asked = Omnibus(factor="exercise", at={"head_position": "neutral"}, metrics=("mean",), trend=True)
    assert len(compare(study(scores), asked).tables["trend"]) == 1  # two levels: no bend
    assert "trend" not in compare(study(scores), ONE_WAY.model_copy(update={"trend": False})).tables
    loads = pd.concat(
        [study(logs(seed=load), load=str(load), load_basis="kg", trial=str(load)) for load in (40, 60, 100)]
    )
    by_load = compare(loads, Omnibus(factor="load", at={"exercise": "barbell_hip_thrust"}, metrics=("mean",)))
    assert set(by_load.tables["trend"]["per"]) == {"unit", "unit squared"}
    assert "stand at 40, 60, 100" in by_load.basis["trend"]


def test_two_way_is_the_analysis_of_the_crossed_logarithms():
    scores = logs(seed=3)
    scores[:, 1] += 0.3
    found, expected = compare(study(scores), TWO_WAY), two_way(scores)
    assert found.table["effect"].tolist() == ["exercise", "head_position", "exercise x head_position"]
    assert found.table["f"].tolist() == pytest.approx([one.f for one in expected])
    assert found.table["p_gg"].tolist() == pytest.approx([one.p_gg for one in expected])
    assert "friedman" not in found.tables
    assert "that the difference between exercises depends on the head position: not shown" in found.sentences[0]
    assert [family.tests for family in found.families] == [3, 2]
    assert set(found.tables["trend"]["effect"]) == {"head_position"}


def test_a_planted_interaction_is_found():
    scores = logs(seed=4, effect=np.zeros(5))
    scores[:, 1] += np.array([0, 0.1, 0.2, 0.3, 0.4])
    found = compare(study(scores), TWO_WAY)
    assert found.table.set_index("effect").loc["exercise x head_position", "p_gg"] < 0.001
    assert "depends on the head position: shown" in found.sentences[0]


def test_a_crossing_with_holes_is_refused_by_name_and_mended_by_levels():
    scores = logs()
    scores[:, 1, 4] = np.nan
    message = refusal(study(scores), TWO_WAY)
    assert "barbell glute bridge with hyperflexion" in message
    assert "levels:" in message
    crossed = TWO_WAY.model_copy(update={"levels": {"head_position": HEADS[:4]}})
    assert compare(study(scores), crossed).table["df1"].tolist() == [1, 3, 3]
    alone = TWO_WAY.model_copy(update={"levels": {"exercise": EXERCISES[:1]}})
    assert "two exercises that are crossed" in refusal(study(scores), alone)
    unknown = TWO_WAY.model_copy(update={"levels": {"exercise": ("back_squat",)}})
    assert "no trial has exercise 'back_squat'" in refusal(study(scores), unknown)


def test_by_must_be_another_factor():
    assert "named twice" in refusal(study(logs()), TWO_WAY.model_copy(update={"by": "exercise"}))
    assert "is not a factor" in refusal(study(logs()), TWO_WAY.model_copy(update={"by": "moon"}))


def test_who_misses_a_level_is_left_out_by_name():
    scores = logs()
    scores[2, 0, 4] = np.nan
    scores[5, 0, :2] = np.nan
    found = compare(study(scores))
    assert found.table[["n", "n_left_out"]].iloc[0].tolist() == [6, 2]
    assert found.table["f"].iloc[0] == pytest.approx(one_way(np.delete(scores[:, 0], [2, 5], axis=0)).f)
    said = " ".join(found.sentences)
    assert "P03 is left out: no usable number in hyperflexion" in said
    assert "P06 is left out: no usable number in hyperextension and neutral" in said
    assert "P03" not in found.basis["n"]
    assert "P03" in found.basis["left_out"]


def test_a_zero_amplitude_leaves_its_participant_out():
    metrics = study(logs())
    first = metrics["participant"].eq("P01") & metrics["head_position"].eq("neutral")
    metrics.loc[first, ["amplitude", "value"]] = 0.0
    assert "P01 is left out: no usable number in neutral" in " ".join(compare(metrics).sentences)


def test_one_complete_participant_is_no_study():
    scores = logs(n=3)
    scores[1:, 0, 0] = np.nan
    message = refusal(study(scores), ONE_WAY)
    assert "only 1 participant has a usable number in every level" in message
    assert "in pairs" in message


def test_another_mvic_changes_no_test():
    metrics = study(logs())
    other = metrics.copy()
    mine = other["participant"].eq("P03")
    other.loc[mine, ["amplitude", "value"]] *= 3.7
    left, right = (compare(one).table for one in (metrics, other))
    unchanged = [name for name in left.columns if name != "eta2_generalized"]
    pd.testing.assert_frame_equal(left[unchanged], right[unchanged])


def test_without_a_reference_there_is_no_generalized_eta_squared():
    metrics = study(logs())
    metrics.loc[metrics["participant"].eq("P01"), "value"] = np.nan
    (numbers,) = compare(metrics).table.to_dict("records")
    assert np.isnan(numbers["eta2_generalized"])
    assert "not every participant has a reference" in numbers["note"]
    assert np.isfinite(numbers["p_gg"])


def test_participants_who_agree_exactly():
    scores = np.log(2e-4) + np.arange(4.0)[:, None, None] + np.zeros((4, 2, 1)) + 0.1 * np.arange(5)
    found = compare(study(scores))
    assert "participants agree exactly" in found.table["note"].iloc[0]
    assert np.isnan(found.table["p_gg"].iloc[0])
    assert found.tables["friedman"]["kendall_w"].iloc[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("spacing", "words"),
    [
        ({"neutral": 0.0, "hyperflexion": 50.0}, "say also where"),
        (dict.fromkeys(HEADS, 1.0), "stand in the same place"),
        ({"neutrall": 0.0}, "did you mean 'neutral'"),
    ],
)
def test_spacings_that_cannot_be(spacing, words):
    assert words in refusal(study(logs()), ONE_WAY.model_copy(update={"spacing": spacing}))


def test_exactly_equal_levels_have_no_trend_and_no_bend():
    scores = np.broadcast_to(np.log(1e-4 * np.arange(1.0, 9.0))[:, None, None], (8, 2, 5)).copy()
    found = compare(study(scores))
    assert found.tables["trend"]["slope"].tolist() == [0, 0]
    assert found.tables["trend"]["p"].isna().all()
    text = " ".join(found.sentences)
    assert "no rise or fall shown" in text
    assert "bend is shown" not in text


def test_the_number_of_tests_counts_trends():
    assert compare(study(logs())).basis["multiplicity"].startswith("1 test and 2 of trend per outcome, not adjusted")
    no_trend = compare(study(logs()), ONE_WAY.model_copy(update={"trend": False}))
    assert no_trend.basis["multiplicity"].startswith("1 test per outcome, not adjusted")
