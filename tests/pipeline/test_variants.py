"""Variants of an analysis, from study file to metrics table: each equals a study run with those settings."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

import emgpipe
from emgpipe.cli import main
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
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("variants")


@pytest.fixture(scope="module")
def study(folder):
    return write_small_study(folder, more=VARIANTS)


@pytest.fixture(scope="module")
def result(study):
    return emgpipe.run_study(study)


def run(study, folder, more):
    """Run the same recordings with other settings."""
    copy = folder / f"other{len(list(folder.iterdir()))}"
    copy.mkdir()
    text = study.read_text("utf-8").replace(VARIANTS, more).replace("folder: raw", f"folder: {study.parent / 'raw'}")
    (copy / "study.yaml").write_text(text, "utf-8")
    return emgpipe.run_study(copy / "study.yaml")


def of(table, variant):
    """Rows of a variant that say the same as rows of another run would."""
    chosen = (table["variant"] == variant) & (table["role"] == "task") & (table["kind"] == "emg")
    chosen &= table["phase"] == "repetition"
    return table[chosen].drop(columns=["variant", "reference"]).reset_index(drop=True)


def test_the_analysis_itself_is_the_same_to_the_last_digit(study, result, folder):
    without = run(study, folder, "metrics: [mean, peak, duration, lockout]")
    own = result.metrics[result.metrics["variant"] == "main"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, without.metrics, check_exact=True)
    for name in ("curves.csv", "references.csv", "findings.csv"):
        assert (result.folder / name).read_bytes() == (without.folder / name).read_bytes()
    page = [(one.folder / "report.html").read_text("utf-8") for one in (result, without)]
    assert page[0].count("Without a reference") == page[1].count("Without a reference") == 0


@pytest.mark.parametrize("name", ALONE)
def test_a_variant_is_a_run_with_its_settings(study, result, folder, name):
    alone = run(study, folder, f"metrics: [mean, peak, duration, lockout]\n{ALONE[name]}")
    mine, theirs = of(result.metrics, name), of(alone.metrics, "main")
    assert len(mine) == 2 * 2 * 3 * 2 * 2
    pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
    changed = mine["value"].to_numpy() != of(result.metrics, "main")["value"].to_numpy()
    assert changed.all()


@pytest.mark.parametrize(("name", "kept"), [("inner", [2]), ("no-first", [2, 3])])
def test_repetitions_left_out_leave_the_others_as_they_are(result, name, kept):
    mine, all_of_them = of(result.metrics, name), of(result.metrics, "main")
    expected = all_of_them[all_of_them["repetition"].isin(kept)].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, expected, check_exact=True)
    references = result.metrics.loc[result.metrics["variant"] == name, "reference"]
    assert set(references) <= set(result.metrics.loc[result.metrics["variant"] == "main", "reference"])


def test_a_variant_holds_amplitudes_of_task_trials_only_and_names_its_own_references(result):
    table = result.metrics[result.metrics["variant"] == "slow"]
    assert set(table["role"]) == {"task"}
    assert set(table["metric"]) == {"mean", "peak"}
    assert table["reference"].str.endswith("/MVIC@slow").all()
    assert set(result.metrics.loc[result.metrics["variant"] == "volts", "unit"]) == {"V"}


def test_rankings_say_what_the_variants_change(result):
    table = result.comparisons[0].tables["sensitivity"]
    assert {"slow", "own-chain", "of-task", "volts", "inner", "no-first"} <= set(table["variant"])


def test_phases_are_measured_where_a_ranking_asks_for_them(study, folder):
    asked = "{kind: ranking, factor: exercise, at: {head_position: neutral}, phase: concentric}"
    text = f"metrics: [mean, peak]\nvariants: [{{name: slow, replace: [{{kind: rms, window: 0.3}}]}}]\n{{}}"
    plain = run(study, folder, text.format("").replace("{}", ""))
    assert set(plain.metrics.loc[plain.metrics["variant"] == "slow", "phase"]) == {"repetition"}
    path = plain.folder.parent.parent / "study.yaml"
    path.write_text(path.read_text("utf-8").replace("comparisons:\n", f"comparisons:\n  - {asked}\n"), "utf-8")
    phases = emgpipe.run_study(path).metrics
    assert set(phases.loc[phases["variant"] == "slow", "phase"]) == {"repetition", "concentric"}


def test_what_a_variant_lacks_is_said_once_and_fails_nothing(study, folder, capsys):
    copy = folder / "lacking"
    shutil.copytree(study.parent / "raw", copy / "raw")
    more = """
metrics: [mean, peak]
variants:
  - {name: too-high, replace: [{kind: bandpass, high: 600}]}
  - {name: long, normalization: {kind: mvic, rule: {kind: sliding_mean, window: 30}}}
  - {name: inner, drop_repetitions: both}
"""
    text = study.read_text("utf-8").replace(VARIANTS, more).replace("expected: 3", "expected: 3, minimum_range: 30")
    (copy / "study.yaml").write_text(text, "utf-8")
    path = copy / "raw" / "P02_back-squat_neutral_1.csv"
    rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(rows[: 1 + 7_000]) + "\n", "utf-8")  # two of three repetitions
    assert main(["run", str(copy / "study.yaml"), "--quiet"]) == 0
    said = capsys.readouterr().err
    assert "variant 'too-high': " in said
    assert "half the sampling rate" in said
    table = pd.read_csv(copy / "processed" / "small" / "findings.csv")
    lost = table[table["kind"] == "variant_incomplete"]
    assert set(lost["level"]) == {"warn"}
    by_name = lost["reason"].str.extract(r"variant '([\w-]+)'")[0]
    assert by_name.value_counts().to_dict() == {"too-high": 16, "long": 4, "inner": 1}
    assert lost.loc[by_name == "inner", "reason"].item() == "variant 'inner': of 2 repetitions none is left"
    metrics = pd.read_csv(copy / "processed" / "small" / "metrics.csv")
    assert "too-high" not in set(metrics["variant"])
    assert metrics.loc[metrics["variant"] == "long", "value"].isna().all()
    assert metrics.loc[metrics["variant"] == "long", "amplitude"].notna().all()
    ids = set(" ".join(metrics.loc[metrics["variant"] == "long", "findings"]).split())
    assert set(lost.loc[by_name == "long", "id"]) <= ids
    assert "variant_incomplete" not in " ".join(metrics.loc[metrics["variant"] == "main", "findings"].fillna(""))


def test_repetitions_found_in_emg_are_found_again_with_the_variants_chain(study, folder):
    more = "metrics: [mean]\nvariants: [{name: slow, replace: [{kind: rms, window: 0.6}]}]"
    bursts = "repetitions: {kind: envelope, muscle: gluteus_maximus_lower, expected: 3, smooth: 0.1}"
    angle = "repetitions: {kind: angle, channel: hip_angle, expected: 3}"
    copy = folder / "bursts"
    copy.mkdir()
    raw = f"folder: {study.parent / 'raw'}"
    text = study.read_text("utf-8").replace(VARIANTS, more).replace(angle, bursts).replace("folder: raw", raw)
    (copy / "study.yaml").write_text(text, "utf-8")
    table = emgpipe.run_study(copy / "study.yaml").metrics
    onsets = {name: of(table, name)["onset"].to_numpy() for name in ("main", "slow")}
    assert len(onsets["slow"]) == len(onsets["main"])
    assert (np.abs(onsets["slow"] - onsets["main"]) > 1e-3).any()
