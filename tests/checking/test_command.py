"""``emgpipe check`` as it is typed: studies, folders, files, JSON, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from emgpipe.cli import main

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "check.md"


def run(capsys, *arguments):
    code = main(["check", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.fixture
def folder(faulty, tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for name in ("P01_rest_1.csv", "P02_romanian-deadlift_neutral_1.csv", "P03_rest_1.c3d"):
        shutil.copy(faulty.parent / "raw" / name, raw)
    return raw


def test_one_good_file(folder, capsys):
    code, out, err = run(capsys, folder / "P01_rest_1.csv")
    assert (code, err) == (0, "")
    assert "0 failed, 0 to look at" in out
    row = next(line for line in out.splitlines() if line.startswith("P01_rest_1.csv "))
    assert row.split()[1:] == ["ok"] * 6


def test_a_folder_with_a_dead_channel(folder, capsys):
    (folder / "notes.txt").write_text("slept badly", "utf-8")
    code, out, _ = run(capsys, folder)
    assert code == 1
    assert "3 recordings" in " ".join(out.split())
    assert "FAIL P02_romanian-deadlift_neutral_1.csv, erector spinae R:" in " ".join(out.split())
    assert "notes.txt" not in out


def test_a_damaged_file_is_told_and_stops_no_other(folder, capsys):
    (folder / "bad.c3d").write_bytes((folder / "P03_rest_1.c3d").read_bytes()[:600])
    (folder / "empty.csv").touch()
    code, out, _ = run(capsys, folder, "--all")
    assert code == 1
    assert "bad.c3d" in out
    assert "empty.csv" in out
    assert sum(line.startswith("P0") for line in out.splitlines()) == 3


def test_a_recording_that_is_none_inside_is_no_file_of_another_kind(folder, capsys):
    rng = np.random.default_rng(1)
    (folder / "noise.c3d").write_bytes(rng.bytes(5000))
    (folder / "zeros.edf").write_bytes(bytes(600))
    (folder / "notes.txt").write_text("slept badly", "utf-8")
    code, out, _ = run(capsys, folder, "--all")
    assert code == 1
    assert "FAIL noise.c3d" in out
    assert "FAIL zeros.edf" in out
    assert "not looked at, since no reader can read it: notes.txt" in " ".join(out.split())


def test_not_started(folder, tmp_path, capsys):
    assert run(capsys, tmp_path / "no.csv")[0] == 2
    assert run(capsys, tmp_path / "no.yaml")[0] == 2
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "notes.txt").write_text("slept badly", "utf-8")
    assert run(capsys, tmp_path / "nothing")[0] == 2
    code, _, err = run(capsys, folder, "--participant", "P01")
    assert code == 2
    assert "is no study file" in err
    assert run(capsys, folder, "--watch", "--json")[0] == 2


def test_json_of_files_has_only_documented_keys(folder, capsys):
    code, out, _ = run(capsys, folder, folder / "P01_rest_1.csv", "--json")
    assert code == 1
    first, second = json.loads(out)["checked"]
    assert [row["recording"] for row in second["rows"]] == ["P01_rest_1.csv"]
    levels = {row["recording"]: [one["level"] for one in row["channels"]] for row in first["rows"]}
    assert levels["P02_romanian-deadlift_neutral_1.csv"].count("fail") == 1
    manual = MANUAL.read_text("utf-8")
    for keys in (first, first["rows"][0], first["rows"][0]["channels"][0]):
        assert all(f"`{key}`" in manual for key in keys)


def test_identical_results_from_one_process_and_from_several(folder, monkeypatch, capsys):
    one = run(capsys, folder, "--json")
    monkeypatch.setattr("emgpipe.checking.recordings.LEAST", 1)
    monkeypatch.setattr("emgpipe.checking.work.processors", lambda: 2)
    assert run(capsys, folder, "--json") == one


def test_hostile_samples_are_survived(tmp_path, capsys):
    rng = np.random.default_rng(1)
    columns = {
        "nan": np.full(500, np.nan), "huge": 1e300 * rng.normal(size=500), "one": np.r_[1.0, np.zeros(499)],
        "tiny": 1e-300 * rng.normal(size=500),
    }  # fmt: skip
    for name, samples in columns.items():
        table = np.column_stack([np.arange(500) / 1000.0, samples])
        path = tmp_path / f"{name}.csv"
        np.savetxt(path, table, delimiter=",", header="time (s),EMG (uV)", comments="")
    code, out, _ = run(capsys, tmp_path, "--all")
    assert code in (0, 1)
    assert all(f"{name}.csv" in out for name in columns)


def test_watching_ends_with_ctrl_c(folder, tmp_path):
    watched = tmp_path / "watched"
    watched.mkdir()
    command = [sys.executable, "-m", "emgpipe", "check", str(watched), "--watch"]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline().startswith("watching ")
        shutil.copy(folder / "P02_romanian-deadlift_neutral_1.csv", watched)
        line = child.stdout.readline()
        child.send_signal(signal.SIGINT)
        started = time.monotonic()
        try:
            assert child.wait(20) == 1
        finally:
            child.kill()
    assert line.startswith("FAIL P02_romanian-deadlift_neutral_1.csv: ")
    assert time.monotonic() - started < 20
