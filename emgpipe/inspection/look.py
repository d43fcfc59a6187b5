"""Look at a path: read it, or a sample of it, and sum it up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from emgpipe.errors import EmgpipeError, ReadError
from emgpipe.inspection.sampling import PIECES, Limits, summarize_channel
from emgpipe.inspection.summary import FolderSummary, RecordingSummary, Summary, Unreadable
from emgpipe.model import LEVEL_ORDER
from emgpipe.quality import examine
from emgpipe.readers import READERS, ReaderOptions
from emgpipe.readers import choose as choose_reader
from emgpipe.readers import read as read_recording
from emgpipe.readers.folders import recordings_in
from emgpipe.readers.kinds import rests_on_unit
from emgpipe.readers.preview import Choose, Read, preview, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.model import Channel, Finding, Recording


@dataclass(frozen=True, slots=True)
class Look:
    """How recordings are looked at: by which reading, knowing what, and how much of them.

    Attributes
    ----------
    read, choose : callable
        Read a recording, and find its reader, as `emgpipe.readers.read` and `choose` do.
    options : tuple of ReaderOptions
        What is known about files of each format.
    limits : Limits
        How much is read of large recordings.
    """

    read: Read = read_recording
    choose: Choose = choose_reader
    options: tuple[ReaderOptions, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def at(self, path: Path) -> Summary:
        """Sum up a recording, or all recordings of a folder.

        Errors of a file are part of the answer; one bad file does not stop a folder.
        """
        if path.is_dir() and not self._is_recording(path):
            return self._at_folder(path)
        return self._at_recording(path)

    def recording(self, path: Path) -> Recording:
        """Read a recording; of a large text file the beginning only.

        Raises
        ------
        ReadError
            It cannot be read, or does not fit into memory.
        """
        try:
            if size_of(path) <= self.limits.whole_bytes:
                return self.read(path, self.options)
            most = self.limits.text_bytes
            return preview(path, self.options, most_bytes=most, read=self.read, choose=self.choose)
        except MemoryError as error:
            raise ReadError("needs more memory than this computer has; export a shorter part", path=path) from error

    def _is_recording(self, folder: Path) -> bool:
        try:
            self.choose(folder)
        except (EmgpipeError, OSError):
            return False
        return True

    def _at_folder(self, path: Path) -> Summary:
        try:
            listing = recordings_in(path, choose=self.choose)
        except ReadError as error:
            return Unreadable(path, error.message)
        quick = replace(self, limits=self.limits.quick())
        seen = [quick._at_recording(one) for one in listing.recordings]
        unreadable = [Unreadable(one, reason) for one, reason in listing.others]
        unreadable += [one for one in seen if isinstance(one, Unreadable)]
        return FolderSummary(
            path,
            tuple(one for one in seen if isinstance(one, RecordingSummary)),
            tuple(sorted(unreadable, key=lambda one: one.path)),
        )

    def _at_recording(self, path: Path) -> RecordingSummary | Unreadable:
        try:
            return summarize(self.recording(path), size_of(path), self.limits)
        except ReadError as error:
            return Unreadable(path, f"[{error.reader}] {error.message}" if error.reader else error.message)
        except EmgpipeError as error:  # a missing package says which
            return Unreadable(path, str(error))
        except MemoryError:
            return Unreadable(path, "needs more memory than there is; cut the recording into shorter files")


def summarize(recording: Recording, size: int, limits: Limits) -> RecordingSummary:
    """Sum up a recording of `size` bytes, reading as much of it as `limits` allow."""
    estimated = next((one.value for one in recording.findings if one.kind == "sampled"), None)
    seconds = limits.seconds_for(recording, size if estimated is None else min(size, limits.text_bytes))
    recording = examine(recording, seconds=None if seconds is None else PIECES * seconds)
    source = recording.source
    reader = next((one for one in READERS if one.name == source.reader), None)
    states_kinds = reader is not None and reader.states_kinds
    channels = tuple(
        replace(summarize_channel(channel, seconds), is_kind_guess=not states_kinds and _is_kind_guess(channel))
        for channel in recording.channels
    )
    pieces = max((len(one.sketch) for one in channels), default=1)
    return RecordingSummary(
        path=source.path,
        size=size,
        reader=source.reader,
        title=reader.title if reader is not None else source.reader,
        why=source.why,
        duration=_duration(recording) if estimated is None else estimated,
        is_estimated=estimated is not None,
        pieces=PIECES if pieces > 1 else 0,
        piece_seconds=(seconds or 0.0) if pieces > 1 else 0.0,
        channels=channels,
        events=recording.events,
        acquisition=recording.acquisition,
        findings=_worst_first(recording.findings),
        personal=recording.personal,
    )


def _is_kind_guess(channel: Channel) -> bool:
    return channel.kind == "emg" and rests_on_unit(channel.label, channel.unit)


def _duration(recording: Recording) -> float:
    channels = [channel for channel in recording.channels if channel.n_samples]
    if not channels:
        return 0.0
    return max(one.start + one.duration for one in channels) - min(one.start for one in channels)


def _worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: LEVEL_ORDER.index(finding.level)))
