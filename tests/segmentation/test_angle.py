"""Angle detection against series whose times are known by construction."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from emgpipe.errors import SegmentationError
from emgpipe.segmentation import Angle, find_repetitions
from tests.segmentation.angles import Move, kinds, length, make_signal, make_trial, position, true_marks


def angle_trial(moves, *, rate=100.0, noise=0.0, seed=0, kind="jerk", reach=60.0, lead=1.0, **parts):
    """Hip flexion of a hip thrust: flexed at the start, 0 at lock-out."""
    times = np.arange(round(length(moves, lead) * rate)) / rate
    values, marks = position(moves, times, lead=lead, kind=kind)
    angle = reach * (1 - values) + np.random.default_rng(seed).normal(0, noise, times.size) if noise else None
    angle = reach * (1 - values) if angle is None else angle
    return make_trial(make_signal("hip", angle, rate), **parts), marks


def marks_of(found):
    """Begin, arrive, leave, end of repetitions that have a hold."""
    return np.array([[rep.start, rep.phases[1].start, rep.phases[1].stop, rep.stop] for rep in found.repetitions])


@pytest.mark.parametrize("rate", [50.0, 100.0, 148.148, 500.0, 2000.0])
@pytest.mark.parametrize("kind", ["jerk", "sine"])
def test_times_without_noise(rate, kind):
    """Within 30 ms of where the speed of the true movement crosses 5 % of its peak."""
    moves = [Move(1.0, 0.8, 1.5, 1.0), Move(0.6, 1.5, 2.0, 0.7), Move(2.0, 0.7, 0.7, 0.5)]
    trial, marks = angle_trial(moves, rate=rate, kind=kind)
    found = find_repetitions(Angle(channel="hip"), trial)
    assert kinds(found) == []
    np.testing.assert_allclose(marks_of(found), true_marks(moves, marks, kind), rtol=0, atol=0.03)


def test_phases_follow_the_start_phase():
    moves = [Move(1.0, 0.5, 1.0, 0.5)] * 2
    thrust, _ = angle_trial(moves)
    values = thrust.signals[0].raw
    squat = make_trial(make_signal("hip", 60 - values, 100.0), start_phase="eccentric")
    names = {
        "concentric": ["concentric", "hold", "eccentric"],
        "eccentric": ["eccentric", "hold", "concentric"],
    }
    for trial in (thrust, squat):
        for rep in find_repetitions(Angle(channel="hip"), trial).repetitions:
            assert [phase.name for phase in rep.phases] == names[trial.start_phase]
            assert [phase.start for phase in rep.phases[1:]] == [phase.stop for phase in rep.phases[:-1]]
            assert (rep.phases[0].start, rep.phases[-1].stop) == (rep.start, rep.stop)
    # The same squat angle told to begin with the concentric phase is cut from bottom to bottom.
    cut = find_repetitions(Angle(channel="hip", starts_with="concentric"), squat)
    assert len(cut.repetitions) == 1
    assert [one.kind for one in cut.findings] == ["incomplete_repetition", "incomplete_repetition"]


def test_extended_high_is_the_mirror_image():
    trial, _ = angle_trial([Move()] * 3)
    mirrored = make_trial(make_signal("hip", -trial.signals[0].raw, 100.0))
    low = find_repetitions(Angle(channel="hip"), trial)
    assert find_repetitions(Angle(channel="hip", extended="high"), mirrored) == low


def test_touch_and_go_has_no_hold():
    trial, _ = angle_trial([Move(1.0, 0.0, 1.0, 0.0)] * 5, kind="sine")
    found = find_repetitions(Angle(channel="hip"), trial)
    assert len(found.repetitions) == 5
    for rep, true in zip(found.repetitions, np.arange(5) * 2 + 1.0, strict=True):
        assert [phase.name for phase in rep.phases] == ["concentric", "eccentric"]
        assert rep.phases[0].stop == pytest.approx(true + 1, abs=0.02)


def random_set(seed):
    """Return (trial, marks, moves, shape): everything that varies between laboratories, and 1 degree of noise."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, 9))
    phase = np.exp(rng.uniform(np.log(0.5), np.log(6), (count, 2)))
    pauses = rng.uniform(0, 3, (count, 2)) * rng.integers(0, 2, (count, 2))
    moves = [Move(out, hold, back, pause) for (out, back), (hold, pause) in zip(phase, pauses, strict=True)]
    weak = int(rng.integers(count))
    moves[weak] = Move(moves[weak].out, moves[weak].hold, moves[weak].back, moves[weak].pause, share=0.7)
    rate = float(rng.choice([50.0, 60.0, 100.0, 148.148, 500.0] if seed % 4 else [2000.0]))
    times = np.arange(round(length(moves) * rate)) / rate
    shape = str(rng.choice(["jerk", "sine"]))
    values, marks = position(moves, times, kind=shape)
    drift = rng.choice([-0.2, 0.0, 0.2]) * times / times[-1]
    start_phase = str(rng.choice(["concentric", "eccentric"]))
    sign = -1 if start_phase == "concentric" else 1
    angle = sign * rng.uniform(40, 90) * (values + drift) + rng.uniform(-50, 50) + rng.normal(0, 1, times.size)
    return make_trial(make_signal("hip", angle, rate), start_phase=start_phase), marks, moves, shape


def test_counts_are_right_over_many_seeds():
    for seed in range(80):
        trial, _, moves, _ = random_set(seed)
        found = find_repetitions(Angle(channel="hip"), trial)
        assert (len(found.repetitions), kinds(found)) == (len(moves), []), f"seed {seed}"


def test_onset_error_under_noise_is_small_and_unbiased():
    """As a share of the phase (0.5 to 6 s): median below 3 %, 95 % below 10 %, bias below 2 %."""
    errors = []
    for seed in range(60):
        trial, marks, moves, shape = random_set(seed)
        found = find_repetitions(Angle(channel="hip"), trial)
        true = true_marks(moves, marks, shape)
        for rep, row, move in zip(found.repetitions, true, moves, strict=True):
            errors.append([(rep.start - row[0]) / move.out, (rep.stop - row[3]) / move.back])
    errors = np.array(errors)
    assert np.median(np.abs(errors)) < 0.03
    assert np.percentile(np.abs(errors), 95) < 0.10
    assert np.all(np.abs(errors.mean(axis=0)) < 0.02)


def test_stall_in_the_middle_does_not_split_a_movement():
    """A sticking region: half way up, the lift stops for 0.4 s and sinks by 3 degrees."""
    rate = 100.0
    knots = [(0, 60), (1, 60), (1.8, 30), (2.0, 33), (2.2, 33), (3.0, 0), (3.5, 0), (4.5, 60), (6, 60)]
    times = np.arange(600) / rate
    angle = np.interp(times, *zip(*knots, strict=True))
    (rep,) = find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", angle, rate))).repetitions
    assert rep.start == pytest.approx(1.0, abs=0.1)
    assert rep.phases[0].stop == pytest.approx(3.0, abs=0.15)
    assert rep.stop == pytest.approx(4.5, abs=0.1)


@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize("drift", [0.0, 10.0])
def test_no_movement_is_no_repetition(noise, drift):
    rng = np.random.default_rng(1)
    angle = 40 + drift * np.linspace(0, 1, 3000) + rng.normal(0, noise, 3000) * (noise > 0)
    found = find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", angle, 100.0)))
    assert kinds(found) == ["no_repetition"]


def test_incomplete_repetitions_at_the_ends_are_noted_and_not_counted():
    trial, marks = angle_trial([Move(1.5, 0.5, 1.5, 0.5)] * 4)
    cut = make_trial(*trial.signals, start=marks[0, 1] + 0.2, stop=marks[3, 2] + 0.4)
    found = find_repetitions(Angle(channel="hip"), cut)
    assert len(found.repetitions) == 2
    assert [(one.kind, one.level) for one in found.findings] == [("incomplete_repetition", "note")] * 2
    assert found.findings[0].start == pytest.approx(cut.start, abs=0.02)
    assert found.findings[1].stop == pytest.approx(cut.stop, abs=0.02)


def test_half_a_movement_at_an_end_is_not_a_repetition():
    trial, marks = angle_trial([Move(1.0, 0.5, 1.0, 0.5)] * 3)
    middle = (marks[:, 0] + marks[:, 1]) / 2
    found = find_repetitions(Angle(channel="hip"), make_trial(*trial.signals, start=float(middle[0])))
    assert len(found.repetitions) == 2
    assert kinds(found) == ["incomplete_repetition"]


def test_short_gaps_are_bridged_and_long_ones_break():
    trial, marks = angle_trial([Move()] * 4)
    angle = trial.signals[0].raw.copy()
    angle[50:60] = np.nan
    at = round(marks[1, 0] * 100) + 30
    angle[at : at + 15] = np.nan
    bridged = find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", angle, 100.0)))
    assert len(bridged.repetitions) == 4
    assert kinds(bridged) == []
    angle[at : at + 60] = np.nan
    broken = find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", angle, 100.0)))
    assert [round(rep.start) for rep in broken.repetitions] == [round(row[0]) for row in marks[[0, 2, 3]]]
    (gap,) = [one for one in broken.findings if one.kind == "angle_gap"]
    assert gap.start == pytest.approx(at / 100)
    assert gap.stop == pytest.approx(at / 100 + 0.6)


def test_missing_throughout():
    found = find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", np.full(500, np.nan), 100.0)))
    assert kinds(found) == ["angle_gap", "no_repetition"]


def test_duration_limits_are_said():
    trial, _ = angle_trial([Move(1.0), Move(0.6, 0.0, 0.6), Move(3.0)])
    found = find_repetitions(Angle(channel="hip", minimum_duration=2.0, maximum_duration=4.0), trial)
    assert len(found.repetitions) == 1
    assert kinds(found) == ["repetition_duration"] * 2


def test_units_of_the_channel():
    trial, _ = angle_trial([Move()] * 3)
    degrees = find_repetitions(Angle(channel="hip"), trial)
    radians = make_trial(make_signal("hip", np.radians(trial.signals[0].raw), 100.0, unit="rad"))
    same = find_repetitions(Angle(channel="hip"), radians).repetitions
    for one, other in zip(same, degrees.repetitions, strict=True):
        assert one.start == pytest.approx(other.start, abs=1e-6)
    unstated = make_trial(make_signal("hip", trial.signals[0].raw, 100.0, unit="unknown"))
    assert kinds(find_repetitions(Angle(channel="hip"), unstated)) == ["angle_unit"]
    with pytest.raises(SegmentationError, match="'hip' is in g, not in degrees"):
        find_repetitions(Angle(channel="hip"), make_trial(make_signal("hip", trial.signals[0].raw, 100.0, unit="g")))


def test_a_channel_that_is_not_there():
    trial, _ = angle_trial([Move()])
    with pytest.raises(SegmentationError, match=r"no signal 'hipp'; did you mean 'hip'\? The trial has: hip"):
        find_repetitions(Angle(channel="hipp"), trial)


def test_durations_in_the_wrong_order():
    with pytest.raises(ValidationError, match="must be longer than"):
        Angle(channel="hip", minimum_duration=3, maximum_duration=2)
