"""One session in whichever process it falls to: process it, write its file, and say what it was made of."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgpipe.config import portable
from emgpipe.errors import EmgpipeError
from emgpipe.made_of import Parts, files_behind, session_parts
from emgpipe.memory import peak_memory
from emgpipe.pipeline import process_session
from emgpipe.portable_results import portable_session
from emgpipe.store import Stamp, Stamps, stamp_of, write_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.config import Study
    from emgpipe.model import Decision, Trial
    from emgpipe.vocabulary import Vocabulary

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
    trials, failed : int
        How many trials it has, and how many of them failed.
    seconds : float
    memory : int
        Most bytes its process held so far.
    readers : mapping of str to str
        Recording -> reader.
    parts : Parts
        What it was made of, besides what all sessions share.
    stamps : mapping of str to Stamp
        The files that were read, by absolute path.
    """

    trials: int
    failed: int
    seconds: float
    memory: int
    readers: dict[str, str]
    parts: Parts
    stamps: dict[str, Stamp]


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
    """

    study: Study
    vocabulary: Vocabulary
    decisions: tuple[Decision, ...]
    folder: Path
    settings: dict[str, Any]
    shared: Parts

    def __call__(self, job: SessionJob) -> SessionDone:
        """Process a session and write its file.

        Raises
        ------
        EmgpipeError
            Its file cannot be written, or its recordings keep changing.
        """
        started = time.perf_counter()
        for _ in range(TRIES):
            before = _stamps(job.trials)
            result = process_session(self.study, self.vocabulary, job.trials, self.decisions)
            readers = {portable(path, self.folder): name for path, name in result.readers.items()}
            stamps = Stamps()
            place = (self.folder, stamps.hash_of)
            parts = session_parts(self.study, job.trials, self.decisions, readers, place)
            if before == _stamps(job.trials):
                break
        else:
            raise EmgpipeError(
                f"the recordings of {job.name} changed while they were read, {TRIES} times; run again when they are "
                "complete"
            )
        write_session(job.path, portable_session(result, self.folder), self.settings, {**self.shared, **parts})
        return SessionDone(
            trials=len(result.trials),
            failed=sum(trial.status == "failed" for trial in result.trials),
            seconds=time.perf_counter() - started,
            memory=peak_memory(),
            readers=readers,
            parts=parts,
            stamps=stamps.known,
        )


def _stamps(trials: Sequence[Trial]) -> dict[Path, tuple[int, int] | None]:
    recordings = dict.fromkeys(file.path for trial in trials for file in trial.files)
    return {path: stamp_of(path) for recording in recordings for path in files_behind(recording, "")}
