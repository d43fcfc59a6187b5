"""The cut-offs are the -3 dB points of what is applied."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.signal import butter, sosfiltfilt, sosfreqz

from emgpipe.chain import Bandpass, Highpass, LinearEnvelope
from emgpipe.errors import SignalError

MINUS_3_DB = np.sqrt(0.5)


def applied_gain(step, frequencies, rate):
    """Gain measured on sines that went through the step itself, away from the edges."""
    time = np.arange(int(20 * rate)) / rate
    middle = slice(int(5 * rate), int(15 * rate))
    waves = np.sin(2 * np.pi * np.outer(frequencies, time))
    return step.apply(waves, rate)[:, middle].std(axis=1) / waves[:, middle].std(axis=1)


@pytest.mark.parametrize("rate", [1000.0, 2000.0, 2148.148])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_band_edges_are_at_minus_3_db(rate, order):
    assert applied_gain(Bandpass(order=order), [20.0, 450.0], rate) == pytest.approx(MINUS_3_DB, rel=0.01)


@pytest.mark.parametrize("low_high", [(20.0, 450.0), (48.0, 52.0), (5.0, 499.0), (10.0, 12.0)])
def test_band_edges_are_exact_however_close(low_high):
    sections = Bandpass(low=low_high[0], high=low_high[1]).sections(1000.0)
    _, response = sosfreqz(sections, worN=list(low_high), fs=1000.0)
    assert np.abs(response) ** 2 == pytest.approx(MINUS_3_DB, rel=1e-6)


@given(rate=st.floats(950, 5000), low=st.floats(1, 200), order=st.integers(1, 6))
@settings(max_examples=50, deadline=None)
def test_highpass_corner_is_exact(rate, low, order):
    _, response = sosfreqz(Highpass(low=low, order=order).sections(rate), worN=[low], fs=rate)
    assert np.abs(response[0]) ** 2 == pytest.approx(MINUS_3_DB, rel=1e-6)


def test_causal_filter_has_its_corner_without_correction():
    _, response = sosfreqz(Highpass(zero_phase=False).sections(1000.0), worN=[20.0], fs=1000.0)
    assert np.abs(response[0]) == pytest.approx(MINUS_3_DB, rel=1e-6)


def test_correction_none_is_plain_scipy():
    samples = np.random.default_rng(1).normal(size=5000)
    plain = sosfiltfilt(butter(4, [20, 450], "bandpass", fs=2000, output="sos"), samples)
    assert np.allclose(Bandpass(order=4, correction="none").apply(samples, 2000.0), plain, atol=1e-12)


def test_uncorrected_gains_agree_with_published_figures():
    """Squared gain of butter(4, 20-450 Hz) at 1000 Hz run twice: .004 .088 .500 .863 .966 at 10 to 30 Hz."""
    gains = applied_gain(Bandpass(order=4, correction="none"), [10.0, 15.0, 20.0, 25.0, 30.0], 1000.0)
    assert gains == pytest.approx([0.004, 0.088, 0.500, 0.863, 0.966], abs=0.002)


def test_zero_phase_moves_nothing():
    pulse = np.zeros(4001)
    pulse[2000] = 1.0
    assert int(np.argmax(Bandpass().apply(pulse, 1000.0))) == 2000


def test_causal_filter_starts_without_a_jump():
    filtered = Highpass(zero_phase=False).apply(np.full(1000, 3.3), 1000.0)
    assert np.max(np.abs(filtered)) < 1e-9


@pytest.mark.parametrize(("step", "named"), [(Bandpass(high=600), "600"), (LinearEnvelope(high=500), "500")])
def test_cut_off_above_half_the_rate_says_what_to_use(step, named):
    with pytest.raises(SignalError, match=rf"high = {named} Hz must lie below .*500 Hz.*use 450 Hz or less"):
        step.apply(np.zeros(2000), 1000.0)


@pytest.mark.parametrize("values", [{"low": 500, "high": 450}, {"low": 0}, {"order": 0}, {"correction": "other"}])
def test_impossible_parameters_are_refused(values):
    with pytest.raises(ValidationError):
        Bandpass(**values)


def test_description_prints_order_per_pass_and_in_all():
    words = Bandpass().describe(1000.0)
    assert "20-450 Hz (-3 dB)" in words
    assert "order 2 per pass" in words
    assert "order 4 in all" in words
    assert "16.11-459.6 Hz" in words
    assert "-6 dB" in Bandpass(correction="none").describe(1000.0)


def test_a_rate_too_slow_for_emg_is_named():
    with pytest.raises(SignalError, match=r"1 Hz is too slow for EMG.*envelope"):
        Bandpass(low=20, high=450).apply(np.zeros(1000), 1.0)
