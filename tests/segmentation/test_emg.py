"""The two detectors that look at the EMG: `envelope` and `emg_activation`."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from emgpipe.errors import SegmentationError
from emgpipe.segmentation import EmgActivation, Envelope, find_repetitions
from tests.segmentation.angles import burst_envelope, emg_signal, kinds, make_signal, make_trial

SPANS = [(1.0, 2.5), (4.0, 5.0), (6.5, 9.0)]
EVERY = [
    Envelope(muscle="gmax"),
    EmgActivation(muscle="gmax"),
    EmgActivation(muscle="gmax", method="mixture"),
]


def one_muscle(spans=SPANS, duration=11.0, rate=1000.0, **parts):
    return make_trial(emg_signal("gmax", burst_envelope(spans, duration, rate, **parts), rate))


@pytest.fixture(params=EVERY, ids=["envelope", "threshold", "mixture"])
def detector(request):
    return request.param


@pytest.mark.parametrize("rate", [100.0, 1000.0, 2148.148])
def test_bursts_are_found(detector, rate):
    found = find_repetitions(detector, one_muscle(rate=rate))
    times = np.array([(rep.start, rep.stop) for rep in found.repetitions])
    # Smoothing over 0.25 s moves an edge by up to half of it; 10 ms is the grid.
    np.testing.assert_allclose(times, SPANS, rtol=0, atol=0.135)
    assert kinds(found) == ["selection_on_outcome"]
    assert found.findings[0].level == "note"


def test_bursts_at_both_ends_are_found(detector):
    spans = [(0.0, 1.5), (3.0, 4.5), (6.0, 8.0)]
    found = find_repetitions(detector, one_muscle(spans, duration=8.0))
    assert len(found.repetitions) == 3
    assert found.repetitions[0].start == 0.0
    assert found.repetitions[-1].stop == pytest.approx(8.0)
    assert kinds(found) == ["selection_on_outcome", "burst_at_edge", "burst_at_edge"]


def test_counts_over_many_seeds(detector):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        gaps, lengths = rng.uniform(0.8, 3, 6), rng.uniform(0.8, 4, 6)
        starts = np.cumsum(gaps + lengths) - lengths
        spans = list(zip(starts, starts + lengths, strict=True))
        trial = one_muscle(spans, duration=spans[-1][1] + 1, rate=500.0, seed=seed)
        assert len(find_repetitions(detector, trial).repetitions) == 6, f"seed {seed}"


def test_no_burst_in_steady_noise(detector):
    found = find_repetitions(detector, one_muscle([]))
    assert kinds(found) == ["selection_on_outcome", "no_contrast", "no_repetition"]


@pytest.mark.parametrize("value", [0.0, 1e-5, np.nan])
def test_constant_or_missing_envelope(detector, value):
    found = find_repetitions(detector, make_trial(emg_signal("gmax", np.full(3000, value), 1000.0)))
    assert found.repetitions == ()
    assert "no_repetition" in kinds(found)


def test_scale_does_not_matter(detector):
    trial = one_muscle()
    louder = replace(trial, signals=tuple(replace(one, envelope=one.envelope * 1024) for one in trial.signals))
    assert find_repetitions(detector, louder).repetitions == find_repetitions(detector, trial).repetitions


def test_short_pauses_are_joined_and_short_bursts_said(detector):
    spans = [(1.0, 2.0), (2.15, 3.0), (5.0, 5.25), (7.0, 8.5)]
    precise = detector.model_copy(update={"smooth": 0.05, "minimum_gap": 0.4})
    found = find_repetitions(precise, one_muscle(spans, duration=10.0))
    assert [round(rep.start, 1) for rep in found.repetitions] == [1.0, 7.0]
    assert found.repetitions[0].stop == pytest.approx(3.0, abs=0.1)
    assert kinds(found) == ["selection_on_outcome", "short_bursts"]


def test_the_second_of_two_close_bursts_is_not_lost(detector):
    """neurokit2 alone drops a burst that follows a pause below its minimum duration."""
    precise = detector.model_copy(update={"smooth": 0.05, "minimum_gap": 0.1})
    found = find_repetitions(precise, one_muscle([(1.0, 2.0), (2.3, 3.3), (5.0, 6.0)], duration=8.0))
    assert len(found.repetitions) == 3


def test_a_long_gap_is_said_and_broken_at(detector):
    envelope = burst_envelope(SPANS, 11.0, 1000.0)
    envelope[4200:4800] = np.nan
    envelope[7000:7100] = np.nan
    found = find_repetitions(detector, make_trial(emg_signal("gmax", envelope, 1000.0)))
    gap = next(one for one in found.findings if one.kind == "envelope_gap")
    assert gap.start == pytest.approx(4.2, abs=0.02)
    assert gap.stop == pytest.approx(4.8, abs=0.02)
    assert [rep.start for rep in found.repetitions] == pytest.approx([1.0, 6.5], abs=0.15)


def test_several_muscles_weigh_the_same_whatever_their_gain():
    quiet = emg_signal("gmax", burst_envelope([(1.0, 3.0)], 8.0, 1000.0, height=20e-6, baseline=1e-6), 1000.0)
    loud = emg_signal("ham", burst_envelope([(5.0, 7.0)], 8.0, 500.0, height=2e-3, baseline=1e-5), 500.0)
    trial = make_trial(quiet, loud)
    detector = Envelope(muscle=("gmax", "ham"))
    assert [rep.start for rep in find_repetitions(detector, trial).repetitions] == pytest.approx([1, 5], abs=0.15)


def test_sides():
    left = emg_signal("gmax", burst_envelope([(1.0, 3.0)], 8.0, 1000.0), 1000.0, side="left")
    right = emg_signal("gmax", burst_envelope([(5.0, 7.0)], 8.0, 1000.0), 1000.0, side="right")
    trial = make_trial(left, right)
    assert len(find_repetitions(Envelope(muscle="gmax"), trial).repetitions) == 2
    (only,) = find_repetitions(Envelope(muscle="gmax", side="right"), trial).repetitions
    assert only.start == pytest.approx(5.0, abs=0.15)
    with pytest.raises(SegmentationError, match="no signal 'vastus left'"):
        find_repetitions(Envelope(muscle="vastus", side="left"), trial)


def test_span_cuts_and_another_clock():
    signal = emg_signal("gmax", burst_envelope(SPANS, 11.0, 1000.0), 1000.0, start=100.0)
    trial = make_trial(signal, start=103.0, stop=106.0)
    (rep,) = find_repetitions(Envelope(muscle="gmax"), trial).repetitions
    assert (rep.start, rep.stop) == pytest.approx((104.0, 105.0), abs=0.125)


def test_a_channel_without_envelope(detector):
    with pytest.raises(SegmentationError, match="'gmax' has no envelope"):
        find_repetitions(detector, make_trial(make_signal("gmax", np.zeros(1000), 100.0)))


def test_warnings_do_not_leak(detector):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        find_repetitions(detector, one_muscle())
    assert caught == []


def test_levels_in_order():
    with pytest.raises(ValidationError, match="must not lie above on"):
        Envelope(muscle="gmax", on=0.3, off=0.4)
