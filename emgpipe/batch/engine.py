"""The contract of an engine: pieces of work in, what became of each out, in the order in which they end.

To add an engine: copy `here.py`, write `run`, and let `emgpipe.run.how` choose it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Done(Generic[Job, Result]):
    """A piece of work that came to its end, and what it gave."""

    job: Job
    result: Result


@dataclass(frozen=True, slots=True)
class Lost(Generic[Job]):
    """A piece of work that was lost: its process died, twice, or an error of emgpipe stopped it."""

    job: Job
    reason: str


def never() -> bool:
    """Say that there is no reason to stop."""
    return False


class Engine(Protocol):
    """Does pieces of work; one that is lost costs no other."""

    def run(
        self, work: Callable[[Job], Result], jobs: Sequence[Job], stop: Callable[[], bool] = never
    ) -> Generator[Done[Job, Result] | Lost[Job], None, None]:
        """Yield what became of each piece of work, as they end; closing the generator ends those under way.

        Parameters
        ----------
        work : callable
            Can be pickled, and so can the jobs and what it returns. An `Exception` it raises is not tried again. It
            may have a method `load_libraries`, called before processes are forked that then share what it imports.
        stop : callable
            Asked after each that ended: once it says True no further job is begun, while those under way come to
            their ends.

        Raises
        ------
        KeyboardInterrupt
            Ctrl-C; no process is left behind.
        """
        ...  # pragma: no cover - a protocol


def reason_of(error: Exception) -> str:
    """Return in words what stopped a piece of work: errors made for users as they are, others as ours."""
    from emgpipe.errors import EmgpipeError

    if isinstance(error, EmgpipeError):
        return str(error)
    if isinstance(error, MemoryError):
        return "it needs more memory than there is; run fewer sessions at once (--jobs 1), or cut long recordings"
    return (
        f"an error inside emgpipe stopped it ({type(error).__name__}: {error}); please report it with the file at hand"
    )
