"""Readings above 100 %MVIC: sessions simulated with known effort and known faults, and what is said about them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from emgpipe.chain import Bandpass, DcOffset, LinearEnvelope
from emgpipe.model import make_finding
from emgpipe.quality import DEFAULT_CHECKS, Windows, look_at_session
from emgpipe.quality.channel.clipping import Clipping
from emgpipe.quality.session.above_mvic import AboveMvic
from emgpipe.simulate.emg import Spectrum
from tests.quality.above_session import KEY, MAXIMUM, Attempt, Set, simulated_session

THREE = (Attempt(), Attempt(), Attempt())
CHECKS = (Clipping(), AboveMvic())


def explained(session, checks=CHECKS):
    found = [one for one in look_at_session(checks, session) if one.kind == "above_mvic"]
    assert len(found) == 1
    return found[0]


def factors(finding):
    """Return cause -> factor, in the order told."""
    names = {"windows and": "windows", "a weak MVIC": "weak", "a clipped": "clipped", "an artifact": "artifact",
             "the unit": "unit", "a strong": "strong", "mains": "mains"}  # fmt: skip
    told = {}
    for part in re.split(r"\(\d\) |What explains it: ", finding.reason)[1:]:
        name = next(short for start, short in names.items() if part.startswith(start))
        number = re.search(r"a factor of (?:up to |at least )?([\d.e+]+\d)", part)
        told[name] = float(number[1]) if number else None
    return told


def spike(samples):
    changed = samples.copy()
    changed[5000:5003] += np.array([8e-3, -10e-3, 5e-3])
    return changed


def test_nothing_is_said_below():
    assert look_at_session(CHECKS, simulated_session(THREE, [Set(effort=0.6)])) == ()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_steady_muscle_at_100_percent_is_explained_by_the_windows(seed):
    session = simulated_session(THREE, [Set(), Set("back_squat")], seed=seed)
    finding = explained(session)
    assert finding.level == "note"
    assert list(factors(finding)) == ["windows"]
    assert finding.value == pytest.approx(100 * factors(finding)["windows"], rel=0.05)  # nothing but scatter is left


def test_the_windows_alone_are_told_with_their_figures():
    session = simulated_session(THREE, [Set(repetitions=20)] * 2)
    bias = next(one for one in look_at_session(CHECKS, session) if one.kind == "window_bias")
    peaks = np.array([value for one in session.of_role("task") for value in _peaks(one)])
    peaks *= 100 / session.references[KEY].value
    told = [float(one) for one in re.findall(r"read (\d+) %MVIC by the mean, (\d+) % by the peak", bias.reason)[0]]
    assert told[0] == pytest.approx(90, abs=4)
    assert told[1] == pytest.approx(peaks.mean(), rel=0.04)
    assert bias.value == pytest.approx(peaks.max(), rel=0.08)
    assert "averages 0.1 s" in bias.reason
    assert "mean over 0.5 s" in bias.reason


def _peaks(trial):
    channel = trial.channels[0]
    for one in trial.repetitions:
        yield np.max(channel.envelope[round(one.start * 1000) : round(one.stop * 1000)])


def test_weak_mvic_is_told_by_the_gap_between_its_trials():
    finding = explained(simulated_session([Attempt(0.6), Attempt(0.45)], [Set(effort=0.95)]))
    assert finding.level == "warn"
    told = factors(finding)
    assert next(iter(told)) == "weak"
    assert told["weak"] == pytest.approx(0.95 / 0.6, rel=0.1)
    assert re.search(r"second best MVIC trial lies 2\d % below", finding.reason)


def test_weak_mvic_is_told_by_exercises_that_all_exceed_it():
    sets = [Set("back_squat", 0.9), Set(effort=1.0), Set("romanian_deadlift", 0.4)]
    finding = explained(simulated_session([Attempt(0.6)] * 3, sets))
    assert next(iter(factors(finding))) == "weak"
    assert "2 of 3 exercises exceed it" in finding.reason


def test_weak_mvic_is_told_by_another_mvic_in_which_the_muscle_gives_more():
    session = simulated_session([Attempt(0.6)] * 2 + [Attempt(1.0)], [Set(effort=1.1)])
    *trials, other, task = session.trials
    weak = simulated_session([Attempt(0.6)] * 2, [])
    beside = replace(other.channels[0], is_target=False, filtered=None, envelope=None)
    seen = replace(session, trials=(*trials, replace(other, channels=(beside,)), task), references=weak.references)
    finding = explained(seen)
    assert re.search(
        r"reads [67]\d % more \(unfiltered\) in an MVIC meant for another \(P01/1/mvic/3\)", finding.reason
    )


def test_one_trial_is_no_plateau():
    assert "only one MVIC trial" in explained(simulated_session([Attempt(0.7)], [Set(effort=0.95)])).reason


def test_clipped_mvic():
    def clipped(samples):
        return np.clip(samples, -MAXIMUM, MAXIMUM)

    finding = explained(simulated_session([Attempt(change=clipped)] * 3, [Set(), Set()]))
    told = factors(finding)
    assert finding.level == "warn"
    assert set(told) == {"clipped", "windows"}
    assert told["clipped"] == pytest.approx(1 / np.sqrt(0.516), rel=0.1)  # RMS of a normal variable cut at +-1 SD


def test_spike_in_the_task():
    finding = explained(simulated_session(THREE, [Set(effort=0.7), Set(effort=0.7, change=spike)]))
    assert finding.level == "warn"
    assert next(iter(factors(finding))) == "artifact"
    assert re.search(r"a spike at (4.99|5.0\d?|5.01) s of P01/1/task/2", finding.reason)


def test_artifact_another_check_found_in_the_trial():
    session = simulated_session(THREE, [Set(effort=0.6), Set(effort=1.4)])
    told = make_finding("motion_artifact", "warn", "-", "-", trial="P01/1/task/2", muscle=KEY[0])
    finding = next(one for one in AboveMvic().look(replace(session, findings=(told,))) if one.kind == "above_mvic")
    assert factors(finding)["artifact"] == pytest.approx(1.4 / 0.6, rel=0.15)
    assert "motion_artifact" in finding.reason


def test_artifact_in_the_mvic_makes_percentages_too_low():
    session = simulated_session(THREE, [Set(effort=1.2)])
    trial = session.references[KEY].attempts[0].trial
    told = make_finding("mvic_artifact", "warn", "-", "-", trial=trial, muscle=KEY[0])
    finding = next(one for one in AboveMvic().look(replace(session, findings=(told,))) if one.kind == "above_mvic")
    assert "makes all percentages too low" in finding.reason


def test_unit_of_the_task():
    finding = explained(simulated_session(THREE, [Set(effort=0.7, change=lambda samples: 1000 * samples)]))
    assert finding.level == "warn"  # never a failure for the number alone
    assert factors(finding)["unit"] == pytest.approx(700, rel=0.15)
    assert "close to 1000" in finding.reason


@pytest.mark.parametrize("is_steady", [True, False])
def test_strong_dynamic_contraction(is_steady):
    sets = [Set(effort=1.6, is_steady=is_steady), Set("back_squat", 0.7, is_steady=is_steady)]
    finding = explained(simulated_session(THREE, sets))
    told = factors(finding)
    assert next(iter(told)) == "strong"
    assert told["strong"] == pytest.approx(1.6, rel=0.1)
    assert "3 trials" in finding.reason


def test_explanations_are_of_the_whole_muscle():
    found = look_at_session(CHECKS, simulated_session(THREE, [Set(effort=1.6)]))
    assert {one.kind for one in found} == {"above_mvic", "window_bias"}
    assert all((one.participant, one.session, one.trial, one.muscle) == ("P01", "1", "", KEY[0]) for one in found)


def test_thresholds_are_settings():
    session = simulated_session(THREE, [Set(effort=1.3)])
    assert AboveMvic(note_above=500).look(session) == ()
    assert {one.level for one in AboveMvic(warn_mean=500, warn_sustained=500).look(session)} == {"note"}
    assert "120 %" in AboveMvic(warn_mean=120).describe()


def test_a_linear_envelope_is_explained_as_well():
    chain = (DcOffset(), Bandpass(low=20, high=450), LinearEnvelope(high=6))
    finding = explained(simulated_session(THREE, [Set(), Set()], chain=chain))
    assert list(factors(finding)) == ["windows"]


def test_unknown_windows_leave_the_rest_of_the_explanation():
    session = replace(simulated_session(THREE, [Set(effort=1.6)]), windows=Windows())
    found = look_at_session(CHECKS, session)
    assert [one.kind for one in found] == ["above_mvic"]
    assert "windows and search time" not in found[0].reason


@pytest.mark.parametrize("kind", ["artifact", "motion"])
def test_artifact_in_a_pause_explains_no_repetition(kind):
    session = simulated_session(THREE, [Set(effort=1.6), Set("back_squat", 0.7)])
    where = {"trial": "P01/1/task/1", "muscle": KEY[0], "start": 0.1, "stop": 0.15}  # repetitions begin at 0.5 s
    told = make_finding(kind, "warn", "-", "-", **where)
    lost = make_finding("signal_gaps", "warn", "-", "-", trial="P01/1/task/1", muscle=KEY[0])  # lifts nothing
    finding = next(one for one in AboveMvic().look(replace(session, findings=(told, lost))) if one.kind == "above_mvic")
    assert list(factors(finding)) == ["strong", "windows"]
    top = re.search(r"task/1, repetition at ([\d.]+) s", finding.reason)
    inside = replace(told, start=float(top[1]) + 1.0, stop=float(top[1]) + 1.1)
    finding = next(one for one in AboveMvic().look(replace(session, findings=(inside,))) if one.kind == "above_mvic")
    assert "artifact" in factors(finding)


@pytest.mark.parametrize(("hummed", "share"), [((True, False), 0.82), ((True, True), 0.82)])
def test_mains_in_the_task_is_no_strong_contraction(hummed, share):
    def hum(samples):
        return samples + 600e-6 * np.sin(2 * np.pi * 50 * np.arange(samples.size) / 1000)

    sets = [Set(name, 0.7, change=hum if has_hum else None) for name, has_hum in zip("ab", hummed, strict=True)]
    finding = explained(simulated_session(THREE, sets), DEFAULT_CHECKS)
    told = factors(finding)
    assert next(iter(told)) == "mains"
    assert told["mains"] == pytest.approx(1 / np.sqrt(1 - share), rel=0.15)
    assert not {"strong", "weak"} & told.keys()
    assert finding.level == "warn"


def test_repetition_unlike_all_others_is_no_strong_contraction():
    def burst(samples):
        changed = samples.copy()
        changed[3800:4200] += 2e-3 * np.sin(2 * np.pi * 30 * np.arange(400) / 1000) * np.hanning(400)
        return changed

    finding = explained(simulated_session(THREE, [Set(effort=0.7), Set("back_squat", 0.7, change=burst)]))
    assert list(factors(finding)) == ["artifact"]
    assert "3.0 s of P01/1/task/2" in finding.reason


@pytest.mark.parametrize("sets", [[Set(effort=0.7), Set("b", 0.5)], [Set(effort=0.7)]])
def test_tenfold_gain_is_no_strong_contraction(sets):
    tenfold = [replace(one, change=lambda samples: 10 * samples) for one in sets]
    finding = explained(simulated_session(THREE, tenfold))
    told = factors(finding)
    assert next(iter(told)) == "weak"
    assert told["weak"] == pytest.approx(7, rel=0.15)
    assert "another gain in the tasks than in the MVIC" in finding.reason
    assert finding.level == "warn"


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 1e300])
def test_degenerate_samples_are_survived(value):
    session = simulated_session(THREE, [Set(effort=1.6), Set()])
    trials = []
    for trial in session.trials:
        channel = trial.channels[0]
        broken = np.full(channel.raw.size, value)
        is_kept = trial.id.endswith(("mvic/1", "task/1"))
        kept = channel if is_kept else replace(channel, raw=broken, filtered=broken, envelope=np.abs(broken))
        trials.append(replace(trial, channels=(kept,)))
    look_at_session((AboveMvic(),), replace(session, trials=tuple(trials)))


def test_it_is_made_by_default_and_after_the_others():
    names = [check.name for check in DEFAULT_CHECKS]
    assert names.index("above_mvic") > names.index("mvic_window")  # it looks at what that one found


@pytest.mark.slow
def test_clean_sets_below_full_effort_are_never_warned_about():
    rng = np.random.default_rng(0)
    for seed in range(100):
        spectrum = Spectrum(rng.uniform(30, 80), rng.uniform(80, 200))
        session = simulated_session(THREE, [Set(effort=rng.uniform(0.5, 1.0))], seed=seed, spectrum=spectrum)
        assert all(one.level == "note" for one in AboveMvic().look(session))
