"""A whole study from files to ranking, and what stays true when its inputs change."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import emgpipe
from emgpipe.cli import main
from emgpipe.store import has_parquet
from tests.pipeline.small import write_recording, write_small_study


def hashes(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_small_study(tmp_path_factory.mktemp("small"), participants=3)


@pytest.fixture(scope="module")
def result(study):
    return emgpipe.run_study(study)


def rows(result, metric="mean", muscle="gluteus_maximus_lower", **where):
    table = result.metrics
    chosen = (table["metric"] == metric) & (table["muscle"] == muscle) & (table["phase"] == "repetition")
    for column, value in where.items():
        chosen &= table[column] == value
    return table[chosen]


def outputs(folder: Path) -> set[str]:
    """Return all files of a results folder but what is kept for the next run, and the lock."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name for name in names if not name.startswith((".", "kept/"))}


def test_everything_is_processed_and_written(study, result):
    assert result.failed == ()
    assert not (result.findings["level"] == "fail").any()
    parquet = ("metrics", "curves", "findings", "references", "decisions") if has_parquet() else ()
    further = result.comparisons[0].tables
    assert outputs(result.folder) == {
        "metrics.csv", "curves.csv", "findings.csv", "references.csv", "report.html", "comparisons.html", "run.json",
        "sessions/P01_1.h5", "sessions/P02_1.h5", "sessions/P03_1.h5", "comparisons/families.csv",
        *(f"comparisons/ranking{table}.csv" for table in ("", "_cells", *(f"_{name}" for name in further))),
        "comparisons/sentences.txt", "decisions.csv", *(f"{name}.parquet" for name in parquet),
    }  # fmt: skip
    assert result.folder == study.parent / "processed" / "small"


def test_run_file_vouches_for_every_file(result):
    run = json.loads((result.folder / "run.json").read_text("utf-8"))
    assert run["outcome_counts"] == {"processed": 24}
    assert run["settings"]["chain"][1]["high"] == 450.0
    for name, digest in run["outputs"].items():
        assert hashlib.sha256((result.folder / name).read_bytes()).hexdigest() == digest
    assert {*run["outputs"], "run.json"} == outputs(result.folder)
    raw = [name for name in run["inputs"] if name.endswith(".csv")]
    assert len(raw) == 12
    assert all(len(digest) == 64 for digest in run["inputs"].values())


def test_numbers_are_what_was_simulated(result):
    """The bumps are half sines: their mean is 2/pi of the level, which itself is 0.8 and 0.4 of the MVIC."""
    thrust = rows(result, exercise="barbell_hip_thrust")
    squat = rows(result, exercise="back_squat")
    assert len(thrust) == len(squat) == 9
    assert thrust["amplitude"].mean() / squat["amplitude"].mean() == pytest.approx(2.0, rel=0.05)
    for number, person in enumerate(("P01", "P02", "P03"), start=1):
        own = rows(result, exercise="barbell_hip_thrust", participant=person)["amplitude"].mean()
        assert own == pytest.approx(number * 0.8 * 2e-4 * 2 / np.pi, rel=0.08)
    assert thrust["value"].between(40, 70).all()
    assert set(thrust["unit"]) == {"%MVIC"}


def test_ranking_names_the_right_exercise(result):
    table = result.comparisons[0].table
    first = table[(table["rank"] == 1) & (table["muscle"] == "gluteus_maximus_lower")]
    assert set(first["level"]) == {"barbell_hip_thrust"}
    assert set(first["metric"]) == {"mean", "peak"}
    assert len(pd.read_csv(result.folder / "comparisons" / "ranking.csv")) == len(table)


def test_report_shows_every_participant(result):
    page = (result.folder / "report.html").read_text("utf-8")
    for words in ("P01", "P02", "P03", "arbell hip thrust", "Gluteus maximus lower"):
        assert words in page


def test_raw_is_never_touched_and_a_second_run_gives_the_same_tables(study, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study.parent / "raw", copy / "raw")
    shutil.copy(study, copy)
    before = hashes(copy / "raw")
    first = emgpipe.run_study(copy / "study.yaml")
    once = hashes(first.folder)
    emgpipe.run_study(copy / "study.yaml")
    twice = hashes(first.folder)
    assert hashes(copy / "raw") == before
    assert {name for name in once if once[name] != twice[name]} <= {"run.json"}


def ratios(result):
    cells = result.comparisons[0].table
    return cells.sort_values(["muscle", "metric", "level"])[["ratio_to_first", "ci_low", "ci_high"]].to_numpy()


def test_rescaling_or_removing_an_mvic_leaves_paired_ratios_unchanged(study, result, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study.parent / "raw", copy / "raw")
    shutil.copy(study, copy)
    path = copy / "raw" / "P02_mvic_gluteus-maximus_prone_1.csv"
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    table[:, 1] *= 3.7
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header="time (s),GMAX (uV),BF (uV),hip (deg)", comments="")
    scaled = emgpipe.run_study(copy / "study.yaml")
    assert rows(scaled, participant="P02")["value"].mean() == pytest.approx(
        rows(result, participant="P02")["value"].mean() / 3.7, rel=1e-3
    )
    assert ratios(scaled) == pytest.approx(ratios(result), nan_ok=True)
    path.unlink()
    removed = emgpipe.run_study(copy / "study.yaml")
    assert ratios(removed) == pytest.approx(ratios(result), nan_ok=True)
    assert rows(removed, participant="P02")["value"].isna().all()
    assert rows(removed, participant="P02")["amplitude"].notna().all()
    missing = removed.findings[removed.findings["kind"] == "no_mvic"]
    assert missing[["participant", "muscle"]].to_numpy().tolist() == [["P02", "gluteus_maximus_lower"]]
    assert main(["run", str(copy / "study.yaml"), "--quiet"]) == 0


def test_shifting_a_recording_in_time_shifts_repetitions_and_nothing_else(study, result, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(study.parent / "raw", copy / "raw")
    shutil.copy(study, copy)
    path = copy / "raw" / "P01_back-squat_neutral_1.csv"
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    table[:, 0] += 100.0
    np.savetxt(path, table, delimiter=",", fmt="%.4f", header="time (s),GMAX (uV),BF (uV),hip (deg)", comments="")
    shifted = rows(emgpipe.run_study(copy / "study.yaml"), participant="P01", exercise="back_squat")
    plain = rows(result, participant="P01", exercise="back_squat")
    assert (shifted["onset"].to_numpy() - plain["onset"].to_numpy()) == pytest.approx(100.0, abs=1e-6)
    assert shifted["amplitude"].to_numpy() == pytest.approx(plain["amplitude"].to_numpy(), rel=1e-9)


def test_findings_travel_with_the_numbers_they_touch(tmp_path):
    study = write_small_study(tmp_path, participants=2)
    write_recording(tmp_path / "raw" / "P01_mvic_gluteus-maximus_prone_2.csv", 3.0)
    result = emgpipe.run_study(study)
    noted = result.findings[result.findings["kind"] == "mvic_not_plateaued"]
    assert len(noted) == 1
    touched = rows(result, participant="P01")["findings"]
    assert touched.str.contains(noted["id"].iloc[0]).all()
    assert not rows(result, participant="P02")["findings"].str.contains("mvic_not_plateaued").any()
    assert not rows(result, muscle="biceps_femoris", participant="P01")["findings"].str.contains("plateaued").any()
