"""Which sessions are to be processed, and why: those whose files are not there, or were made of something else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emgpipe.config import portable
from emgpipe.errors import StoreError
from emgpipe.made_of import Parts, differences, digest_of, session_parts, settings_of, shared_parts
from emgpipe.run.only import is_asked, refuse_unknown
from emgpipe.run.session_pages import SEPARATE
from emgpipe.run.work import SessionJob, SessionWork
from emgpipe.stated_files import repetition_tables
from emgpipe.store import (
    RUN_FILE,
    Stamp,
    Stamps,
    read_made_of,
    read_run_file,
    read_session,
    read_session_trials,
    room_to_keep,
    session_paths,
)
from emgpipe.verdicts import about_references

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emgpipe.run.how import How
    from emgpipe.run.opened import Opened

NOT_ASKED = "not asked for (--only)"
NOT_YET = "it was not processed yet"


@dataclass(slots=True)
class Planned:
    """A session of a study, and why it is to be processed.

    Attributes
    ----------
    reasons : tuple of str
        Empty: its file is up to date.
    is_asked : bool
        Whether it may be processed now.
    parts : Parts
        What it is made of, besides what all sessions share; as far as it is known before it is read.
    lost : str
        Why it was to be processed and could not be.
    """

    job: SessionJob
    reasons: tuple[str, ...]
    is_asked: bool
    parts: Parts
    lost: str = ""

    @property
    def is_due(self) -> bool:
        """Whether it is to be processed now."""
        return bool(self.reasons) and self.is_asked


@dataclass(slots=True)
class Todo:
    """What a run has to do, and what is known from the run before.

    Attributes
    ----------
    sources : dict of str to str
        Every file that was read besides the recordings, with its hash at that time.
    before : mapping
        The `run.json` of the run before; empty if there is none that can be used.
    readers : dict
        Recording -> the reader it is read with.
    """

    opened: Opened
    sessions: tuple[Planned, ...]
    shared: Parts
    settings: dict[str, Any]
    sources: dict[str, str]
    stamps: Stamps
    before: Mapping[str, Any]
    readers: dict[str, str] = field(default_factory=dict)

    @property
    def due(self) -> tuple[Planned, ...]:
        """The sessions to process."""
        return tuple(one for one in self.sessions if one.is_due)

    @property
    def work(self) -> SessionWork:
        """What processes them."""
        opened = self.opened
        decisions = about_references(opened.decisions)
        room = room_to_keep(opened.folder, opened.study.output.keep_signals * 1e9) / max(len(self.sessions), 1)
        place = opened.file.parent
        names = opened.naming.names
        paged = len(self.sessions) > SEPARATE
        return SessionWork(
            opened.study, opened.vocabulary, decisions, place, self.settings, self.shared, room, names, paged
        )

    def made_of(self, parts: Parts) -> Parts:
        """Return what a session is made of, as it stands in results."""
        return self.opened.naming.names.parts({**self.shared, **parts})


def plan_run(opened: Opened, how: How) -> Todo:
    """Find out which sessions are to be processed; nothing is written.

    Raises
    ------
    ConfigError
        Sessions are asked for that the study has not.
    """
    refuse_unknown(how.only, [opened])
    before = opened.naming.revealed(_before(opened.folder), opened.listing.trials, opened.sources)
    stamps = Stamps(_known(opened, before), verify=how.verify)
    sources = {portable(path, opened.file.parent): stamps.hash_of(path) for path in sorted(opened.sources)}
    settings = settings_of(opened.study, opened.settings)
    shared = shared_parts(settings, repetition_tables(opened.study), opened.file.parent, stamps.hash_of)
    todo = Todo(opened, (), shared, settings, sources, stamps, before, dict(before.get("readers", {})))
    paths = session_paths(opened.folder, ((first.participant, first.session) for first, *_ in opened.sessions))
    todo.sessions = tuple(
        _planned(todo, SessionJob(f"{person}/{session}", trials, path), how)
        for ((person, session), path), trials in zip(paths.items(), opened.sessions, strict=True)
    )
    return todo


def _before(folder: Path) -> Mapping[str, Any]:
    try:
        return read_run_file(folder / RUN_FILE)
    except StoreError:
        return {}


def _known(opened: Opened, before: Mapping[str, Any]) -> dict[str, Stamp]:
    """Return the hashes of the run before with the stamps of the files at that time."""
    stamps = before.get("timing", {}).get("stamps", {})
    places = {"inputs": opened.file.parent, "outputs": opened.folder}
    return {
        str((place / name).absolute()): Stamp(stamps[section][name][0], stamps[section][name][1], content)
        for section, place in places.items()
        for name, content in before.get(section, {}).items()
        if name in stamps.get(section, {})
    }


def _planned(todo: Todo, job: SessionJob, how: How) -> Planned:
    asked = is_asked(job.trials, how.only)
    if not job.path.is_file():  # its recordings are hashed when they are read, and not before
        return Planned(job, (NOT_YET,), asked, {"file": {}, "reader": {}})
    parts, reasons = _parts(todo, job), tuple[str, ...]()
    if not _is_vouched_for(todo, job, parts):
        reasons, parts = _compared(todo, job, parts)
    return Planned(job, reasons, asked, parts)


def _parts(todo: Todo, job: SessionJob) -> Parts:
    opened = todo.opened
    place = (opened.file.parent, todo.stamps.hash_of)
    return session_parts(opened.study, job.trials, about_references(opened.decisions), todo.readers, place)


def _is_vouched_for(todo: Todo, job: SessionJob, parts: Parts) -> bool:
    """Tell whether the run before says of a session's file that it was made of the same and has not changed since."""
    known = todo.before.get("sessions", {}).get(job.name, {})
    output = todo.before.get("outputs", {}).get(portable(job.path, todo.opened.folder))
    same = known.get("made_of") == digest_of(todo.made_of(parts))
    return bool(same) and output == todo.stamps.hash_of(job.path)


def _compared(todo: Todo, job: SessionJob, parts: Parts) -> tuple[tuple[str, ...], Parts]:
    """Say what differs from what a session's file says it was made of; such a file may be of a run that was stopped."""
    try:
        made_of = read_made_of(job.path)
        todo.readers.update(todo.opened.naming.own_names(made_of.get("reader", {}), job.trials))
        parts = _parts(todo, job)
        reasons = tuple(differences(made_of, todo.made_of(parts)))
        if not reasons:
            read_session(job.path)
            read_session_trials(job.path)  # nobody vouches for this file: it is read to its end
    except StoreError as error:
        reasons = (str(error),)
    return reasons, parts
