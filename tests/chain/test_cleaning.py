"""Blanked artifacts, what cleaning steps say they removed, and the refusal of filters that depend on the condition."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cleaning import AGAINST_ECG, AGAINST_MAINS, HEARTS, HUMS, beside_loud, errors, nothing
from emgpipe.chain import (
    STEPS,
    ArtifactBlanking,
    Bandpass,
    DcOffset,
    EcgGating,
    Highpass,
    MainsSineFit,
    Rectify,
    Rms,
    chain_hash,
    order_problems,
    run_chain,
)
from emgpipe.config import load_study
from emgpipe.errors import ConfigError, SignalError
from emgpipe.simulate import simulate_emg
from emgpipe.simulate.faults import ecg, mains

RATE = 1000.0
END = (Rectify(), Rms())


def emg(seed=0, seconds=10.0, level=1e-4):
    return simulate_emg(np.full(round(seconds * RATE), level), RATE, np.random.default_rng(seed))


def spiked(samples, at=4000, height=0.02):
    disturbed = samples.copy()
    disturbed[at : at + 5] += height
    return disturbed


def test_a_spike_becomes_a_gap_with_a_margin_and_nothing_else_does():
    samples = emg()
    result = run_chain([DcOffset(), ArtifactBlanking(around=0.05), Bandpass(), *END], spiked(samples), RATE)
    gone = np.flatnonzero(np.isnan(result.envelope))
    assert (gone[0], gone[-1]) == (3950, 4054)
    assert (result.blanked, result.missing, result.too_short) == (105, 0, 0)
    clean = run_chain([DcOffset(), Bandpass(), *END], samples, RATE).envelope
    assert np.nanmean(result.envelope) == pytest.approx(np.mean(clean), rel=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_contractions_are_no_artifacts(seed):
    rng = np.random.default_rng(seed)
    start, length = rng.integers(1000, 7000), rng.integers(400, 3000)
    level = np.full(20000, 2e-6)
    level[start : start + length] = 1e-3
    assert np.isfinite(ArtifactBlanking().apply(simulate_emg(level, RATE, rng), RATE)).all()


def test_stated_spans_are_blanked_in_every_recording():
    result = run_chain([DcOffset(), ArtifactBlanking(spans=((0, 0.5), (9, 99))), *END], emg(), RATE)
    assert np.isnan(result.filtered[:500]).all()
    assert np.isnan(result.filtered[9000:]).all()
    assert np.isfinite(result.filtered[500:9000]).all()
    with pytest.raises(ValueError, match="does not begin at 0 or later"):
        ArtifactBlanking(spans=((3, 2),))


def test_what_lies_between_two_gaps_too_close_is_lost_and_counted():
    disturbed = spiked(spiked(emg(), at=4000), at=4160)
    result = run_chain([DcOffset(), ArtifactBlanking(), Bandpass(), *END], disturbed, RATE)
    assert result.blanked == 210
    assert result.too_short == 55
    assert np.isnan(result.envelope[3950:4215]).all()


def test_a_step_that_leaves_nothing_is_an_error_about_the_channel():
    with pytest.raises(SignalError, match=r"artifact_blanking leaves no stretch of 101 samples.*GMAX"):
        run_chain([ArtifactBlanking(spans=((0, 60),)), *END], emg(), RATE, label="GMAX")


def test_gaps_of_the_recording_and_gaps_of_a_step_go_together():
    holed = spiked(emg())
    holed[7000:7100] = np.nan
    result = run_chain([DcOffset(), MainsSineFit(frequency=50), ArtifactBlanking(), Bandpass(), *END], holed, RATE)
    assert (result.missing, result.blanked) == (100, 105)
    assert np.isnan(result.envelope).sum() == 205


def test_each_cleaning_step_says_how_much_rms_it_took():
    disturbed = mains(emg() + 0.3, RATE, np.random.default_rng(0), amplitude=2e-4, harmonics=())
    chain = [DcOffset(), MainsSineFit(frequency=50), Highpass(low=30), Bandpass(), *END]
    fit, highpass = run_chain(chain, disturbed, RATE).removed
    assert (fit.step, highpass.step) == ("mains_sine_fit", "highpass")
    assert fit.rms_removed == pytest.approx(2e-4 / np.sqrt(2), rel=0.05)
    assert fit.rms_before == pytest.approx(np.hypot(1e-4, 2e-4 / np.sqrt(2)), rel=0.02)
    assert fit.rms_after == pytest.approx(1e-4, rel=0.02)
    assert fit.share == pytest.approx(fit.rms_removed / fit.rms_before)
    assert highpass.rms_before == pytest.approx(fit.rms_after)
    assert 0 < highpass.rms_removed < 0.3 * highpass.rms_before
    (blanking,) = run_chain([ArtifactBlanking(), *END], spiked(emg()), RATE).removed
    assert blanking.blanked == 105
    assert blanking.rms_removed == pytest.approx(np.sqrt(5 * 0.02**2 / 10000), rel=0.02)


def test_steps_that_only_shape_the_signal_report_nothing_and_silence_removes_nothing():
    assert run_chain([DcOffset(), Bandpass(), *END], emg(), RATE).removed == ()
    (step,) = run_chain([DcOffset(), MainsSineFit(frequency=50), *END], np.zeros(3000), RATE).removed
    assert (step.rms_before, step.rms_removed, step.share) == (0, 0, 0)


def test_the_chain_leaves_its_input_alone():
    disturbed = ecg(spiked(emg(level=1e-5)), RATE, np.random.default_rng(0))
    before = disturbed.copy()
    run_chain([DcOffset(), Bandpass(), EcgGating(), ArtifactBlanking(), *END], disturbed, RATE)
    result = run_chain([Rms()], disturbed, RATE)
    assert np.array_equal(disturbed, before)
    assert not np.shares_memory(result.filtered, disturbed)


def test_gating_needs_a_filtered_signal():
    ((place, reason),) = order_problems([EcgGating(), *END])
    assert place == 0
    assert "ecg_gating works on a signal that is filtered" in reason


def test_the_hash_covers_the_settings_of_cleaning_steps():
    hashes = {chain_hash([MainsSineFit(frequency=50, window=window), *END], "") for window in (2, 4)}
    hashes |= {chain_hash([MainsSineFit(frequency=60), *END], ""), chain_hash(END, "")}
    assert len(hashes) == 4


@pytest.mark.parametrize("key", ["exercises", "head_position", "roles", "trials", "participants", "conditions"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_filter_that_depends_on_the_condition_is_refused(step, key):
    needed = {"frequency": 50} if "frequency" in step.model_fields else {}
    with pytest.raises(ValueError, match=f"'{key}' cannot limit a step of the chain.*no reference"):
        step(**needed, **{key: ["barbell_hip_thrust"]})


def test_the_study_file_says_why_with_its_line(tmp_path):
    study = tmp_path / "study.yaml"
    study.write_text(
        "name: a\nrecordings: {folder: raw, files: [{pattern: '{participant}.*', role: rest}]}\n"
        "channels: [{label: A, muscle: soleus, side: left}]\n"
        "chain:\n  - {kind: highpass, low: 30, exercises: [back_squat]}\n  - {kind: rms}\n"
    )
    with pytest.raises(ConfigError, match=r"study.yaml:5.*'exercises' cannot limit a step.*makes a difference between"):
        load_study(study)


@pytest.mark.parametrize("chains", [AGAINST_MAINS, AGAINST_ECG], ids=["mains", "ecg"])
def test_clean_signals_keep_their_percent_mvic(chains):
    for name, found in errors(chains, nothing, 3).items():
        assert np.abs(np.median(found, axis=0)).max() < 2, name


@pytest.mark.parametrize(
    ("case", "name", "allowed"),
    [
        ("+10 dB", "mains_sine_fit", (2, 2, 2, 2)),
        ("0 dB, 50.08 Hz", "mains_interpolation", (3, 3, 3, 3)),
        ("-10 dB", "mains_notch", (3, 3, 3, 3)),
    ],
)
def test_hum_does_not_change_percent_mvic(case, name, allowed):
    found = errors({name: AGAINST_MAINS[name], "nothing": AGAINST_MAINS["nothing"]}, HUMS[case], 2)
    assert (np.abs(np.median(found[name], axis=0)) < allowed).all()
    assert np.median(found["nothing"], axis=0)[0] > 100


@pytest.mark.parametrize("name", ["ecg_template", "ecg_gating"])
def test_ecg_does_not_change_percent_mvic(name):
    found = errors({name: AGAINST_ECG[name], "nothing": AGAINST_ECG["nothing"]}, HEARTS["75 bpm, R 200 uV"], 3)
    assert (np.abs(np.median(found[name], axis=0)) < (5, 2, 2, 2)).all()
    assert np.median(found["nothing"], axis=0)[0] > 30


def test_interpolation_spreads_a_contraction_into_the_quiet_beside_it_as_documented():
    found = beside_loud(AGAINST_MAINS, nothing, 5.0, 2)
    assert np.median(found["mains_interpolation"]["5"]) > 5
    assert np.abs(found["mains_sine_fit"]["5"]).max() < 2
