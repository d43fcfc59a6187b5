"""How long sessions will take, from how long they took."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emgpipe.config import portable
from emgpipe.reading import files_behind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.run.todo import Planned, Todo
    from emgpipe.run.work import SessionDone

BASIS: Final = {
    "run": "by the run before",
    "size": "by the size of the recordings, at the speed of those processed before",
    "both": "by the run before; sessions that are new by the size of their recordings",
    "": "not known: no run of this study came to its end yet",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long a run may take.

    Attributes
    ----------
    sessions : mapping of str to float
        Session -> seconds in one process, those that are known.
    seconds : float or None
        All of it, with tables and report; None if nothing is known.
    basis : str
        What it rests on, a key of `BASIS`.
    """

    sessions: Mapping[str, float]
    seconds: float | None
    basis: str


def timing_of(before: Mapping[str, Any] | None, done: SessionDone) -> dict[str, Any]:
    """Return what is remembered of how a session was processed.

    The longest of the times with the same recordings is kept beside the last: where only a part of the session was
    done again, the last says little of the whole.
    """
    size = sum(stamp.size for stamp in done.stamps.values())
    earlier = before or {}
    longest = earlier.get("longest", 0.0) if earlier.get("bytes") == size else 0.0
    return {
        "at": time.time(),
        "machine": platform.node(),
        "seconds": done.seconds,
        "memory": done.memory,
        "bytes": size,
        "longest": max(longest, done.seconds),
    }


def estimate(todo: Todo, at_once: int) -> Estimate:
    """Return how long the sessions that are due may take, `at_once` of them at the same time."""
    timing = todo.before.get("timing", {})
    known = {name: one for name, one in timing.get("sessions", {}).items() if one.get("longest") and one.get("bytes")}
    seconds = sum(one["longest"] for one in known.values())
    size = sum(one["bytes"] for one in known.values())
    ran = {one.job.name: known[one.job.name]["longest"] for one in todo.due if one.job.name in known}
    new = [one for one in todo.due if one.job.name not in known] if known else []
    each = ran | {one.job.name: _size(one, todo) * seconds / size for one in new}
    if todo.due and not each:
        return Estimate({}, None, "")
    basis = "both" if ran and new else "size" if new else "run"
    return Estimate(each, _together(list(each.values()), at_once) + timing.get("joining", 0.0), basis)


def _together(seconds: Sequence[float], at_once: int) -> float:
    return max(sum(seconds) / max(at_once, 1), max(seconds, default=0.0))


def _size(planned: Planned, todo: Todo) -> int:
    """Return the bytes of a session's recordings."""
    folder, readers = todo.opened.file.parent, todo.readers
    recordings = dict.fromkeys(file.path for trial in planned.job.trials for file in trial.files)
    files = [path for one in recordings for path in files_behind(one, readers.get(portable(one, folder), ""))]
    return sum(path.stat().st_size for path in files if path.is_file())
