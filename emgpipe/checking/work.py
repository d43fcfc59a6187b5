"""Several pieces of work at once, each in a process of its own, the results in order."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from typing import Any, Final, TypeVar

from emgpipe.errors import EmgpipeError

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Told after each piece: how many are done, how many there are, and in words what was done."""
MOST_PROCESSES: Final = 4
"""More would wait for one disk, and each holds the signals of a session in memory."""

_work: list[Callable[[Any], Any]] = []


def in_parallel(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    words: Callable[[Item], str],
    progress: Progress | None = None,
    least: int = 1,
) -> Iterator[Result]:
    """Yield what `work` gives for each item, in their order.

    Parameters
    ----------
    work : callable
        Can be pickled, and so can the items and what it returns.
    words : callable
        Says of an item what was done, for `progress`.
    least : int
        Items a process must have to be worth the time it takes to start.

    Raises
    ------
    EmgpipeError
        A process was ended from outside, as happens where memory runs out.
    """
    number = min(_processors(), MOST_PROCESSES, len(items) // least)
    results = map(work, items) if number < 2 else _by_pool(work, items, number)
    for done, (item, result) in enumerate(zip(items, results, strict=True), start=1):
        if progress is not None:
            progress(done, len(items), words(item))
        yield result


def _by_pool(work: Callable[[Item], Result], items: Sequence[Item], number: int) -> Iterator[Result]:
    with ProcessPoolExecutor(number, _context(), _remember, (work,)) as pool:
        try:
            yield from pool.map(_do, items)
        except BrokenProcessPool as error:
            raise EmgpipeError(
                "a process that checks recordings was ended from outside, probably for want of memory; check fewer at "
                "once, such as one participant (--participant)"
            ) from error


def _context() -> BaseContext:
    """Return how processes are started: by forking where that is safe, which takes no time."""
    can_fork = sys.platform == "linux" and threading.active_count() == 1
    return get_context("fork" if can_fork else "spawn")


def _remember(work: Callable[[Any], Any]) -> None:
    _work[:] = [work]


def _do(item: Any) -> Any:
    return _work[0](item)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
