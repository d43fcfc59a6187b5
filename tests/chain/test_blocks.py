"""A chain over pieces of a channel behind its loader gives what it gives over the whole."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.chain import (
    DEFAULT_CHAIN,
    STEPS,
    ArtifactBlanking,
    Bandpass,
    DcOffset,
    EcgTemplate,
    Highpass,
    LinearEnvelope,
    MainsNotch,
    Rectify,
    Rms,
    run_chain,
    run_piece,
    run_spans,
    scan,
    whole_record_steps,
)
from emgpipe.errors import SignalError
from emgpipe.model import Channel
from tests.chain.test_contract import example

RATE = 1000.0
CHAINS = {
    "default": DEFAULT_CHAIN,
    "linear envelope": (DcOffset(), Bandpass(), Rectify(), LinearEnvelope(high=3)),
    "causal": (Bandpass(zero_phase=False), LinearEnvelope(high=2, zero_phase=False)),
    "steep": (DcOffset(), Highpass(low=30, order=10), LinearEnvelope(high=6, order=10)),
    "narrow": (DcOffset(), Bandpass(low=99, high=101, order=4), Rms(window=0.5)),
    "slow": (DcOffset(), Highpass(low=1, order=4), LinearEnvelope(high=0.5)),
    "notch": (DcOffset(), MainsNotch(frequency=50, width=1), Bandpass(), Rms()),
    "twice": (DcOffset(), DcOffset(), Highpass(low=20), Bandpass(), Rms()),
}
"""Every step that can work on pieces, gentle and steep."""


class Watched:
    """A loader that remembers the longest span it was asked for."""

    def __init__(self, samples: np.ndarray) -> None:
        self.samples, self.longest = samples, 0

    def __call__(self, start: int, stop: int) -> np.ndarray:
        self.longest = max(self.longest, stop - start)
        return self.samples[start:stop]


def recorded(seed: int, rate: float, seconds: float, gaps: list[tuple[float, float]]) -> np.ndarray:
    """EMG with an offset, drift and mains, and gaps given as start and length in s."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    samples = 1e-4 * rng.normal(size=time.size) * (1 + 5 * np.sin(time) ** 2)
    samples += 0.003 + 2e-3 * np.sin(0.6 * time) + 1e-4 * np.sin(2 * np.pi * 50.03 * time)
    for start, length in gaps:
        samples[round(start * rate) : round((start + length) * rate)] = np.nan
    return samples


def behind_loader(samples: np.ndarray, rate: float) -> Channel:
    return Channel("EMG", rate, "V", "emg", samples.size, Watched(samples))


def differ(one: np.ndarray, other: np.ndarray, peak: float) -> float:
    """Largest difference relative to the peak; the same samples must be missing."""
    assert np.array_equal(np.isnan(one), np.isnan(other))
    return float(np.max(np.abs(one - other), initial=0.0, where=np.isfinite(one))) / peak


_gap = st.tuples(st.floats(0, 30), st.sampled_from([0.001, 0.02, 0.5, 4.0]))


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(CHAINS)),
    rate=st.sampled_from([1000.0, 1259.259, 2148.148]),
    gaps=st.lists(_gap, max_size=5),
    start=st.floats(0, 1),
    length=st.sampled_from([0.0, 0.001, 0.3, 1.0]),
    block=st.sampled_from([700, 5000, 1 << 17]),
    seed=st.integers(0, 3),
)
def test_pieces_are_those_of_the_whole(*, name, rate, gaps, start, length, block, seed):
    samples = recorded(seed, rate, 30.0, gaps)
    channel, chain = behind_loader(samples, rate), CHAINS[name]
    first = round(start * samples.size)
    piece = slice(first, min(first + round(length * samples.size), samples.size))
    (whole,) = run_spans(chain, samples, rate, [piece])
    made = run_piece(chain, channel, scan(channel, block), piece, block)
    peak = float(np.nanmax(np.abs(samples)))
    assert differ(made.filtered, whole.filtered, peak) <= 1e-9
    assert differ(made.envelope, whole.envelope, peak) <= 1e-9
    assert (made.hash, made.history) == (whole.hash, whole.history)
    assert (made.missing, made.too_short, made.blanked) == (whole.missing, whole.too_short, whole.blanked)
    assert abs(made.negative - whole.negative) <= 2  # a sample at zero may fall to either side of it
    for one, other in zip(made.removed, whole.removed, strict=True):
        assert one.step == other.step
        assert one.rms_removed == pytest.approx(other.rms_removed, rel=1e-6, abs=1e-9 * peak)


@pytest.mark.parametrize("name", CHAINS)
def test_without_margin_pieces_would_not_be_those_of_the_whole(name, monkeypatch):
    samples = recorded(0, RATE, 20.0, [])
    channel, chain, piece = behind_loader(samples, RATE), CHAINS[name], slice(8000, 9000)
    whole = run_chain(chain, samples, RATE)
    monkeypatch.setattr("emgpipe.chain.blocks._margin", lambda *_: 0)
    made = run_piece(chain, channel, scan(channel), piece)
    assert differ(made.envelope, whole.envelope[piece], float(np.abs(samples).max())) > 1e-9


def test_no_more_is_read_than_the_block_and_its_margins():
    samples = recorded(0, RATE, 120.0, [(40.0, 0.2)])
    channel = behind_loader(samples, RATE)
    known = scan(channel, block=4096)
    run_piece(DEFAULT_CHAIN, channel, known, slice(20_000, 90_000), block=4096)
    margins = sum(step.margin(RATE) for step in DEFAULT_CHAIN[1:])
    assert channel.load.longest <= 4096 + 2 * margins


@settings(max_examples=40, deadline=None)
@given(
    values=st.lists(st.sampled_from([np.nan, 0.0, 1.0, -2.5]), max_size=60),
    block=st.integers(1, 70),
)
def test_a_scan_tells_gaps_means_and_extent_wherever_blocks_end(values, block):
    from emgpipe.chain.stretches import finite_runs

    samples = np.array(values, dtype=np.float64)
    found = scan(behind_loader(samples, RATE), block)
    runs = finite_runs(samples)
    assert list(found.stretches) == runs
    assert found.means == pytest.approx([samples[run].mean() for run in runs])
    there = samples[np.isfinite(samples)]
    assert found.extent == ((there.min(), there.max()) if there.size else None)
    assert (found.size, found.present) == (samples.size, there.size)


@pytest.mark.parametrize(
    "samples", [np.zeros(0), np.full(5000, np.nan), np.where(np.arange(5000) % 60 == 0, np.nan, 1.0)]
)
def test_fails_as_the_whole_does(samples):
    channel = behind_loader(samples, RATE)
    with pytest.raises(SignalError) as whole:
        run_chain(DEFAULT_CHAIN, samples, RATE, label="EMG")
    with pytest.raises(SignalError) as piece:
        run_piece(DEFAULT_CHAIN, channel, scan(channel), slice(0, samples.size))
    assert str(piece.value) == str(whole.value)


def test_a_piece_without_samples_is_empty_and_no_error():
    samples = recorded(0, RATE, 20.0, [(5.0, 5.0)])
    channel = behind_loader(samples, RATE)
    made = run_piece((DcOffset(), Highpass(), Rms()), channel, scan(channel), slice(6000, 9000))
    assert np.isnan(made.envelope).all()
    assert (made.missing, made.too_short) == (3000, 0)
    assert made.removed[0].rms_removed == 0.0


@pytest.mark.parametrize("member", STEPS, ids=lambda step: step.__name__)
def test_a_step_works_on_pieces_or_says_that_it_needs_the_whole(member):
    step = example(member)
    told = whole_record_steps((step,), "", RATE)
    assert bool(told) == (math.isinf(step.margin(RATE)) and not step.about_mean)
    samples = recorded(0, RATE, 20.0, [])
    channel = behind_loader(samples, RATE)
    if told:
        with pytest.raises(SignalError, match="needs the whole recording"):
            run_piece((step,), channel, scan(channel), slice(0, 1000))
    else:
        made = run_piece((step,), channel, scan(channel), slice(5000, 9000))
        whole = run_chain((step,), samples, RATE)
        assert differ(made.envelope, whole.envelope[5000:9000], float(np.abs(samples).max())) <= 1e-9


def test_whole_runs_give_pieces_with_their_own_counts():
    samples = recorded(0, RATE, 20.0, [])
    samples[15_000:15_010] = 0.5
    chain = (DcOffset(), ArtifactBlanking(), Bandpass(), EcgTemplate(), Rms())
    whole = run_chain(chain, samples, RATE)
    quiet, loud = run_spans(chain, samples, RATE, [slice(1000, 9000), slice(14_000, 16_000)])
    assert np.array_equal(loud.envelope, whole.envelope[14_000:16_000], equal_nan=True)
    assert not np.shares_memory(loud.envelope, loud.filtered)
    assert whole.blanked == loud.blanked > 0
    assert quiet.blanked == 0
