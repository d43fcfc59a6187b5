"""Checking in several processes: results in order, and one that is lost costs no other."""

from __future__ import annotations

import sys

import pytest

from emgpipe.checking import work
from emgpipe.checking.work import Pieces, in_parallel
from tests.batch.pieces import square, troubled


def lost(item: object, reason: str) -> str:
    return f"{item} lost: {reason}"


@pytest.fixture(params=[1, 3])
def several(request, monkeypatch) -> None:
    monkeypatch.setattr(work, "processors", lambda: request.param)


@pytest.mark.usefixtures("several")
def test_results_come_in_order_and_all_are_told():
    told: list[tuple[int, int, str]] = []
    pieces = Pieces(square, str, lost)
    results = list(in_parallel(pieces, range(40), lambda *now: told.append(now)))
    assert results == [number**2 for number in range(40)]
    assert [done for done, _, _ in told] == list(range(1, 41))
    assert {total for _, total, _ in told} == {40}
    assert {int(words) for _, _, words in told} == set(range(40))


@pytest.mark.usefixtures("several")
def test_an_error_costs_its_own_item():
    results = list(in_parallel(Pieces(troubled, str, lost), ["good", "our error", "user error", "good"]))
    assert [results[0], results[2], results[3]] == ["good", "user error lost: the file is not there", "good"]
    assert "KeyError" in results[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9")
def test_a_process_that_is_killed_costs_its_own_item(monkeypatch):
    monkeypatch.setattr(work, "processors", lambda: 2)
    results = list(in_parallel(Pieces(troubled, str, lost), ["kill", "good", "good"]))
    assert "kill lost: its process was ended from outside" in results[0]
    assert results[1:] == ["good", "good"]


def test_no_process_is_started_for_a_few_items(monkeypatch):
    monkeypatch.setattr(work, "Local", None)
    assert list(in_parallel(Pieces(square, str, lost), [1, 2, 3], least=2)) == [1, 4, 9]
