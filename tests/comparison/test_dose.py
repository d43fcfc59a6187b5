"""The measured angle as a dose."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emgpipe.comparison import Dose, StudyTables
from emgpipe.errors import ComparisonError
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.angles import THRUST, angle_row, emg_row
from tests.comparison.tables import table

WORDS = load_vocabulary()
HEADS = ("hyperextension", "neutral", "slight_flexion", "moderate_flexion", "hyperflexion")
ANGLES = (-30.0, 0.0, 18.0, 32.0, 50.0)


def study(amplitude, people: int = 6, angles=ANGLES, **changes) -> StudyTables:
    """`amplitude(person number, angle)` in mV."""
    rows = []
    for number in range(people):
        for head, angle in zip(HEADS, angles, strict=False):
            person = f"P{number + 1:02d}"
            rows += [
                angle_row(person, head, angle, **changes),
                emg_row(person, head, amplitude(number, angle), **changes),
            ]
    return StudyTables(table(rows))


def dosed(tables: StudyTables, **settings):
    (found,) = Dose(**({"metrics": ("mean",)} | settings)).compare(tables, WORDS)
    return found


def test_a_known_slope_comes_back_as_a_ratio_per_ten_degrees():
    rates = np.log(np.array([1.1, 1.2, 1.15, 1.05, 1.12, 1.18]))
    found = dosed(study(lambda n, angle: 0.2 * math.exp(rates[n] * angle / 10)))
    row = found.table.iloc[0]
    assert row["per_10_degrees"] == pytest.approx(math.exp(rates.mean()))
    half = 2.570582 * rates.std(ddof=1) / math.sqrt(6)  # Student's t, 5 degrees of freedom
    assert row["ci_low"] == pytest.approx(math.exp(rates.mean() - half), rel=1e-6)
    assert row["p_sign_flip"] == pytest.approx(2 / 64)
    assert (row["n"], row["rising"], row["n_curve"]) == (6, 6, 6)
    assert row["curvature"] == pytest.approx(1)
    assert math.isnan(row["highest_at"])
    assert found.sentences[0].startswith(
        "Gluteus maximus, right, mean EMG amplitude: rises by 13 % per 10° of neck angle (ratio 1.132 per 10°"
    )
    assert found.tables["participants"]["per_10_degrees"].tolist() == pytest.approx(np.exp(rates).tolist())


def test_an_interval_that_just_contains_one_is_not_printed_as_one():
    rates = -0.0091 + 0.01 * np.array([-1, -1, 0, 0, 1, 1])
    found = dosed(study(lambda n, angle: math.exp(rates[n] * angle / 10)))
    assert "95 % interval 0.982 to 1.0003," in found.sentences[0]


def test_a_bad_reference_and_a_session_height_change_nothing():
    rng = np.random.default_rng(2)
    noise = np.exp(0.1 * rng.standard_normal((6, 200)))
    plain = study(lambda n, angle: (0.3 + angle / 500) * noise[n, int(angle) + 50])
    scaled = plain.metrics.copy()
    factor = scaled["participant"].map({f"P{n + 1:02d}": 0.1 * 7**n for n in range(6)})
    emg = scaled["kind"] == "emg"
    scaled.loc[emg, "amplitude"] *= factor[emg]
    scaled.loc[emg, "value"] = np.nan
    one, other = dosed(plain).table.iloc[0], dosed(StudyTables(scaled)).table.iloc[0]
    for name in ("per_10_degrees", "ci_low", "ci_high", "p", "p_sign_flip", "curvature", "p_curvature"):
        assert other[name] == pytest.approx(one[name])


def test_an_inverted_u_has_its_highest_point_inside():
    tops = (14.0, 18, 20, 22, 26, 20)
    found = dosed(study(lambda n, angle: 0.5 * math.exp(-(((angle - tops[n]) / 60) ** 2))))
    row = found.table.iloc[0]
    assert row["highest_at"] == pytest.approx(20)
    assert row["n_highest_inside"] == 6
    assert row["curvature"] == pytest.approx(math.exp(-100 / 3600))
    assert "own parabolas are all bent alike: not tested" in found.sentences[0]
    spread = dosed(study(lambda n, angle: 0.5 * math.exp(-(((angle - tops[n]) / (60 + n)) ** 2))))
    assert "not on a straight line: the mean parabola is highest at 20°" in spread.sentences[0]
    curve = found.tables["curve"]
    assert curve.loc[curve["parabola"].idxmax(), "angle"] == pytest.approx(20, abs=1)


def test_angles_are_followed_by_differences():
    base = study(lambda _n, _angle: 0.2)
    lumbar = base.metrics[base.metrics["muscle"] == "neck_angle"].assign(muscle="lumbar_angle")
    lumbar["value"] = 3 + 0.2 * lumbar["value"]
    tables = StudyTables(table([*base.metrics.to_dict("records"), *lumbar.to_dict("records")]))
    found = dosed(tables, muscles=(), channels=("lumbar_angle",))
    row = found.table.iloc[0]
    assert (row["scale"], row["unit"]) == ("raw", "deg")
    assert row["per_10_degrees"] == pytest.approx(2)
    assert "+2.00° per 10°" in found.sentences[0]


def test_who_has_too_few_positions_or_too_small_a_range_is_named():
    tables = study(lambda n, angle: 0.2 + angle / 1000 + n / 100, people=4)
    metrics = tables.metrics
    few = metrics["participant"].eq("P01") & ~metrics["head_position"].isin(["neutral", "hyperflexion"])
    angle = metrics["muscle"].eq("neck_angle")
    metrics.loc[angle & metrics["participant"].eq("P02"), "value"] /= 10
    metrics.loc[angle & metrics["participant"].eq("P03"), "value"] = np.nan
    found = dosed(StudyTables(metrics[~few]))
    row = found.table.iloc[0]
    assert row["n"] == 1
    assert row["note"] == (
        "P01 left out: 2 positions, 3 needed; P02 left out: 2 positions, 3 needed; "
        "P03 left out: no angle or no amplitude"
    )
    assert found.sentences[1] == "Without a slope: P01 and P02: 2 positions, 3 needed; P03: no angle or no amplitude."
    assert "one participant: no interval" in found.sentences[0]
    assert found.basis["n"] == "1 participant: P04"
    narrow = dosed(StudyTables(metrics[~few]), apart=1, min_range=10)
    assert "P02 left out: angles over 8°, 10° needed" in narrow.table.iloc[0]["note"]


def test_zero_and_negative_amplitudes_are_left_out_and_said():
    found = dosed(study(lambda n, angle: -0.1 if (n, angle) == (0, 50.0) else 0.2 + angle / 1000))
    assert any(sentence.startswith("P01 has amplitude -0.0001 in P01/1/") for sentence in found.sentences)
    assert found.tables["participants"]["positions"].tolist() == [4, 5, 5, 5, 5, 5]


def test_all_equal_shows_no_change():
    found = dosed(study(lambda _n, _angle: 0.2))
    row = found.table.iloc[0]
    assert row["per_10_degrees"] == 1
    assert row["p_sign_flip"] == 1
    assert "not tested, every participant's slope is the same" in found.sentences[0]


def test_exercises_are_asked_apart_or_have_heights_of_their_own():
    rates = {THRUST: 0.01, "back_squat": 0.03}
    rows = [
        one
        for person in ("P01", "P02", "P03")
        for exercise, rate in rates.items()
        for head, angle in zip(HEADS, ANGLES, strict=True)
        for one in (angle_row(person, head, angle, exercise=exercise),
                    emg_row(person, head, (1 + 4 * rate) * math.exp(rate * angle), exercise=exercise))
    ]  # fmt: skip
    apart = Dose(metrics=("mean",)).compare(StudyTables(table(rows)), WORDS)
    assert {one.title: round(one.table["per_10_degrees"].iloc[0], 4) for one in apart} == {
        "Outcomes by neck angle in barbell hip thrust": round(math.exp(0.1), 4),
        "Outcomes by neck angle in back squat": round(math.exp(0.3), 4),
    }
    together = dosed(StudyTables(table(rows)), within=None)
    assert together.table["per_10_degrees"].iloc[0] == pytest.approx(math.exp(0.2))


def test_repetitions_may_be_the_points():
    rows = []
    for person in ("P01", "P02"):
        for head, angle in zip(HEADS[:3], ANGLES[:3], strict=True):
            for repetition, more in enumerate((-4, 0, 4), start=1):
                rows.append(angle_row(person, head, angle + more, repetition))
                rows.append(emg_row(person, head, math.exp(0.01 * (angle + more)), repetition))
    tables = StudyTables(table(rows))
    assert len(dosed(tables).cells) == 6
    found = dosed(tables, points="repetitions")
    assert len(found.cells) == 18
    assert found.table["per_10_degrees"].iloc[0] == pytest.approx(math.exp(0.1))
    assert found.table["n"].iloc[0] == 2


def test_families_are_declared_and_adjusted():
    rng = np.random.default_rng(4)
    tables = study(lambda _n, angle: float(np.exp(0.01 * angle + 0.1 * rng.standard_normal())))
    more = tables.metrics[tables.metrics["kind"] == "emg"].assign(muscle="erector_spinae")
    both = StudyTables(table([*tables.metrics.to_dict("records"), *more.to_dict("records")]))
    one = dosed(both)
    assert [(family.tests, family.correction) for family in one.families] == [(2, "Holm"), (2, "Holm")]
    row = one.table.iloc[0]
    assert row["p_adjusted"] == pytest.approx(min(2 * min(row["p"], row["p_curvature"]), 1))
    together = dosed(both, family="comparison")
    assert [family.tests for family in together.families] == [4]
    assert together.table["p_adjusted"].iloc[0] == pytest.approx(min(4 * row["p"], 1))
    none = dosed(both, correction="none")
    assert none.table["p_adjusted"].tolist() == none.table["p"].tolist()


@pytest.mark.parametrize(("settings", "words"), [
    ({"channel": "head"}, "channel 'head' was not measured"), ({"channels": ("neck_angle",)}, "cannot be an outcome"),
    ({"at": {"exercise": "back_squat"}}, "no trial has exercise 'back_squat'"),
    ({"min_positions": 9}, "nobody has a slope"),
    ({"within": "speed"}, "'speed' is not a factor"), ({"muscles": ("soleus",)}, "muscle 'soleus' was not measured"),
])  # fmt: skip
def test_what_cannot_be_answered_is_said(settings, words):
    with pytest.raises(ComparisonError, match=words):
        dosed(study(lambda _n, _angle: 0.2), **settings)


def test_loads_that_differ_between_positions_are_said():
    tables = study(lambda _n, angle: 0.2 + angle / 1000)
    metrics = tables.metrics.assign(load_basis="kg", load="60")
    metrics.loc[metrics["head_position"] == "hyperflexion", "load"] = "40"
    columns = list(metrics.columns)
    columns.insert(columns.index("load_basis"), columns.pop(columns.index("load")))
    found = dosed(StudyTables(metrics[columns]))
    assert "Loads differ" in found.sentences[-1]
    assert found.basis["load"].startswith("participants' loads differ")
