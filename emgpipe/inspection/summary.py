"""What `inspect` knows of a recording, a folder, or a file nobody can read: plain facts, no samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Acquisition, Channel, Event, Finding


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of the samples that were read, in the channel's unit; NaN without any.

    Attributes
    ----------
    mean, rms, deviation, minimum, maximum : float
        `rms` includes the mean, `deviation` is the RMS about the mean.
    measured : float
        Seconds that were read.
    missing : int
        Samples among them that are missing.
    """

    mean: float
    rms: float
    deviation: float
    minimum: float
    maximum: float
    measured: float
    missing: int


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """One channel.

    Attributes
    ----------
    channel : Channel
        Its facts; the samples stay behind the loader.
    statistics : Statistics
    sketch : tuple of tuple of float
        The course of the signal in each piece that was read, 0 (low) to 1 (high), NaN in gaps: of EMG the amplitude,
        of other signals the value.
    is_kind_guess : bool
        True where the channel is called EMG for its unit alone.
    """

    channel: Channel
    statistics: Statistics
    sketch: tuple[tuple[float, ...], ...]
    is_kind_guess: bool = False


@dataclass(frozen=True, slots=True)
class RecordingSummary:
    """One recording.

    Attributes
    ----------
    size : int
        Bytes of the file, or of the files in the folder.
    title, why : str
        What a technician calls the format, and why it was chosen.
    duration : float
        Seconds from the first sample of any channel to the last; an estimate where `is_estimated`.
    pieces, piece_seconds : int, float
        How the figures were measured: 0 pieces is the whole, otherwise so many pieces of so many seconds.
    findings : tuple of Finding
        The worst first.
    """

    path: Path
    size: int
    reader: str
    title: str
    why: str
    duration: float
    is_estimated: bool
    pieces: int
    piece_seconds: float
    channels: tuple[ChannelSummary, ...]
    events: tuple[Event, ...]
    acquisition: Acquisition
    findings: tuple[Finding, ...]
    personal: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that cannot be read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class FolderSummary:
    """A folder: its recordings by path, and what cannot be read."""

    path: Path
    recordings: tuple[RecordingSummary, ...]
    unreadable: tuple[Unreadable, ...]


Summary = RecordingSummary | FolderSummary | Unreadable
