"""Whether a worker of a cluster is fit for a run: the same versions, and the same files under the same paths."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.errors import StoreError
from emgpipe.made_of import code_digest, versions
from emgpipe.store import stamp_of, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.run.work import SessionJob

_LOOKED_AT = 5
"""Sessions of which one recording each is looked for."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Run in a worker; says why it cannot be used.

    Attributes
    ----------
    versions : tuple of (str, str)
        Package -> version on the machine that runs the study.
    code : str
        Digest of emgpipe's source there.
    recordings : tuple of (Path, int)
        Some recordings with their sizes.
    folder : Path
        Where session files go, or the folder above that is there before the first; the worker must be able to write
        there.
    """

    versions: tuple[tuple[str, str], ...]
    code: str
    recordings: tuple[tuple[Path, int], ...]
    folder: Path

    @classmethod
    def of(cls, jobs: Sequence[SessionJob]) -> Probe:
        """Return what workers must agree with to process these sessions."""
        firsts = [job.trials[0].files[0].path.absolute() for job in jobs[:_LOOKED_AT] if job.trials[0].files]
        sizes = tuple((path, stamp[0]) for path in firsts if path.is_file() and (stamp := stamp_of(path)))
        folder = next(one for one in jobs[0].path.absolute().parents if one.is_dir())
        return cls(tuple(versions().items()), code_digest(), sizes, folder)

    def __call__(self) -> str:
        """Return why this process cannot process sessions of the run; empty if it can."""
        there = versions()
        for name, version in self.versions:
            if there.get(name) != version:
                return f"it has {name} {there.get(name, '(not installed)')}, this machine has {version}"
        if code_digest() != self.code:
            return "its emgpipe has the same version and another source; install the same one on all machines"
        for path, size in self.recordings:
            stamp = stamp_of(path)
            if stamp is None:
                return f"it does not see the recording {path}"
            if stamp[0] != size:
                return f"it sees another file as {path} ({stamp[0]} bytes, here {size})"
        return self._cannot_write()

    def _cannot_write(self) -> str:
        if not self.folder.is_dir():
            return f"it does not see the folder of results {self.folder}"
        trial = self.folder / f".probe.{os.getpid()}.{secrets.token_hex(4)}.part"
        try:
            write_text(trial, "")
            trial.unlink()
        except (StoreError, OSError) as error:
            return f"it cannot write results: {error}"
        return ""
