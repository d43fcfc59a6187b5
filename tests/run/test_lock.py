"""One run at a time in a folder of results."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emgpipe.errors import StoreError
from emgpipe.store import hold
from emgpipe.store.lock import LOCK_FILE

ROOT = Path(__file__).parents[2]
WORDS = "emgpipe run study.yaml"
ME = {"pid": os.getpid(), "host": platform.node(), "command": WORDS, "since": "2025-01-01 00:00:00"}
HOLDER = """
import sys, time
from pathlib import Path
from emgpipe.store import hold
with hold(Path(sys.argv[1]), "emgpipe run other.yaml"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the folder."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.fixture
def without_locks(monkeypatch):
    """A file system that has no locks."""
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refuse)


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_folder_is_free_again_afterwards(tmp_path):
    folder = tmp_path / "not" / "there yet"
    for _ in range(2):
        with hold(folder, WORDS) as left:
            assert left == ""
            assert json.loads((folder / LOCK_FILE).read_text("utf-8"))["command"] == WORDS
    assert list(folder.iterdir()) == []


def test_it_is_free_again_after_an_error(tmp_path):
    with pytest.raises(KeyError), hold(tmp_path, WORDS):
        raise KeyError
    with hold(tmp_path, WORDS):
        pass


def test_the_second_is_told_who_holds_it_and_what_to_do(tmp_path, other):
    with pytest.raises(StoreError) as caught, hold(tmp_path, WORDS):
        pass
    text = str(caught.value)
    assert text.startswith(f"{tmp_path} is in use by 'emgpipe run other.yaml' (process {other.pid} on {ME['host']})")
    assert f"since {time.strftime('%Y-')}" in text
    assert "Wait for its end, or stop it; nothing was changed" in text
    assert other.poll() is None


def test_the_same_process_does_not_take_it_twice(tmp_path):
    with hold(tmp_path, WORDS):
        with pytest.raises(StoreError, match=r"in use by 'emgpipe run study\.yaml'"), hold(tmp_path, "again"):
            pass
        assert (tmp_path / LOCK_FILE).exists()
        command, environment = [sys.executable, "-c", HOLDER, str(tmp_path)], {**os.environ, "PYTHONPATH": str(ROOT)}
        third = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50, env=environment)
        assert "in use by 'emgpipe run study.yaml'" in third.stderr  # the second has not given back what the first has
        with hold(tmp_path / "sub", WORDS):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_what_a_killed_process_left_is_recovered_and_cleared(tmp_path, other):
    names = [".metrics.csv.abcd_123.part", "sessions/.P01_1.h5.00000000.part", "comparisons/.größe.csv.zzzzzzzz.part"]
    kept = ["metrics.csv", ".hidden", "note.part", ".a.part", "sessions/P01_1.h5"]
    for name in (*names, *kept):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert (tmp_path / LOCK_FILE).exists()
    with hold(tmp_path, WORDS) as left:
        assert f"(process {other.pid}" in left
        assert "did not come to its end; unfinished files of it were removed: 3" in left
    assert {one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()} == set(kept)


@pytest.mark.skipif(sys.platform == "win32", reason="no fork there")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_neither_holds_nor_frees_it(tmp_path):
    context = multiprocessing.get_context("fork")
    with hold(tmp_path, WORDS):
        child = context.Process(target=refused, args=(tmp_path,))
        child.start()
        child.join()
        assert child.exitcode == 0
        assert (tmp_path / LOCK_FILE).exists()
        waiting = context.Process(target=time.sleep, args=(60,))
        waiting.start()
    try:
        with hold(tmp_path, WORDS):  # though a child of the first lives on
            pass
    finally:
        waiting.kill()
        waiting.join()


def refused(folder: Path) -> None:
    try:
        with hold(folder, "in a child"):
            pass
    except StoreError:
        return
    raise AssertionError("the child took the folder")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"pid": "x"}', b'{"pid": 1}'])
def test_a_damaged_lock_file_that_nobody_holds_is_no_obstacle(tmp_path, content):
    (tmp_path / LOCK_FILE).write_bytes(content)
    with hold(tmp_path, WORDS):
        pass
    assert not (tmp_path / LOCK_FILE).exists()


def test_a_folder_that_is_deleted_meanwhile_is_no_error(tmp_path):
    folder = tmp_path / "results"
    with hold(folder, WORDS):
        (folder / LOCK_FILE).unlink()
        folder.rmdir()
    assert not folder.exists()


@pytest.mark.usefixtures("without_locks")
class TestWithoutLocks:
    """Where the file system has no locks, the text of the file is the lock."""

    def test_it_is_held_and_freed(self, tmp_path):
        for _ in range(2):
            with hold(tmp_path, WORDS):
                assert (tmp_path / LOCK_FILE).exists()
        assert not (tmp_path / LOCK_FILE).exists()

    def test_a_living_process_keeps_it(self, tmp_path):
        (tmp_path / LOCK_FILE).write_text(json.dumps(ME), "utf-8")
        with pytest.raises(StoreError, match=f"process {os.getpid()} on") as caught, hold(tmp_path, WORDS):
            pass
        assert f"delete {tmp_path / LOCK_FILE}" in str(caught.value)
        assert json.loads((tmp_path / LOCK_FILE).read_text("utf-8")) == ME

    @pytest.mark.skipif(sys.platform == "win32", reason="whether a process lives is not asked there")
    def test_a_dead_one_does_not(self, tmp_path):
        (tmp_path / LOCK_FILE).write_text(json.dumps(ME | {"pid": dead_pid()}), "utf-8")
        with hold(tmp_path, WORDS) as left:
            assert "did not come to its end" in left

    def test_one_of_another_computer_is_to_be_looked_after_there(self, tmp_path):
        (tmp_path / LOCK_FILE).write_text(json.dumps(ME | {"host": "lab-pc-2", "pid": 2**22 + 1}), "utf-8")
        words = r"on lab-pc-2.*Look there whether it is still running"
        with pytest.raises(StoreError, match=words), hold(tmp_path, WORDS):
            pass

    def test_one_that_says_nothing_is_not_taken(self, tmp_path):
        (tmp_path / LOCK_FILE).touch()  # somebody may be about to write it
        with pytest.raises(StoreError, match=r"in use by another run of emgpipe.*delete"), hold(tmp_path, WORDS):
            pass


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError) as caught, hold(tmp_path, WORDS):
        pass
    monkeypatch.undo()
    assert f"{tmp_path} cannot be written to ({os.strerror(code)}); allow it, or choose another" in str(caught.value)


def test_a_file_where_the_folder_should_be_is_named(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(StoreError, match="results cannot be written to"), hold(tmp_path / "results", WORDS):
        pass
    assert (tmp_path / "results").read_text() == "a file"


def test_a_lock_that_cannot_be_written_is_not_left_open(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreError, match="No space left"), hold(tmp_path, WORDS):
        pass
    monkeypatch.undo()
    with hold(tmp_path, WORDS):
        pass
