"""Metrics against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.metrics import DEFAULT_METRICS, METRICS, Cut, curve_rows, measure_span, measure_task
from emgpipe.metrics.amplitude import Integrated, Mean, Peak, Percentile95, SustainedPeak, TimeToPeak
from emgpipe.metrics.auxiliary import Lockout, Maximum, Minimum, Range
from emgpipe.metrics.curves import time_normalize
from emgpipe.metrics.timing import Duration
from emgpipe.model import MvicAttempt, Phase, Reference, Repetition, Signal

RATE = 100.0
MUSCLE = "biceps_femoris"


def cut(samples, phases=()):
    samples = np.asarray(samples, dtype=float)
    return Cut(samples, RATE, 1.0, 1.0 + samples.size / RATE, 1.0, phases)


def signal(samples, *, kind="emg", name=MUSCLE, start=0.0):
    samples = np.asarray(samples, dtype=float)
    envelope = samples if kind == "emg" else None
    unit = "V" if kind == "emg" else "deg"
    muscle = name if kind == "emg" else ""
    return Signal(name, "L", kind, unit, RATE, start, samples, muscle, "right" if muscle else "", envelope=envelope)


def reference(value):
    attempt = MvicAttempt("t", "prone", value, 0, 1)
    return Reference("P01", "1", MUSCLE, "right", "", value, "%MVIC", "", (attempt,), None, None, "")


def test_amplitude_metrics_of_a_ramp():
    ramp = cut(np.arange(101.0))
    assert Mean().measure(ramp) == pytest.approx(50.0)
    assert Peak().measure(ramp) == 100.0
    assert Percentile95().measure(ramp) == pytest.approx(95.0)
    assert SustainedPeak(window=0.5).measure(ramp) == pytest.approx(np.mean(np.arange(50, 101)))
    assert Integrated().measure(ramp) == pytest.approx(50.0 * 1.01)
    assert TimeToPeak().measure(ramp) == pytest.approx(1.0)
    assert Duration().measure(ramp) == pytest.approx(1.01)


def test_constant_envelope_has_mean_equal_to_peak():
    constant = cut(np.full(200, 0.7))
    values = [metric.measure(constant) for metric in (Mean(), Peak(), Percentile95(), SustainedPeak())]
    assert values == pytest.approx([0.7] * 4)


def test_auxiliary_metrics():
    angle = cut([10.0, 40.0, 25.0])
    assert (Minimum().measure(angle), Maximum().measure(angle), Range().measure(angle)) == (10.0, 40.0, 30.0)


def test_lockout_is_the_hold_of_a_movement_that_rises_first():
    phases = (Phase("concentric", 1.0, 2.0), Phase("hold", 2.0, 3.0), Phase("eccentric", 3.0, 4.0))
    angle = np.concatenate([np.linspace(90, 0, 100), np.full(100, 5.0), np.linspace(0, 90, 100)])
    assert Lockout().measure(cut(angle, phases)) == pytest.approx(5.0)


def test_lockout_without_hold_takes_the_edges_and_a_squat_its_outer_ones():
    rises = (Phase("concentric", 1.0, 2.0), Phase("eccentric", 2.0, 3.0))
    angle = np.zeros(200)
    angle[80:120] = 7.0
    assert Lockout().measure(cut(angle, rises)) == pytest.approx(7.0)
    sinks = (Phase("eccentric", 1.0, 2.0), Phase("hold", 2.0, 2.2), Phase("concentric", 2.2, 3.2))
    angle = np.full(220, 50.0)
    angle[:20] = 3.0
    angle[200:] = 5.0
    assert Lockout().measure(cut(angle, sinks)) == pytest.approx(4.0, abs=0.2)


def test_lockout_without_phases_is_empty():
    assert np.isnan(Lockout().measure(cut(np.ones(10))))


@pytest.mark.parametrize("metric", [metric() for metric in METRICS if metric.reads != "time"], ids=lambda one: one.name)
def test_empty_and_missing_give_nothing_not_an_error(metric):
    assert np.isnan(metric.measure(cut([])))
    assert np.isnan(metric.measure(cut([np.nan] * 80)))


def test_too_short_for_the_sustained_peak_is_empty():
    assert np.isnan(SustainedPeak(window=0.5).measure(cut(np.ones(30))))


def test_rows_carry_percent_and_volts():
    rows = measure_task(
        DEFAULT_METRICS,
        [signal(np.full(300, 2e-4))],
        [Repetition(0.0, 2.0)],
        {(MUSCLE, "right", ""): reference(4e-4)},
        "%MVIC",
    )
    mean = next(row for row in rows if row["metric"] == "mean")
    assert (mean["value"], mean["unit"], mean["amplitude"], mean["amplitude_unit"]) == (
        pytest.approx(50.0), "%MVIC", pytest.approx(2e-4), "V",
    )  # fmt: skip
    area = next(row for row in rows if row["metric"] == "integrated")
    assert (area["value"], area["unit"], area["amplitude_unit"]) == (pytest.approx(100.0), "%MVIC*s", "V*s")
    assert [row["value"] for row in rows if row["metric"] == "duration"] == [2.0]
    assert {row["muscle"] for row in rows if row["metric"] == "duration"} == {""}


def test_without_reference_percent_is_empty_and_volts_stay():
    rows = measure_task(DEFAULT_METRICS, [signal(np.full(300, 2e-4))], [Repetition(0.0, 2.0)], {}, "%MVIC")
    mean = next(row for row in rows if row["metric"] == "mean")
    assert np.isnan(mean["value"])
    assert mean["amplitude"] == pytest.approx(2e-4)
    assert mean["reference"] == ""


def test_not_normalized_says_volts():
    rows = measure_span(DEFAULT_METRICS, [signal(np.full(300, 2e-4))], 0.0, 3.0, ({}, "V"))
    mean = next(row for row in rows if row["metric"] == "mean")
    assert (mean["repetition"], mean["value"], mean["unit"]) == (0, pytest.approx(2e-4), "V")


def test_phases_are_measured_and_angles_have_their_own_metrics():
    phases = (Phase("concentric", 0.0, 1.0), Phase("eccentric", 1.0, 2.0))
    signals = [signal(np.arange(300.0)), signal(np.arange(300.0), kind="angle", name="hip_angle")]
    rows = measure_task(DEFAULT_METRICS, signals, [Repetition(0.0, 2.0, phases)], {}, "V")
    by = {(row["muscle"], row["phase"], row["metric"]): row["value"] for row in rows}
    assert by[MUSCLE, "concentric", "mean"] == pytest.approx(49.5)
    assert by[MUSCLE, "eccentric", "mean"] == pytest.approx(149.5)
    assert by["hip_angle", "repetition", "range"] == pytest.approx(199.0)
    assert ("hip_angle", "repetition", "mean") not in by
    assert ("hip_angle", "concentric", "lockout") not in by
    assert by["", "concentric", "duration"] == 1.0


def test_mostly_missing_repetition_is_left_empty():
    samples = np.ones(200)
    samples[:25] = np.nan
    rows = measure_task(DEFAULT_METRICS, [signal(samples)], [Repetition(0, 2), Repetition(0, 1)], {}, "V")
    means = [row["value"] for row in rows if row["metric"] == "mean"]
    assert np.isnan(means).tolist() == [True, True]
    samples[:15] = 1.0
    rows = measure_task(DEFAULT_METRICS, [signal(samples)], [Repetition(0, 2)], {}, "V")
    assert next(row["value"] for row in rows if row["metric"] == "mean") == 1.0


@given(st.floats(1e-3, 1e3), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_scaling_scales_mean_and_peak(scale, seed):
    samples = np.random.default_rng(seed).uniform(1, 2, size=200)
    for metric in (Mean(), Peak(), Percentile95(), SustainedPeak(), Integrated()):
        assert metric.measure(cut(scale * samples)) == pytest.approx(scale * metric.measure(cut(samples)))


@given(st.floats(-1000, 1000))
@settings(max_examples=25, deadline=None)
def test_shifting_time_changes_no_number_but_the_onset(shift):
    samples = np.random.default_rng(0).uniform(1, 2, size=400)
    shift = round(shift, 2)
    here = measure_task(DEFAULT_METRICS, [signal(samples)], [Repetition(1.0, 3.0)], {}, "V")
    there = measure_task(
        DEFAULT_METRICS, [signal(samples, start=shift)], [Repetition(1.0 + shift, 3.0 + shift)], {}, "V"
    )
    assert [row["onset"] - shift for row in there] == pytest.approx([row["onset"] for row in here])
    assert [row["value"] for row in there] == pytest.approx([row["value"] for row in here], nan_ok=True)


def test_curve_of_a_ramp_is_exact():
    curve = time_normalize(np.arange(300.0), RATE, 0.0, (0.5, 2.5))
    assert curve == pytest.approx(np.linspace(50, 250, 101))


def test_curves_are_in_percent_where_there_is_a_reference():
    references = {(MUSCLE, "right", ""): reference(2.0)}
    signals = [signal(np.arange(300.0)), signal(np.arange(300.0), kind="angle", name="hip_angle")]
    rows = curve_rows(signals, [Repetition(0.0, 2.0)], references, "%MVIC")
    assert [row["unit"] for row in rows] == ["%MVIC", "deg"]
    assert rows[0]["100"] == pytest.approx(100 * 200 / 2.0)
    assert rows[1]["50"] == pytest.approx(100.0)


def test_repetition_beyond_the_samples_of_a_channel_has_no_number():
    angle = signal(np.arange(100.0), kind="angle", name="hip")  # 1 s
    rows = measure_task(DEFAULT_METRICS, [angle], [Repetition(0.5, 1.5), Repetition(0.05, 1.05)], {}, "%MVIC")
    lowest = [row["value"] for row in rows if row["metric"] == "minimum"]
    assert np.isnan(lowest[0])
    assert lowest[1] == 5.0  # a twentieth is missing: counted as a gap of that size would be


def test_curve_is_empty_where_the_channel_does_not_reach():
    curve = time_normalize(np.arange(100.0), RATE, 0.0, (0.5, 1.5))
    assert np.isfinite(curve[:51]).all()
    assert np.isnan(curve[52:]).all()
