"""The watch over a process that is asked something: it kills in time, and it does not stay."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from emgpipe.reading.watch import Watch


@pytest.fixture
def sleeper():
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(command) as child:
        yield child
        child.kill()


def watching() -> bool:
    return any(thread.name == "emgpipe watch" for thread in threading.enumerate())


def test_who_takes_too_long_is_killed(sleeper):
    watch, started = Watch(), time.monotonic()
    watch.begin(sleeper, 0.2)
    sleeper.wait(30)
    assert time.monotonic() - started >= 0.2
    assert watch.end()


def test_who_answers_lives_and_the_thread_leaves(sleeper):
    watch = Watch()
    for _ in range(200):
        watch.begin(sleeper, 30.0)
        assert not watch.end()
    until = time.monotonic() + 30
    while watching() and time.monotonic() < until:
        time.sleep(0.05)
    assert not watching()
    assert sleeper.poll() is None
    watch.begin(sleeper, 0.1)  # it begins again
    sleeper.wait(30)
    assert watch.end()


def test_a_question_after_one_that_was_in_time_has_its_own_time(sleeper):
    watch = Watch()
    watch.begin(sleeper, 0.3)
    watch.end()
    watch.begin(sleeper, 60.0)
    time.sleep(0.8)
    assert not watch.end()
    assert sleeper.poll() is None
