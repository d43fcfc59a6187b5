"""How good the window of an MVIC is, and what the checks of references say about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgpipe.chain import DEFAULT_CHAIN, run_chain
from emgpipe.model import LeftOut, MvicAttempt, Reference
from emgpipe.normalization import Mvic
from emgpipe.quality import SessionView
from emgpipe.quality.session.mvic_exceeded import MvicExceeded
from emgpipe.quality.session.mvic_trials import MvicTrials
from emgpipe.quality.session.mvic_window import MvicWindow
from emgpipe.simulate.emg import Spectrum, simulate_emg
from tests.normalization.builder import KEY, candidate, find, moved

RATE = 2000.0
LEVEL = 300e-6


def mvic(rng, number=1, *, level=LEVEL, spike=0.0, rail=0.0, spectrum=None):
    """Return a 5 s MVIC with a ramp at both ends, through the default chain."""
    times = np.arange(round(5 * RATE)) / RATE
    activation = level * np.clip(np.minimum(times, 5 - times) / 0.7, 0.01, 1)
    samples = simulate_emg(activation, RATE, rng, spectrum or Spectrum(50.0, 100.0))
    if spike:
        samples[5000:5004] += spike * level
    if rail:
        samples = np.clip(samples, -rail * level, rail * level)
    result = run_chain(DEFAULT_CHAIN, samples, RATE, muscle=KEY[0], label="GMAX")
    one = candidate(result.envelope, number, rate=RATE, raw=samples, filtered=result.filtered)
    return moved(one, chain_hash="abc")


def session(*references):
    return SessionView("P01", "1", (), {(one.muscle, one.side, one.placement): one for one in references})


def reference_of(*trials):
    return find(Mvic(), trials)[0][KEY]


def test_figures_of_a_made_up_window():
    filtered = np.tile([1.0, -1.0], 1500)
    filtered[1400] = 10.0
    raw = np.concatenate([np.linspace(-0.5, 0.5, 1000), np.full(100, 1.0), np.linspace(-1, 0.9, 1900)])
    raw[500:510] = 1.0  # the signal stays there twice: it is a rail
    envelope = np.concatenate([np.full(900, 1.0), np.linspace(5.0, 6.0, 501), np.full(1599, 1.0)])
    envelope[2900:] = np.nan
    one = reference_of(candidate(envelope, filtered=filtered, raw=raw)).attempts[0]
    assert one.noise == pytest.approx(1.0)
    assert one.missing == pytest.approx(100 / 3000)
    assert one.slope == pytest.approx(1 / 0.5 / 5.5, rel=0.01)
    assert one.variation == pytest.approx(np.std(np.linspace(5, 6, 501)) / 5.5)
    assert one.crest == pytest.approx(10.0)
    assert one.clipped == pytest.approx(100 / 501)
    assert one.held == pytest.approx((501 * 5.5 + 500) / 1001 / 5.5, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_clean_mvics_carry_no_warning(seed):
    rng = np.random.default_rng(seed)
    spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
    reference = reference_of(*(mvic(rng, number, spectrum=spectrum) for number in (1, 2)))
    assert MvicWindow().look(session(reference)) == ()
    assert reference.attempts[0].held > 0.8


def test_a_sine_is_not_clipped():
    raw = np.sin(2 * np.pi * 100 * np.arange(3000) / 1000)
    assert reference_of(candidate(np.ones(3000), raw=raw)).attempts[0].clipped == 0.0


@pytest.mark.slow
def test_clean_mvics_carry_no_warning_in_two_thousand():
    rng = np.random.default_rng(9)
    for _ in range(2000):
        spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
        assert MvicWindow().look(session(reference_of(mvic(rng, spectrum=spectrum)))) == ()


def test_spike_in_the_winning_window_names_the_next_best_trial():
    rng = np.random.default_rng(3)
    spiked, clean = mvic(rng, 1, spike=30.0), mvic(rng, 2)
    reference = reference_of(spiked, clean)
    (finding,) = MvicWindow().look(session(reference))
    change = 100 * (reference.value / reference.attempts[1].value - 1)
    assert (finding.kind, finding.level, finding.muscle) == ("mvic_artifact", "warn", KEY[0])
    assert finding.trial == spiked.trial.id
    assert clean.trial.id in finding.reason
    assert f"{change:.3g} % higher" in finding.reason
    assert finding.value > 10
    assert MvicWindow(crest_above=40).look(session(reference)) == ()


def test_clipping_in_the_winning_window_is_told_and_elsewhere_is_not():
    rng = np.random.default_rng(4)
    (finding,) = MvicWindow().look(session(reference_of(mvic(rng, rail=2.0), mvic(rng, 2, level=0.8 * LEVEL))))
    assert (finding.kind, finding.level) == ("mvic_clipped", "warn")
    assert "mvic.prone.2" in finding.reason
    assert "decide for another trial" not in finding.remedy  # it reads lower still
    elsewhere = mvic(rng)
    raw = elsewhere.signal.raw.copy()
    raw[:50] = 1.0
    assert reference_of(moved(elsewhere, raw=raw)).attempts[0].clipped == 0.0


def test_trial_with_the_same_fault_is_no_next_best():
    rng = np.random.default_rng(5)
    both = [mvic(rng, number, spike=40.0) for number in (1, 2)]
    (finding,) = MvicWindow().look(session(reference_of(*both)))
    assert "no other trial" in finding.reason


def attempt(number, position="prone", value=1.0):
    return MvicAttempt(f"P01/1/mvic.{position}.{number}", position, value, 0.0, 0.5)


def made(*attempts, **changes):
    base = Reference("P01", "1", *KEY, 1.0, "%MVIC", "", attempts, None, None, "abc")
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("attempts", "told"),
    [
        ((attempt(1),), "1 trial in 1 position (prone)"),
        ((attempt(1), attempt(2)), "2 trials in 1 position (prone)"),
        ((attempt(1), attempt(1, "squeeze")), ""),
        ((attempt(1, ""), attempt(2, "")), ""),
        ((attempt(1, ""),), "1 trial:"),
    ],
)
def test_few_trials_or_positions_are_a_note(attempts, told):
    found = MvicTrials().look(session(made(*attempts)))
    assert [one.level for one in found] == (["note"] if told else [])
    assert all(told in one.reason for one in found)


def test_lost_trials_are_told_on_the_reference():
    lost = (LeftOut("P01/1/mvic.prone.3", "prone", "the file is damaged"),)
    (note,) = MvicTrials(least_positions=1).look(session(made(attempt(1), attempt(2), left_out=lost)))
    assert (note.kind, note.level, note.trial) == ("mvic_trial_lost", "note", "")
    assert "2 of 3 trials" in note.reason
    assert "the file is damaged" in note.reason
    levels = {one.kind: one.level for one in MvicTrials().look(session(made(attempt(1), left_out=lost)))}
    assert levels == {"mvic_few_trials": "note", "mvic_trial_lost": "warn"}
    by_hand = (replace(lost[0], decision="exclude-1"),)
    levels = {one.kind: one.level for one in MvicTrials().look(session(made(attempt(1), left_out=by_hand)))}
    assert levels["mvic_trial_lost"] == "note"


def test_task_above_the_mvic_is_a_note_with_the_figure():
    best = MvicAttempt("P01/1/task.1", "", 1.3, 4.0, 4.5)
    (note,) = MvicExceeded().look(session(made(attempt(1), task_best=best)))
    assert (note.kind, note.level, note.value) == ("task_exceeds_mvic", "note", pytest.approx(130.0))
    assert MvicExceeded(above=1.5).look(session(made(attempt(1), task_best=best))) == ()
    assert MvicExceeded().look(session(made(attempt(1)))) == ()
    other = made(attempt(1), task_best=best, unit="%task_mean")
    for check in (MvicExceeded(), MvicTrials(), MvicWindow()):
        assert check.look(session(other)) == ()
        assert check.describe()
