"""A run that is killed loses nothing: the short form of `benchmarks/kill_test.py`."""

from __future__ import annotations

import sys

import pytest

from benchmarks.kill_test import kill_test

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


def assert_survives(folder, *, moments: int, sessions: int, seed: int) -> None:
    tally = kill_test(folder / "batch", moments, seed, sessions)
    assert not tally.faults, "\n".join(tally.lines())
    assert tally.lost == 0
    assert tally.looks > 0
    assert tally.killed == moments


def test_killed_at_some_moments(tmp_path):
    assert_survives(tmp_path, moments=2, sessions=3, seed=4)


@pytest.mark.slow
def test_killed_at_more_moments(tmp_path):
    assert_survives(tmp_path, moments=30, sessions=12, seed=7)
