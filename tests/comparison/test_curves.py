"""Curves against differences built in by hand: where they are found, what is left out, what changes nothing."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from emgpipe.comparison import Curves, StudyTables
from emgpipe.comparison.waveforms.phases import cut_curves, phase_shares
from emgpipe.errors import ComparisonError
from emgpipe.model import Comparison
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import duration, row, table

WORDS = load_vocabulary()
PEOPLE = [f"P{number:02d}" for number in range(1, 9)]
POINTS = np.arange(101)
SQUATS = ("back_squat", "front_squat")
ASK = Curves(factor="exercise", at={"head_position": "neutral"})
NUMBERS = ["n", "from_percent", "to_percent", "p", "p_adjusted", "peak_percent"]


def shape(person: int, repetition: int = 1) -> np.ndarray:
    """A participant's curve, a little different in every repetition."""
    rng = np.random.default_rng(100 * person + repetition)
    waves = sum(rng.normal(0, 0.1) * np.sin(np.pi * wave * POINTS / 100) for wave in range(1, 6))
    return (20 + 5 * person) * np.exp(np.sin(np.pi * POINTS / 100) + waves)


def study(changes=None, people=PEOPLE, **more) -> StudyTables:
    """Two squats per participant, two repetitions each; `changes(person, exercise)` is a factor of the curve."""
    metrics, curves = [], []
    for (place, person), exercise, repetition in itertools.product(enumerate(people), SQUATS, (1, 2)):
        at = {"repetition": repetition, "onset": 3.0 * repetition, **more}
        spans = ("repetition", "eccentric", "hold", "concentric")
        metrics += [row(person, exercise, 1e-4, **at, phase=phase) for phase in spans]
        metrics += [duration(person, exercise, seconds, **at, phase=phase) for phase, seconds in
                    (("repetition", 2.0), ("eccentric", 1.0), ("hold", 0.4), ("concentric", 0.6))]  # fmt: skip
        own = shape(place, repetition) * (changes(place, exercise) if changes else 1.0)
        curves.append(curve(person, exercise, own, **at))
    return StudyTables(table(metrics), pd.DataFrame(curves))


def curve(person, exercise, values, **at):
    base = row(person, exercise, np.nan, **at)
    kept = ("participant", "session", "trial", "role", "exercise", "head_position", "load_basis", "repetition", "onset",
            "phase", "kind", "muscle", "side", "placement", "stage", "unit")  # fmt: skip
    return {name: base[name] for name in kept} | {str(point): value for point, value in enumerate(values)}


def bump(size: float, first: int = 30, last: int = 60):
    """Front squat higher by a factor from `first` to `last`, with each participant's own extra."""

    def factor(person: int, exercise: str) -> np.ndarray:
        inside = (first <= POINTS) & (last >= POINTS)
        wobble = np.exp(0.04 * np.cos(person + POINTS / 9))
        return np.where(inside, size, 1.0) * wobble if exercise == "front_squat" else np.ones(101)

    return factor


def compare(tables: StudyTables, asked: Curves = ASK) -> Comparison:
    (one,) = asked.compare(tables, WORDS)
    return one


def test_a_difference_is_found_where_it_is():
    found = compare(study(bump(1.4)))
    for form in ("max_t", "cluster"):
        (stretch,) = found.table[found.table["form"] == form].to_dict("records")
        assert (stretch["from_percent"], stretch["to_percent"]) == (30, 60)
        assert (stretch["level"], stretch["other"], stretch["direction"]) == ("front_squat", "back_squat", "higher")
        assert stretch["p"] == pytest.approx(2 / 256)
        assert 1.3 < stretch["peak_ratio"] < 1.5
        assert stretch["phases"] == "eccentric + hold"
    assert found.sentences[0].startswith(
        "Gluteus maximus, right, EMG amplitude: higher in front squat than in back squat from 30 to 60 % of the "
        "repetition, eccentric and hold (cluster p = .008; most at"
    )
    assert [family.tests for family in found.families] == [1, 1]


def test_no_difference_gives_a_row_that_says_so():
    rng = np.random.default_rng(8)
    signs = dict(zip(range(8), rng.permutation([1, -1] * 4), strict=True))
    found = compare(study(lambda person, exercise: np.exp(0.1 * signs[person] * (exercise == "front_squat"))))
    assert found.table["direction"].tolist() == ["none shown", "none shown"]
    assert found.table["from_percent"].isna().all()
    assert "no difference shown between front squat and back squat anywhere in the repetition" in found.sentences[0]


def test_ratio_interval_and_means_by_scipy():
    tables = study(bump(1.4))
    found = compare(tables)
    own = {
        e: np.array([np.mean([shape(i, r) * bump(1.4)(i, e) for r in (1, 2)], axis=0) for i in range(8)])
        for e in SQUATS
    }
    logs = np.log(own["front_squat"] / own["back_squat"])
    interval = stats.ttest_1samp(logs, 0).confidence_interval(0.95)
    difference = found.tables["difference"]
    np.testing.assert_allclose(difference["ratio"], np.exp(logs.mean(axis=0)))
    np.testing.assert_allclose(difference["low"], np.exp(interval.low))
    np.testing.assert_allclose(difference["t"], stats.ttest_1samp(logs, 0).statistic)
    mean = found.tables["mean_curves"].set_index("level").loc["front_squat"]
    np.testing.assert_allclose(mean["mean"], own["front_squat"].mean(axis=0))
    np.testing.assert_allclose(mean["sd"], own["front_squat"].std(axis=0, ddof=1))
    assert set(mean["unit"]) == {"%MVIC"}


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 7), st.floats(1e-3, 1e3))
def test_one_persons_mvic_changes_no_ratio(person, factor):
    before = study(bump(1.2))
    curves = before.curves.copy()
    mine = curves["participant"].eq(PEOPLE[person])
    curves.loc[mine, [str(point) for point in POINTS]] *= factor
    after = compare(StudyTables(before.metrics, curves))
    found = compare(before)
    pd.testing.assert_frame_equal(after.table[NUMBERS], found.table[NUMBERS])
    columns = ["ratio", "low", "high", "p_max_t"]
    pd.testing.assert_frame_equal(after.tables["difference"][columns], found.tables["difference"][columns])


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 100))
def test_a_curve_added_to_everything_changes_nothing_on_the_raw_scale(seed):
    added = np.random.default_rng(seed).uniform(-15, 30, 101)
    before = study(bump(1.2))
    curves = before.curves.copy()
    curves[[str(point) for point in POINTS]] += added
    asked = ASK.model_copy(update={"scale": "raw"})
    found, after = compare(before, asked), compare(StudyTables(before.metrics, curves), asked)
    columns = ["difference", "low", "high", "p_max_t"]
    pd.testing.assert_frame_equal(after.tables["difference"][columns], found.tables["difference"][columns])
    assert found.table["peak_ratio"].isna().all()


def test_reversal_inverts():
    one = compare(study(bump(1.3)), ASK.model_copy(update={"against": "back_squat"}))
    other = compare(study(bump(1.3)), ASK.model_copy(update={"against": "front squat"}))
    assert other.table["direction"].tolist() == ["lower", "lower"]
    pd.testing.assert_frame_equal(one.table[NUMBERS], other.table[NUMBERS])
    np.testing.assert_allclose(other.tables["difference"]["low"], 1 / one.tables["difference"]["high"])


def test_pairs_are_a_family():
    tables = study(bump(1.4))
    third = [frame[frame["exercise"] == "front_squat"].copy() for frame in (tables.metrics, tables.curves)]
    for frame in third:
        frame["trial"] = frame["trial"].str.replace("front", "split")
        frame["exercise"] = "split_squat"
    both = (pd.concat(pair, ignore_index=True) for pair in zip((tables.metrics, tables.curves), third, strict=True))
    found = compare(StudyTables(*both))
    assert len(found.table[["level", "other"]].drop_duplicates()) == 3
    rows = found.table[found.table["form"].eq("max_t") & found.table["from_percent"].notna()]
    np.testing.assert_allclose(rows["p_adjusted"], rows["p"])  # the same difference twice: none is larger
    assert "adjusted over 3 pairs = .008" in " ".join(found.sentences)
    assert {family.tests for family in found.families} == {3}
    same = found.table[found.table["level"].eq("split_squat") & found.table["other"].eq("front_squat")]
    assert (same["p"] == 1).all(), "the same curves twice: no difference, and rounding makes none"


def test_what_decisions_exclude_is_left_out():
    tables = study(bump(1.4))
    out = tables.metrics["participant"].eq("P01") & tables.metrics["repetition"].eq(2)
    found = compare(StudyTables(tables.metrics.assign(excluded=out), tables.curves))
    cells = found.cells.set_index(["participant", "level"])["repetitions"]
    assert (cells["P01"] == 1).all()
    assert (cells["P02"] == 2).all()
    assert "left out by decisions" in found.basis["excluded"]
    gone = tables.metrics["participant"].eq("P03")
    assert set(compare(StudyTables(tables.metrics.assign(excluded=gone), tables.curves)).table["n"]) == {7}


def test_gaps_cost_points_or_participants():
    tables = study(bump(1.4))
    few, many = tables.curves.copy(), tables.curves.copy()
    few.loc[few["participant"].eq("P02"), [str(point) for point in range(40, 45)]] = np.nan
    many.loc[many["participant"].eq("P02"), [str(point) for point in range(40, 80)]] = np.nan
    found = compare(StudyTables(tables.metrics, few))
    assert set(found.table["points"]) == {96}
    assert set(found.table["n"]) == {8}
    cluster = found.table[found.table["form"] == "cluster"]
    assert [tuple(ends) for ends in cluster[["from_percent", "to_percent"]].to_numpy()] == [(30, 39), (45, 60)]
    assert "P02 lacks parts of the curve in back squat and front squat." in found.sentences
    found = compare(StudyTables(tables.metrics, many))
    assert set(found.table["n"]) == {7}
    assert "P02" in found.table["note"].iloc[0]


def test_no_logarithm_no_ratio():
    tables = study(bump(1.4))
    curves = tables.curves.copy()
    curves.loc[curves["participant"].eq("P04") & curves["exercise"].eq("front_squat"), "0":"100"] = 0.0
    found = compare(StudyTables(tables.metrics, curves))
    assert set(found.table["n"]) == {7}
    assert "P04 has no logarithm in front squat." in found.sentences
    raw = compare(StudyTables(tables.metrics, curves), ASK.model_copy(update={"scale": "raw"}))
    assert set(raw.table["n"]) == {8}


def test_without_reference_the_ratio_stays():
    tables = study(bump(1.4))
    curves = tables.curves.copy()
    mine = curves["participant"].eq("P05")
    curves.loc[mine, "unit"] = "V"
    curves.loc[mine, "0":"100"] *= 1e-6
    found = compare(StudyTables(tables.metrics, curves))
    assert set(found.table["n"]) == {8}
    assert set(found.tables["mean_curves"]["n"]) == {7}
    assert "P05 has no curve in %MVIC: in the ratios, not in the mean curves." in found.sentences
    raw = compare(StudyTables(tables.metrics, curves), ASK.model_copy(update={"scale": "raw"}))
    assert set(raw.table["n"]) == {7}
    assert "P05 has no %MVIC in back squat and front squat." in raw.sentences


def test_channels_are_compared_by_difference():
    tables = study()
    angles = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "unit": "deg"}
    curves = tables.curves.assign(**angles)
    shift = curves["exercise"].eq("front_squat").to_numpy()[:, None] * 4.0
    noise = np.random.default_rng(1).normal(0, 0.5, (len(curves), 1))
    curves.loc[:, "0":"100"] = 10 - 0.2 * POINTS + shift + noise
    both = StudyTables(tables.metrics, pd.concat([tables.curves, curves], ignore_index=True))
    found = compare(both, ASK.model_copy(update={"channels": ("lumbar_angle",), "muscles": ()}))
    assert set(found.table["scale"]) == {"raw"}
    assert found.table["peak_difference"].to_numpy() == pytest.approx(4, abs=0.6)
    assert found.sentences[0].startswith(
        "Lumbar angle: higher in front squat than in back squat throughout the repetition"
    )


def test_phases_follow_how_the_exercise_begins():
    shares = phase_shares(study(people=["P01"]).metrics, WORDS)
    first = shares[shares["trial"].str.contains("back_squat") & shares["repetition"].eq(1)]
    assert first["phase"].tolist() == ["eccentric", "hold", "concentric"]
    np.testing.assert_allclose(first["start"], [0, 0.5, 0.7], atol=1e-12)
    np.testing.assert_allclose(first["stop"], [0.5, 0.7, 1.0], atol=1e-12)
    incomplete = study(people=["P01"]).metrics
    assert phase_shares(incomplete[incomplete["phase"] != "hold"], WORDS).empty
    unknown = incomplete.assign(exercise="something else")
    assert phase_shares(unknown, WORDS).empty


def test_a_phase_is_cut_out_and_stretched():
    curves = np.array([POINTS * 1.0, np.where(POINTS == 70, np.nan, 1.0)])
    cut = cut_curves(curves, np.array([0.5, 0.0]), np.array([0.7, 0.5]))
    np.testing.assert_allclose(cut[0], np.linspace(50, 70, 101))
    assert np.isfinite(cut[1]).all()
    found = compare(study(bump(1.4, 0, 49)), ASK.model_copy(update={"phase": "eccentric"}))
    assert "higher in front squat than in back squat" in found.sentences[0]
    assert "of the eccentric phase" in found.sentences[0]
    later = compare(study(bump(1.4, 0, 49)), ASK.model_copy(update={"phase": "concentric"}))
    assert later.table["direction"].tolist() == ["none shown", "none shown"]
    assert later.tables["phases"].empty


def test_phases_at_other_places_are_said():
    tables = study(bump(1.4))
    assert "phase begins" not in " ".join(compare(tables).sentences)
    metrics = tables.metrics.copy()
    mine = metrics["exercise"].eq("front_squat") & metrics["metric"].eq("duration")
    metrics.loc[mine & metrics["phase"].eq("eccentric"), "value"] = 0.8
    metrics.loc[mine & metrics["phase"].eq("hold"), "value"] = 0.6
    text = " ".join(compare(StudyTables(metrics, tables.curves)).sentences)
    assert "The hold phase begins at 50 % in back squat and 40 % in front squat" in text


def test_sessions_are_blocks_with_volts_of_their_own():
    one, two = study(bump(1.4)), study(bump(1.4), session="2")
    curves = two.curves.copy()
    curves.loc[:, "0":"100"] *= 7.0
    both = StudyTables(pd.concat([one.metrics, two.metrics]), pd.concat([one.curves, curves]))
    np.testing.assert_allclose(compare(both).tables["difference"]["ratio"], compare(one).tables["difference"]["ratio"])
    by_session = compare(both, Curves(factor="session", at={"exercise": "back_squat"}))
    np.testing.assert_allclose(by_session.tables["difference"]["ratio"], 7.0)


def test_few_participants_are_told_what_cannot_be():
    found = compare(study(bump(1.4), people=PEOPLE[:5]))
    text = " ".join(found.sentences)
    assert "With 5 participants the sign-flip test cannot reach .05: its smallest possible p is .062." in text
    assert set(found.table["direction"]) == {"none shown"}
    alone = compare(study(bump(1.4), people=PEOPLE[:1]))
    assert "not tested, one participant: no interval and no test" in alone.sentences[0]
    assert alone.table["p"].isna().all()
    assert alone.families == ()


def test_many_participants_are_sampled():
    found = compare(
        study(bump(1.3), people=[f"P{n:02d}" for n in range(20)]), ASK.model_copy(update={"resamples": 500})
    )
    assert found.basis["sign_flips"] == "500 random sign assignments (seed 0) of 20 participants"
    assert found.table["p"].min() == pytest.approx(1 / 500)


@pytest.mark.parametrize(
    ("tables", "asked", "message"),
    [
        (StudyTables(study().metrics), ASK, "there are no curves"),
        (StudyTables(study().metrics, study().curves.drop(columns=["50", "unit"])), ASK, "no column unit, 50"),
        (study(), Curves(factor="muscle"), "curves compare conditions of one muscle"),
        (study(), ASK.model_copy(update={"against": "front squt"}), "against: "),
        (study(), ASK.model_copy(update={"muscles": ("biceps_femoris",)}), "muscle 'biceps_femoris' was not measured"),
        (study(), ASK.model_copy(update={"channels": ("neck",)}), "channel 'neck' was not measured"),
        (study(), ASK.model_copy(update={"muscles": ()}), "no curve belongs to these repetitions"),
        (study(), ASK.model_copy(update={"phase": "isometric"}), "no numbers about a phase 'isometric'"),
        (study(), Curves(factor="head_position"), "needs two head positions"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tables, asked, message):
    with pytest.raises(ComparisonError, match=message):
        asked.compare(tables, WORDS)


def test_different_normalizations_are_not_averaged():
    tables = study()
    curves = tables.curves.copy()
    curves.loc[curves["participant"].eq("P01"), "unit"] = "%task_peak"
    with pytest.raises(ComparisonError, match="different units"):
        ASK.compare(StudyTables(tables.metrics, curves), WORDS)


def test_the_log_scale_is_said_to_rest_on_no_reference():
    found = compare(study(bump(1.4)))
    assert "from which the reference cancels" in found.basis["scale"]
    assert math.isclose(found.table["p_smallest"].iloc[0], 2 / 256)
    assert "nothing" in found.basis["excluded"]


def with_levels(*names: str) -> StudyTables:
    """The study with copies of the front squat under further names."""
    tables = study(bump(1.4))
    parts = [(tables.metrics, tables.curves)]
    for name in names:
        more = [frame[frame["exercise"] == "front_squat"].copy() for frame in (tables.metrics, tables.curves)]
        for frame in more:
            frame["trial"] = frame["trial"].str.replace("front_squat", name)
            frame["exercise"] = name
        parts.append(tuple(more))
    return StudyTables(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))


def test_pairs_that_were_not_tested_are_not_called_equal():
    tables = with_levels("split_squat", "goblet_squat")
    apart = tables.metrics["exercise"].isin(["back_squat", "front_squat"]) == tables.metrics["participant"].lt("P05")
    found = compare(StudyTables(tables.metrics[apart], tables.curves))
    text = " ".join(found.sentences)
    assert "no difference shown in 2 of 6 pairs, 4 not tested, for want of participants who have both" in text


def test_curves_in_two_units_stop_one_muscle_only():
    tables = study(bump(1.4))
    more = [frame.assign(muscle="erector_spinae") for frame in (tables.metrics, tables.curves)]
    more[1].loc[more[1]["participant"].eq("P01"), "unit"] = "%rest"
    both = (pd.concat(pair, ignore_index=True) for pair in zip((tables.metrics, tables.curves), more, strict=True))
    found = compare(StudyTables(*both))
    assert set(found.table["muscle"]) == {"gluteus_maximus"}
    assert "erector_spinae, right: curves in different units" in found.basis["not_compared"]


def test_numbers_read_as_text_are_numbers():
    tables = study(bump(1.4))
    metrics = tables.metrics.assign(value=tables.metrics["value"].astype(str))
    pd.testing.assert_frame_equal(compare(StudyTables(metrics, tables.curves)).table, compare(tables).table)
