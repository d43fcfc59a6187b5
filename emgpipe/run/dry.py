"""What a run would do, why, and how long it may take; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.run.consequences import consequences
from emgpipe.run.estimate import BASIS, Estimate, estimate
from emgpipe.run.how import How
from emgpipe.run.opened import open_study
from emgpipe.run.outlook import at_once_of
from emgpipe.run.study import is_changed
from emgpipe.run.todo import NOT_YET, plan_run
from emgpipe.run.why import why_groups

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emgpipe.run.todo import Planned, Todo


@dataclass(frozen=True, slots=True)
class Dry:
    """What a run would do.

    Attributes
    ----------
    at_once : int
        How many sessions would be processed at the same time.
    is_changed : bool
        Whether tables, comparisons and report would be made again.
    """

    todo: Todo
    at_once: int
    estimate: Estimate
    is_changed: bool

    @property
    def left_out(self) -> tuple[Planned, ...]:
        """Sessions that are not up to date and were not asked for."""
        return tuple(one for one in self.todo.sessions if one.reasons and not one.is_asked)


def dry_run(path: str | Path, how: How | None = None) -> Dry:
    """Find out what a run would do; nothing is written, not even a lock or a folder.

    Raises
    ------
    ConfigError
        The study file or its trials table cannot be used, or it has no session of the names asked for.
    """
    how = how or How()
    todo = plan_run(open_study(path), how)
    at_once = at_once_of(how.engine_for([one.job for one in todo.due]), len(todo.due))
    return Dry(todo, at_once, estimate(todo, at_once), is_changed(todo))


def dry_lines(dry: Dry) -> Iterator[str]:
    """Yield what would be done, for a terminal."""
    todo, due, left_out = dry.todo, dry.todo.due, dry.left_out
    total = len(todo.sessions)
    counts = [f"{len(due)} to be processed", f"{total - len(due) - len(left_out)} up to date"]
    counts += [f"{len(left_out)} not up to date and not asked for (--only)"] if left_out else []
    yield f"{todo.opened.study.name}: {total} session{'s' if total != 1 else ''}: {', '.join(counts)}"
    for line, reasons in why_groups({one.job.name: one.reasons for one in due}):
        yield f"  {line}"
        if reasons != (NOT_YET,):
            yield f"    {consequences(reasons)}"
    if due:
        pages = "then tables, comparisons and report are made again"
    elif dry.is_changed:
        pages = "no session changed; tables, comparisons and report would be made again"
    else:
        pages = "nothing changed: nothing would be done"
    yield f"  {pages}"
    if due:
        yield f"  estimated time: {_time(dry)}"


def as_json(dry: Dry) -> dict[str, Any]:
    """Return the same for programs, session by session; documented in ``docs/run.md``."""
    todo = dry.todo
    return {
        "study": todo.opened.study.name,
        "file": str(todo.opened.file),
        "results": str(todo.opened.folder),
        "sessions": [
            {
                "name": one.job.name,
                "state": _state(one),
                "reasons": list(one.reasons),
                "redone": consequences(one.reasons) if one.is_due else "",
                "seconds": dry.estimate.sessions.get(one.job.name) if one.is_due else None,
            }
            for one in todo.sessions
        ],
        "due": len(todo.due),
        "left_out": len(dry.left_out),
        "up_to_date": len(todo.sessions) - len(todo.due) - len(dry.left_out),
        "at_once": dry.at_once,
        "makes_report": dry.is_changed,
        "seconds": dry.estimate.seconds if todo.due or dry.is_changed else 0.0,
        "seconds_basis": BASIS[dry.estimate.basis],
    }


def _state(one: Planned) -> str:
    if not one.reasons:
        return "up to date"
    return "due" if one.is_asked else "left out"


def _time(dry: Dry) -> str:
    from emgpipe.progress import duration

    words = BASIS[dry.estimate.basis]
    if dry.estimate.seconds is None:
        return words
    at_once = f" with {dry.at_once} sessions at once" if dry.at_once > 1 else ""
    return f"up to {duration(dry.estimate.seconds)}{at_once} ({words})"
