"""Processes of this machine: all results come, and a process that dies takes no other job along."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from emgpipe.batch import Done, Here, Local, Lost
from emgpipe.batch.crew import start_method, words_of
from emgpipe.errors import EmgpipeError
from tests.batch.pieces import DiesOnce, Loads, Marks, Unpacked, pid_of, square, troubled
from tests.batch.processes import comes_true, is_alive

ROOT = Path(__file__).parents[2]
METHODS = ["fork", "spawn"] if sys.platform == "linux" else ["spawn"]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="there are no signals like these")


def name_of(engine) -> str:
    """Return the same name in every process: tests are shared out by name."""
    return type(engine).__name__ + getattr(engine, "method", "")


def by_job(engine, work, jobs) -> dict:
    return {one.job: one for one in engine.run(work, jobs)}


@pytest.mark.parametrize("method", METHODS)
def test_a_thousand_tiny_jobs(method):
    ended = list(Local(3, method).run(square, range(1000)))
    assert sorted(one.job for one in ended) == list(range(1000))
    assert all(isinstance(one, Done) and one.result == one.job**2 for one in ended)


@pytest.mark.parametrize("jobs", [[], [7]])
def test_few_jobs(jobs):
    assert [one.result for one in Local(4).run(square, jobs)] == [49][: len(jobs)]
    assert not multiprocessing.active_children()


def test_work_is_spread_over_as_many_processes_as_asked_for_and_none_is_this_one():
    def pids(number: int, jobs: int) -> set[int]:
        return {one.result for one in Local(number).run(pid_of, range(jobs))}

    assert len(pids(1, 20)) == 1
    assert len(pids(3, 60)) <= 3
    assert os.getpid() not in pids(2, 10)


@pytest.mark.parametrize("engine", [Here(), *(Local(2, method) for method in METHODS)], ids=name_of)
def test_an_error_costs_its_own_job_and_says_what_it_was(engine):
    ended = by_job(engine, troubled, ["user error", "good", "our error", "memory"])
    assert ended["good"] == Done("good", "good")
    assert ended["user error"] == Lost("user error", "the file is not there")
    assert "KeyError: 'x'" in ended["our error"].reason
    assert "--jobs 1" in ended["memory"].reason


@pytest.mark.parametrize("method", METHODS)
def test_a_result_that_cannot_travel_is_lost_and_no_hang(method):
    ended = by_job(Local(1, method), troubled, ["unpicklable", "not unpicklable", "large", "good"])
    assert "cannot pickle" in ended["unpicklable"].reason
    assert "no number" in ended["not unpicklable"].reason
    assert len(ended["large"].result) == 3 << 20
    assert ended["good"].result == "good"


@posix_only
@pytest.mark.parametrize("method", METHODS)
def test_a_process_that_dies_each_time_costs_its_own_job_and_says_how(method):
    jobs = ["good", "kill", "exit", "sys exit", "noise"]
    ended = by_job(Local(2, method), troubled, jobs)
    assert set(ended) == set(jobs)
    assert ended["good"].result == "good"
    assert ended["noise"].result == "noise"
    assert "twice (signal 9, SIGKILL), probably for want of memory" in ended["kill"].reason
    assert "twice (exit code 3)" in ended["exit"].reason
    assert "twice (exit code 4)" in ended["sys exit"].reason


@linux_only
def test_a_crash_of_a_library_is_named():
    ended = by_job(Local(1, "spawn"), troubled, ["crash"])  # a forked process has pytest's own handler, which tells
    assert "signal 11, SIGSEGV" in ended["crash"].reason
    assert words_of(-250) == "signal 250"


@posix_only
@pytest.mark.parametrize("method", METHODS)
def test_a_job_whose_process_was_killed_is_done_again_in_a_new_process(method, tmp_path, caplog):
    jobs = [f"job{number}" for number in range(4)]
    ended = list(Local(2, method).run(DiesOnce(tmp_path), jobs))
    assert sorted(one.result[0] for one in ended) == jobs
    assert [record.getMessage().count("signal 9, SIGKILL") for record in caplog.records] == [1] * 4
    died_in = {int(path.read_text("ascii")) for path in tmp_path.iterdir()}
    assert died_in.isdisjoint(one.result[1] for one in ended)


@posix_only
@pytest.mark.parametrize("method", METHODS)
def test_a_process_killed_while_it_has_nothing_to_do_costs_nothing(method):
    with closing(Local(1, method).run(pid_of, range(3))) as run:
        first = next(run)
        os.kill(first.result, signal.SIGKILL)
        rest = list(run)
    assert sorted(one.job for one in rest) == [1, 2]
    assert all(isinstance(one, Done) for one in rest)


@posix_only
@pytest.mark.parametrize("method", METHODS)
def test_ctrl_c_does_not_reach_the_workers(method):
    assert by_job(Local(1, method), troubled, ["interrupt"])["interrupt"].result == "interrupted"


@pytest.mark.parametrize("method", METHODS)
def test_what_a_library_prints_does_not_come_between_our_lines(method, capfd):
    assert by_job(Local(1, method), troubled, ["noise"])["noise"].result == "noise"
    assert "written by a library" not in capfd.readouterr().out


@linux_only
@pytest.mark.parametrize("method", METHODS)
def test_closing_early_ends_workers_and_their_children(method, tmp_path):
    with closing(Local(2, method).run(Marks(tmp_path), ["slow", "quick"])) as run:
        assert next(run).job == "quick"  # the first worker that was ready has the slow one
        assert comes_true((tmp_path / "slow.pids").exists)
        pids = [int(pid) for path in tmp_path.glob("*.pids") for pid in path.read_text("ascii").split()]
    assert not multiprocessing.active_children()
    assert comes_true(lambda: not any(map(is_alive, pids)))


SCRIPT = """
import sys
from pathlib import Path
from emgpipe.batch import Local, worker
from tests.batch.pieces import Marks
if __name__ == "__main__":
    if sys.argv[3] == "unaided":
        worker.end_with = lambda parent: None
    try:
        list(Local(2, sys.argv[2]).run(Marks(Path(sys.argv[1])), ["slow1", "slow2", "slow3"]))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@linux_only
@pytest.mark.parametrize(
    ("method", "help_of_linux", "by"),
    [
        *((method, "aided", by) for method in METHODS for by in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)),
        ("fork", "unaided", signal.SIGKILL),  # as on other systems: each sees the end of a pipe
    ],
)
def test_no_worker_outlives_the_parent(method, help_of_linux, by, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path), method, help_of_linux]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert comes_true(lambda: len(list(tmp_path.glob("*.pids"))) == 2)
        pids = [int(pid) for path in tmp_path.glob("*.pids") for pid in path.read_text("ascii").split()]
        assert len(pids) == 4
        assert all(map(is_alive, pids))
        parent.send_signal(by)
        try:
            out, _ = parent.communicate(timeout=60)
        finally:
            parent.kill()
    assert comes_true(lambda: not any(map(is_alive, pids)))
    assert out == ("interrupted\n" if by == signal.SIGINT else "")


def test_a_process_that_cannot_even_start_is_an_error_and_no_endless_loop():
    with pytest.raises(EmgpipeError, match=r"no further process can be started .*exit code 1.*--jobs 0"):
        list(Local(2, METHODS[0]).run(Unpacked(), [1, 2, 3]))
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("method", METHODS)
def test_libraries_are_loaded_once_for_all_that_are_forked(method):
    loaded = [one.result for one in Local(2, method).run(Loads(), range(4))]
    assert loaded == [[os.getpid()] if method == "fork" else []] * 4


def test_work_that_cannot_be_pickled_is_said_at_once():
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        list(Local(2).run(lambda job: job, [1]))


def test_other_threads_are_a_reason_not_to_fork():
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert start_method() == "spawn"
    finally:
        done.set()
        other.join()


@pytest.mark.parametrize("engine", [Here(), Local(1)], ids=name_of)
def test_no_job_is_begun_after_a_reason_to_stop(engine):
    ended: list[int] = []
    ended.extend(one.job for one in engine.run(square, range(10), lambda: len(ended) >= 3))
    assert ended == [0, 1, 2]


def test_no_fewer_than_one():
    with pytest.raises(ValueError, match="1 or more, not 0"):
        Local(0)


@pytest.mark.parametrize("workers", [0, 1])
def test_processes_that_cannot_be_started_are_done_without(monkeypatch, workers):
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    started, start = [], context.Process.start

    def refuse(process):
        if len(started) == workers:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(process)
        start(process)

    monkeypatch.setattr(context.Process, "start", refuse)
    run = Local(3, context.get_start_method()).run(len, ["a", "bb", "ccc"])
    if workers:
        assert sorted(done.result for done in run) == [1, 2, 3]
    else:
        with pytest.raises(EmgpipeError, match=r"no process can be started .*temporarily unavailable.*--jobs 0"):
            list(run)
