"""`emgpipe run`: several studies, some sessions, what is said meanwhile, and how it ends."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from emgpipe.api import How
from emgpipe.batch import Done, Here, Local, Lost
from emgpipe.cli import main
from emgpipe.commands.run import engine_of
from emgpipe.errors import ConfigError, StoppedError
from emgpipe.model import make_finding
from emgpipe.progress import ProgressLine
from emgpipe.report import outcome_lines
from emgpipe.run import run_study
from emgpipe.run.account import StudyAccount
from emgpipe.run.how import Begun, Joining, Progress
from emgpipe.run.log import Log
from emgpipe.run.only import parse_only
from emgpipe.run.said import begun_lines, table
from emgpipe.run.several import study_files
from emgpipe.session_tables import findings_table
from tests.pipeline.small import STUDY, write_small_study

JSON_KEYS = {
    "started": {
        "event",
        "study",
        "sessions",
        "due",
        "left_out",
        "up_to_date",
        "at_once",
        "seconds",
        "why",
        "left_behind",
    },
    "session": {
        *("event", "done", "failed", "total", "name", "words", "seconds", "left", "trials", "failures"),
    },
    "joining": {"event", "sessions"},
    "study": {
        *("event", "file", "state", "name", "folder", "sessions", "processed", "up_to_date", "left_out", "lost"),
        *("trials", "failed", "findings", "failures", "error", "report", "seconds"),
    },
    "finished": {"event", "studies", "exit_code", "seconds"},
    "next_study": {"event", "file", "number", "of"},
    "interrupted": {"event", "file", "finished", "sessions"},
}


def write_broken_study(folder: Path, people: int = 3, name: str = "broken") -> Path:
    """Write a study whose recordings are no recordings, so that its run takes no time."""
    (folder / "raw").mkdir(parents=True)
    for number in range(1, people + 1):
        (folder / "raw" / f"P{number:02d}_back-squat_neutral_1.csv").write_text("no table", "utf-8")
    study = folder / f"{name}.yaml"
    study.write_text(STUDY.format(more="").replace("name: small", f"name: {name}"), "utf-8")
    return study


def lines_of(text: str) -> list[dict[str, object]]:
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        assert set(event) == JSON_KEYS[event["event"]]
    return events


# -- some sessions ---------------------------------------------------------------------------------------------------


def test_some_sessions_then_all_then_none(tmp_path, capsys):
    study, log = write_small_study(tmp_path), tmp_path / "run.log"
    assert main(["run", str(study), "--only", "participant=P02", "--json", "--log-file", str(log)]) == 0
    started, session, joining, ended, finished = lines_of(capsys.readouterr().out)
    assert (started["sessions"], started["due"], started["left_out"], started["up_to_date"]) == (2, 1, 1, 0)
    assert started["why"] == ["P02/1: it was not processed yet"]
    assert (session["name"], session["done"], session["total"], session["failures"]) == ("P02/1", 1, 1, [])
    assert joining["sessions"] == 2
    assert (ended["state"], ended["processed"], ended["left_out"], ended["trials"]) == ("done", 1, 1, 8)
    assert finished["exit_code"] == 0
    results = tmp_path / "processed" / "small"
    assert Path(str(ended["report"])) == results / "report.html"
    assert "P01" not in (results / "metrics.csv").read_text("utf-8")
    assert "session_left_out" in (results / "findings.csv").read_text("utf-8")

    # the session that was left out before is done, the other one is not done again, and nothing was lost
    assert main(["run", str(study), "--json", "--log-file", str(log)]) == 0
    started, session, _, ended, _ = lines_of(capsys.readouterr().out)
    assert (started["due"], started["up_to_date"], session["name"]) == (1, 1, "P01/1")
    assert ended["left_out"] == 0
    assert "session_left_out" not in (results / "findings.csv").read_text("utf-8")
    # asked for alone: the others are up to date and stay in the tables
    before = (results / "metrics.csv").read_bytes()
    assert main(["run", str(study), "--only", "participant=P01"]) == 0
    assert "nothing changed since the run before; its 2 sessions are up to date" in capsys.readouterr().out
    assert (results / "metrics.csv").read_bytes() == before
    assert {path.name for path in (results / "sessions").glob("*.h5")} == {"P01_1.h5", "P02_1.h5"}

    text = study.read_text("utf-8")
    study.write_text(text.replace("name: small", "name: small\ntitle: another"), "utf-8")
    assert main(["run", str(study)]) == 0
    assert "small: no session changed; tables, comparisons and report are made again" in capsys.readouterr().err

    # a session that is no longer up to date, and not asked for, goes from the tables and not from the disk
    (tmp_path / "raw" / "P02_back-squat_neutral_1.csv").write_text("no table", "utf-8")
    assert main(["run", str(study), "--only", "participant=P01", "--quiet"]) == 0
    assert "WARN P02: not processed yet: not asked for (--only)" in capsys.readouterr().err
    assert "P02" not in (results / "metrics.csv").read_text("utf-8")
    assert (results / "sessions" / "P02_1.h5").is_file()
    assert main(["run", str(study), "--quiet"]) == 1
    assert main(["run", str(study), "--quiet"]) == 1, "what failed before has not become better"
    assert "as before, 1 of 8 trials failed" in capsys.readouterr().out

    logged = log.read_text("utf-8")
    assert f"emgpipe run {study} --only participant=P02 --log-file {log} --json" in logged
    assert "numpy" in logged
    assert "WARN session_left_out, P01: not processed yet: not asked for (--only) -> run without --only" in logged
    assert logged.count("exit code 0") == 2
    assert all(line[:4].isdigit() and line[19:21] == "  " for line in logged.splitlines())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("participant=P3", "there is no participant 'P3'; did you mean 'P03'"),
        ("session=9", "there is no session '9'. There is: 1"),
        ("person=P03", "'person' cannot be chosen by. Write --only participant=P03"),
        ("particpant=P03", "did you mean 'participant'?"),
        ("participant=", "no name stands behind '='"),
    ],
)
def test_names_that_are_not_there(tmp_path, capsys, given, said):
    assert main(["run", str(write_broken_study(tmp_path)), "--only", given]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "processed" / "broken" / "sessions").exists()


def test_several_names_and_both_kinds():
    assert parse_only(["participant=P01, P02", "participant=P03"]) == {"participant": ("P01", "P02", "P03")}


# -- several studies -------------------------------------------------------------------------------------------------


def test_one_study_that_cannot_be_run_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        write_broken_study(tmp_path / name, 2, name)
    shutil.copytree(tmp_path / "one", tmp_path / "three")
    (tmp_path / "three" / "one.yaml").write_text("name: three\nchannels: 5\n", "utf-8")
    (tmp_path / "two" / "P07_back-squat_neutral_1.csv").touch()
    assert main(["run", "*/*.yaml", "--quiet", "--log-file", "all.log"]) == 2
    out, err = capsys.readouterr()
    assert "== three/one.yaml (1 of 3)\n" in out.replace("\\", "/"), "what cannot be run is told first"
    assert "three/one.yaml:2:11" in err.replace("\\", "/")
    heads, *rows = out[out.index("study  sessions") :].splitlines()
    assert heads.split() == ["study", "sessions", "done", "up", "to", "date", "failed", "findings"]
    assert [row.split()[:3] for row in rows[::2]] == [["one", "-", "-"], ["one", "2", "2"], ["two", "2", "2"]]
    assert rows[1].strip().startswith("NOT RUN: ")
    assert "2 of 2 trials" in rows[2]
    assert "report.html" in rows[3]
    assert (tmp_path / "all.log").read_text("utf-8").count("FAIL trial_failed") == 4

    assert main(["run", "*/*.yaml", "--quiet", "--json", "--only", "participant=P02", "--stop-on-error"]) == 2
    events = lines_of(capsys.readouterr().out)
    assert [event["event"] for event in events] == ["next_study", "study", "finished"], "stopped at the first"

    assert main(["run", "one/one.yaml", "two/two.yaml", "--only", "participant=P08"]) == 2
    assert "there is no participant 'P08'" in capsys.readouterr().err


def test_a_study_without_the_session_that_is_asked_for_is_passed_over(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_broken_study(tmp_path, 1, "small")
    write_broken_study(tmp_path / "large", 2, "large")
    assert main(["run", "small.yaml", "large/large.yaml", "--json", "--only", "participant=P02"]) == 1
    states = {event["file"]: event["state"] for event in lines_of(capsys.readouterr().out) if event["event"] == "study"}
    assert list(states.values()) == ["nothing asked for", "done"]
    assert not (tmp_path / "processed" / "small").exists()


def test_what_studies_take_over_is_no_study(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    study = write_broken_study(tmp_path, 1)
    (tmp_path / "lab.yaml").write_text("title: of all studies\n", "utf-8")
    study.write_text("extends: lab.yaml\n" + study.read_text("utf-8"), "utf-8")
    shutil.copy(study, tmp_path / "other.yaml")
    text = (tmp_path / "other.yaml").read_text("utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("name: broken", "name: other"), "utf-8")
    assert main(["run", "*.yaml", "--quiet", "--json"]) == 1
    *_, finished = lines_of(capsys.readouterr().out)
    assert [one["file"] for one in finished["studies"]] == ["broken.yaml", "other.yaml"]


def test_two_studies_never_share_a_folder_of_results(tmp_path, capsys):
    study = write_broken_study(tmp_path)
    other = tmp_path / "again.yaml"
    shutil.copy(study, other)
    assert main(["run", str(study), str(other)]) == 2
    said = capsys.readouterr().err
    assert f"{study} and {other} both write to {tmp_path / 'processed' / 'broken'}" in said
    assert not (tmp_path / "processed").exists()


def test_names_of_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.yaml", "a.yaml", "[1].yaml"):
        (tmp_path / name).touch()
    assert study_files(["?.yaml", "b.yaml", "./a.yaml"]) == [Path("a.yaml"), Path("b.yaml")]
    assert study_files(["[1].yaml"]) == [Path("[1].yaml")], "a file of that very name"
    with pytest.raises(ConfigError, match=r"no file of the name \*\.yml"):
        study_files(["*.yml"])


# -- how it ends -----------------------------------------------------------------------------------------------------


def test_stop_at_the_first_failure_and_go_on(tmp_path, capsys):
    study = write_broken_study(tmp_path)
    assert main(["run", str(study), "--stop-on-error", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert (
        "stopped at the first failure (--stop-on-error). P01/1: 1 trial, 1 FAILED (P01/1/back_squat.neutral.1: " in said
    )
    assert "1 of 3 sessions are finished and will not be done again" in said
    assert not (tmp_path / "processed" / "broken" / "report.html").exists()
    with pytest.raises(StoppedError, match="2 of 3 sessions are finished"):
        run_study(study, how=How(stop_on_error=True))
    assert main(["run", str(study), "--stop-on-error", "--json"]) == 1
    *_, ended, finished = lines_of(capsys.readouterr().out)
    assert (ended["state"], ended["processed"], ended["up_to_date"]) == ("stopped", 1, 2)
    assert finished["exit_code"] == 1


def test_supervised_processes_end_what_they_began(tmp_path):
    study, told = write_broken_study(tmp_path, 6), []
    with pytest.raises(StoppedError):
        run_study(study, how=How(engine=Local(2), stop_on_error=True), tell=told.append)
    ended = [event for event in told if isinstance(event, Progress)]
    assert 1 <= len(ended) <= 3
    assert len(list((tmp_path / "processed/broken/sessions").glob("*.h5"))) == len(ended)


class Interrupting(Here):
    """As if Ctrl-C were pressed after the first session."""

    def run(self, work, jobs, stop=lambda: False):
        for job in jobs[:1]:
            assert not stop()
            yield Done(job, work(job))
        raise KeyboardInterrupt


class Losing(Here):
    """As if the process of every session had died."""

    def run(self, work, jobs, stop=lambda: False):
        assert callable(work)
        for job in () if stop() else jobs:
            yield Lost(job, "its process died, twice")


def test_after_ctrl_c_it_says_what_is_finished(tmp_path, monkeypatch, capsys):
    study, log = write_broken_study(tmp_path), tmp_path / "log"
    monkeypatch.setattr("emgpipe.commands.run.engine_of", lambda _: lambda _: Interrupting())
    assert main(["run", str(study), "--log-file", str(log)]) == 130
    said = "stopped; 1 of 3 sessions are finished and will not be done again; go on with the same command"
    assert f"emgpipe: {said}" in capsys.readouterr().err
    assert said in log.read_text("utf-8")
    assert main(["run", str(study), "--json"]) == 130
    *_, last = lines_of(capsys.readouterr().out)
    assert (last["event"], last["finished"], last["sessions"]) == ("interrupted", 2, 3)


class Ending(Here):
    """Is ended from outside after the first job, as by a shutdown."""

    def run(self, work, jobs, stop=lambda: False):
        yield from super().run(work, jobs[:1], stop)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_shutdown_is_told_like_ctrl_c(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("emgpipe.commands.run.engine_of", lambda _: lambda __: Ending())
    study, log = write_small_study(tmp_path), tmp_path / "log.txt"
    assert main(["run", str(study), "--log-file", str(log)]) == 130
    assert "stopped; 1 of 2 sessions" in capsys.readouterr().err
    assert "stopped" in log.read_text("utf-8")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_lost_sessions_are_failures(tmp_path, monkeypatch, capsys):
    study = write_broken_study(tmp_path, 2)
    monkeypatch.setattr("emgpipe.commands.run.engine_of", lambda _: lambda _: Losing())
    assert main(["run", str(study), "--log-file", str(tmp_path / "log")]) == 1
    out, err = capsys.readouterr()
    assert "[1/2, 1 failed, " in err
    assert "P01/1: LOST: its process died, twice" in err
    assert err.count("its process died, twice") == 3, "two while it ran, and both together at the end"
    assert "0 of 2 trials processed, 2 failed" in out
    assert "FAIL session_lost, P01: its process died, twice" in (tmp_path / "log").read_text("utf-8")
    monkeypatch.undo()
    assert main(["run", str(study), "--json", "--jobs", "0"]) == 1
    assert lines_of(capsys.readouterr().out)[0]["due"] == 2, "what was lost is tried again"


def test_an_error_of_ours_in_one_study_does_not_cost_the_others(tmp_path, monkeypatch, capsys):
    studies = [write_broken_study(tmp_path / name, 1, name) for name in ("one", "two")]
    from emgpipe.run import study

    gather = study.gather

    def spoilt(opened, planned):
        if opened.study.name == "one":
            raise ZeroDivisionError("planted")
        return gather(opened, planned)

    monkeypatch.setattr("emgpipe.run.study.gather", spoilt)
    assert main(["run", *map(str, studies), "--json"]) == 2
    first, second = (event for event in lines_of(capsys.readouterr().out) if event["event"] == "study")
    assert (first["state"], second["state"]) == ("not run", "done")
    assert "ZeroDivisionError: planted" in first["error"]
    with pytest.raises(ZeroDivisionError):
        main(["run", str(studies[0]), "--log-file", str(tmp_path / "log")])
    assert "ZeroDivisionError: planted" in (tmp_path / "log").read_text("utf-8")


# -- where it works --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "variable", "engine"),
    [("2", "0", Local(2)), (None, "3", Local(3)), ("0", "3", Here), ("here", None, Here), (None, None, Local(1))],
)
def test_number_of_processes(monkeypatch, option, variable, engine):
    monkeypatch.delenv("EMGPIPE_JOBS", raising=False)
    if variable:
        monkeypatch.setenv("EMGPIPE_JOBS", variable)
    from argparse import Namespace

    found = engine_of(Namespace(jobs=option, cluster=None))([])
    assert isinstance(found, Here) if engine is Here else found == engine


def test_jobs_that_are_no_number(tmp_path, capsys):
    assert main(["run", str(write_broken_study(tmp_path)), "--jobs", "many"]) == 2
    assert "--jobs many: give a number of processes, such as 2, or 0" in capsys.readouterr().err


# -- what is said ----------------------------------------------------------------------------------------------------


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_progress_fits_a_terminal_and_failures_stay(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    line = ProgressLine(Screen())
    line(0, 30, "")
    line(20, 30, "P20/1: " + 20 * "many words ", failed=2)
    line.above("P20/1: 3 trials, 1 FAILED")
    line(30, 30, "P30/1: 3 trials", failed=2)
    printed = line.stream.getvalue()
    first, second, failure, last = filter(None, printed.replace("\r", "\n").split("\n"))
    assert first.startswith("[................] 0/30, 30 to do")
    assert second.startswith("[##########......] 20/30, 2 failed, 10 to do, 0 s left  P20/1: many words")
    assert second.endswith("...")
    assert failure == "P20/1: 3 trials, 1 FAILED"
    assert last.startswith("[################] 30/30, 2 failed, 0 s  P30/1: 3 trials")
    assert max(map(len, (first, second, last))) < 80
    assert printed.endswith("\n")


def test_rankings_and_errors_fit_the_terminal(tmp_path, monkeypatch, capsys):
    study = write_small_study(tmp_path)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("emgpipe.progress.columns_of", lambda _: 60)
    monkeypatch.setattr("emgpipe.commands.run_terminal.columns_of", lambda _: 60)
    assert main(["run", str(study)]) == 0
    out = capsys.readouterr().out
    assert "rank   value" in out
    assert max(map(len, out.splitlines()[:-1])) <= 60  # the last one is the path of the report
    assert main(["run", str(study), "--only", "P01"]) == 2
    assert max(map(len, capsys.readouterr().err.splitlines())) <= 60


def test_what_to_do_is_said_once_where_it_repeats(tmp_path):
    result = run_study(write_small_study(tmp_path, participants=1))
    found = [
        make_finding("flat", "warn", f"reason {n}", remedy=remedy, participant="P01", session="1", trial=f"P01/1/a.{n}")
        for n, remedy in enumerate(["look at the electrodes", "look at the electrodes", "put on another sensor"])
    ]
    lines = [line.strip() for line in outcome_lines(replace(result, findings=findings_table(found)))]
    assert lines[1::2] == ["look at the electrodes", "what to do: as above", "put on another sensor"]


def test_many_reasons_are_capped():
    begun = Begun("s", 40, 30, 3, 2, 7200.0, tuple(f"P{n}: file {n} changed" for n in range(9)), "a run was killed")
    first, head, *why, more = begun_lines(begun)
    assert first == "  a run was killed"
    assert head == "s: 30 of 40 sessions to be processed, 7 up to date, 3 not asked for, 2 at once, up to 2 h 0 min"
    assert len(why) == 4
    assert "and 5 more reasons" in more


def test_table_of_studies_is_narrow():
    accounts = (
        StudyAccount(
            Path("a.yaml"), "done", "glutes", Path("p"), 120, 100, 18, 0, 2, 2500, 31, {"fail": 12, "warn": 140}
        ),
        StudyAccount(Path("b.yaml"), "stopped", "necks", Path("p"), 12, 3, error="stopped " + 50 * "at a failure "),
    )
    head, first, _, second, why = table(accounts)
    assert " ".join(first.split()) == "glutes 120 100 18 2 lost, 31 of 2500 trials 12 fail, 140 warn"
    assert second.split() == ["necks", "12", "3", "0", "-", "-"]
    assert why.strip().startswith("STOPPED: stopped at a failure")
    assert len(why) < 180
    assert len(head) < 80


def test_a_log_keeps_to_lines_and_gives_up_quietly(tmp_path, capsys):
    log = Log(tmp_path / "log")
    log(Progress(1, 1, 2, "P01/1", "LOST: two\nlines \x1b[31mred", 3.0))
    log(Joining(2))
    text = (tmp_path / "log").read_text("utf-8")
    assert "session  [1/2, 1 failed, 3 s left] P01/1: LOST: two | lines  [31mred" in text
    assert "tables   tables, comparisons and report" in text

    class Full(io.StringIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    log.close()
    log._file = Full()
    log(Joining(2))
    log(Joining(2))
    assert capsys.readouterr().err.count("cannot be written any more (No space left on device)") == 1


def test_a_log_that_cannot_be_written(tmp_path, capsys):
    study = write_broken_study(tmp_path)
    assert main(["run", str(study), "--log-file", str(tmp_path / "none" / "log")]) == 2
    assert "cannot be written (No such file or directory); name another file" in capsys.readouterr().err
    assert not (tmp_path / "processed").exists()
