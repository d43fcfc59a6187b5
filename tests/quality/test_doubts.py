"""Doubts: found where they were put, absent from clean EMG."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

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
    assert found(samples) == {}


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
