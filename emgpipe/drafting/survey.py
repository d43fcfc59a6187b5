"""What is in the recordings of a folder: labels, kinds, units, markers; no sample is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.errors import ConfigError, EmgpipeError, ReadError
from emgpipe.readers import READERS
from emgpipe.readers import choose as choose_reader
from emgpipe.readers.folders import Choose, recordings_in
from emgpipe.readers.preview import Read, preview
from emgpipe.vocabulary import is_spelled_out, load_vocabulary

if TYPE_CHECKING:
    from emgpipe.model import Channel, Kind, Recording
    from emgpipe.model.recording import Side

BEGINNING = 1 << 16
"""Bytes of a text file that are read: labels and units stand at its beginning."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SeenChannel:
    """What a file says about one of its channels, and the muscle and side its label seems to mean."""

    label: str
    kind: Kind
    unit: str
    muscle: str = ""
    side: Side = ""
    copy_of: str = ""
    is_abbreviated: bool = False
    """Whether the muscle was guessed from a short name, or the side from a single letter."""

    @property
    def is_emg(self) -> bool:
        """Whether it is EMG by its kind, or by a label that names a muscle."""
        return self.kind == "emg" or (self.kind == "other" and bool(self.muscle))


@dataclass(frozen=True, slots=True)
class Seen:
    """One recording.

    Attributes
    ----------
    name : str
        Relative to the folder, with ``/``.
    format : str
        What a technician calls its format; empty where it could not be read.
    channels : tuple of SeenChannel
    events : tuple of str
        Labels of its markers.
    problem : str
        Why it could not be read; otherwise empty.
    """

    name: str
    format: str = ""
    channels: tuple[SeenChannel, ...] = ()
    events: tuple[str, ...] = ()
    problem: str = ""

    @property
    def has_emg(self) -> bool:
        """Whether there is a channel of EMG."""
        return any(channel.is_emg for channel in self.channels)


@dataclass(frozen=True, slots=True)
class Survey:
    """A folder: its recordings, and the files no reader can read with the reason."""

    folder: Path
    recordings: tuple[Seen, ...]
    others: tuple[tuple[str, str], ...]


def survey(folder: Path, read: Read, choose: Choose = choose_reader, progress: Progress | None = None) -> Survey:
    """Look into every recording of a folder and its sub-folders.

    Parameters
    ----------
    folder : Path
    read, choose : callable
        Read one recording, and find its reader, as `emgpipe.readers.read` and `choose` do.
    progress : callable, optional
        Called with the number of recordings looked at and the number of all.

    Raises
    ------
    ConfigError
        There is no recording, or the folder itself is one.
    ReadError
        The folder is missing or cannot be opened.
    """
    choose = cache(choose)  # asked twice about every file
    listing = recordings_in(folder, choose=choose)
    if folder in listing.recordings:
        raise ConfigError("this folder is one recording; name the folder it lies in", path=folder)
    if not listing.recordings:
        why = "".join(f"\n  {path.name}: {reason}" for path, reason in listing.others[:5])
        raise ConfigError(f"no recording was found in this folder or its sub-folders{why}", path=folder)
    recordings = []
    for number, path in enumerate(listing.recordings, start=1):
        recordings.append(_look(path, path.relative_to(folder).as_posix(), read, choose))
        if progress is not None:
            progress(number, len(listing.recordings))
    others = tuple((path.relative_to(folder).as_posix(), reason) for path, reason in listing.others)
    return Survey(folder, tuple(recordings), others)


def _look(path: Path, name: str, read: Read, choose: Choose) -> Seen:
    try:
        recording = _beginning(path, read, choose)
    except ReadError as error:
        return Seen(name, problem=error.message)
    except (EmgpipeError, OSError) as error:
        return Seen(name, problem=str(error))
    title = next((reader.title for reader in READERS if reader.name == recording.source.reader), "")
    channels = tuple(_seen(channel) for channel in recording.channels)
    return Seen(name, title or recording.source.reader, channels, tuple(event.label for event in recording.events))


def _seen(channel: Channel) -> SeenChannel:
    muscle = load_vocabulary().muscles.get(channel.muscle)
    is_abbreviated = channel.guessed and muscle is not None and not is_spelled_out(channel.label, muscle)
    return SeenChannel(
        channel.label, channel.kind, channel.unit, channel.muscle, channel.side, channel.copy_of, is_abbreviated
    )


def _beginning(path: Path, read: Read, choose: Choose) -> Recording:
    """Read the beginning of a text file; the whole where a beginning alone cannot be understood."""
    try:
        return preview(path, most_bytes=BEGINNING, read=read, choose=choose)
    except ReadError:
        return read(path, ())
