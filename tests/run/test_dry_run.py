"""`emgpipe run --dry-run`: what would be done, why, how long; and that nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from emgpipe.batch import Local
from emgpipe.cli import main
from emgpipe.run import How
from emgpipe.run.dry import dry_lines, dry_run
from emgpipe.run.why import shortened, why_lines
from emgpipe.store import RUN_FILE
from tests.pipeline.small import write_recording, write_small_study


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(folder.rglob("*"))}


def test_before_the_first_run_nothing_is_known(tmp_path, capsys):
    study = write_small_study(tmp_path)
    before = snapshot(tmp_path)
    assert main(["run", str(study), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "small: 2 sessions: 2 to be processed, 0 up to date" in out
    assert "all 2: it was not processed yet" in out
    assert "estimated time: not known: no run of this study came to its end yet" in out
    assert main(["run", str(study), "--dry-run", "--cluster", "tcp://127.0.0.1:9"]) == 0  # no connection is made
    assert snapshot(tmp_path) == before, "nothing is written, not even a folder"


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    study = write_small_study(tmp_path_factory.mktemp("dry"))
    assert main(["run", str(study), "--quiet", "--only", "participant=P01"]) == 0
    return study


def test_what_is_due_why_and_for_how_long(ran, capsys):
    before = snapshot(ran.parent)
    assert main(["run", str(ran), "--dry-run", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["studies"]
    assert [(one["name"], one["state"]) for one in told["sessions"]] == [("P01/1", "up to date"), ("P02/1", "due")]
    assert told["sessions"][1]["reasons"] == ["it was not processed yet"]
    assert (told["due"], told["up_to_date"], told["left_out"], told["makes_report"]) == (1, 1, 0, True)
    # P02 was never run: by the size of its recordings at the speed of P01
    timing = json.loads((ran.parent / "processed/small" / RUN_FILE).read_text("utf-8"))["timing"]
    speed = timing["sessions"]["P01/1"]["longest"] / timing["sessions"]["P01/1"]["bytes"]
    expected = speed * sum(path.stat().st_size for path in (ran.parent / "raw").glob("P02*"))
    assert told["sessions"][1]["seconds"] == pytest.approx(expected)
    assert told["seconds"] == pytest.approx(expected + timing["joining"])
    assert told["seconds_basis"] == "by the size of the recordings, at the speed of those processed before"
    assert snapshot(ran.parent) == before


def test_several_at_once_take_less_time(ran):
    text = ran.read_text("utf-8")
    other = ran.with_name("other.yaml")
    other.write_text(text + "chain: [{kind: bandpass, low: 30, high: 400}, {kind: rms}]\n", "utf-8")
    alone, both = (dry_run(other, How(engine=Local(jobs))) for jobs in (1, 2))
    assert both.estimate.seconds < alone.estimate.seconds
    assert both.estimate.seconds >= max(both.estimate.sessions.values())
    first, *lines = dry_lines(both)
    assert first == "small: 2 sessions: 2 to be processed, 0 up to date"
    assert lines[:2] == ["  P01/1: setting chain changed", "    everything again"]
    assert "with 2 sessions at once (by the run before; sessions that are new by the size" in lines[-1]


def test_others_that_are_not_asked_for_are_counted(ran, capsys):
    assert main(["run", str(ran), "--dry-run", "--only", "participant=P01"]) == 0
    out = capsys.readouterr().out
    assert "0 to be processed, 1 up to date, 1 not up to date and not asked for (--only)" in out
    assert "no session changed; tables, comparisons and report would be made again" in out


def test_a_file_with_the_same_size_and_time_is_found_by_reading_it(tmp_path, capsys):
    study = write_small_study(tmp_path, participants=1)
    assert main(["run", str(study), "--quiet"]) == 0
    recording = tmp_path / "raw" / "P01_back-squat_neutral_1.csv"
    state, size = recording.stat(), recording.stat().st_size
    text = recording.read_text("utf-8")
    recording.write_text(text[:-3] + ("7" if text[-3] != "7" else "8") + text[-2:], "utf-8")
    os.utime(recording, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert recording.stat().st_size == size
    assert main(["run", str(study), "--dry-run"]) == 0
    assert "nothing changed: nothing would be done" in capsys.readouterr().out
    assert main(["run", str(study), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["studies"][0]["seconds"] == 0
    assert main(["run", str(study), "--dry-run", "--verify"]) == 0
    out = capsys.readouterr().out
    assert "P01/1: file raw/P01_back-squat_neutral_1.csv changed" in out
    assert "estimated time: up to" in out
    write_recording(tmp_path / "raw" / "P01_back-squat_neutral_2.csv", 0.4, seed=5)
    assert main(["run", str(study), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "P01/1: trial P01/1/back_squat.neutral.2 is new; " in out
    assert "file raw/P01_back-squat_neutral_2.csv is new" in out


def test_a_study_that_cannot_be_run_is_told_beside_the_others(tmp_path, capsys):
    study, broken = write_small_study(tmp_path, participants=1), tmp_path / "broken.yaml"
    broken.write_text("name: broken\n", "utf-8")
    assert main(["run", str(study), str(broken), "--dry-run"]) == 2
    out, err = capsys.readouterr()
    assert "small: 1 session: 1 to be processed" in out
    assert "broken.yaml" in err
    assert main(["run", str(study), str(broken), "--dry-run", "--json"]) == 2
    first, second = json.loads(capsys.readouterr().out)["studies"]
    assert (first["state"], second["study"]) == ("not run", "small")


def test_reasons_are_said_once():
    reasons = {f"P{n}": ["setting chain changed", *(["file x changed"] if n == 3 else [])] for n in range(5)}
    assert list(why_lines(reasons)) == ["all 5: setting chain changed", "P3: also file x changed"]
    own = {f"P{n}": [f"file {n % 2} changed"] for n in range(8)}
    assert list(why_lines(own)) == [
        "4 sessions (P0, P2, P4, ...): file 0 changed",
        "4 sessions (P1, P3, P5, ...): file 1 changed",
    ]
    assert shortened([str(n) for n in range(17)]) == "0; 1; 2; 3; 4; and 12 more"
    assert list(why_lines({})) == []
