"""The neutral of a session: the stillest stretch, several calibration trials, none, and what it does to a channel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emgpipe.model import Signal, Trial
from emgpipe.zeroing import Posed, Zeroing, find_neutrals, zeroed
from emgpipe.zeroing.stillest import stillest_stretch

RATE = 50.0
NECK = Zeroing(channels=("neck_angle",))


def signal(values, name="neck_angle", **about):
    given = {"kind": "angle", "unit": "deg", **about}
    samples = np.asarray(values, dtype=float)
    return Signal(name, name, given.pop("kind"), given.pop("unit"), RATE, 0.0, samples, **given)


def posed(*signals, role="calibration", number=1, position=""):
    trial = Trial(f"P01/1/{role}.{number}", "P01", "1", role, (), position=position)
    return Posed(trial, signals, 0.0, signals[0].raw.size / RATE)


def still(level, seconds=3.0):
    """A pose with sway: the level is kept in the second second, within 0.2 degrees."""
    time = np.arange(round(seconds * RATE)) / RATE
    sway = np.where((time >= 1) & (time < 2), 0.1, 4.0) * np.sin(2 * np.pi * 1.5 * time)
    return level + sway


def kinds(neutrals, level="warn"):
    return [finding.kind for finding in neutrals.findings if finding.level == level]


@given(
    arrays(float, st.integers(1, 40), elements=st.integers(-9, 9) | st.just(np.nan)),
    st.integers(1, 12),
)
def test_stillest_stretch_is_the_best_of_all(values, length):
    ranges = [np.ptp(values[first : first + length]) for first in range(values.size - length + 1)]
    whole = [(extent, first) for first, extent in enumerate(ranges) if np.isfinite(extent)]
    expected = (min(whole)[1], min(whole)[0]) if whole else None
    assert stillest_stretch(values, length) == expected


def test_neutral_is_the_median_of_the_stillest_second():
    neutrals = find_neutrals(NECK, [posed(signal(still(-12.0)))])
    (found,) = neutrals.findings
    assert (found.kind, found.level, found.trial, found.unit) == ("neutral_found", "note", "P01/1/calibration.1", "deg")
    assert found.value == pytest.approx(-12.0, abs=0.05)
    assert (found.start, found.stop) == pytest.approx((1.0, 2.0), abs=0.05)


def test_only_the_span_of_the_trial_counts():
    samples = np.r_[np.full(100, 40.0), still(5.0)]
    whole = posed(signal(samples))
    part = Posed(whole.trial, whole.signals, 2.0, 5.0)
    assert find_neutrals(NECK, [whole]).findings[0].value == 40.0
    assert find_neutrals(NECK, [part]).findings[0].value == pytest.approx(5.0, abs=0.05)


def test_channel_is_shifted_and_says_so_and_others_stay():
    neutrals = find_neutrals(NECK, [posed(signal(still(-3.2)))])
    task, hip = signal([-3.2, 6.8, np.nan]), signal([1.0, 2.0, 3.0], "hip_angle")
    done, other = zeroed(NECK, (task, hip), neutrals)
    np.testing.assert_allclose(done.raw, [0.0, 10.0, np.nan], atol=0.05)
    assert done.history == ("zeroed by +3.2 deg (calibration trial P01/1/calibration.1)",)
    assert other is hip
    assert task.raw[0] == -3.2


def test_trials_that_agree_are_averaged():
    trials = [posed(signal(still(level)), number=number) for number, level in enumerate((10.0, 12.0), start=1)]
    neutrals = find_neutrals(NECK, trials)
    assert kinds(neutrals) == []
    (done,) = zeroed(NECK, [signal([11.0])], neutrals)
    assert done.raw[0] == pytest.approx(0.0, abs=0.05)
    assert "mean of the calibration trials P01/1/calibration.1, P01/1/calibration.2" in done.history[0]


def test_trials_that_disagree_are_said():
    trials = [posed(signal(still(level)), number=number) for number, level in enumerate((10.0, 14.0), start=1)]
    neutrals = find_neutrals(NECK, trials)
    assert kinds(neutrals) == ["neutral_spread"]
    said = neutrals.findings[-1]
    assert said.value == pytest.approx(4.0, abs=0.1)
    assert "10.0 deg in P01/1/calibration.1, 14.0 deg in P01/1/calibration.2" in said.reason
    assert kinds(find_neutrals(NECK.model_copy(update={"spread": 5.0}), trials)) == []


def test_only_the_stated_pose_counts():
    trials = [
        posed(signal(still(10.0)), number=1, position="Upright gaze-level"),
        posed(signal(still(60.0)), number=2, position="supine"),
    ]
    upright = find_neutrals(NECK.model_copy(update={"position": "upright_gaze_level"}), trials)
    assert [round(neutral.value) for neutral in upright.by_channel.values()] == [10]
    lying = NECK.model_copy(update={"position": "prone"})
    none = find_neutrals(lying, [*trials, posed(signal([1.0]), role="task")])
    assert kinds(none) == ["neutral_missing"]
    assert "in position 'prone'" in none.findings[0].reason


def test_a_pose_that_was_not_kept_is_said():
    neutrals = find_neutrals(NECK, [posed(signal(np.linspace(0, 60, 150)))])
    assert kinds(neutrals) == ["neutral_not_still"]
    assert neutrals.findings[-1].value == pytest.approx(60 * 49 / 149)


@pytest.mark.parametrize("samples", [np.zeros(10), np.where(np.arange(150) % 30, 0.0, np.nan), np.full(150, np.nan)])
def test_a_trial_too_short_or_full_of_gaps_gives_none(samples):
    neutrals = find_neutrals(NECK, [posed(signal(samples)), posed(signal([1.0]), role="task")])
    assert kinds(neutrals) == ["neutral_not_found", "neutral_missing"]
    assert neutrals.by_channel == {}


def test_without_calibration_the_channel_is_empty_and_one_finding_says_so():
    tasks = [posed(signal([1.0, 2.0]), role="task", number=number) for number in (1, 2, 3)]
    neutrals = find_neutrals(NECK, tasks)
    assert kinds(neutrals) == ["neutral_missing"]
    assert "the session has none" in neutrals.findings[0].reason
    (done,) = zeroed(NECK, tasks[0].signals, neutrals)
    assert np.isnan(done.raw).all()
    assert "left empty" in done.history[0]


def test_a_trial_that_failed_is_named():
    failed = Posed(Trial("P01/1/calibration.1", "P01", "1", "calibration", ()))
    neutrals = find_neutrals(NECK, [failed, posed(signal([1.0]), role="task")])
    assert "none of P01/1/calibration.1 gives it" in neutrals.findings[0].reason


def test_mvic_trials_need_no_neutral():
    assert find_neutrals(NECK, [posed(signal([1.0]), role="mvic")]).findings == ()


def test_left_and_right_have_a_neutral_each():
    knee = Zeroing(channels=("knee",))
    sides = [signal(still(level), "knee", side=side) for side, level in (("left", 3.0), ("right", -8.0))]
    neutrals = find_neutrals(knee, [posed(*sides)])
    done = zeroed(knee, [signal([0.0], "knee", side=side) for side in ("left", "right")], neutrals)
    assert [one.raw[0] for one in done] == pytest.approx([-3.0, 8.0], abs=0.05)


def test_another_unit_is_another_channel():
    neutrals = find_neutrals(NECK, [posed(signal(still(1.0))), posed(signal([1.0], unit="rad"), role="task")])
    assert kinds(neutrals) == ["neutral_missing"]
    assert "in rad" in neutrals.findings[-1].reason


def test_other_quantities_do_not_turn_round():
    force = Zeroing(channels=("plate",), still=50.0)
    neutrals = find_neutrals(force, [posed(signal(still(700.0), "plate", kind="force", unit="N"))])
    (done,) = zeroed(force, [signal([0.0], "plate", kind="force", unit="N")], neutrals)
    assert done.raw[0] == pytest.approx(-700.0, abs=0.05)


def wrap(values):
    return (np.asarray(values) + 180.0) % 360.0 - 180.0


@given(st.floats(-360, 360), st.floats(-40, 40), st.floats(-1.4, 1.4))
def test_a_constant_in_all_trials_changes_nothing(constant, level, apart):
    poses = [still(level), still(level + apart)]
    task = level + np.array([-30.0, 0.0, 18.0, 50.0])

    def measured(change):
        trials = [posed(signal(wrap(pose + change)), number=number) for number, pose in enumerate(poses, start=1)]
        neutrals = find_neutrals(NECK, trials)
        assert kinds(neutrals) == []
        return zeroed(NECK, [signal(wrap(task + change))], neutrals)[0].raw

    np.testing.assert_allclose(measured(constant), measured(0.0), atol=1e-9)
    np.testing.assert_allclose(measured(0.0), task - level - apart / 2, atol=0.1)
