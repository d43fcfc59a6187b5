"""Process the sessions that are due, in whichever processes, and note what became of each."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emgpipe.batch import Lost
from emgpipe.errors import DiskError, StoppedError
from emgpipe.run.estimate import timing_of
from emgpipe.run.how import Progress

if TYPE_CHECKING:
    from emgpipe.batch import Done, Engine
    from emgpipe.run.how import How, Tell
    from emgpipe.run.todo import Planned, Todo
    from emgpipe.run.work import SessionDone, SessionJob

    Ended = Done[SessionJob, SessionDone] | Lost[SessionJob]


@dataclass(slots=True)
class _Score:
    """How many ended and failed so far, and which failed first."""

    total: int
    done: int = 0
    failed: int = 0
    first: str = ""
    started: float = field(default_factory=time.monotonic)


def process(todo: Todo, how: How, engine: Engine, tell: Tell | None) -> dict[str, Any]:
    """Process the sessions that are due; return what is remembered of how long each took.

    Raises
    ------
    StoppedError
        A session failed, and the run is to stop then.
    DiskError
        A session's file could not be written, and the next would not be, either.
    """
    by_name = {one.job.name: one for one in todo.sessions}
    timing = {name: one for name, one in todo.before.get("timing", {}).get("sessions", {}).items() if name in by_name}
    due, score = todo.due, _Score(len(todo.due))

    def stop() -> bool:
        return how.stop_on_error and score.failed > 0

    with closing(engine.run(todo.work, [one.job for one in due], stop)) as endings:  # nobody works on after an error
        for ended in endings:
            if not isinstance(ended, Lost):
                if ended.result.unwritten:
                    raise DiskError(f"{ended.result.unwritten}.\n{_kept(todo)}. Go on with the same command")
                timing[ended.job.name] = timing_of(timing.get(ended.job.name), ended.result)
            progress = _noted(todo, by_name[ended.job.name], ended, score)
            if tell is not None:
                tell(progress)
    if stop():
        raise StoppedError(_stopped(todo, score))
    return timing


def _noted(todo: Todo, planned: Planned, ended: Ended, score: _Score) -> Progress:
    """Note what became of a session, and say it."""
    name, trials = planned.job.name, 0
    failures: tuple[tuple[str, str], ...]
    if isinstance(ended, Lost):
        planned.lost = ended.reason
        failures, words = ((name, ended.reason),), f"LOST: {ended.reason}"
    else:
        result = ended.result
        trials, failures = result.trials, result.failures
        planned.reasons, planned.parts = (), result.parts
        todo.readers.update(result.readers)
        todo.stamps.known.update(result.stamps)
        todo.stamps.forget([planned.job.path])
        words = f"{trials} trial{'s' if trials != 1 else ''}" + (f", {len(failures)} FAILED" if failures else "")
        words += f"; {result.tally}" if result.tally.is_partly_known else ""
    score.done += 1
    if failures:
        score.failed += 1
        score.first = score.first or f"{name}: {words}" + ("" if trials == 0 else f" ({': '.join(failures[0])})")
    seconds = time.monotonic() - score.started
    return Progress(score.done, score.failed, score.total, name, words, seconds, trials, failures)


def _stopped(todo: Todo, score: _Score) -> str:
    return (
        f"stopped at the first failure (--stop-on-error). {score.first}\n{_kept(todo)}. Correct what failed, or leave "
        "it, and go on with the same command"
    )


def _kept(todo: Todo) -> str:
    finished = sum(not one.reasons and not one.lost for one in todo.sessions)
    return (
        f"{finished} of {len(todo.sessions)} sessions are finished and will not be done again; tables and report are "
        "those of the run before, if there was one"
    )
