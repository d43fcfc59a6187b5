"""What `run.json` says of a run, and whether that still holds."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emgpipe.config import portable, stated_settings
from emgpipe.made_of import code_digest, digest_of, versions
from emgpipe.run.copies import files_listed, way_between, write_copies
from emgpipe.stated_files import decisions_files, stated_tables
from emgpipe.store import RUN_FILE, RunFile, earlier_outputs, forget_others, remove_stale, write_run_file

if TYPE_CHECKING:
    from emgpipe.run.gathering import Gathered
    from emgpipe.run.todo import Todo


def is_whole(todo: Todo) -> bool:
    """Tell whether the run before was made of all that this one would be, and left what is there."""
    before, folder = todo.before, todo.opened.folder
    if any(one.reasons for one in todo.sessions) or not before.get("whole") or before["whole"] != _whole_digest(todo):
        return False
    return all(todo.stamps.is_same(folder / name, content) for name, content in before["outputs"].items())


def _whole_digest(todo: Todo) -> str:
    """Return what tables, comparisons and report are made of as one digest; empty if a session is missing."""
    opened, listing = todo.opened, todo.opened.listing
    copied = () if opened.study.privacy.is_limited else (*stated_tables(opened.study), *decisions_files(opened.study))
    if any(one.reasons or one.lost for one in todo.sessions):
        return ""
    return digest_of(
        {
            "sessions": [digest_of(todo.made_of(one.parts)) for one in todo.sessions],
            "versions": versions(),
            "settings": json.dumps(opened.settings, default=str),  # in the order stated: sentences follow it
            "copied": [todo.sources.get(portable(path, opened.file.parent), "") for path in copied],
            "people": opened.people and [opened.people.columns, opened.people.rows],
            "decisions": [asdict(one) for one in opened.all_decisions],
            "listing": [asdict(one) for one in listing.problems],
            "unused": [portable(path, opened.file.parent) for path in listing.unused_files],
        }
    )


def write_run(todo: Todo, gathered: Gathered, timing: dict[str, Any]) -> None:
    """Write `run.json`, and remove what an earlier run left and this one does not have.

    The file of a session that still is one stays, even where it is out of date and was not asked for, or was lost.

    Parameters
    ----------
    timing : dict
        When it was begun and how long it took.
    """
    opened, folder = todo.opened, todo.opened.folder
    before = earlier_outputs(folder / RUN_FILE)
    copies = write_copies(opened)
    files = {path.relative_to(folder).as_posix(): path for path in (*gathered.files, *copies.values())}
    todo.stamps.forget({*files.values()} - {one.job.path for one in todo.sessions})
    outputs = {name: gathered.held.get(path) or todo.stamps.hash_of(path) for name, path in sorted(files.items())}
    inputs, naming = _inputs(todo), opened.naming
    stamps = {
        "inputs": naming.hidden(todo.stamps.of(inputs, opened.file.parent)),
        "outputs": todo.stamps.of(outputs, folder),
    }
    remove_stale(folder, before, {*outputs, *(portable(one.job.path, folder) for one in todo.sessions)})
    write_run_file(
        folder / RUN_FILE,
        RunFile(
            study=opened.study.name,
            settings=opened.settings,
            stated={} if opened.study.privacy.is_limited else stated_settings(opened.study, opened.file.parent),
            versions=gathered.result.versions,
            outcomes=gathered.result.outcomes,
            inputs=naming.hidden(inputs),
            outputs=outputs,
            sessions={
                one.job.name: {
                    "file": portable(one.job.path, folder),
                    "made_of": digest_of(todo.made_of(one.parts)),
                }
                for one in todo.sessions
                if not one.reasons and not one.lost
            },
            readers=naming.hidden(dict(pair for one in todo.sessions for pair in one.parts["reader"].items())),
            whole=_whole_digest(todo),
            code=code_digest(),
            trials={one.id: naming.text.hidden(one.origin) for one in opened.listing.trials},
            copies={name: path.relative_to(folder).as_posix() for name, path in copies.items()},
            listed=tuple(sorted(map(naming.names.file, files_listed(opened)))),
            timing={
                **timing,
                "machine": platform.node(),
                "study_folder": way_between(folder, opened.file.parent),
                "stamps": stamps,
            },
        ),
    )
    forget_others(folder, [one.job.path for one in todo.sessions])


def _inputs(todo: Todo) -> dict[str, str]:
    """Return every file that was read with its hash at that time: it may have changed since."""
    found = dict(todo.sources)
    for one in todo.sessions:
        found |= one.parts["file"]
    return dict(sorted(found.items()))
