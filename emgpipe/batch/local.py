"""Several pieces of work at once, in processes of this machine under our own supervision.

Each worker has a pipe of its own and one job at a time, so that one that dies (killed, out of memory, a segmentation
fault in a library) takes nothing along but that job, and it is known which one it was. The job is done once more, last
and alone, when nothing else needs memory; then it is given up. An exception is no such death: it would come again.
"""

from __future__ import annotations

import logging
import pickle
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.batch.crew import MOST, Crew, Heard, Task, start_method
from emgpipe.batch.engine import Done, Job, Lost, Result, never, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

_LOG: Final = logging.getLogger(__name__)
TRIES: Final = 2
"""How many workers may die of a job before it is given up."""
_KILLED: Final = "signal 9"


@dataclass(frozen=True, slots=True)
class Local:
    """Works in `jobs` processes of this machine.

    Attributes
    ----------
    jobs : int
        How many at once, at least 1.
    method : str
        How they are started, "fork" or "spawn"; what is safe if not given.
    """

    jobs: int
    method: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise ValueError(f"jobs must be 1 or more, not {self.jobs}")

    def run(
        self, work: Callable[[Job], Result], jobs: Sequence[Job], stop: Callable[[], bool] = never
    ) -> Generator[Done[Job, Result] | Lost[Job], None, None]:
        """Yield what became of each job; see `Engine`.

        Raises
        ------
        EmgpipeError
            No process can be started.
        """
        method = self.method or start_method()
        if method == "fork" and jobs:
            getattr(work, "load_libraries", _nothing)()  # once, and shared by all
        crew: Crew[Job] = Crew(pickle.dumps(work), min(self.jobs, MOST), method)
        waiting, again = deque(Task(job) for job in jobs), deque[Task[Job]]()
        try:
            while True:
                if stop():
                    waiting.clear()
                    again.clear()
                elif again and not waiting and not crew.is_busy:
                    waiting.append(again.popleft())
                crew.hand_out(waiting)
                if not (waiting or again or crew.is_busy):
                    return
                for heard in crew.listen():
                    if heard.death and heard.task.deaths + 1 < TRIES:
                        heard.task.deaths += 1
                        again.append(heard.task)
                        _LOG.warning(
                            "a process died (%s); what it was doing is done once more, at the end", heard.death
                        )
                    else:
                        yield _ended(heard)
        finally:
            crew.end()


def _nothing() -> None:
    """Stand for `load_libraries` of work that has none."""


def _ended(heard: Heard[Job]) -> Done[Job, Result] | Lost[Job]:
    job = heard.task.job
    if heard.death:
        return Lost(job, _reason(heard.death))
    try:
        is_done, result = pickle.loads(heard.answer)  # noqa: S301 - from our own process, never from a file
    except Exception as error:  # noqa: BLE001 - whatever a class raises that cannot be put together again
        return Lost(job, reason_of(error))
    return Done(job, result) if is_done else Lost(job, result)


def _reason(death: str) -> str:
    if death.startswith(_KILLED):
        return (
            f"its process was ended from outside, twice ({death}), probably for want of memory; close other programs, "
            "run one session at a time (--jobs 1), or cut long recordings"
        )
    return (
        f"its process died, twice ({death}): a library crashed; leave its recordings out one by one to find the one at "
        "fault, and please report it with that file"
    )
