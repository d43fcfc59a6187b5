"""Nothing is said about sessions in which nothing is wrong, and nothing breaks on signals that hold nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgpipe.model import Repetition
from emgpipe.quality import SessionCheck, look_at_session
from emgpipe.quality.session.consistent_filtering import ConsistentFiltering
from emgpipe.quality.session.consistent_scale import ConsistentScale
from emgpipe.quality.session.electrode_shift import ElectrodeShift
from emgpipe.quality.session.same_samples import SameSamples
from emgpipe.quality.session.signal_to_noise import SignalToNoise
from emgpipe.quality.session.swapped_channels import SwappedChannels
from emgpipe.quality.session.working_side import WorkingSide
from emgpipe.quality.trial.fatigue_drift import FatigueDrift
from emgpipe.quality.trial.repetition_outliers import RepetitionOutliers
from emgpipe.quality.views import SessionView
from tests.quality.session_builder import MUSCLES, Take, changed, clean, rest, view

ALL = (
    SignalToNoise(), ElectrodeShift(), ConsistentFiltering(), ConsistentScale(), SwappedChannels(), WorkingSide(),
    SameSamples(), RepetitionOutliers(), FatigueDrift(),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_a_clean_session_raises_no_alarm(seed):
    session = view(clean(seed, along=0.1 + 0.13 * seed))
    assert [one for one in look_at_session(ALL, session) if one.level != "note"] == []


@pytest.mark.slow
def test_of_many_channels_at_most_one_percent_raise_an_alarm():
    seeds = range(100, 200)
    looked = ((seed, one) for seed in seeds for one in look_at_session(ALL, view(clean(seed, 0.5))))
    found = {(seed, one.muscle) for seed, one in looked if one.level != "note"}
    assert len(found) <= 0.01 * len(seeds) * len(MUSCLES)


@pytest.mark.parametrize(
    "bad",
    [
        lambda samples: np.full_like(samples, np.nan),
        np.zeros_like,
        lambda samples: np.full_like(samples, 3e-3),
        lambda samples: np.where(np.arange(samples.size) % 700 < 350, np.nan, samples),
        lambda samples: samples[:0],
        lambda samples: samples[:1],
        lambda samples: samples[:10],
        lambda samples: samples[:600],
        lambda samples: samples * 1e150,
        lambda samples: samples * 1e-150,
    ],
    ids=["missing", "zero", "constant", "gaps", "empty", "one", "ten", "short", "huge", "tiny"],
)
@pytest.mark.parametrize("where", [("",), ("task.2", "mvic", "rest.1")], ids=["all", "some"])
def test_signals_that_hold_nothing_are_survived(bad, where):
    session = view(changed(clean(2), MUSCLES[0], bad, *where))
    for one in look_at_session(ALL, session):
        assert one.value is None or np.isfinite(one.value)


@pytest.mark.parametrize("rate", [100.0, 20.0, 1.0])
def test_slow_sampling_is_survived(rate):
    takes = [replace(take, rate=rate, repetitions=()) for take in clean(3)]
    assert all(one.level in ("note", "warn", "fail") for one in look_at_session(ALL, slow_view(takes)))


def slow_view(takes: list[Take]) -> SessionView:
    """Return the session without the chain, whose band does not fit such rates."""
    made = view([replace(take, rate=1000.0) for take in takes])
    rate = takes[0].rate
    trials = tuple(
        replace(trial, channels=tuple(replace(one, sampling_rate=rate) for one in trial.channels))
        for trial in made.trials
    )
    return replace(made, trials=trials)


def test_an_empty_session_is_survived():
    assert look_at_session(ALL, SessionView("P01", "1", ())) == ()
    assert look_at_session(ALL, view([rest("rest.1", np.random.default_rng(0))])) == ()


def test_repetitions_outside_the_signal_are_survived():
    takes = [replace(take, repetitions=tuple(Repetition(50.0 + k, 51.0 + k) for k in range(6))) for take in clean(2)]
    look_at_session(ALL, view(takes))


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_check_says_what_it_looks_for(check):
    assert len(check.describe()) > 20
    assert check.finds
    if isinstance(check, SessionCheck):
        assert check.look(SessionView("P01", "1", ())) == ()
