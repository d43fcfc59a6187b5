"""Doubts: found where they were put, absent from clean EMG."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import signal

from emgpipe.model import Finding
from emgpipe.quality import doubts
from emgpipe.simulate.emg import simulate_emg

RATE = 2000.0


def emg(seconds: float = 20.0, seed: int = 1, rate: float = RATE, rest: float = 3e-6, loud: float = 2e-4) -> np.ndarray:
    """Bursts of EMG over a quiet base, in volts."""
    time_axis = np.arange(round(seconds * rate)) / rate
    activation = rest + loud * np.clip(np.sin(2 * np.pi * time_axis / 4), 0, None) ** 2
    return simulate_emg(activation, rate, np.random.default_rng(seed)) + 1e-6 * np.random.default_rng(seed + 1).normal(
        size=time_axis.size
    )


def found(samples: np.ndarray, rate: float = RATE, unit: str = "V") -> dict[str, str]:
    return {finding.kind: finding.level for finding in doubts("GMAX RT", samples, rate, unit, "emg")}


def butter(kind: str, edge: float, order: int = 4) -> np.ndarray:
    return signal.butter(order, edge, kind, fs=RATE, output="sos")


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([1000.0, 1259.259, 1500.0, 2000.0, 2148.148, 4000.0]),
    rest=st.floats(5e-7, 2e-5),
    loud=st.floats(3e-5, 1e-3),
    bits=st.sampled_from([0, 12, 16]),
)
def test_clean_emg_raises_nothing(seed, rate, rest, loud, bits):
    samples = emg(8.0, seed, rate, rest, loud)
    if bits:
        step = 10e-3 / 2**bits
        samples = np.round(samples / step) * step
    assert found(samples, rate) == {}


def test_a_steady_contraction_is_a_note_at_most():
    samples = simulate_emg(np.full(10_000, 4e-4), RATE, np.random.default_rng(3))
    assert found(samples) == {"never_quiet": "note"}


@pytest.mark.parametrize("kind", ["angle", "force", "trigger", "other", "ecg"])
def test_other_kinds_are_left_alone(kind):
    assert doubts("x", np.abs(emg(4)) * 1e6, RATE, "V", kind) == ()


@pytest.mark.parametrize(
    "samples", [np.zeros(0), np.zeros(1), np.zeros(5000), np.full(5000, np.nan), np.arange(5.0), np.ones(63)]
)
def test_dead_and_short_channels_are_survived(samples):
    doubts("x", samples, RATE, "V", "emg")


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.floats(0.3, 0.6), only_above=st.booleans())
def test_clipping_is_found_with_its_share(seed, share, only_above):
    samples = emg(8.0, seed)
    rail = share * float(np.max(samples))
    clipped = np.clip(samples, None if only_above else -rail, rail)
    at_rail = np.mean((clipped == rail) | ((clipped == -rail) & (not only_above)))
    finding = next(item for item in doubts("GMAX RT", clipped, RATE, "V", "emg") if item.kind == "clipped")
    assert finding.value == pytest.approx(at_rail)
    assert finding.level == ("fail" if at_rail > 0.001 else "warn")


def test_counts_clipped_at_zero():
    counts = np.clip(np.round(emg() / 1e-6 + 100), 0, 4095)
    assert found(counts, unit="counts")["clipped"] == "fail"


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    factor=st.sampled_from([1e3, 1e6, 1e-3, 1e-6]),
    loud=st.floats(5e-5, 5e-4),
    rest=st.floats(1e-6, 1e-5),
)
def test_a_wrong_unit_is_suspected(seed, factor, loud, rest):
    findings = doubts("GMAX RT", emg(8.0, seed, rest=rest, loud=loud) * factor, RATE, "V", "emg")
    finding = next(item for item in findings if item.kind == "unit_suspected")
    assert finding.level == "warn"
    words = {1e3: "a thousand times smaller", 1e6: "a million times smaller"}
    if factor in words:
        assert words[factor] in finding.reason or "a million times smaller" in finding.reason
    else:
        assert "larger" in finding.reason


def test_counts_given_as_volts():
    counts = np.round(emg() / 1e-6) + 2048
    assert found(counts)["counts_as_volts"] == "warn"
    assert found(counts * 1e-3)["counts_as_volts"] == "warn"
    assert "counts_as_volts" not in found(emg() * 1e4)


def test_an_unstated_unit_is_only_a_note():
    microvolts = next(
        item for item in doubts("x", emg() * 1e6, RATE, "unknown", "emg") if item.kind == "unit_suspected"
    )
    assert microvolts.level == "note"
    assert "fit uV" in microvolts.reason
    assert found(np.round(emg() * 1e7), unit="unknown") == {"counts_suspected": "note"}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), rate=st.sampled_from([1000.0, 2000.0]))
def test_rectified_emg_is_found(seed, rate):
    assert found(np.abs(emg(8.0, seed, rate)), rate) == {"looks_rectified": "warn"}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), edge=st.floats(2.0, 10.0), order=st.sampled_from([2, 4]))
def test_linear_envelopes_are_found(seed, edge, order):
    envelope = signal.sosfiltfilt(signal.butter(order, edge, fs=RATE, output="sos"), np.abs(emg(12.0, seed)))
    assert found(envelope) == {"looks_enveloped": "warn"}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), window=st.floats(0.05, 0.5))
def test_moving_rms_is_found(seed, window):
    length = round(window * RATE)
    squares = np.convolve(emg(12.0, seed) ** 2, np.full(length, 1 / length), "same")
    assert found(np.sqrt(np.clip(squares, 0, None))) == {"looks_enveloped": "warn"}


def test_raw_emg_on_a_drifting_positive_offset_is_no_envelope():
    samples = emg()
    drift = 5e-3 + 1e-3 * np.cumsum(np.random.default_rng(5).normal(size=samples.size)) / np.sqrt(samples.size)
    assert not {"looks_enveloped", "looks_rectified"} & set(found(samples + drift))


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), edge=st.floats(90.0, 400.0))
def test_a_sharp_low_pass_is_noted_with_its_edge(seed, edge):
    samples = signal.sosfiltfilt(butter("low", edge), emg(12.0, seed))
    finding = next(item for item in doubts("x", samples, RATE, "V", "emg") if item.kind == "looks_filtered")
    assert finding.level == "note"
    assert edge / 1.35 < finding.value < edge * 1.35


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), edge=st.floats(20.0, 60.0))
def test_a_sharp_high_pass_is_noted(seed, edge):
    samples = signal.sosfiltfilt(butter("high", edge), emg(12.0, seed))
    assert found(samples) == {"looks_filtered": "note"}


def test_an_offset_is_noted():
    findings = doubts("x", emg() + 2e-3, RATE, "V", "emg")
    assert [(item.kind, item.level) for item in findings] == [("dc_offset", "note")]
    assert findings[0].value == pytest.approx(2e-3, rel=0.01)


def test_a_rate_that_emg_cannot_have():
    assert found(emg(rate=1000.0), rate=50.0) == {"slow_for_emg": "warn"}


def test_gaps_do_not_disturb():
    samples = emg()
    samples[3000:3500] = np.nan
    samples[::7001] = np.nan
    assert found(samples) == {"signal_gaps": "warn"}


def test_findings_name_the_channel_and_a_remedy():
    for finding in doubts("GMAX RT", np.abs(emg()) * 1e6, RATE, "V", "emg"):
        assert finding.channel == "GMAX RT"
        assert finding.remedy
        assert "'GMAX RT'" in finding.reason


def test_a_minute_takes_no_noticeable_time():
    samples = emg(60.0)
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        doubts("x", samples, RATE, "V", "emg")
        best = min(best, time.perf_counter() - started)
    assert best < 0.1


def quantized(samples: np.ndarray, step: float) -> np.ndarray:
    return np.round(samples / step) * step


def flat(samples: np.ndarray, rate: float = RATE, unit: str = "V") -> list[Finding]:
    return [one for one in doubts("GMAX RT", samples, rate, unit, "emg") if one.kind == "flat_stretch"]


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([1000.0, 1259.259, 2000.0, 2148.148]),
    value=st.sampled_from([0.0, 1e-5, -3e-5]),
    start=st.floats(0.0, 10.0),
    seconds=st.floats(0.12, 8.0),
    step=st.sampled_from([0.0, 1e-7, 1e-6, 2.44e-6]),
)
def test_a_held_value_is_found_with_its_place(seed, rate, value, start, seconds, step):
    samples = emg(20.0, seed, rate)
    samples = quantized(samples, step) if step else samples
    value = float(quantized(np.array(value), step)) if step else value
    first, last = round(start * rate), round((start + seconds) * rate)
    samples[first:last] = value
    findings = doubts("GMAX RT", samples, rate, "V", "emg")
    (found_stretch,) = [one for one in findings if one.kind == "flat_stretch"]
    assert found_stretch.value == value
    assert found_stretch.start == pytest.approx(first / rate, abs=0.01)
    assert found_stretch.stop == pytest.approx(last / rate, abs=0.01)
    is_filling = first == 0 and seconds <= 1.0
    is_much = last - first > 0.2 * samples.size
    assert found_stretch.level == ("note" if is_filling else "fail" if is_much else "warn")
    assert {one.kind for one in findings} == {"flat_stretch"}  # and nothing about the amplitude of the held part


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    rate=st.sampled_from([1000.0, 2000.0, 4000.0]),
    rest=st.floats(5e-7, 1e-5),
    step=st.sampled_from([1e-7, 1e-6, 2.44e-6, 3.2e-6, 7.8e-6, 3.9e-5, 1e-4]),
    scale=st.sampled_from([("V", 1.0), ("unknown", 1e6), ("counts", 0.0)]),
)
def test_a_coarse_converter_at_rest_is_no_dropout(seed, rate, rest, step, scale):
    unit, factor = scale
    samples = quantized(emg(12.0, seed, rate, rest, 2e-4), step)
    samples = np.round(samples / step) if unit == "counts" else samples * factor
    assert flat(samples, rate, unit) == []


def test_several_dropouts_are_one_finding():
    samples = emg(30.0)
    samples[10_000:10_400] = samples[20_000:22_000] = samples[40_000:41_000] = 1e-5
    (one,) = flat(samples)
    assert (one.start, one.stop) == (10.0, 11.0)
    assert "the same value (1e-05 V) for 1.0 s from 10.0 s; there are 3 such stretches, 1.7 s together" in one.reason


def test_a_sample_and_hold_channel_is_no_dropout():
    assert flat(np.repeat(emg(60.0, rate=10.0), 200)) == []


@pytest.mark.parametrize("rest", [6e-7, 9e-7, 1.5e-6, 3e-6, 1.5e-5])
def test_a_true_rest_is_no_wrong_unit(rest):
    samples = simulate_emg(np.full(40_000, rest), RATE, np.random.default_rng(8))
    assert found(samples) == {}
    assert found(samples * 1e-3) == {"unit_suspected": "warn"}


def test_a_steady_signal_that_no_muscle_makes():
    samples = simulate_emg(np.full(40_000, 3e-3), RATE, np.random.default_rng(8))
    assert found(samples) == {"unit_suspected": "warn"}


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    frequency=st.sampled_from([50.0, 60.0, 49.95, 60.05]),
    amplitude=st.floats(5e-4, 5e-3),
    third=st.floats(0.0, 0.5),
)
def test_mains_that_dominate_are_named(seed, frequency, amplitude, third):
    time_axis = np.arange(round(20 * RATE)) / RATE
    hum = np.sin(2 * np.pi * frequency * time_axis) + third * np.sin(6 * np.pi * frequency * time_axis)
    samples = emg(20.0, seed)
    finding = next(one for one in doubts("x", samples + amplitude * hum, RATE, "V", "emg") if one.kind == "mains")
    loud = samples[np.abs(np.sin(2 * np.pi * time_axis / 4)) > 0.7]
    hum_power = amplitude**2 / 2 * (1 + third**2)
    assert finding.level == "warn"
    assert finding.value == pytest.approx(hum_power / (hum_power + np.mean(loud**2)), abs=0.15)
    assert f"({round(frequency)} Hz)" in finding.reason


def test_mains_are_judged_by_what_they_do_to_amplitudes():
    time_axis = np.arange(round(20 * RATE)) / RATE
    assert found(emg() + 5e-6 * np.sin(2 * np.pi * 50 * time_axis)) == {"mains": "note"}  # 3.5 uV RMS in quiet parts
    assert found(emg() + 1e-4 * np.sin(2 * np.pi * 50 * time_axis)) == {"mains": "warn"}
    assert found(emg() + 1e-6 * np.sin(2 * np.pi * 50 * time_axis)) == {}
    assert "mains" not in found(emg() + 1e-3 * np.sin(2 * np.pi * 100 * time_axis))


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), rate=st.sampled_from([1000.0, 2000.0]))
def test_rectified_with_its_mean_removed(seed, rate):
    samples = np.abs(emg(8.0, seed, rate))
    assert found(samples - samples.mean(), rate) == {"looks_rectified": "warn"}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), edge=st.floats(2.0, 10.0))
def test_an_envelope_with_its_mean_removed(seed, edge):
    envelope = signal.sosfiltfilt(butter("low", edge, 2), np.abs(emg(12.0, seed)))
    assert found(envelope - envelope.mean()) == {"looks_enveloped": "warn"}


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), share=st.floats(0.3, 0.6), only_above=st.booleans())
def test_clipping_behind_a_noisy_amplifier(seed, share, only_above):
    samples = emg(8.0, seed)
    rail = share * float(np.max(samples))
    clipped = np.clip(samples, None if only_above else -rail, rail)
    at_rail = np.mean((clipped == rail) | ((clipped == -rail) & (not only_above)))
    assume(at_rail > 0.002)
    noisy = clipped + np.random.default_rng(seed).normal(0, 1e-7, samples.size)
    finding = next(one for one in doubts("GMAX RT", noisy, RATE, "V", "emg") if one.kind == "clipped")
    assert finding.value == pytest.approx(at_rail, rel=0.2)


def test_an_artifact_is_no_rail():
    samples = emg()
    samples[5000:5040] += 2e-2
    assert "clipped" not in found(samples)


@pytest.mark.parametrize("gap", [slice(0, 300), slice(1900, 2200), slice(3700, 4000)])
def test_a_gap_in_a_short_recording_hides_nothing(gap):
    samples = np.abs(emg(2.0))
    samples[gap] = np.nan
    assert found(samples) == {"signal_gaps": "warn", "looks_rectified": "warn"}
