"""What a run is about to do: how many sessions, why, and how long it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.batch import Local
from emgpipe.run.estimate import estimate
from emgpipe.run.how import Begun
from emgpipe.run.why import why_lines

if TYPE_CHECKING:
    from emgpipe.batch import Engine
    from emgpipe.run.todo import Todo


def begun(todo: Todo, engine: Engine, left_behind: str) -> Begun:
    """Return what is told when a run begins."""
    at_once = at_once_of(engine, len(todo.due))
    return Begun(
        study=todo.opened.study.name,
        sessions=len(todo.sessions),
        due=len(todo.due),
        left_out=sum(bool(one.reasons) for one in todo.sessions) - len(todo.due),
        at_once=at_once,
        seconds=estimate(todo, at_once).seconds,
        why=tuple(why_lines({one.job.name: one.reasons for one in todo.due})),
        left_behind=left_behind,
    )


def at_once_of(engine: Engine, due: int) -> int:
    """Return how many sessions an engine processes at the same time; 1 where that is not known."""
    return max(1, min(engine.jobs if isinstance(engine, Local) else 1, due))
