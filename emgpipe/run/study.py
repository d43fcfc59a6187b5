"""Run a study from its file to its report; what is up to date is not made again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.errors import StoreError
from emgpipe.run.gathering import gather
from emgpipe.run.how import How, Joining, Tell
from emgpipe.run.opened import open_study
from emgpipe.run.outlook import begun
from emgpipe.run.processing import process
from emgpipe.run.record import is_whole, write_run
from emgpipe.run.todo import plan_run
from emgpipe.store import hold

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import StudyResult
    from emgpipe.run.gathering import Gathered
    from emgpipe.run.todo import Todo


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did.

    Attributes
    ----------
    todo : Todo
        Every session, whether it was processed, and why.
    result : StudyResult or None
        None where nothing had changed since the run before, whose results stand.
    """

    todo: Todo
    result: StudyResult | None


def run_study(path: str | Path, *, how: How | None = None, tell: Tell | None = None) -> StudyResult:
    """Run the study a file describes and write everything under its output folder.

    Sessions whose recordings, settings and decisions are those of the run before are not processed again; tables,
    comparisons and report are made anew.

    Parameters
    ----------
    path : str or Path
        The study file.
    how : How, optional
        Where sessions are processed, and which; all of them in this process if not given.
    tell : callable, optional
        Called with what happens: `Begun`, then a `Progress` after each session, then `Joining`.

    Returns
    -------
    StudyResult
        The tables, the comparisons and what became of every recording and trial.

    Raises
    ------
    ConfigError
        The study file or its trials table cannot be used, or there is no trial at all.
    StoreError
        The output folder cannot be written, or another run is writing there.
    StoppedError
        A session failed, and `how` says to stop then.
    """
    opened, how = open_study(path), how or How()
    with hold(opened.folder, f"emgpipe run {path}") as left_behind:
        return _whole(plan_run(opened, how), how, tell, left_behind)


def bring_up_to_date(path: str | Path, *, how: How | None = None, tell: Tell | None = None) -> Ran:
    """Run a study as `run_study` does, unless nothing at all changed since the run before."""
    opened, how = open_study(path), how or How()
    with hold(opened.folder, f"emgpipe run {path}") as left_behind:
        todo = plan_run(opened, how)
        return Ran(todo, _whole(todo, how, tell, left_behind) if is_changed(todo) else None)


def _whole(todo: Todo, how: How, tell: Tell | None, left_behind: str) -> StudyResult:
    started, begin = time.time(), time.monotonic()  # the clock of the wall may be set meanwhile
    engine = how.engine_for([one.job for one in todo.due])
    if tell is not None:
        tell(begun(todo, engine, left_behind))
    timing = process(todo, how, engine, tell)
    if tell is not None:
        tell(Joining(len(todo.sessions)))
    joining = time.monotonic()
    gathered = gather(todo.opened, todo.sessions)
    now = time.monotonic()
    times = {"started": started, "seconds": now - begin, "joining": now - joining}
    write_run(todo, gathered, {**times, "sessions": timing})
    if gathered.held:
        raise StoreError(_held_words(gathered))
    return gathered.result


def is_changed(todo: Todo) -> bool:
    """Tell whether there is anything to do, be it tables and report only."""
    return bool(todo.due) or not is_whole(todo)


def _held_words(gathered: Gathered) -> str:
    names = ", ".join(path.relative_to(gathered.result.folder).as_posix() for path in gathered.held)
    return (
        f"another program, such as a spreadsheet, holds these files in {gathered.result.folder} open: {names}. They "
        "are those of the run before, and all others are new. Close them and run again; it takes no processing"
    )
