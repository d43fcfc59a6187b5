"""Variants of an analysis, from study file to metrics table: each equals a study run with those settings."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

import emgpipe
from emgpipe.config import list_trials, load_study
from emgpipe.pipeline import process_session
from emgpipe.vocabulary import load_vocabulary
from tests.pipeline.small import write_small_study

VARIANTS = """
metrics: [mean, peak, duration, lockout]
variants:
  - {name: slow, replace: [{kind: rms, window: 0.3}]}
  - {name: own-chain, chain: [{kind: bandpass, low: 30, high: 300}, {kind: linear_envelope, high: 5}]}
  - {name: of-task, normalization: {kind: task_peak}}
  - {name: volts, normalization: {kind: none}}
  - {name: inner, drop_repetitions: both}
  - {name: no-first, drop_repetitions: first}
"""
ALONE = {
    "slow": "chain: [{kind: dc_offset}, {kind: bandpass}, {kind: rectify}, {kind: rms, window: 0.3}]",
    "own-chain": "chain: [{kind: bandpass, low: 30, high: 300}, {kind: linear_envelope, high: 5}]",
    "of-task": "normalization: {kind: task_peak}",
    "volts": "normalization: {kind: none}",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_small_study(tmp_path_factory.mktemp("variants"), participants=1, more=VARIANTS)


def session_of(study, settings, old="", new=""):
    """Process the session of P01 with other settings."""
    path = study.with_name("other.yaml")
    path.write_text(study.read_text("utf-8").replace(VARIANTS, settings).replace(old, new), "utf-8")
    changed = load_study(path)
    vocabulary = load_vocabulary(changed.vocabulary)
    return process_session(changed, vocabulary, list_trials(changed, vocabulary).trials)


@pytest.fixture(scope="module")
def session(study):
    return session_of(study, VARIANTS)


@pytest.fixture(scope="module")
def result(study):
    """The whole run."""
    return emgpipe.run_study(study)


def of(table, variant):
    """Rows of a variant that say the same as rows of another run would."""
    chosen = (table["variant"] == variant) & (table["role"] == "task") & (table["kind"] == "emg")
    chosen &= table["phase"] == "repetition"
    return table[chosen].drop(columns=["variant", "reference", "findings", "worst"]).reset_index(drop=True)


def test_the_analysis_itself_is_the_same_to_the_last_digit(study, session):
    without = session_of(study, "metrics: [mean, peak, duration, lockout]")
    own = session.metrics[session.metrics["variant"] == "main"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, without.metrics, check_exact=True)
    pd.testing.assert_frame_equal(session.curves, without.curves, check_exact=True)
    assert session.references == without.references
    assert session.findings == without.findings


@pytest.mark.parametrize("name", ALONE)
def test_a_variant_is_a_run_with_its_settings(study, session, name):
    alone = session_of(study, f"metrics: [mean, peak, duration, lockout]\n{ALONE[name]}")
    mine, theirs = of(session.metrics, name), of(alone.metrics, "main")
    assert len(mine) == 2 * 3 * 2 * 2  # exercises, repetitions, muscles, metrics
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
    assert (mine["value"] != of(session.metrics, "main")["value"]).all()


@pytest.mark.parametrize(("name", "kept"), [("inner", [2]), ("no-first", [2, 3])])
def test_repetitions_left_out_leave_the_others_as_they_are(session, name, kept):
    mine, all_of_them = of(session.metrics, name), of(session.metrics, "main")
    expected = all_of_them[all_of_them["repetition"].isin(kept)].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, expected, check_exact=True)
    main = session.metrics["variant"] == "main"
    assert set(session.metrics.loc[~main, "reference"]) > set(session.metrics.loc[main, "reference"]) - {""}


def test_a_variant_holds_amplitudes_of_task_trials_only_and_names_its_own_references(session):
    table = session.metrics[session.metrics["variant"] == "slow"]
    assert set(table["role"]) == {"task"}
    assert set(table["metric"]) == {"mean", "peak"}
    assert table["reference"].str.endswith("/MVIC@slow").all()
    assert set(session.metrics.loc[session.metrics["variant"] == "volts", "unit"]) == {"V"}


def test_a_run_stores_the_variants_and_its_report_shows_the_analysis_itself(result):
    table = result.comparisons[0].tables["sensitivity"]
    assert {"slow", "own-chain", "of-task", "volts", "inner", "no-first"} <= set(table["variant"])
    stored = pd.read_csv(result.folder / "metrics.csv")
    assert set(stored["variant"]) == {"main", "slow", "own-chain", "of-task", "volts", "inner", "no-first"}
    assert "Without a reference" not in (result.folder / "report.html").read_text("utf-8")  # as in variant volts


@pytest.mark.parametrize("phase", ["repetition", "concentric"])
def test_phases_are_measured_where_a_ranking_asks_for_them(study, phase):
    settings = "metrics: [mean, peak]\nvariants: [{name: slow, replace: [{kind: rms, window: 0.3}]}]\n"
    table = session_of(study, settings, "factor: exercise,", f"factor: exercise, phase: {phase},").metrics
    assert set(table.loc[table["variant"] == "slow", "phase"]) == {"repetition", phase}
    assert "concentric" in set(table.loc[table["variant"] == "main", "phase"])


def test_what_the_main_analysis_noticed_about_a_reference_goes_with_the_variants_numbers_too(tmp_path):
    settings = "metrics: [mean, peak]\nvariants: [{name: slow, replace: [{kind: rms, window: 0.3}]}]"
    study = write_small_study(tmp_path, participants=1, more=settings)
    (tmp_path / "raw" / "P01_mvic_gluteus-maximus_prone_1.csv").unlink()
    changed = load_study(study)
    vocabulary = load_vocabulary(changed.vocabulary)
    table = process_session(changed, vocabulary, list_trials(changed, vocabulary).trials).metrics
    own = table[(table["muscle"] == "gluteus_maximus_lower") & (table["phase"] == "repetition")]
    assert set(own["variant"]) == {"main", "slow"}
    assert own["value"].isna().all()
    assert own["findings"].str.contains("no_mvic").all()


LACKING = """
metrics: [mean, peak]
variants:
  - {name: too-high, replace: [{kind: bandpass, high: 600}]}
  - {name: long, normalization: {kind: mvic, rule: {kind: sliding_mean, window: 5}}}
  - {name: inner, drop_repetitions: both}
"""


def test_what_a_variant_lacks_is_said_and_fails_nothing(tmp_path):
    study = write_small_study(tmp_path, participants=1, more=LACKING)
    for name, kept in (("back-squat_neutral", 7_000), ("mvic_gluteus-maximus_prone", 4_000)):
        path = tmp_path / "raw" / f"P01_{name}_1.csv"  # two of three repetitions; less than the 5 s of the rule
        path.write_text("\n".join(path.read_text("utf-8").splitlines()[: 1 + kept]) + "\n", "utf-8")
    session = session_of(study, LACKING)
    assert {one.status for one in session.trials} == {"processed"}
    lost = [one for one in session.findings if one.kind == "variant_incomplete"]
    assert {one.level for one in lost} == {"warn"}
    by_name = Counter(one.reason.split("'")[1] for one in lost)
    assert by_name == {"too-high": 6, "long": 1, "inner": 1}
    said = {one.reason for one in lost}
    assert "variant 'inner': of 2 repetitions none is left" in said
    assert any("variant 'too-high': bandpass: high = 600 Hz must lie below" in reason for reason in said)
    table = session.metrics
    assert "too-high" not in set(table["variant"])
    long = table[(table["variant"] == "long") & (table["muscle"] == "gluteus_maximus_lower")]
    assert long["value"].isna().all()
    assert long["amplitude"].notna().all()
    assert long["findings"].str.contains("variant_incomplete").all()
    assert not table.loc[table["variant"] == "main", "findings"].str.contains("variant_incomplete").any()
    squat = table[(table["variant"] == "inner") & (table["exercise"] == "back_squat")]
    assert squat.empty


def test_repetitions_found_in_emg_are_found_again_with_the_variants_chain(study):
    bursts = "{kind: envelope, muscle: gluteus_maximus_lower, expected: 3, smooth: 0.1}"
    angle = "{kind: angle, channel: hip_angle, expected: 3}"
    variants = "metrics: [mean, peak]\nvariants: [{name: slow, replace: [{kind: rms, window: 0.6}]}]"
    table = session_of(study, variants, angle, bursts).metrics
    main, slow = (of(table, name) for name in ("main", "slow"))
    assert main[["trial", "repetition"]].equals(slow[["trial", "repetition"]])
    assert (main["onset"] != slow["onset"]).all()
