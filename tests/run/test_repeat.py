"""A run can be repeated from what its results hold, and every output comes out the same."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from emgpipe.cli import main
from emgpipe.config import load_study, plain_settings, stated_settings
from emgpipe.config.table_copy import table_copy
from emgpipe.provenance.staging import study_text
from emgpipe.run import run_study
from tests.pipeline.small import LEVELS, write_recording

ROOT = Path(__file__).parents[2]
STUDY = """
extends: lab/common.yaml
name: tabled
recordings: {folder: ../recordings, trials: trials.csv, participants: people.csv}
channels:
  - {label: GMAX, muscle: gluteus maximus lower, side: right}
  - {label: hip, kind: angle, name: hip_angle}
quality: {decisions: decisions.csv}
comparisons:
  - {kind: ranking, factor: exercise, at: {head_position: neutral}}
"""
COMMON = "name: common\nrepetitions: {kind: angle, channel: hip_angle, expected: 3}\noutput: {folder: ../../results}\n"
TRIALS = """participant;trial;role;file;target;position;exercise;head_position;first_name
P01;1;mvic;mvic.csv;gluteus maximus;prone;;;Zsofia
P01;1;task;thrust.csv;;;hip thrust;neutral;Zsofia
P01;1;task;squat.csv;;;back squat;neutral;Zsofia
P01;2;task;nobody.csv;;;back squat;neutral;Zsofia
"""
PEOPLE = "participant,sex,birth_date,seen\nP01,f,1990-05-03,2024-02-01\n"
DECISIONS = "who,when,action,participant,trial,muscle,reason\nA. Coder,2026-01-02,keep,P01,,GMAX,looked at it\n"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with tables, a base file and paths that go up, after its run; its results."""
    top = tmp_path_factory.mktemp("repeat")
    raw, home = top / "recordings", top / "study"
    raw.mkdir()
    (home / "lab").mkdir(parents=True)
    for name, level in (("mvic", "mvic"), ("thrust", "barbell_hip_thrust"), ("squat", "back_squat")):
        write_recording(raw / f"{name}.csv", LEVELS[level], seed=len(name))
    (raw / "notes.txt").write_text("nothing a reader knows", "utf-8")
    (raw / "trials.csv").write_text(TRIALS, "utf-8")
    (raw / "people.csv").write_text(PEOPLE, "utf-8")
    (home / "decisions.csv").write_text(DECISIONS, "utf-8")
    (home / "lab/common.yaml").write_text(COMMON, "utf-8")
    (home / "study.yaml").write_text(STUDY, "utf-8")
    run_study(home / "study.yaml")
    return top / "results/tabled"


@pytest.fixture
def study(ran: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoiled; its results."""
    shutil.copytree(ran.parents[1], tmp_path / "top")
    return tmp_path / "top/results/tabled"


def _outputs(text: str) -> tuple[int, int]:
    found = re.search(r"(\d+) of (\d+) outputs identical", text)
    assert found is not None
    return int(found[1]), int(found[2])


def test_without_study_file_and_tables_every_output_is_identical(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top = study.parents[1]
    shutil.rmtree(top / "study")
    for name in ("trials.csv", "people.csv", "notes.txt"):
        (top / "recordings" / name).unlink()
    before = {path: path.stat().st_mtime_ns for path in top.rglob("*") if path.is_file()}
    assert main(["repeat", str(study), "--jobs", "0", "--quiet"]) == 0
    text = capsys.readouterr().out
    same, total = _outputs(text)
    assert same == total == len(json.loads((study / "run.json").read_text("utf-8"))["outputs"])
    assert "packages: those of the run" in text
    assert "6 of 6 are those of the run" in text
    assert {path: path.stat().st_mtime_ns for path in before} == before  # nothing of the first run is touched
    assert (study.parent / "tabled.repeat").is_dir()


def test_recordings_that_moved_are_named(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (study.parents[1] / "recordings").rename(tmp_path / "archive")
    into = tmp_path / "again"
    assert main(["repeat", str(study), "--into", str(into), "--raw", str(tmp_path / "archive"), "--jobs", "0"]) == 0
    assert _outputs(capsys.readouterr().out)[0] > 10


def test_a_recording_that_changed_is_said_and_the_numbers_differ(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = study.parents[1] / "recordings"
    write_recording(raw / "squat.csv", 0.9, seed=5)
    (raw / "thrust.csv").unlink()
    assert main(["repeat", str(study), "--into", str(tmp_path / "again"), "--jobs", "0", "--quiet"]) == 1
    text = capsys.readouterr().out
    assert "CHANGED since: ../recordings/squat.csv" in text
    assert "NOT THERE: ../recordings/thrust.csv" in text
    assert "name that folder with --raw" in text
    assert "DIFFERS: metrics.csv" in text


def test_other_versions_are_said(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = json.loads((study / "run.json").read_text("utf-8"))
    run["versions"]["scipy"] = "0.1"
    (study / "run.json").write_text(json.dumps(run), "utf-8")
    main(["repeat", str(study), "--into", str(tmp_path / "again"), "--jobs", "0", "--quiet"])
    text = capsys.readouterr().out
    assert "NOT those of the run" in text
    assert "scipy 0.1 then, " in text


def test_a_folder_in_use_is_refused(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again/thesis.txt").write_text("mine", "utf-8")
    assert main(["repeat", str(study), "--into", str(tmp_path / "again")]) == 2
    assert "choose another folder with --into" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "again").iterdir()] == ["thesis.txt"]


def test_a_copy_that_was_changed_is_refused(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy,) = study.glob("inputs/**/trials.csv")
    copy.write_text(TRIALS.replace("squat.csv", "thrust.csv"), "utf-8")
    assert main(["repeat", str(study), "--into", str(tmp_path / "again")]) == 2
    assert "is not what the run wrote" in capsys.readouterr().err


def test_a_study_that_keeps_names_out_of_results_is_refused(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = json.loads((study / "run.json").read_text("utf-8"))
    run["stated"] = {}
    (study / "run.json").write_text(json.dumps(run), "utf-8")
    assert main(["repeat", str(study), "--into", str(tmp_path / "again")]) == 2
    assert "run the study file again" in capsys.readouterr().err


def test_copies_hold_no_names_and_no_birth_dates(ran: Path) -> None:
    copies = [path for path in (ran / "inputs").rglob("*") if path.is_file()]
    assert sorted(path.name for path in copies) == ["decisions.csv", "people.csv", "trials.csv"]
    text = "".join(path.read_text("utf-8") for path in copies)
    for personal in ("Zsofia", "1990-05-03", "2024-02-01"):
        assert personal not in text
    assert "P01;1;mvic;mvic.csv;gluteus maximus;prone;;;" in text
    assert "P01,f," in text


def test_a_table_without_personal_columns_is_copied_byte_by_byte(tmp_path: Path) -> None:
    content = "sep=;\r\n\r\nparticipant;file;tempo\r\nP01;a.csv;2-0-2\r\n".encode("utf-16")
    (tmp_path / "trials.csv").write_bytes(content)
    assert table_copy(tmp_path / "trials.csv") == content
    (tmp_path / "trials.xlsx").write_bytes(b"PK\x03\x04 a workbook")
    assert table_copy(tmp_path / "trials.xlsx") is None


@pytest.mark.parametrize("name", ["demo.yaml", "exercise_comparison.yaml", "neck_position.yaml"])
def test_settings_written_as_a_study_file_mean_the_same(name: str, tmp_path: Path) -> None:
    """Every study file of the package, through its settings as run.json has them, and back."""
    file = ROOT / "configs" / name
    study = load_study(file)
    if study.extends:
        (tmp_path / study.extends).write_text(f"name: {study.name}\n", "utf-8")
    (tmp_path / "study.yaml").write_text(study_text(stated_settings(study, file.parent)), "utf-8")
    again = load_study(tmp_path / "study.yaml")
    assert plain_settings(again, tmp_path) == plain_settings(study, file.parent)
    assert stated_settings(again, tmp_path) == stated_settings(study, file.parent)


def test_recordings_named_by_an_absolute_path_are_read_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.pipeline.small import write_small_study

    file = write_small_study(tmp_path / "raw_and_more", participants=1)
    home = tmp_path / "elsewhere"
    home.mkdir()
    text = file.read_text("utf-8").replace("folder: raw", f"folder: {(file.parent / 'raw').as_posix()}")
    (home / "study.yaml").write_text(text, "utf-8")
    run_study(home / "study.yaml")
    (home / "study.yaml").unlink()
    assert main(["repeat", str(home / "processed/small"), "--jobs", "0", "--quiet"]) == 0
    same, total = _outputs(capsys.readouterr().out)
    assert same == total
    assert not list((home / "processed/small.repeat").rglob("*squat*.csv"))
