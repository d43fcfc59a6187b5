"""``emgpipe inspect`` as it is typed: exit codes, JSON, pictures, streams."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from emgpipe.cli import main
from emgpipe.inspection import Look, as_json
from emgpipe.readers.parts.c3d.example import c3d_example
from emgpipe.readers.parts.edf.example import edf_example
from tests.inspection.recordings import rich, summary

MANUAL = Path(__file__).resolve().parents[2] / "docs" / "inspect.md"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "squat.edf").write_bytes(edf_example())
    (tmp_path / "thrust.c3d").write_bytes(c3d_example())
    return tmp_path


def run(capsys, *arguments):
    code = main(["inspect", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_files_and_folders(folder, capsys):
    code, out, _ = run(capsys, folder / "squat.edf", folder)
    assert code == 0
    assert "EDF/BDF" in out
    assert f"{folder}: 2 recordings" in " ".join(out.split())


def test_something_unreadable(folder, capsys):
    code, out, err = run(capsys, folder / "missing.c3d", folder / "squat.edf")
    assert code == 1
    assert "squat.edf" in out
    assert "missing.c3d: there is no such file" in err
    (folder / "bad.csv").touch()
    code, out, _ = run(capsys, folder)
    assert code == 1
    assert "0 bytes" in out


def test_not_started(folder, capsys):
    assert run(capsys, folder / "squat.edf", "--plot", folder / "out.txt")[0] == 2
    assert run(capsys, folder / "squat.edf", folder / "thrust.c3d", "--plot", folder / "out.png")[0] == 2
    assert run(capsys, folder / "squat.edf", "--plot", folder / "no" / "out.png")[0] == 2
    code, _, err = run(capsys, folder, "--plot", folder / "out.png")
    assert code == 2
    assert "folder" in err
    with pytest.raises(SystemExit) as caught:
        main(["inspect"])
    assert caught.value.code == 2


def test_plot(folder, capsys):
    code, _, err = run(capsys, folder / "squat.edf", "--plot", folder / "out.png")
    assert code == 0
    assert "out.png" in err
    assert (folder / "out.png").read_bytes().startswith(b"\x89PNG")


def test_json(folder, capsys):
    (folder / "bad.csv").touch()
    code, out, _ = run(capsys, folder / "squat.edf", folder, folder / "missing", "--json")
    assert code == 1
    paths = json.loads(out)["paths"]
    assert [one["type"] for one in paths] == ["recording", "folder", "unreadable"]
    assert [Path(one["path"]).name for one in paths[1]["recordings"]] == ["squat.edf", "thrust.c3d"]
    assert paths[1]["unreadable"][0]["path"] == str(folder / "bad.csv")
    assert paths[0]["channels"][0]["sampling_rate"] > 0
    assert paths[0]["events"]


def test_json_has_no_nan_and_only_documented_keys(tmp_path):
    from dataclasses import replace

    from emgpipe.model import channel_from_array

    gaps = summary([channel_from_array("a", np.full(9, np.nan), 10.0)])
    plain = as_json(gaps)
    assert plain["channels"][0]["rms"] is None
    assert plain["channels"][0]["sketch"] == [[None] * 9]
    json.dumps(plain, allow_nan=False)
    manual = MANUAL.read_text("utf-8")

    def keys(value):
        if isinstance(value, dict):
            for key, one in value.items():
                yield key
                yield from keys(one)
        elif isinstance(value, list):
            for one in value:
                yield from keys(one)

    (tmp_path / "a.edf").write_bytes(edf_example())
    (tmp_path / "b").write_text("nothing")
    sampled = replace(rich(), pieces=3, piece_seconds=2.0)
    for one in (as_json(sampled), as_json(Look().at(tmp_path))):
        for key in keys(one):
            assert f"`{key}`" in manual, key


def test_personal_data_only_when_asked(folder, capsys, monkeypatch):
    asked = []

    def at(self, _):
        asked.append({one.keep_personal_data for one in self.options})
        return rich()

    monkeypatch.setattr(Look, "at", at)
    run(capsys, folder / "squat.edf")
    run(capsys, folder / "squat.edf", "--personal")
    assert asked == [set(), {True}]


def test_only_what_the_encoding_lacks_is_replaced(tmp_path):
    path = tmp_path / "a.csv"
    rows = "".join(f"{n / 1000},{(n * 7919) % 401 - 200},{(n * 31) % 17}\n" for n in range(500))
    path.write_text(f"time (s),Gesäßmuskel (µV),测试 (µV)\n{rows}", "utf-8")
    environment = {"PYTHONIOENCODING": "cp1252", "COLUMNS": "80", "LINES": "30", "PATH": ""}
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "emgpipe", "inspect", str(path)]
    shown = subprocess.run(command, capture_output=True, check=True, cwd=root, env=environment).stdout.decode("cp1252")
    assert "Gesäßmuskel (µV)" in shown
    assert "?? (µV)" in shown
    assert re.search(r" µV +[_.:=+*#-]{8}", shown)


def test_a_name_that_begins_with_a_dash(folder):
    (folder / "-dash.edf").write_bytes(edf_example())
    root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-m", "emgpipe", "inspect"]
    environment = {"PYTHONPATH": root, "PATH": ""}
    done = subprocess.run([*command, "-dash.edf"], capture_output=True, check=False, cwd=folder, env=environment)
    assert done.returncode == 2
    assert b"is written ./-dash.edf" in done.stderr
    done = subprocess.run([*command, "./-dash.edf"], capture_output=True, check=False, cwd=folder, env=environment)
    assert done.returncode == 0


def test_one_row_of_numbers(tmp_path, capsys):
    path = tmp_path / "one.csv"
    path.write_text("time (s),GMAX (uV)\n0,1\n")
    code, _, err = run(capsys, path)
    assert code == 1
    assert "text with only one row of numbers" in err


def test_a_terminal_that_knows_ascii_only_and_one_that_hangs_up(folder):
    command = [sys.executable, "-m", "emgpipe", "inspect", str(folder / "squat.edf")]
    environment = {"PYTHONIOENCODING": "ascii", "COLUMNS": "80", "LINES": "30", "PATH": ""}
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(command, capture_output=True, check=True, cwd=root, env=environment)
    assert done.stdout.isascii()
    assert re.search(rb"uV +[_.:=+*#-]+", done.stdout)
    with subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as child:
        child.stdout.close()
        assert child.stderr.read() == b""


def test_notes_beside_recordings_are_no_failure(folder, capsys):
    (folder / "notes.txt").write_text("electrodes changed at 10:30\n", "utf-8")
    results = folder / "processed" / "glutes"
    results.mkdir(parents=True)
    for name in ("run.json", "report.html", "curves.csv"):
        (results / name).write_text("{}", "utf-8")
    code, out, _ = run(capsys, folder)
    said = " ".join(out.split())
    assert code == 0
    assert "2 recordings" in said
    assert "the results of a run of emgpipe, no recordings" in said
    assert "curves.csv" not in said


def test_emg_comes_first_where_not_everything_fits(data_folder, capsys, monkeypatch):
    monkeypatch.setenv("LINES", "24")
    path = data_folder / "c3d" / "HC002D06.c3d"  # force plates stand before the muscles
    _, out, _ = run(capsys, path)
    assert "Voltage.L Rect" in out
    assert "Force.Fx1" not in out
    _, out, _ = run(capsys, path, "--all")
    assert out.index("Force.Fx1") < out.index("Voltage.L Rect")
