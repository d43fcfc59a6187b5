"""Groups of participants: level, interaction, trends, sessions; against scipy on the logs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from emgpipe.comparison import Between, Paired, StudyTables
from emgpipe.errors import ComparisonError
from emgpipe.report.comparisons.between import between_figure, part
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import row, table

PEOPLE = [f"P{i}" for i in range(9)]
SEX = dict(zip(PEOPLE, ["female"] * 5 + ["male"] * 4, strict=True))
LEVEL = Between(group="sex", metrics=("mean",))
EFFECT = Between(group="sex", factor="head_position", against="neutral", metrics=("mean",))


def participants(**columns):
    return pd.DataFrame({"participant": PEOPLE} | columns)


SEXES = participants(sex=list(SEX.values()), age=[str(20 + i) for i in range(9)])


def logs(seed=0):
    rng = np.random.default_rng(seed)
    return {name: (rng.normal(-8, 0.5), rng.normal(0.2, 0.1)) for name in PEOPLE}


def heads(own, mvic=1e-3, **changes):
    return [row(name, "back_squat", math.exp(level + effect * (position != "neutral")), head_position=position,
                mvic=mvic, **changes)
            for name, (level, effect) in own.items() for position in ("neutral", "hyperflexion")]  # fmt: skip


def compare(comparator, rows, people=SEXES):
    (made,) = comparator.compare(StudyTables(table(rows), participants=people), load_vocabulary())
    return made


def split(numbers):
    return [np.array([numbers[name] for name in PEOPLE if SEX[name] == sex]) for sex in ("male", "female")]


def test_level_is_welch_on_the_logs():
    own = logs()
    made = compare(LEVEL, heads(own))
    found = made.table.iloc[0]
    male, female = split({name: level for name, (level, _) in own.items()})
    expected = stats.ttest_ind(male, female, equal_var=False)
    interval = np.exp(expected.confidence_interval(0.95))
    assert found["scope"] == "exercise = back_squat, head_position = neutral"
    assert (found["of"], found["to"], found["n_of"], found["n_to"]) == ("male", "female", 4, 5)
    assert found["ratio"] == pytest.approx(math.exp(male.mean() - female.mean()))
    assert (found["ci_low"], found["ci_high"]) == pytest.approx(tuple(interval))
    assert (found["p"], found["df"]) == pytest.approx((expected.pvalue, expected.df))
    assert found["mean_of"] == pytest.approx(100 * math.exp(male.mean()) / 1e-3)
    assert bool(found["permutation_exact"])
    assert "references (MVIC) of both groups enter" in made.basis["values"]
    assert made.basis["n"] == "9 participants: female 5 (P0, P1, P2, P3, P4); male 4 (P5, P6, P7, P8)"
    (family,) = made.families
    assert (family.tests, family.correction) == (2, "Holm")


def test_interaction_is_welch_on_the_log_ratios_and_needs_no_mvic():
    own = logs()
    found = compare(EFFECT, heads(own)).table.iloc[0]
    male, female = split({name: effect for name, (_, effect) in own.items()})
    expected = stats.ttest_ind(male, female, equal_var=False)
    assert found["ratio"] == pytest.approx(math.exp(male.mean() - female.mean()))
    assert found["p"] == pytest.approx(expected.pvalue)
    assert (found["mean_of"], found["level"], found["against"]) == (
        pytest.approx(math.exp(male.mean())), "hyperflexion", "neutral",
    )  # fmt: skip
    bad = [
        r for name in PEOPLE for r in heads({name: own[name]}, mvic=None if name == "P3" else 1e-3 * (1 + ord(name[1])))
    ]
    pd.testing.assert_series_equal(compare(EFFECT, bad).table.iloc[0], found)
    assert "cancels" in compare(EFFECT, bad).basis["values"]


def test_a_difference_is_said_with_its_direction():
    own = {name: (-8 + 0.1 * (4 * i % 9), 0.5 * (SEX[name] == "male")) for i, name in enumerate(PEOPLE)}
    own = {name: (level, effect + 0.01 * (i % 3)) for i, (name, (level, effect)) in enumerate(own.items())}
    made = compare(EFFECT, heads(own))
    assert "hyperflexion against neutral: the ratio is higher in male than in female" in made.sentences[0]
    assert "ratio of ratios 1.66" in made.sentences[0]
    assert "no difference shown between male and female" in compare(LEVEL, heads(own)).sentences[0]


def test_nobody_is_dropped_in_silence():
    people = SEXES[SEXES["participant"] != "P8"].assign(sex=lambda t: t["sex"].mask(t["participant"] == "P0", ""))
    own = logs()
    rows = [r for name in PEOPLE for r in heads({name: own[name]}, mvic=None if name == "P1" else 1e-3)]
    made = compare(LEVEL, rows, people)
    assert made.basis["without_group"] == "P0, P8"
    assert set(made.table["note"]) == {"left out: P1 (without a normalized value above 0)"}
    assert (made.table["n_of"].iloc[0], made.table["n_to"].iloc[0]) == (3, 3)
    assert set(made.cells["participant"]) == {"P2", "P3", "P4", "P5", "P6", "P7"}


def test_several_groups_in_pairs_and_together():
    people = participants(sport=list("abcabcabc"))
    made = compare(Between(group="sport", metrics=("mean",), at={"head_position": "neutral"}), heads(logs()), people)
    assert made.table[["of", "to"]].to_numpy().tolist() == [["b", "a"], ["c", "a"], ["c", "b"]]
    values = [[logs()[name][0] for name in PEOPLE[i::3]] for i in range(3)]
    assert made.table["p"].iloc[1] == pytest.approx(stats.ttest_ind(values[2], values[0], equal_var=False).pvalue)
    whole = made.tables["omnibus"].iloc[0]
    assert (whole["groups"], whole["n"], whole["df_between"]) == (3, 9, 2)
    assert 0 < whole["p_permutation"] <= 1
    against_c = Between(group="sport", metrics=("mean",), against_group="c", at={"head_position": "neutral"})
    assert compare(against_c, heads(logs()), people).table["to"].tolist() == ["c", "c", "a"]


def test_a_number_gives_slope_and_rank_correlation():
    own = logs()
    made = compare(Between(group="age", metrics=("mean",)), heads(own))
    found = made.table.iloc[0]
    levels = [own[name][0] for name in PEOPLE]
    expected = stats.linregress(range(20, 29), levels)
    assert found["estimate"] == pytest.approx(expected.slope)
    assert found["p"] == pytest.approx(expected.pvalue)
    assert found["ratio"] == pytest.approx(math.exp(expected.slope))
    assert found["spearman"] == pytest.approx(stats.spearmanr(range(9), levels).statistic)
    assert "per unit" in made.sentences[0]
    as_groups = Between(group="age", numeric=False, metrics=("mean",))
    assert len(compare(as_groups, heads(own)).table) == 2 * 36


def sessions():
    rng = np.random.default_rng(2)
    rows = []
    for name in PEOPLE:
        start = rng.normal(-8, 0.4)
        for session, gain in (("before", 1.0), ("after", 2.5)):
            grown = (0.3 * (SEX[name] == "male") + rng.normal(0, 0.05)) * (session == "after")
            rows.append(row(name, "back_squat", gain * math.exp(start + grown), session=session, mvic=gain * 1e-3))
    return rows


def test_sessions_before_and_after_rest_on_each_sessions_own_mvic():
    rows = sessions()
    paired = Paired(factor="session", against="before", metrics=("mean",))
    (made,) = paired.compare(StudyTables(table(rows)), load_vocabulary())
    found = made.table.iloc[0]
    value = {(r["participant"], r["session"]): r["value"] for r in rows}
    change = [math.log(value[name, "after"] / value[name, "before"]) for name in PEOPLE]
    interval = np.exp(stats.ttest_1samp(change, 0).confidence_interval(0.95))
    assert (found["ratio"], found["ci_low"], found["ci_high"]) == pytest.approx((math.exp(np.mean(change)), *interval))
    assert "each session with its own reference" in made.basis["scale"]


def test_groups_by_sessions():
    rows = sessions()
    made = compare(Between(group="sex", factor="session", against="before", metrics=("mean",)), rows)
    value = {(r["participant"], r["session"]): r["value"] for r in rows}
    male, female = split({name: math.log(value[name, "after"] / value[name, "before"]) for name in PEOPLE})
    found = made.table.iloc[0]
    assert (found["level"], found["against"]) == ("after", "before")
    assert found["p"] == pytest.approx(stats.ttest_ind(male, female, equal_var=False).pvalue)
    assert "references enter" in made.basis["values"]
    assert "session after against session before: the ratio is higher in male" in made.sentences[0]


def test_angles_by_difference():
    rng = np.random.default_rng(1)
    rows = [r | {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg",
                 "value": rng.normal(-3, 4), "amplitude": np.nan, "amplitude_unit": ""}
            for r in heads(logs())]  # fmt: skip
    made = compare(Between(group="sex", muscles=(), channels=("lumbar_angle",), factor="head_position"), rows)
    assert made.table["scale"].tolist() == ["raw"]
    assert math.isnan(made.table["ratio"].iloc[0])
    assert "°" in made.sentences[0]


def test_all_equal_and_one_per_group():
    equal = compare(LEVEL, heads(dict.fromkeys(PEOPLE, (-8.0, 0.0))))
    assert "not tested, no spread in either group: no interval (" in equal.sentences[0]
    assert equal.families == ()
    two = {name: logs()[name] for name in ("P0", "P8")}
    lone = compare(LEVEL, heads(two))
    assert "one group has one participant: no interval" in lone.table["note"].iloc[0]
    assert math.isfinite(lone.table["ratio"].iloc[0])
    assert math.isnan(lone.table["p_permutation"].iloc[0])


@pytest.mark.parametrize(
    ("comparator", "people", "words"),
    [
        (LEVEL, pd.DataFrame(), "needs a participants table"),
        (Between(group="sexx"), SEXES, "no column 'sexx'; did you mean 'sex'?"),
        (LEVEL, SEXES.assign(sex="female"), "have only female"),
        (LEVEL, SEXES.assign(sex=""), "have no value"),
        (Between(group="sex", numeric=True), SEXES, "is said to be numeric, but holds 'female'"),
        (Between(group="sex", against_group="men"), SEXES, "no participant has sex 'men'"),
        (Between(group="sex", at={"exercise": "front_squat"}), SEXES, "no trial has exercise 'front_squat'"),
        (LEVEL.model_copy(update={"factor": "exercise"}), SEXES, "A comparison needs two exercises"),
    ],
)
def test_impossible_questions_are_refused_in_words(comparator, people, words):
    with pytest.raises(ComparisonError) as refused:
        compare(comparator, heads(logs()), people)
    assert words in str(refused.value)


def test_without_references_there_is_no_level_to_compare():
    with pytest.raises(ComparisonError, match="without a normalized value"):
        compare(LEVEL, heads(logs(), mvic=None))


def test_settings_that_would_do_nothing_are_refused():
    with pytest.raises(ValidationError, match="needs a factor"):
        Between(group="sex", against="neutral")


@pytest.mark.parametrize(
    ("comparator", "words"),
    [(LEVEL, "p by permutation"), (EFFECT, "hyperflexion / neutral · male against female"),
     (Between(group="age", metrics=("mean",)), "Rank correlation")],
)  # fmt: skip
def test_the_page_shows_every_participant(comparator, words):
    made = compare(comparator, heads(logs()))
    figure = between_figure(made)
    dots = [len(line.get_xdata()) for axes in figure.axes for line in axes.lines if line.get_marker() == "o"]
    assert sum(dots) == len(made.cells)
    page = part(made)
    assert words in page
    assert page.count("<img") == 1


def test_the_page_of_values_that_are_equal_or_angles():
    equal = compare(LEVEL, heads(dict.fromkeys(PEOPLE, (-8.0, 0.0))))
    assert "no interval" in part(equal)
    many = Between(group="age", numeric=False, factor="head_position", metrics=("mean",))
    assert "<img" in part(compare(many, heads(logs())))
