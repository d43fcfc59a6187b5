"""Chains on whole channels: order, gaps, history, hash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.chain import (
    DEFAULT_CHAIN,
    Bandpass,
    DcOffset,
    Highpass,
    LinearEnvelope,
    Rectify,
    Rms,
    chain_hash,
    order_problems,
    run_chain,
)
from emgpipe.errors import SignalError

RATE = 1000.0


@pytest.fixture
def samples() -> np.ndarray:
    return 1e-4 * np.random.default_rng(3).normal(size=8000) + 0.01


def test_default_chain_is_the_steps_by_hand(samples):
    filtered = Bandpass().apply(samples - samples.mean(), RATE)
    result = run_chain(DEFAULT_CHAIN, samples, RATE)
    assert np.allclose(result.filtered, filtered, rtol=0, atol=1e-15)
    assert np.allclose(result.envelope, Rms().apply(filtered, RATE), rtol=1e-12)
    assert (result.missing, result.too_short, result.negative) == (0, 0, 0)
    assert [words.split()[0].rstrip(":") for words in result.history] == ["dc_offset", "bandpass", "rectify", "rms"]


@pytest.mark.parametrize(
    ("chain", "problem"),
    [
        (
            [Rms(), Bandpass()],
            (1, "bandpass works on a signal that is filtered or raw, but here it is already envelope"),
        ),
        ([Rectify(), Bandpass(), Rms()], (1, "already rectified")),
        ([Bandpass(), DcOffset(), Rms()], (1, "already filtered")),
        ([Rms(), Rms()], (1, "already envelope")),
        ([DcOffset(), Bandpass()], (1, "ends with a filtered signal")),
        ([Rms(muscles=("soleus",))], (0, "ends with a raw signal")),
    ],
)
def test_impossible_orders_are_found(chain, problem):
    found = order_problems(chain)
    assert len(found) == 1
    assert found[0][0] == problem[0]
    assert problem[1] in found[0][1]


def test_a_step_for_one_muscle_applies_to_it_alone(samples):
    chain = [Highpass(low=30, muscles=("erector_spinae",)), *DEFAULT_CHAIN[1:]]
    assert order_problems(chain, ["erector_spinae"]) == ()
    other = run_chain(chain, samples, RATE, muscle="gluteus_maximus_upper")
    trunk = run_chain(chain, samples, RATE, muscle="erector_spinae")
    assert len(trunk.history) == len(other.history) + 1
    assert trunk.hash != other.hash
    assert other.hash == chain_hash(DEFAULT_CHAIN[1:], "")
    assert np.nanmean(trunk.envelope) < np.nanmean(other.envelope)


def test_gaps_stay_and_are_counted_and_do_not_spread(samples):
    holed = samples.copy()
    holed[3000:3400] = np.nan
    result = run_chain(DEFAULT_CHAIN, holed, RATE)
    assert np.array_equal(np.isnan(result.envelope), np.isnan(holed))
    assert result.missing == 400
    first = run_chain(DEFAULT_CHAIN, samples[:3000], RATE)
    assert np.allclose(result.envelope[:3000], first.envelope)


def test_stretches_too_short_for_the_chain_are_lost_and_counted(samples):
    holed = samples.copy()
    holed[[3000, 3050]] = np.nan
    result = run_chain(DEFAULT_CHAIN, holed, RATE)
    assert np.isnan(result.envelope[3000:3051]).all()
    assert (result.missing, result.too_short) == (2, 49)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (np.full(500, np.nan), "only missing samples"),
        (np.empty(0), "no samples"),
        (np.zeros(40), r"has 40 samples \(0.04 s\), the chain needs 101"),
    ],
)
def test_hopeless_channels_are_refused_by_name(bad, words):
    with pytest.raises(SignalError, match=words) as caught:
        run_chain(DEFAULT_CHAIN, bad, RATE, label="GMAX RT")
    assert caught.value.channel == "GMAX RT"


def test_rate_too_low_names_channel_step_and_remedy():
    with pytest.raises(SignalError, match=r"bandpass: high = 450 Hz .* \(400 Hz\); use 360 Hz or less .*GMAX RT"):
        run_chain(DEFAULT_CHAIN, np.zeros(4000), 800.0, label="GMAX RT")


def test_negative_envelope_samples_are_set_to_zero_and_counted():
    burst = np.zeros(4000)
    burst[2000:2050] = 1.0
    result = run_chain([LinearEnvelope(high=6)], burst, RATE)
    assert result.negative > 0
    assert result.envelope.min() == 0.0


def test_hash_changes_with_any_parameter_and_not_with_the_muscles_named():
    assert chain_hash(DEFAULT_CHAIN, "") != chain_hash((*DEFAULT_CHAIN[:3], Rms(window=0.05)), "")
    assert chain_hash([Rms(muscles=("soleus",))], "soleus") == chain_hash([Rms()], "")


@given(scale=st.floats(1e-3, 1e3), offset=st.floats(-1, 1))
@settings(max_examples=20, deadline=None)
def test_scaling_the_signal_scales_the_envelope_and_an_offset_changes_nothing(scale, offset):
    samples = 1e-4 * np.random.default_rng(4).normal(size=3000)
    plain = run_chain(DEFAULT_CHAIN, samples, RATE).envelope
    changed = run_chain(DEFAULT_CHAIN, scale * (samples + offset), RATE).envelope
    assert np.allclose(changed, scale * plain, rtol=1e-6, atol=0)
