"""Paired comparisons: numbers against scipy and by hand, words, families, and input that has no answer."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from emgpipe.comparison import Paired, StudyTables, compare_all
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import cells, row, table

WORDS = load_vocabulary()
SQUAT, THRUST = "back_squat", "barbell_hip_thrust"
AT_NEUTRAL = Paired(factor="exercise", at={"head_position": "neutral"}, metrics=("mean",))
HEADS = ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
INVARIANT = (
    "n", "ratio", "ci_low", "ci_high", "t", "df", "p", "p_adjusted", "p_sign_flip", "p_wilcoxon", "wilcoxon_v", "dz",
    "dz_low", "dz_high", "gz", "shapiro_w", "p_shapiro",
)  # fmt: skip


def study(seed: int = 1, people: int = 8, effect: float = 0.3) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(seed)
    return {
        f"P{i}": {SQUAT: 0.3 * size, THRUST: 0.3 * size * math.exp(effect + 0.2 * rng.standard_normal())}
        for i, size in enumerate(np.exp(0.4 * rng.standard_normal(people)), 1)
    }


def compared(metrics: pd.DataFrame, paired: Paired = AT_NEUTRAL) -> Comparison:
    (comparison,) = paired.compare(StudyTables(metrics), WORDS)
    return comparison


def only(metrics: pd.DataFrame, paired: Paired = AT_NEUTRAL) -> pd.Series:
    found = compared(metrics, paired).table
    assert len(found) == 1
    return found.iloc[0]


def heads(people: int = 8, levels: tuple[str, ...] = HEADS, step: float = 0.1) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return table(
        row(f"P{i}", THRUST, 2e-4 * math.exp(step * k + 0.1 * rng.standard_normal()), head_position=level)
        for i in range(people)
        for k, level in enumerate(levels)
    )


def angles(rows: dict[str, tuple[float, float]]) -> pd.DataFrame:
    about = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg", "mvic": None,
             "amplitude_unit": ""}  # fmt: skip
    return table(
        row(person, THRUST, math.nan, head_position=head, **about) | {"value": value}
        for person, own in rows.items()
        for head, value in zip(("neutral", "hyperflexion"), own, strict=True)
    )


def test_numbers_are_those_of_scipy():
    own = study()
    found = only(cells(own))
    values = np.array([[person[THRUST], person[SQUAT]] for person in own.values()])
    if found["level"] == SQUAT:
        values = values[:, ::-1]
    logs = np.log(values)
    test = stats.ttest_rel(*logs.T)
    interval = test.confidence_interval()
    assert (found["t"], found["p"], found["df"]) == pytest.approx((test.statistic, test.pvalue, 7))
    assert found["ratio"] == pytest.approx(stats.gmean(values[:, 0]) / stats.gmean(values[:, 1]))
    assert np.log([found["ci_low"], found["ci_high"]]) == pytest.approx([interval.low, interval.high])
    raw = stats.ttest_rel(*(100 * values).T)
    assert found["difference"] == pytest.approx(100 * (values[:, 0] - values[:, 1]).mean())
    assert found["difference_low"] == pytest.approx(raw.confidence_interval().low)
    assert found["mean_level"] - found["mean_other"] == pytest.approx(found["difference"])
    differences = logs[:, 0] - logs[:, 1]
    assert found["p_wilcoxon"] == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)
    flips = stats.permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert found["p_sign_flip"] == pytest.approx(flips.pvalue)
    assert (found["shapiro_w"], found["p_shapiro"]) == pytest.approx(tuple(stats.shapiro(differences)))
    assert found["dz"] == pytest.approx(test.statistic / math.sqrt(8))
    assert found["r"] == pytest.approx(np.corrcoef(logs.T)[0, 1])
    assert found["dav"] == pytest.approx(differences.mean() / math.sqrt(logs.var(axis=0, ddof=1).mean()))
    assert found["n_higher"] == (differences > 0).sum()
    assert found["p_smallest"] == 2 / 2**8


@settings(deadline=None, max_examples=4)
@given(st.lists(st.floats(0.01, 100), min_size=8, max_size=8))
def test_a_participants_gain_or_mvic_changes_no_ratio_and_no_test(factors):
    own = study()
    scaled = {
        person: {level: factor * value for level, value in levels.items()}
        for (person, levels), factor in zip(own.items(), factors, strict=True)
    }
    before, after = only(cells(own)), only(cells(scaled))
    for column in INVARIANT:
        assert after[column] == pytest.approx(before[column], rel=1e-6), column
    mvics = dict(zip(own, factors, strict=True))
    assert only(cells(own, mvics))["ratio"] == pytest.approx(before["ratio"])


def test_swapping_the_levels_inverts_ratios_and_turns_signs():
    one, other = (only(cells(study()), AT_NEUTRAL.model_copy(update={"against": level})) for level in (SQUAT, THRUST))
    assert (one["level"], one["other"]) == (other["other"], other["level"]) == (THRUST, SQUAT)
    for first, second in (("ratio", "ratio"), ("ci_low", "ci_high"), ("ci_high", "ci_low")):
        assert one[first] == pytest.approx(1 / other[second])
    for first, second in (("t", "t"), ("dz", "dz"), ("dz_low", "dz_high"), ("dav", "dav"), ("difference", "difference"),
                          ("gav_high", "gav_low"), ("rank_biserial", "rank_biserial")):  # fmt: skip
        assert one[first] == pytest.approx(-other[second])
    for same in ("p", "p_sign_flip", "p_wilcoxon", "r", "n"):
        assert one[same] == pytest.approx(other[same])


@settings(deadline=None, max_examples=3)
@given(st.permutations([f"P{i}" for i in range(1, 9)]))
def test_who_is_called_what_changes_nothing(names):
    own = study()
    renamed = dict(zip(names, own.values(), strict=True))
    pd.testing.assert_frame_equal(compared(cells(own)).table, compared(cells(renamed)).table)


def test_each_level_against_a_named_one_or_all_pairs():
    against = compared(heads(), Paired(factor="head_position", against="Straight", metrics=("mean",)))
    assert against.title == "Paired comparison of head positions, each against neutral"
    assert list(zip(against.table["level"], against.table["other"], strict=True)) == [
        (level, "neutral") for level in HEADS if level != "neutral"
    ]
    every = compared(heads(), Paired(factor="head_position", metrics=("mean",)))
    assert len(every.table) == 10
    assert (every.table["ratio"] > 1).all()  # the later head position, with the higher amplitude, over the earlier


def test_p_values_are_adjusted_inside_the_family():
    metrics = pd.concat([heads(), heads().assign(muscle="erector_spinae")], ignore_index=True)
    paired = Paired(factor="head_position", against="neutral", metrics=("mean",))
    found = compared(metrics, paired)
    own = found.table[found.table["muscle"] == "erector_spinae"]
    assert sorted(own["p_adjusted"])[0] == pytest.approx(4 * own["p"].min())
    assert sorted(own["p_sign_flip_adjusted"])[0] == pytest.approx(4 * own["p_sign_flip"].min())
    assert [(family.tests, family.correction) for family in found.families] == [(4, "Holm"), (4, "Holm")]
    assert found.families[0].name.startswith("Gluteus maximus, right, mean EMG amplitude: head positions")
    together = compared(metrics, paired.model_copy(update={"family": "comparison"}))
    assert [family.tests for family in together.families] == [8]
    assert together.table["p_adjusted"].min() == pytest.approx(8 * together.table["p"].min())
    plain = compared(metrics, paired.model_copy(update={"correction": "none"}))
    assert plain.table["p_adjusted"].tolist() == plain.table["p"].tolist()
    shares = compared(metrics, paired.model_copy(update={"correction": "benjamini_hochberg"})).table
    assert shares["p_adjusted"][:4].tolist() == pytest.approx(stats.false_discovery_control(shares["p"][:4]))


@pytest.mark.parametrize(("people", "against", "said"), [(8, None, True), (9, None, False), (8, "neutral", False),
                                                         (7, "neutral", True)])  # fmt: skip
def test_it_is_said_when_no_exact_test_could_ever_show_anything(people, against, said):
    found = compared(heads(people), Paired(factor="head_position", against=against, metrics=("mean",)))
    tests = 10 if against is None else 4
    assert found.table["p_smallest"].tolist() == pytest.approx([tests * 2 / 2**people] * tests)
    words = f"With {people} participants and {tests} tests no exact test (sign flips, signed ranks) can reach .05"
    assert any(words in sentence for sentence in found.sentences) is said


def test_sentences():
    paired = Paired(factor="head_position", against="neutral", metrics=("mean",))
    metrics = heads(8, ("neutral", "hyperflexion"), step=0.4)
    found = compared(metrics, paired)
    only_row = found.table.iloc[0]
    assert found.sentences[0] == (
        "Gluteus maximus, right, mean EMG amplitude: 50 % higher in hyperflexion than in neutral (ratio "
        f"{only_row['ratio']:.2f}, 95 % interval {only_row['ci_low']:.2f} to {only_row['ci_high']:.2f}, "
        "8 participants; p = .003)."
    )
    assert round(only_row["ratio"], 2) == 1.50
    wide = compared(metrics, paired.model_copy(update={"confidence": 0.9}))
    assert "90 % interval" in wide.sentences[0]
    flat = compared(heads(8, ("neutral", "hyperflexion"), step=0.0), paired)
    assert "no difference shown between hyperflexion and neutral (ratio" in flat.sentences[0]
    assert "higher" not in flat.sentences[0]


def test_an_interval_that_leaves_out_1_is_not_enough():
    metrics = heads(6, step=0.07)
    found = compared(metrics, Paired(factor="head_position", metrics=("mean",)))
    alone = found.table[(found.table["p"] <= 0.05) & (found.table["p_adjusted"] > 0.05)]
    assert len(alone)
    assert ((alone["ci_low"] > 1) | (alone["ci_high"] < 1)).all()
    assert not alone["shown"].any()
    first = alone.iloc[0]
    clause = f"no difference shown between {first['level'].replace('_', ' ')} and {first['other'].replace('_', ' ')}"
    assert any(clause in sentence for sentence in found.sentences)


def test_angles_are_compared_by_their_difference():
    own = {"A": (0.0, 12.0), "B": (-3.0, 8.0), "C": (2.0, 15.0), "D": (1.0, 9.0)}
    paired = Paired(factor="head_position", muscles=(), channels=("lumbar_angle",))
    comparison = compared(angles(own), paired)
    found = comparison.table.iloc[0]
    test = stats.ttest_rel(*np.array([list(reversed(pair)) for pair in own.values()]).T)
    assert (found["level"], found["scale"], found["unit"]) == ("hyperflexion", "raw", "deg")
    assert math.isnan(found["ratio"])
    assert (found["difference"], found["t"], found["p"]) == pytest.approx((11.0, test.statistic, test.pvalue))
    assert comparison.sentences[0].startswith(
        "Lumbar angle, lockout: 11.0° higher in hyperflexion than in neutral (difference 11.0°, 95 % interval"
    )
    assert found["dav"] == pytest.approx(11 / math.sqrt(np.var(list(own.values()), axis=0, ddof=1).mean()))


def test_effect_sizes_between_participants_need_a_reference():
    volts = only(cells(study(), dict.fromkeys(study())))
    assert volts["unit"] == "V"
    assert volts[["dav", "gav", "drm", "r"]].isna().all()
    assert math.isfinite(volts["dz"])


def test_the_difference_rests_on_those_with_a_reference_the_ratio_on_all():
    found = only(cells(study(), {"P1": None}))
    assert (found["n"], found["n_difference"]) == (8, 7)
    assert found["note"] == "the difference rests on 7 participants: the others have no reference"


def test_a_missing_cell_costs_its_own_pairs_only():
    metrics = heads()
    metrics = metrics[~(metrics["participant"].eq("P3") & metrics["head_position"].eq("hyperflexion"))]
    found = compared(metrics, Paired(factor="head_position", against="neutral", metrics=("mean",)))
    assert (found.table["p_smallest"] <= found.table["p_sign_flip_adjusted"]).all()
    assert found.table["p_smallest"].tolist() == pytest.approx([8 / 2**8] * 4)
    assert found.table.set_index("level")["n"].to_dict() == {
        "hyperextension": 8, "slight_flexion": 8, "moderate_flexion": 8, "hyperflexion": 7,
    }  # fmt: skip
    assert "P3 was not measured in hyperflexion." in found.sentences


def test_an_outcome_without_a_pair_does_not_stop_the_others():
    metrics = cells(study())
    alone = metrics[metrics["exercise"] == SQUAT].assign(muscle="soleus")
    found = compared(pd.concat([metrics, alone], ignore_index=True))
    words = "Soleus, right, mean EMG amplitude: not compared, measured only in back squat."
    assert words in found.sentences
    assert found.basis["not_compared"] == words
    assert set(found.table["muscle"]) == {"gluteus_maximus"}


def test_a_scope_without_the_named_level_does_not_stop_the_others():
    metrics = pd.concat([heads(), heads(levels=("slight_flexion", "hyperflexion")).assign(exercise="glute_bridge")])
    found = compared(metrics, Paired(factor="head_position", within="exercise", against="neutral", metrics=("mean",)))
    assert "glute bridge: against: 'neutral' is not among the levels" in found.basis["not_compared"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"against": "front_squat"}, "'front_squat' is not among the levels of exercise. There are: "),
        ({"against": "sqat"}, "against: "),
        ({"factor": "sex"}, "'sex' is not a factor"),
        ({"muscles": ("soleus",)}, "muscle 'soleus' was not measured"),
        ({"metrics": ("median",)}, "metric 'median' was not measured"),
    ],
)
def test_impossible_questions_are_refused_in_words(changes, words):
    made, (problem,) = compare_all([AT_NEUTRAL.model_copy(update=changes)], StudyTables(cells(study())), WORDS)
    assert made == ()
    assert words in str(problem)


def test_nobody_with_both_is_one_clear_error():
    with pytest.raises(ComparisonError, match="no participant has a usable value in both levels"):
        compared(cells({"A": {SQUAT: 0.1}, "B": {THRUST: 0.2}}))


def test_one_participant_has_a_ratio_and_nothing_else():
    comparison = compared(cells({"A": {SQUAT: 0.1, THRUST: 0.2}}))
    found = comparison.table.iloc[0]
    assert sorted([found["ratio"], 1 / found["ratio"]]) == pytest.approx([0.5, 2])
    tests = ["ci_low", "t", "p", "p_adjusted", "p_sign_flip", "p_wilcoxon", "p_smallest", "dz", "dav", "p_shapiro"]
    assert found[tests].isna().all()
    assert found["note"] == "one participant: no interval and no test"
    assert comparison.families == ()
    assert "not tested, one participant: no interval and no test (ratio" in comparison.sentences[0]


def test_two_participants_have_a_wide_interval():
    found = only(cells({"A": {SQUAT: 0.1, THRUST: 0.2}, "B": {SQUAT: 0.1, THRUST: 0.3}}))
    assert found["p_sign_flip"] == found["p_smallest"] == 0.5
    assert found["ci_low"] < 0.2
    assert math.isnan(found["gz"])


def test_contradicting_participants_stay_finite():
    comparison = compared(cells({"A": {SQUAT: 1e-90, THRUST: 1e90}, "B": {SQUAT: 1e90, THRUST: 2e-90}}))
    found = comparison.table.iloc[0]
    assert len(comparison.sentences[0]) < 250
    assert np.isfinite([found["ci_low"], found["ci_high"]]).all()
    assert found["ci_low"] > 0


@pytest.mark.parametrize(("other", "words"), [(0.2, "the same in both levels"), (0.3, "changed alike")])
def test_without_a_spread_there_is_no_t_test(other, words):
    comparison = compared(
        cells({p: {SQUAT: 0.2 * k, THRUST: other * k} for p, k in zip("ABCD", (1, 2, 3, 0.7), strict=True)})
    )
    found = comparison.table.iloc[0]
    assert found[["t", "p", "ci_low", "dz", "p_shapiro"]].isna().all()
    assert words in found["note"]
    assert words in comparison.sentences[0]
    assert found["p_sign_flip"] == found["p_wilcoxon"] == (1.0 if other == 0.2 else 2 / 2**4)


def test_many_levels_are_summed_up():
    levels = [f"variant_{k:02d}" for k in range(40)]
    rng = np.random.default_rng(0)
    metrics = table(
        row(f"P{i}", level, 1e-4 * math.exp(0.1 * rng.standard_normal())) for i in range(6) for level in levels
    )
    found = compared(metrics)
    assert len(found.table) == 780
    assert len(found.sentences) < 16
    assert found.sentences[0].endswith("no difference shown in 780 of 780 pairs; all are in the table.")


def test_random_flips_are_seeded_and_said():
    metrics = cells(study(people=15))
    few = AT_NEUTRAL.model_copy(update={"resamples": 500})
    one, again = compared(metrics, few), compared(metrics, few)
    pd.testing.assert_frame_equal(one.table, again.table)
    assert one.table["p_sign_flip"][0] >= 1 / 500
    assert one.basis["sign_flips"] == "500 random sign assignments (seed 0) of more participants"
    assert compared(cells(study())).basis["sign_flips"] == "exact, all 256 sign assignments of 8 participants"


def test_normality_is_said_and_chooses_nothing():
    own = study()
    own["P1"][THRUST] *= 40
    comparison = compared(cells(own))
    assert comparison.table["p_shapiro"][0] < 0.05
    assert (
        "Shapiro-Wilk p below .05 in 1 of 1 pairs (Gluteus maximus, right, mean EMG" in comparison.basis["assumptions"]
    )
    assert comparison.table["test"][0] == "paired t of log values"


def test_sessions_are_compared_later_against_earlier():
    sessions = (("1", 1e-4, 2e-4), ("2", 3e-4, 6e-4))
    rows = [
        row(p, THRUST, v * (1 + 0.3 * k + 0.01 * i), session=s, mvic=m)
        for i, p in enumerate("ABC")
        for k, (s, v, m) in enumerate(sessions)
    ]
    found = only(table(rows), Paired(factor="session", metrics=("mean",)))
    assert (found["level"], found["other"]) == ("2", "1")
    assert found["ratio"] == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize(
    "given_settings",
    [{}, {"factor": "x", "correction": "tukey"}, {"factor": "x", "confidence": 1}, {"factor": "x", "resamples": 1},
     {"factor": "x", "family": "study"}, {"factor": "x", "seed": -1}],
)  # fmt: skip
def test_settings_are_checked(given_settings):
    with pytest.raises(ValidationError):
        Paired.model_validate(given_settings)
