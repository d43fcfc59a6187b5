"""``emgpipe init`` as it is typed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from emgpipe.cli import main
from emgpipe.config import load_study

_SPEC = importlib.util.spec_from_file_location("recordings", Path(__file__).with_name("recordings.py"))
recordings = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(recordings)


@pytest.fixture
def folder(tmp_path):
    for name in ("P1_squat_1", "P1_BHT_1", "P2_squat_1", "P2_BHT_1", "P1_MVC_gmax_1", "P1_oops"):
        recordings.write(tmp_path / "raw" / f"{name}.csv", ["RT GLUT MAX (uV)", "EMG 4 (uV)", "Hip angle (deg)"])
    (tmp_path / "raw" / "protocol.txt").write_text("bar 60 kg\n", encoding="utf-8")
    return tmp_path / "raw"


def test_the_draft_is_written_here_and_summed_up(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "raw"]) == 0
    printed = capsys.readouterr().out
    assert "6 recordings found: delimited text (6)" in printed
    assert "5 trials of 2 participants understood: 4 task, 1 mvic" in printed
    assert "1 rows are left out until you fill them in" in printed
    assert "1 EMG channels without a muscle: EMG 4 (uV)" in printed
    assert "protocol.txt: " in printed
    assert printed.rstrip().endswith("emgpipe run study.yaml")
    assert load_study(tmp_path / "study.yaml").recordings.folder.resolve() == folder
    assert "#   protocol.txt: " in (tmp_path / "study.yaml").read_text(encoding="utf-8")


def test_nothing_is_written_among_the_recordings_unless_asked(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert main(["init", "."]) != 0
    assert "--out ../study.yaml" in capsys.readouterr().err
    assert not (folder / "study.yaml").exists()
    assert main(["init", ".", "--out", "study.yaml"]) == 0
    assert load_study(folder / "study.yaml").name


def test_a_draft_is_not_replaced_unless_forced(folder, tmp_path, capsys):
    out = str(tmp_path / "s.yaml")
    assert main(["init", str(folder), "--out", out]) == 0
    assert main(["init", str(folder), "--out", out]) != 0
    assert "--force" in capsys.readouterr().err
    assert main(["init", str(folder), "--out", out, "--force"]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"raw", "s.yaml", "s_trials.csv"}


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert main(["init", str(tmp_path / "nowhere"), "--out", str(tmp_path / "s.yaml")]) != 0
    assert "no folder" in capsys.readouterr().err
