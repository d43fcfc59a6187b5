"""Several pieces of work at once, each in a process of its own, the results in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from emgpipe.batch import Here, Local, Lost, processors

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Told after each piece: how many are done, how many there are, and in words what was done."""
MOST_PROCESSES: Final = 4
"""More would wait for one disk, and each holds the signals of a session in memory."""


@dataclass(frozen=True, slots=True)
class Pieces(Generic[Item, Result]):
    """What is done with each item, and how it is told.

    Attributes
    ----------
    work : callable
        Can be pickled, and so can the items and what it returns.
    words : callable
        Says of an item what was done.
    lost : callable
        Takes an item and the reason why it could not be worked on, and gives a result that says so.
    """

    work: Callable[[Item], Result]
    words: Callable[[Item], str]
    lost: Callable[[Item, str], Result]


@dataclass(frozen=True, slots=True)
class _Numbered(Generic[Item, Result]):
    """Does the work on an item that carries its number, by which results are put in order."""

    work: Callable[[Item], Result]

    def __call__(self, numbered: tuple[int, Item]) -> Result:
        return self.work(numbered[1])


def in_parallel(
    pieces: Pieces[Item, Result], items: Sequence[Item], progress: Progress | None = None, least: int = 1
) -> Iterator[Result]:
    """Yield what the work gives for each item, in their order; one that is lost costs no other.

    Parameters
    ----------
    least : int
        Items a process must have to be worth the time it takes to start.
    """
    number = min(processors(), MOST_PROCESSES, len(items) // least)
    engine = Here() if number < 2 else Local(number)
    early: dict[int, Result] = {}
    following = 0
    with closing(engine.run(_Numbered(pieces.work), list(enumerate(items)))) as ended:
        for done, one in enumerate(ended, start=1):
            place, item = one.job
            early[place] = pieces.lost(item, one.reason) if isinstance(one, Lost) else one.result
            if progress is not None:
                progress(done, len(items), pieces.words(item))
            while following in early:
                yield early.pop(following)
                following += 1
