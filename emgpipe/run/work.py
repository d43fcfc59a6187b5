"""One session in whichever process it falls to: process it, write its file, and say what it was made of."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emgpipe.config import portable
from emgpipe.errors import DiskError, EmgpipeError, StoreError
from emgpipe.kept import Kept, Tally
from emgpipe.made_of import Parts, digest_of, session_parts
from emgpipe.memory import peak_memory
from emgpipe.pipeline import process_session
from emgpipe.portable_results import portable_session
from emgpipe.privacy import Names, Text
from emgpipe.reading import files_behind
from emgpipe.run.session_pages import draw_session
from emgpipe.store import KeptFile, Stamp, Stamps, kept_paths, stamp_of, write_session

if TYPE_CHECKING:
    from emgpipe.config import Study
    from emgpipe.model import Decision, SessionResult, Trial
    from emgpipe.vocabulary import Vocabulary

_LOG: Final = logging.getLogger(__name__)
Seen = dict[Path, tuple[int, int] | None]
"""Files with size and time stamp; None where there is no file."""
TRIES = 2
"""How often a session is processed whose recordings change meanwhile."""


@dataclass(frozen=True, slots=True)
class SessionJob:
    """A session to be processed: its name, its trials and where its file goes."""

    name: str
    trials: tuple[Trial, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class SessionDone:
    """What became of a session that was processed.

    Attributes
    ----------
    trials : int
        How many it has.
    failures : tuple of (str, str)
        The trials that failed, each with the reason.
    seconds : float
    memory : int
        Most bytes its process held so far.
    readers : mapping of str to str
        Recording -> reader.
    parts : Parts
        What it was made of, besides what all sessions share.
    stamps : mapping of str to Stamp
        The files that were read, by absolute path.
    tally : Tally
        What was done, and what was taken from an earlier run.
    unwritten : str
        Why its file could not be written; other files would not be, either. Empty: it was.
    """

    trials: int
    failures: tuple[tuple[str, str], ...]
    seconds: float
    memory: int
    readers: dict[str, str]
    parts: Parts
    stamps: dict[str, Stamp]
    tally: Tally
    unwritten: str = ""


@dataclass(frozen=True, slots=True)
class SessionWork:
    """Processes sessions of one study; sent to every process once.

    Attributes
    ----------
    folder : Path
        Of the study file; paths inside it are named relative to it.
    settings : mapping
        Those that numbers depend on.
    shared : Parts
        What all sessions of the study are made of.
    room : float
        Bytes that the filtered signals of one session may take on disk.
    names : Names
        What participants and files are called in the session's file.
    paged : bool
        Whether sessions have pages of their own; they are drawn here, where there are many processes.
    """

    study: Study
    vocabulary: Vocabulary
    decisions: tuple[Decision, ...]
    folder: Path
    settings: dict[str, Any]
    shared: Parts
    room: float = 0.0
    names: Names = field(default_factory=Names)
    paged: bool = False

    def load_libraries(self) -> None:
        """Import what every session needs; takes a second, which forked processes need not take each."""
        import h5py  # noqa: F401
        import pandas as pd  # noqa: F401
        import scipy.signal  # noqa: F401

    def __call__(self, job: SessionJob) -> SessionDone:
        """Process a session and write its file.

        Raises
        ------
        EmgpipeError
            Its file cannot be written (but see `SessionDone.unwritten`), or its recordings keep changing.
        """
        started, unwritten = time.perf_counter(), ""
        numbers, signals = kept_paths(job.path)
        with KeptFile(numbers) as values, KeptFile(signals, self.room) as filtered:
            kept = Kept(digest_of(self.shared["version"]), values, filtered)
            result, readers, parts, stamps = self._processed(job, kept)
        try:  # what was kept is in place now: of a run that is killed here nothing has to be computed again
            made_of = {**self.shared, **parts}
            result = portable_session(result, self.folder, Text.of(self.names, (), parts["file"]))
            write_session(job.path, result, self.settings, self.names.parts(made_of))
            if self.paged:
                _draw(job.path)
        except DiskError as error:
            unwritten = str(error)
        return SessionDone(
            trials=len(result.trials),
            failures=tuple((one.trial.id, one.reason) for one in result.trials if one.status == "failed"),
            seconds=time.perf_counter() - started,
            memory=peak_memory(),
            readers=readers,
            parts=parts,
            stamps=stamps.known,
            tally=kept.tally,
            unwritten=unwritten,
        )

    def _processed(self, job: SessionJob, kept: Kept) -> tuple[SessionResult, dict[str, str], Parts, Stamps]:
        """Process a session, once more if a recording changes meanwhile; return its readers and files as well."""
        readers: dict[str, str] = {}
        for _ in range(TRIES):
            started, before = time.time_ns(), self._stamps(job, readers)
            result = process_session(self.study, self.vocabulary, job.trials, self.decisions, kept)
            readers = {portable(path, self.folder): name for path, name in result.readers.items()}
            stamps = Stamps()
            parts = session_parts(self.study, job.trials, self.decisions, readers, (self.folder, stamps.hash_of))
            if not _changed(before, self._stamps(job, readers), started):
                return result, readers, parts, stamps
        raise EmgpipeError(
            f"the recordings of {job.name} changed while they were read, {TRIES} times; run again when they are "
            "complete"
        )

    def _stamps(self, job: SessionJob, readers: dict[str, str]) -> Seen:
        recordings = dict.fromkeys(file.path for trial in job.trials for file in trial.files)
        return {
            path: stamp_of(path)
            for recording in recordings
            for path in files_behind(
                recording, readers.get(portable(recording, self.folder), ""), self.study.recordings.reading
            )
        }


def _draw(path: Path) -> None:
    """Draw a session's page; one that another program holds open is drawn, or told, when the study is joined."""
    try:
        draw_session(path)
    except DiskError:
        raise
    except StoreError as error:
        _LOG.debug("%s", error)


def _changed(before: Seen, after: Seen, started: int) -> bool:
    """Tell whether files changed between two looks.

    Which files lie beside a recording and belong to it is not known before it was read: those that are new to the
    second look are judged by their time.

    Parameters
    ----------
    started : int
        When the first look was taken (ns).
    """
    if any(after.get(path) != stamp for path, stamp in before.items()):
        return True
    return any(stamp is not None and stamp[1] >= started for path, stamp in after.items() if path not in before)
