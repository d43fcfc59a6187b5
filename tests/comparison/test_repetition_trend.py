"""Trends over the repetitions of a set and over a hold, planted and found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from emgpipe.comparison import RepetitionTrend, StudyTables
from emgpipe.comparison.trends.series import over_hold, over_repetitions
from emgpipe.errors import ComparisonError
from emgpipe.model.tables import CURVE_POINTS
from emgpipe.report.comparisons.repetition_trend import part, trend_figures
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import duration, row, table

WORDS = load_vocabulary()
MEAN = RepetitionTrend(metrics=("mean",))
POINTS = [str(point) for point in range(CURVE_POINTS)]


def repetitions(person, slope, *, count=5, exercise="back_squat", seconds=2.0, noise=0.0, **changes):
    """A set whose amplitude grows by `slope` (log) per repetition, its angle by 2 degrees, its frequency falls 1 Hz."""
    rng = np.random.default_rng(sum(map(ord, person + exercise)))
    rows = []
    for number in range(1, count + 1):
        at = {"repetition": number, "onset": 4.0 * number} | changes
        rows.append(duration(person, exercise, seconds, **at))
        rows.append(row(person, exercise, 1e-4 * np.exp(slope * number + noise * rng.standard_normal()), **at))
        blank = {"unit": "Hz", "amplitude_unit": "", "mvic": None, "metric": "median_frequency"}
        rows.append(row(person, exercise, np.nan, **at | blank) | {"value": 81.0 - number})
        angle = {"kind": "angle", "muscle": "neck_angle", "side": "", "unit": "deg", "metric": "lockout"}
        rows.append(row(person, exercise, np.nan, **at | angle, mvic=None) | {"value": 2.0 * number})
    return rows


def compare(rows, comparator=MEAN, curves=None):
    frame = pd.DataFrame() if curves is None else curves
    (comparison,) = comparator.compare(StudyTables(table(rows), frame), WORDS)
    return comparison


def one(comparison, **where):
    rows = comparison.table
    for name, value in where.items():
        rows = rows[rows[name].eq(value)]
    (index,) = rows.index
    return rows.loc[index]


def people(slopes, **changes):
    return [line for n, slope in enumerate(slopes, start=1) for line in repetitions(f"P{n:02d}", slope, **changes)]


def test_planted_slopes_come_back():
    found = compare(people([0.04, 0.05, 0.06]), MEAN.model_copy(update={"channels": ("neck_angle",)}))
    amplitude = one(found, metric="mean")
    assert amplitude["slope"] == pytest.approx(100 * np.expm1(0.05))
    assert amplitude["last_to_first"] == pytest.approx(np.exp(4 * 0.05))
    assert (amplitude["unit"], amplitude["last_is"], amplitude["n"]) == ("%/repetition", "ratio", 3)
    t = 0.05 / (0.01 / np.sqrt(3))
    assert amplitude["t"] == pytest.approx(t)
    assert amplitude["p_sign_flip"] == 0.25
    angle = one(found, metric="lockout")
    assert (angle["slope"], angle["last_to_first"]) == (pytest.approx(2.0), pytest.approx(8.0))
    assert (angle["unit"], angle["last_is"]) == ("deg/repetition", "difference")
    frequency = one(found, metric="median_frequency")
    assert (frequency["slope"], frequency["unit"]) == (pytest.approx(-1.0), "Hz/repetition")
    assert frequency["percent_of_first"] == pytest.approx(-100 / 80)
    assert frequency["last_to_first"] == pytest.approx(76 / 80)


def test_the_participant_is_the_unit_however_many_sets_there_are():
    rows = people([0.04, 0.06])
    rows += repetitions("P01", 0.08, trial="2") + repetitions("P01", 0.06, trial="3")
    found = one(compare(rows), metric="mean")
    assert (found["n"], found["sets"]) == (2, 4)
    assert found["slope"] == pytest.approx(100 * np.expm1((0.06 + 0.06) / 2))


def test_every_exercise_in_every_head_position_is_asked_about():
    rows = people([0.04, 0.05, 0.06]) + people([0.0, 0.01, -0.01], exercise="split_squat")
    rows += people([-0.05, -0.04, -0.06], head_position="hyperflexion")
    found = compare(rows)
    mean = found.table[found.table["metric"].eq("mean")]
    assert len(set(mean["scope"])) == len(mean) == 3
    assert {family.tests for family in found.families} == {3}
    assert (mean["p_adjusted"] >= mean["p"]).all()
    sentence = found.sentences[0]
    assert "rises in back squat, head position neutral" in sentence
    assert "falls in back squat, head position hyperflexion" in sentence
    assert "no trend shown" in sentence
    held = compare(rows, MEAN.model_copy(update={"at": {"exercise": "split squat"}}))
    assert set(held.table["scope"]) == {"exercise = split_squat, head_position = neutral"}


def test_short_sets_are_named_and_left_out():
    rows = people([0.04, 0.05]) + repetitions("P03", 0.5, count=2)
    found = compare(rows)
    assert one(found, metric="mean")["n"] == 2
    assert any("P03/1/back_squat.neutral.10RM.1 (2)" in sentence for sentence in found.sentences)
    with pytest.raises(ComparisonError, match="no set has 3 repetitions") as caught:
        compare(repetitions("P03", 0.5, count=2))
    assert "P03" in str(caught.value)


def test_repetitions_without_an_amplitude_do_not_bend_the_slope():
    rows = people([0.04, 0.05, 0.06])
    for line in rows:
        if line["participant"] == "P01" and line["repetition"] == 2 and line["kind"] == "emg":
            line["amplitude"] = 0.0
    assert one(compare(rows), metric="mean")["slope"] == pytest.approx(100 * np.expm1(0.05))


def hold(person, slope, seconds=40.0, count=1, exercise="table_top_hold"):
    """A hold whose envelope grows by `slope` (log) per second, with a rise and a release in the outer twentieths."""
    rows = repetitions(person, 0.0, count=count, exercise=exercise, seconds=seconds)
    rate = {"metric": "median_frequency_slope", "unit": "Hz/s", "amplitude_unit": "", "mvic": None, "repetition": 1}
    rows.append(row(person, exercise, np.nan, **rate, onset=4.0) | {"value": -0.3})
    course = 20 * np.exp(slope * seconds * np.linspace(0, 1, CURVE_POINTS))
    course[:4] = course[-4:] = 1.0
    base = row(person, exercise, np.nan, repetition=1, onset=4.0)
    about = {name: base[name] for name in ("participant", "session", "trial", "role", "exercise", "head_position")}
    about |= {
        "phase": "repetition",
        "kind": "emg",
        "muscle": "gluteus_maximus",
        "side": "right",
        "placement": "",
        "unit": "%MVIC",
    }
    curve = about | {"repetition": 1, "onset": 4.0} | dict(zip(POINTS, course, strict=True))
    return rows, curve


def test_a_hold_is_followed_second_by_second():
    made = [hold(f"P{n}", slope) for n, slope in enumerate((0.004, 0.005, 0.006), start=1)]
    rows = [line for own, _ in made for line in own]
    found = compare(rows, curves=pd.DataFrame([curve for _, curve in made]))
    envelope = one(found, metric="envelope")
    assert envelope["slope"] == pytest.approx(100 * np.expm1(0.005), rel=1e-6)
    assert envelope["last_to_first"] == pytest.approx(np.exp(0.005 * 40 * 0.81), rel=0.01)  # tenths of the middle 90 %
    assert (envelope["unit"], envelope["over"]) == ("%/s", "hold")
    rate = one(found, metric="median_frequency_slope")
    assert (rate["slope"], rate["unit"]) == (pytest.approx(-0.3), "Hz/s")
    assert "over a hold" in " ".join(found.sentences)
    assert "left_out" in found.basis
    assert "P1" not in found.basis["left_out"]


def test_a_long_single_repetition_of_any_exercise_is_a_hold():
    rows, curve = hold("P1", 0.005, exercise="barbell_hip_thrust")
    curves = pd.DataFrame([curve])
    assert "envelope" in set(compare(rows, curves=curves).table["metric"])
    with pytest.raises(ComparisonError, match="none is a hold of 60 s"):
        compare(rows, MEAN.model_copy(update={"hold_from": 60.0}), curves)


def test_muscles_not_asked_for_stay_out():
    rows, curve = hold("P1", 0.005)
    rows += repetitions("P1", 0.1, exercise="back_squat", muscle="erector_spinae")
    only = MEAN.model_copy(update={"muscles": ("erector_spinae",)})
    assert set(compare(rows, only, pd.DataFrame([curve])).table["muscle"]) == {"erector_spinae"}


def test_frequency_that_was_not_measured_is_said():
    rows = [line for line in people([0.04, 0.05]) if line["metric"] != "median_frequency"]
    assert "NOT RECORDED" in compare(rows).basis["frequency"]


def test_a_load_can_be_kept_apart():
    rows = people([0.04, 0.05], load="60", trial="1") + people([0.0, 0.01], load="80", trial="2")
    apart = compare(rows, MEAN.model_copy(update={"factor": "load"}))
    assert len(apart.table[apart.table["metric"].eq("mean")]) == 2
    joined = compare(rows)
    assert "load" in joined.basis["averaged"]


def test_mvic_changes_nothing():
    rows = people([0.04, 0.05, 0.06], noise=0.02)
    other = [line | ({"amplitude": 9 * line["amplitude"]} if line["participant"] == "P02" else {}) for line in rows]
    pd.testing.assert_frame_equal(compare(rows).table, compare(other).table, rtol=1e-9)


def test_series_that_are_too_thin():
    assert over_repetitions(np.arange(2.0), np.ones(2), "log") is None
    assert over_repetitions(np.arange(4.0), np.array([1.0, np.nan, -1.0, 2.0]), "log") is None
    assert over_repetitions(np.arange(3.0), np.array([0.0, 0.0, 0.0]), "raw").slope == 0
    course = np.ones(CURVE_POINTS)
    course[:60] = np.nan
    assert over_hold(course, 30.0, 0.05, "log") is None
    assert over_hold(np.ones(CURVE_POINTS), 0.0, 0.05, "log") is None


def test_page_has_a_figure_per_condition():
    comparison = compare(people([0.04, 0.05, 0.06], noise=0.02) + people([0.0], exercise="split_squat"))
    html = part(comparison)
    assert html.count("<details") == 3  # two conditions, and all numbers
    assert html.count('<img class="plot"') == 2
    assert "Back squat, head position neutral" in html
    (figure,) = trend_figures(comparison, comparison.table["scope"].iloc[0])
    assert len([axes for axes in figure.axes if axes.get_visible()]) == 2


def test_sets_and_numbers_that_cannot_be_used_are_named():
    rows = people([0.04, 0.05, 0.06])
    for line in rows:
        if line["kind"] == "emg" and line["metric"] == "mean":
            if line["participant"] == "P01" and line["repetition"] > 2:
                line["amplitude"] = np.nan
            if line["participant"] == "P02" and line["repetition"] == 1:
                line["amplitude"] = 0.0
    found = compare(rows)
    assert one(found, metric="mean")["n"] == 2
    text = " ".join(found.sentences)
    start = "Gluteus maximus, right, mean EMG amplitude over the repetitions: "
    assert f"{start}set left out, too few usable numbers (in brackets: how many are not): P01/1/" in text
    assert "P01/1/back_squat.neutral.10RM.1 (3 of 5)" in text
    assert "left out of the slope of their set: P02/1/back_squat.neutral.10RM.1 (1 of 5)" in text


def test_angles_in_two_units_are_not_averaged():
    rows = people([0.04, 0.05, 0.06])
    rows = [
        line | ({"unit": "rad"} if line["kind"] == "angle" and line["participant"] == "P01" else {}) for line in rows
    ]
    found = compare(rows, MEAN.model_copy(update={"channels": ("neck_angle",)}))
    assert "neck_angle" not in set(found.table["muscle"])
    assert any("values in different units (deg, rad) cannot be averaged" in sentence for sentence in found.sentences)


def test_repetitions_without_a_number():
    rows = people([0.04, 0.05, 0.06])
    odd = [line | ({"repetition": "last"} if line["participant"] == "P01" else {}) for line in rows]
    found = compare(odd)
    assert one(found, metric="mean")["n"] == 2
    assert "Left out, because their repetitions have no number: P01/1/back_squat.neutral.10RM.1." in found.sentences
    with pytest.raises(ComparisonError, match="no repetition has a number"):
        compare([line | {"repetition": np.nan} for line in rows])
    twice = [line | {"repetition": min(line["repetition"], 2)} for line in rows]
    with pytest.raises(ComparisonError, match="no set has 3 repetitions"):
        compare(twice)


def test_curves_are_needed_for_holds_only():
    rows = people([0.04, 0.05])
    assert len(compare(rows, curves=pd.DataFrame({"trial": ["x"]})).table)
    held, curve = hold("P1", 0.005)
    with pytest.raises(ComparisonError, match="the curves table has no column"):
        compare(held, curves=pd.DataFrame([curve]).drop(columns="unit"))


def test_units_of_the_first_row_do_not_part_a_family():
    made = [hold(f"P{n}", 0.004 + n / 1000, exercise=exercise) for exercise in ("table_top_hold", "glute_bridge")
            for n in (1, 2)]  # fmt: skip
    curves = [curve | ({"unit": "V"} if place == 0 else {}) for place, (_, curve) in enumerate(made)]
    found = compare([line for own, _ in made for line in own], curves=pd.DataFrame(curves))
    envelope = next(family for family in found.families if "envelope" in family.name)
    assert envelope.tests == 2


def test_equal_amplitudes_have_no_trend():
    rows = [line | ({"amplitude": 1.1e-4} if line["kind"] == "emg" else {}) for line in people([0.0] * 7)]
    found = one(compare(rows), metric="mean")
    assert found["slope"] == 0
    assert np.isnan(found["p"])


def test_what_is_held_is_in_the_title_only():
    found = compare(people([0.04, 0.05, 0.06]), MEAN.model_copy(update={"at": {"exercise": "back squat"}}))
    assert "rises in head position neutral (" in found.sentences[0]
    assert "back squat" in found.title
