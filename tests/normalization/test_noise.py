"""Baseline noise subtracted in the power domain, against simulated signals of known activation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.model import Repetition
from emgpipe.normalization import Beside, Mvic, SubtractRest, correct_noise, find_references, subtract_noise
from emgpipe.simulate.emg import simulate_emg
from tests.normalization.builder import KEY, candidate, moved, plateau

RATE = 2000.0
NOISE, MAXIMUM = 4e-6, 200e-6


def recorded(activation, rng, *, role, number=1, noise=NOISE, seconds=10.0):
    """Return a trial of constant activation (share of the maximum) with white noise on it, through the chain."""
    size = round(seconds * RATE)
    samples = simulate_emg(np.full(size, activation * MAXIMUM), RATE, rng) + noise * rng.standard_normal(size)
    result = run_chain(DEFAULT_CHAIN, samples, RATE, muscle=KEY[0], label="GMAX")
    whole = (Repetition(2.0, 2.0 + seconds),) if role == "task" else ()
    return moved(
        candidate(result.envelope, number, role=role, rate=RATE, raw=samples, repetitions=whole),
        filtered=result.filtered,
        chain_hash=result.hash,
    )


def percent_of_mvic(setting, trials):
    """Return the mean of the task's envelope in %MVIC."""
    done = correct_noise(setting, trials)
    tasks = [one for one in done.candidates if one.trial.role == "task"]
    mvics = [one for one in done.candidates if one.trial.role == "mvic"]
    reference = find_references(Mvic(noise=setting), mvics, tasks)[0][KEY]
    return 100 * float(np.mean(tasks[0].signal.envelope)) / reference.value


@pytest.mark.parametrize(
    ("activation", "before", "after"),
    [(0.01, 0.80, 0.06), (0.02, 0.30, 0.02), (0.05, 0.06, 0.01), (0.10, 0.02, 0.005)],
)
def test_error_at_low_activation_shrinks(activation, before, after):
    """The truth is the share a muscle without noise reads through the same chain and rule."""
    errors = []
    for setting, noise in ((None, NOISE), (SubtractRest(), NOISE)):
        found = []
        for seed in range(4):
            rng = np.random.default_rng(seed)
            trials = [
                recorded(0.0, rng, role="rest", noise=noise),
                recorded(1.0, rng, role="mvic", noise=noise),
                recorded(activation, rng, role="task", noise=noise),
            ]
            rng = np.random.default_rng(seed)
            clean = [
                recorded(0.0, rng, role="rest", noise=0.0),
                recorded(1.0, rng, role="mvic", noise=0.0),
                recorded(activation, rng, role="task", noise=0.0),
            ]
            found.append(percent_of_mvic(setting, trials) / percent_of_mvic(None, clean) - 1)
        errors.append(abs(float(np.mean(found))))
    assert errors[0] < before
    assert errors[1] < after
    assert errors[1] < errors[0]


def test_all_trials_of_a_channel_are_corrected_and_what_was_done_is_said():
    trials = [
        candidate(np.full(3000, 3.0), role="rest"),
        candidate(plateau(13.0, base=5.0), role="mvic"),
        candidate(np.where(np.arange(3000) < 1500, 5.0, 2.0), role="task"),
    ]
    done = correct_noise(SubtractRest(), trials)
    rest, mvic, task = (one.signal.envelope for one in done.candidates)
    assert not rest.any()
    assert mvic.max() == pytest.approx(np.sqrt(160))
    assert task[[0, -1]] == pytest.approx([4.0, 0.0])
    assert done.removed == {KEY: pytest.approx(3.0)}
    assert {one.signal.chain_hash for one in done.candidates} == {"abc+subtract_rest"}
    assert "baseline noise" in done.candidates[2].signal.history[-1]
    (finding,) = done.findings
    assert (finding.kind, finding.level, finding.muscle) == ("noise_subtracted", "note", KEY[0])
    assert "1500 of 3000 task samples" in finding.reason
    assert finding.value == pytest.approx(100 * (1 - np.sqrt(16 / 29)))


@pytest.mark.parametrize(("bump", "level"), [(0.0, "note"), (40.0, "warn")])
def test_a_rest_that_was_no_rest_is_a_warning(bump, level):
    rest = np.full(10_000, 3.0)
    rest[4000:4200] += bump  # a cough
    trials = [candidate(rest, role="rest"), candidate(plateau(13.0), role="mvic"), candidate(plateau(5.0), role="task")]
    (finding,) = correct_noise(SubtractRest(), trials).findings
    assert (finding.kind, finding.level) == ("noise_subtracted", level)
    assert ("The rest is not quiet" in finding.reason) == bool(finding.remedy) == (level == "warn")


def test_noise_that_differs_between_rest_trials_is_no_warning():
    rests = [candidate(np.full(6000, noise), number, role="rest") for number, noise in ((1, 3.0), (2, 6.0))]
    trials = [*rests, candidate(plateau(13.0), role="mvic"), candidate(plateau(5.0), role="task")]
    assert [one.level for one in correct_noise(SubtractRest(), trials).findings] == ["note"]


@pytest.mark.parametrize("rate", [45, 75, 120])
def test_heartbeats_in_a_rest_are_no_movement(rate):
    rng = np.random.default_rng(rate)
    times = np.arange(20_000) / 1000
    beat = np.exp(-0.5 * (((times + 0.2) % (60 / rate) - 0.2) / 0.01) ** 2)
    samples = 100e-6 * beat + 3e-6 * rng.standard_normal(times.size)
    envelope = run_chain(DEFAULT_CHAIN, samples, 1000.0).envelope
    trials = [candidate(envelope, role="rest")]
    trials += [candidate(plateau(300e-6, base=20e-6), role=role) for role in ("mvic", "task")]
    assert [one.level for one in correct_noise(SubtractRest(), trials).findings] == ["note"]


def test_reference_tells_the_noise_as_it_was_recorded():
    trials = [candidate(np.full(3000, level), role=role) for level, role in ((3.0, "rest"), (5.0, "mvic"))]
    trials.append(candidate(np.full(3000, 5.0), role="task"))
    setting = SubtractRest()
    done = correct_noise(setting, trials)
    reference = find_references(
        Mvic(noise=setting), [done.candidates[1]], [done.candidates[2]],
        beside=Beside(rests=(trials[0],), removed=done.removed),
    )[0][KEY]  # fmt: skip
    assert (reference.value, reference.rest_noise, reference.noise_removed) == pytest.approx((4.0, 3.0, 3.0))
    assert "baseline noise" in reference.rule


def test_without_rest_nothing_is_subtracted_and_it_is_said():
    trials = [candidate(plateau(4.0), role="mvic"), candidate(plateau(2.0), role="task")]
    done = correct_noise(SubtractRest(), trials)
    assert done.candidates == tuple(trials)
    assert [(one.kind, one.level) for one in done.findings] == [("noise_not_subtracted", "warn")]


def test_rest_through_another_chain_does_not_count():
    trials = [candidate(plateau(1.0), role="rest", chain="other"), candidate(plateau(2.0), role="task")]
    assert [one.kind for one in correct_noise(SubtractRest(), trials).findings] == ["noise_not_subtracted"]


def test_only_the_muscles_asked_for_are_corrected():
    trials = [candidate(plateau(1.0), role="rest"), candidate(plateau(2.0), role="task")]
    assert correct_noise(SubtractRest(muscles=("erector_spinae",)), trials).candidates == tuple(trials)
    assert set(correct_noise(SubtractRest(muscles=(KEY[0],)), trials).removed) == {KEY}


def test_trials_cut_from_one_file_share_the_corrected_envelope():
    first = candidate(plateau(2.0), role="task")
    second = moved(candidate(plateau(2.0), 2, role="task"), envelope=first.signal.envelope)
    done = correct_noise(SubtractRest(), [candidate(plateau(1.0), role="rest"), first, second]).candidates
    assert done[1].signal.envelope is done[2].signal.envelope


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.one_of(st.floats(0, 1e200), st.just(np.nan)), max_size=20), noise=st.floats(1e-12, 1e100))
def test_subtraction_never_raises_and_never_enlarges(values, noise):
    envelope = np.array(values, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        less = subtract_noise(envelope, noise)
    known = np.isfinite(envelope)
    assert (np.isfinite(less) == known).all()
    assert (less[known] >= 0).all()
    assert (less[known] <= envelope[known] * (1 + 1e-12)).all()
    assert (less[known & (envelope <= noise)] == 0).all()
