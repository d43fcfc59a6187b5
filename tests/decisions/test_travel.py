"""From the command line to the numbers: decide, run, compare, with and without."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import emgpipe
from emgpipe.cli import main
from emgpipe.comparing import compare_study
from emgpipe.config import load_study
from emgpipe.deciding import add_decision
from emgpipe.errors import ConfigError, StoreError
from emgpipe.selection import Selection
from emgpipe.store import file_hash, read_table
from tests.pipeline.small import write_small_study

SQUAT = "P01/1/back_squat.neutral.1"
MVIC = "P02/1/mvic.biceps_femoris.prone.1"
QUALITY = "metrics: [mean, peak, time_to_peak]\nquality:\n  decisions: decisions.csv\n  on_fail: keep\n"


def clip(path, column, share=0.3):
    """Cut a channel off as an amplifier does."""
    head = path.read_text("utf-8").splitlines()[0]
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    limit = share * np.abs(table[:, column]).max()
    table[:, column] = np.clip(table[:, column], -limit, limit)
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header=head, comments="")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run a study in which a squat of P01 and an MVIC of P02 are clipped."""
    folder = tmp_path_factory.mktemp("ran")
    study = write_small_study(folder, participants=2, more=QUALITY)
    clip(folder / "raw" / "P01_back-squat_neutral_1.csv", 1)
    clip(folder / "raw" / "P02_mvic_biceps-femoris_prone_1.csv", 2)
    emgpipe.run_study(study)
    return study


@pytest.fixture
def study(ran, tmp_path):
    shutil.copytree(ran.parent, tmp_path / "copy")
    return tmp_path / "copy" / "study.yaml"


def results(study):
    return study.parent / "processed" / "small"


def numbers(study):
    return read_table(results(study) / "metrics.csv")


def change(study, old, new):
    text = study.read_text("utf-8")
    assert old in text
    study.write_text(text.replace(old, new), "utf-8")


def basis(study, name="comparisons"):
    lines = (results(study) / name / "sentences.txt").read_text("utf-8").splitlines()
    return {key.strip(): text for key, _, text in (line.partition(": ") for line in lines) if text}


def test_every_number_and_every_cell_carries_its_findings(ran):
    table = numbers(ran)
    worst = table[table["worst"] == "fail"]
    assert {SQUAT} == set(worst.loc[worst["participant"] == "P01", "trial"])
    assert {"P02"} == set(worst.loc[worst["muscle"] == "biceps_femoris", "participant"])
    cells = pd.read_csv(results(ran) / "comparisons" / "ranking_cells.csv", keep_default_na=False)
    failed = cells[cells["worst"] == "fail"]
    assert set(failed[["participant", "muscle", "level"]].itertuples(index=False, name=None)) == {
        ("P01", "gluteus_maximus_lower", "back_squat"),
        ("P02", "biceps_femoris", "back_squat"),
        ("P02", "biceps_femoris", "barbell_hip_thrust"),
    }
    assert failed["findings"].str.contains("clipped-").all()
    assert "6 a failed check" in basis(ran)["marked"]
    page = (results(ran) / "report.html").read_text("utf-8")
    assert "carry a failed check" in page
    assert 'id="decisions"' in page


def test_a_changed_rule_needs_no_run_and_leaves_a_line_for_everything_it_excludes(study):
    before = numbers(study)
    change(study, "on_fail: keep", "on_fail: exclude")
    compare_study(study)
    after = numbers(study)
    assert set(after.loc[after["excluded"], "trial"]) == {SQUAT}
    assert set(after.loc[after["value_excluded"], ["participant", "muscle", "metric"]].itertuples(index=False)) == {
        ("P02", "biceps_femoris", "mean"),
        ("P02", "biceps_femoris", "peak"),
    }
    columns = ["excluded", "value_excluded", "decisions"]
    pd.testing.assert_frame_equal(before.drop(columns=columns), after.drop(columns=columns))
    decisions = read_table(results(study) / "decisions.csv")
    assert set(decisions["source"]) == {"rule"}
    assert set(after["decisions"]) - {""} <= set(decisions["id"])
    assert "left out by a decision" in basis(study)["excluded"]
    assert "whose value in %MVIC alone" in basis(study)["excluded"]


@pytest.mark.slow
def test_a_run_excludes_as_comparing_does(study):
    change(study, "on_fail: keep", "on_fail: exclude")
    compare_study(study)
    compared = {name: file_hash(results(study) / name) for name in ("metrics.csv", "decisions.csv", "comparisons.html")}
    emgpipe.run_study(study)
    assert {name: file_hash(results(study) / name) for name in compared} == compared


def test_with_and_without_stand_beside_the_comparisons(study):
    change(study, "on_fail: keep", "on_fail: exclude")
    compare_study(study)
    own = file_hash(results(study) / "comparisons" / "ranking.csv")
    assert main(["compare", str(study), "--with-excluded", "--quiet"]) == 0
    assert main(["compare", str(study), "--without-marked", "fail", "--quiet"]) == 0
    assert file_hash(results(study) / "comparisons" / "ranking.csv") == own
    assert basis(study, "comparisons_with_excluded")["excluded"] == "nothing"
    assert "numbers that decisions exclude are IN" in basis(study, "comparisons_with_excluded")["selection"]
    assert "Another selection" in (results(study) / "comparisons_with_excluded.html").read_text("utf-8")
    with_all = pd.read_csv(results(study) / "comparisons_with_excluded" / "ranking.csv")
    without = pd.read_csv(results(study) / "comparisons" / "ranking.csv")
    assert with_all["n"].sum() > without["n"].sum()
    assert pd.read_csv(results(study) / "comparisons_without_fail" / "ranking.csv").equals(without)
    outputs = json.loads((results(study) / "run.json").read_text("utf-8"))["outputs"]
    assert outputs["comparisons_with_excluded.html"] == file_hash(results(study) / "comparisons_with_excluded.html")
    change(study, "on_fail: exclude", "on_fail: keep")
    compare_study(study)  # other decisions: what was made from the old ones goes
    assert not (results(study) / "comparisons_with_excluded").exists()


def test_stop_makes_no_comparison_until_somebody_decides(study, capsys):
    change(study, "on_fail: keep", "on_fail: stop")
    assert main(["compare", str(study), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "2 checks failed" in said
    assert "emgpipe decide" in said
    assert not (results(study) / "comparisons" / "ranking.csv").exists()
    for trial in (SQUAT, MVIC):
        words = ["keep", "--trial", trial, "--finding", "clipped", "--reason", "a little", "--who", "A"]
        assert main(["decide", str(study), *words]) == 0
    assert main(["compare", str(study), "--quiet"]) == 0
    assert (results(study) / "comparisons" / "ranking.csv").exists()


def test_a_run_that_is_stopped_fails_and_keeps_its_tables_and_bad_rows_are_failures(study, capsys):
    (study.parent / "decisions.csv").write_text(
        "who,when,action,trial,reason\nA,2025-01-01,exlude," + SQUAT + ",clipped\n", "utf-8"
    )
    assert main(["compare", str(study), "--quiet"]) == 0
    assert "did you mean 'exclude'" in capsys.readouterr().err
    change(study, "on_fail: keep", "on_fail: stop")
    assert main(["run", str(study), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "no comparison was made" in said
    assert "this decision is NOT applied" in said
    assert not numbers(study)["excluded"].any()
    assert "no comparison was made" in (results(study) / "report.html").read_text("utf-8")


def test_deciding_says_what_it_will_touch_and_comparing_applies_it(study, capsys):
    words = ["exclude", "--participant", "P01", "--muscle", "Biceps femoris", "--reason", "the sensor slipped"]
    assert main(["decide", str(study), *words, "--who", "A. Lee"]) == 0
    said = capsys.readouterr().out
    assert "exclude participant P01, muscle biceps_femoris" in said
    assert f"apply it with: emgpipe compare {study}" in said
    compare_study(study)
    table = numbers(study)
    gone = table[table["excluded"]]
    assert set(gone[["participant", "muscle"]].itertuples(index=False, name=None)) == {("P01", "biceps_femoris")}
    assert f"{len(gone)} numbers left out of comparisons" in said
    (decision,) = read_table(results(study) / "decisions.csv").to_dict("records")
    assert (decision["who"], decision["reason"], decision["numbers"]) == ("A. Lee", "the sensor slipped", len(gone))
    with pytest.raises(ConfigError, match="stands there already"):
        add_decision(study, {"who": "A. Lee", "action": "exclude", "participant": "P01", "muscle": "biceps_femoris",
                             "reason": "the sensor slipped"})  # fmt: skip
    assert main(["decide", str(study), "exclude", "--trial", "P01/1/sqat", "--reason", "x", "--who", "A"]) == 0
    said = capsys.readouterr()
    assert "which is not there" in said.err
    assert "as it stands it touches nothing" in said.out
    add = {"who": "A", "action": "exclude", "trial": SQUAT, "reason": "stumbled"}
    begins = sorted(table.loc[(table["trial"] == SQUAT) & (table["repetition"] > 0), "onset"].dropna().unique())
    (line,) = add_decision(study, {**add, "onset": "999"}).consequences
    assert line.endswith(f"begin at {', '.join(f'{one:.2f}' for one in begins)} s")
    assert "numbers left out" in add_decision(study, {**add, "onset": f"{begins[0]:.1f}"}).consequences[0]
    assert main(["decide", str(study), "exclude", "--muscle", "bisceps", "--trial", SQUAT, "--reason", "x"]) == 2
    assert "nothing was written" in capsys.readouterr().err


def test_a_decision_about_a_reference_needs_a_run(study):
    add_decision(study, {"who": "A", "action": "exclude", "trial": MVIC, "reason": "clipped"})
    before = {path: file_hash(path) for path in results(study).rglob("*") if path.is_file()}
    with pytest.raises(StoreError, match=r"decisions about references changed.*emgpipe run"):
        compare_study(study)
    assert {path: file_hash(path) for path in before} == before
    emgpipe.run_study(study)
    mine = numbers(study)
    mine = mine[(mine["participant"] == "P02") & (mine["muscle"] == "biceps_femoris")]
    assert mine.loc[mine["unit"] == "%MVIC", "value"].isna().all()
    assert mine.loc[mine["metric"] == "time_to_peak", "value"].notna().any()
    assert compare_study(study).comparisons


def test_a_study_without_a_table_is_told_how_to_name_one(study, capsys):
    change(study, "  decisions: decisions.csv\n", "")
    assert main(["decide", str(study), "exclude", "--trial", SQUAT, "--reason", "x", "--who", "A"]) == 2
    assert "decisions: decisions.csv" in capsys.readouterr().err
    assert load_study(study).quality.decisions is None


def test_a_changed_threshold_needs_a_run(study):
    change(study, "on_fail: keep", "on_fail: keep\n  checks: [{kind: clipping, on_fail: exclude}]")
    compare_study(study)
    change(study, "{kind: clipping, on_fail: exclude}", "{kind: clipping, use: false}")
    with pytest.raises(StoreError, match="quality: clipping: use: True at the run, False now"):
        compare_study(study, Selection())
