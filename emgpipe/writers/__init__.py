"""Writers: `Recording` -> file. The list, and the one verb `write`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.atomic import replace_file
from emgpipe.errors import StoreError, suggest
from emgpipe.model import make_finding
from emgpipe.readers.labels import unique_labels
from emgpipe.writers.base import Writer, in_base_unit
from emgpipe.writers.csv import CsvWriter
from emgpipe.writers.edf import BdfWriter, EdfWriter
from emgpipe.writers.hdf5 import Hdf5Writer
from emgpipe.writers.mat import MatWriter

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Finding, Recording

WRITERS: tuple[Writer, ...] = (
    CsvWriter(),
    EdfWriter(),
    BdfWriter(),
    Hdf5Writer(),
    MatWriter(),
)
"""In the order in which messages name them; the file name's ending chooses."""

__all__ = ["WRITERS", "Writer", "choose_writer", "write"]


def write(
    recording: Recording, path: Path, *, force: bool = False, keep_personal_data: bool = False
) -> tuple[Finding, ...]:
    """Write a recording, whole or not at all; the ending of `path` chooses the format.

    Parameters
    ----------
    recording : Recording
        Channels are read in pieces while they are written, where the format allows.
    path : Path
    force : bool
        Replace a file that is there.
    keep_personal_data : bool
        Write what the recording carries about the person; it is left out otherwise.

    Returns
    -------
    tuple of Finding
        What is in the file in another way than in the recording; empty where nothing is.

    Raises
    ------
    StoreError
        The ending is not known, a file is there already, the format cannot hold the recording, or the folder cannot
        be written to.
    ReadError
        The samples cannot be read; nothing is written then.
    """
    writer = choose_writer(path)
    if path.is_dir():
        raise StoreError(f"{path} is a folder; name a file in it")
    if path.exists() and not force:
        raise StoreError(f"{path} is there already; choose another name, or replace it with --force")
    if not recording.channels:
        raise StoreError(f"{path} is not written: the recording holds no channels")
    ready, findings = _prepared(recording, keep_personal_data=keep_personal_data)

    def fill(temporary: Path) -> None:
        findings.extend(writer.write(ready, temporary))

    replace_file(path, fill, remedy="choose another folder")
    return tuple(findings)


def choose_writer(path: Path) -> Writer:
    """Return the writer for a file name; `StoreError` where the ending belongs to no format."""
    suffix = path.suffix.lower()
    by_extension = {extension: writer for writer in WRITERS for extension in writer.extensions}
    if suffix not in by_extension:
        known = "; ".join(f"{', '.join(writer.extensions)} ({writer.title})" for writer in WRITERS)
        what = (
            f"the ending '{path.suffix}' is not known{suggest(suffix, by_extension)}" if suffix else "it has no ending"
        )
        raise StoreError(f"{path}: {what}; the ending chooses the format: {known}")
    return by_extension[suffix]


def _prepared(recording: Recording, *, keep_personal_data: bool) -> tuple[Recording, list[Finding]]:
    """Return what all formats can hold: base units, unique labels without control characters."""
    labels, _ = unique_labels([channel.label for channel in recording.channels])
    changed = [c.label for c, label in zip(recording.channels, labels, strict=True) if c.label != label]
    renamed = dict(zip(recording.labels, labels, strict=True))
    channels = tuple(
        replace(in_base_unit(channel), label=label, copy_of=renamed.get(channel.copy_of, channel.copy_of))
        for channel, label in zip(recording.channels, labels, strict=True)
    )
    findings = []
    if changed:
        reason = f"labels that were empty, repeated or held line ends are written as {_listed(labels, recording)}"
        findings.append(make_finding("labels_changed", "note", reason))
    personal = recording.personal if keep_personal_data else ()
    return replace(recording, channels=channels, personal=personal), findings


def _listed(labels: list[str], recording: Recording) -> str:
    return ", ".join(f"'{new}'" for new, old in zip(labels, recording.labels, strict=True) if new != old)
