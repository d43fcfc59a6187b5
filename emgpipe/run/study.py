"""Run a study from its file to its report; what is up to date is not made again."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.batch import Lost
from emgpipe.config import portable
from emgpipe.made_of import digest_of
from emgpipe.run.gathering import gather
from emgpipe.run.how import How, Progress, Tell
from emgpipe.run.opened import open_study
from emgpipe.run.todo import plan_run
from emgpipe.store import (
    MISSING,
    RUN_FILE,
    RunFile,
    earlier_outputs,
    has_parquet,
    hold,
    remove_stale,
    stamp_of,
    write_run_file,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emgpipe.batch import Done
    from emgpipe.model import StudyResult
    from emgpipe.run.gathering import Gathered
    from emgpipe.run.todo import Planned, Todo
    from emgpipe.run.work import SessionDone, SessionJob

    Ended = Done[SessionJob, SessionDone] | Lost[SessionJob]


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
        Called with a `Progress` after each session.

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
    """
    opened, how = open_study(path), how or How()
    with hold(opened.folder, f"emgpipe run {path}"):
        return _whole(plan_run(opened, how), how, tell)


def bring_up_to_date(path: str | Path, *, how: How | None = None, tell: Tell | None = None) -> Ran:
    """Run a study as `run_study` does, unless nothing at all changed since the run before."""
    opened, how = open_study(path), how or How()
    with hold(opened.folder, f"emgpipe run {path}"):
        todo = plan_run(opened, how)
        is_whole = not todo.due and _is_whole(todo)
        return Ran(todo, None if is_whole else _whole(todo, how, tell))


def _whole(todo: Todo, how: How, tell: Tell | None) -> StudyResult:
    started = time.time()
    timing = _process(todo, how, tell)
    gathered = gather(todo.opened, todo.sessions)
    _write_run(todo, gathered, {"started": started, "sessions": timing})
    return gathered.result


def _process(todo: Todo, how: How, tell: Tell | None) -> dict[str, Any]:
    """Process the sessions that are due, and note what became of each; return how long each took."""
    by_name = {one.job.name: one for one in todo.sessions}
    timing = {name: one for name, one in todo.before.get("timing", {}).get("sessions", {}).items() if name in by_name}
    due, failed, started = todo.due, 0, time.monotonic()
    for done, ended in enumerate(how.engine.run(todo.work, [one.job for one in due]), start=1):
        planned = by_name[ended.job.name]
        words, is_bad = _note(todo, planned, ended)
        failed += is_bad
        if not isinstance(ended, Lost):
            timing[planned.job.name] = {"seconds": ended.result.seconds, "memory": ended.result.memory}
        if tell is not None:
            tell(Progress(done, failed, len(due), planned.job.name, words, time.monotonic() - started))
    return timing


def _note(todo: Todo, planned: Planned, ended: Ended) -> tuple[str, bool]:
    """Note what became of a session; say it in words, and whether something failed in it."""
    if isinstance(ended, Lost):
        planned.lost = ended.reason
        planned.job.path.unlink(missing_ok=True)  # it was made of something else, and must not be taken for this
        return f"LOST: {ended.reason}", True
    result = ended.result
    planned.reasons, planned.parts = (), result.parts
    todo.readers.update(result.readers)
    todo.stamps.known.update(result.stamps)
    words = f"{result.trials} trials" + (f", {result.failed} FAILED" if result.failed else "")
    return words, bool(result.failed)


def _is_whole(todo: Todo) -> bool:
    """Tell whether the run before was made of all that this one would be, and left what is there."""
    before, folder = todo.before, todo.opened.folder
    if any(one.reasons for one in todo.sessions) or not before.get("whole") or before["whole"] != _whole_digest(todo):
        return False
    return all(todo.stamps.is_same(folder / name, content) for name, content in before["outputs"].items())


def _whole_digest(todo: Todo) -> str:
    """Return what tables, comparisons and report are made of as one digest; empty if a session is missing."""
    opened, listing = todo.opened, todo.opened.listing
    if any(one.reasons or one.lost for one in todo.sessions):
        return ""
    return digest_of(
        {
            "sessions": [digest_of(one.parts) for one in todo.sessions],
            "shared": todo.shared,
            "parquet": has_parquet(),
            "settings": opened.settings,
            "people": opened.people and [opened.people.columns, opened.people.rows],
            "decisions": [asdict(one) for one in opened.all_decisions],
            "listing": [asdict(one) for one in listing.problems],
            "unused": [portable(path, opened.file.parent) for path in listing.unused_files],
        }
    )


def _write_run(todo: Todo, gathered: Gathered, timing: dict[str, Any]) -> None:
    opened, folder = todo.opened, todo.opened.folder
    started = float(timing["started"])
    before = earlier_outputs(folder / RUN_FILE)
    inputs = {portable(path, opened.file.parent): path for path in _inputs(todo)}
    outputs = {path.relative_to(folder).as_posix(): path for path in gathered.files}
    digests = {name: _digests(todo, files) for name, files in (("inputs", inputs), ("outputs", outputs))}
    stamps = {
        "inputs": {name: stamp_of(path) for name, path in sorted(inputs.items()) if digests["inputs"][name] != MISSING},
        "outputs": {name: stamp_of(path) for name, path in outputs.items()},
    }
    seconds = time.time() - started
    write_run_file(
        folder / RUN_FILE,
        RunFile(
            study=opened.study.name,
            settings=opened.settings,
            versions=gathered.result.versions,
            outcomes=gathered.result.outcomes,
            inputs=digests["inputs"],
            outputs=digests["outputs"],
            sessions={
                one.job.name: {
                    "file": portable(one.job.path, folder),
                    "made_of": digest_of({**todo.shared, **one.parts}),
                }
                for one in todo.sessions
                if not one.reasons and not one.lost
            },
            readers=todo.readers,
            whole=_whole_digest(todo),
            timing={**timing, "seconds": seconds, "machine": platform.node(), "stamps": stamps},
        ),
    )
    remove_stale(folder, before, outputs)


def _inputs(todo: Todo) -> Iterator[Path]:
    """Yield every file that was read."""
    yield from todo.opened.sources
    for one in todo.sessions:
        for name in one.parts["file"]:
            yield todo.opened.file.parent / name


def _digests(todo: Todo, files: dict[str, Path]) -> dict[str, str]:
    return {name: todo.stamps.hash_of(path) for name, path in sorted(files.items())}
