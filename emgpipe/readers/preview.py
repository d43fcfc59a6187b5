"""The beginning of a long text file as a recording: its first megabytes, read by the reader of the whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from emgpipe.errors import ReadError
from emgpipe.model import make_finding
from emgpipe.model.recording import ArrayLoader
from emgpipe.readers import Reader, ReaderOptions
from emgpipe.readers import choose as choose_reader
from emgpipe.readers import read as read_recording

if TYPE_CHECKING:
    from emgpipe.model import Channel, Finding, Recording

MOST_BYTES = 16 << 20
Read = Callable[[Path, Sequence[ReaderOptions]], "Recording"]
Choose = Callable[[Path], tuple[Reader, str]]
ABOUT_COUNTS = frozenset(
    {"declared_count", "count_mismatch", "record_count", "cut_off", "cut_row", "last_cell_doubtful"}
)
"""Findings that a file holds fewer samples than it declares: always so for a beginning."""


def preview(
    path: Path,
    options: Sequence[ReaderOptions] = (),
    *,
    most_bytes: int = MOST_BYTES,
    read: Read = read_recording,
    choose: Choose = choose_reader,
) -> Recording:
    """Read a recording; of a text file larger than `most_bytes` only the first lines that fit.

    Parameters
    ----------
    path : Path
        A file or a folder that is a recording.
    options : sequence of ReaderOptions
        As for `emgpipe.readers.read`.
    most_bytes : int
        How much text to read; binary formats and smaller files are read as always.
    read, choose : callable
        Read a whole recording, and find its reader, as `emgpipe.readers.read` and `choose` do.

    Returns
    -------
    Recording
        When cut, with the note ``sampled``, whose value is the estimated duration of the whole in seconds.

    Raises
    ------
    ReadError
        As `emgpipe.readers.read`, always naming `path`.
    """
    reader, _ = choose(path)
    size = size_of(path)
    if not reader.is_text or size <= most_bytes:
        return read(path, options)
    with tempfile.TemporaryDirectory(prefix="emgpipe-") as temporary:
        beginning = Path(temporary) / path.name
        copied = _copy(path, beginning, reader.companions(path), most_bytes)
        if copied == size:  # one endless line: there is no shorter recording
            return read(path, options)
        try:
            recording = read(beginning, options)
        except ReadError as error:
            raise type(error)(error.message, path=path, reader=error.reader) from error
        channels = tuple(_kept(channel) for channel in recording.channels)
    findings = [finding for finding in recording.findings if finding.kind not in ABOUT_COUNTS]
    return replace(
        recording,
        channels=channels,
        source=replace(recording.source, path=path),
        findings=(_sampled(channels, copied, size), *findings),
    )


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder; 0 where it cannot be told."""
    try:
        if not path.is_dir():
            return path.stat().st_size
        return sum(one.stat().st_size for one in path.iterdir() if one.is_file())
    except OSError:
        return 0


def _copy(path: Path, target: Path, companions: Sequence[Path], most_bytes: int) -> int:
    """Copy the beginning of a recording's files; return the bytes of the recording itself that were copied."""
    try:
        if path.is_dir():
            target.mkdir()
            files = [one for one in sorted(path.iterdir()) if one.is_file()]
            return sum(_copy_lines(one, target / one.name, most_bytes // len(files)) for one in files)
        for one in companions:
            if one.parent == path.parent and one.is_file() and one.stat().st_size <= most_bytes:
                shutil.copyfile(one, target.parent / one.name)
        return _copy_lines(path, target, most_bytes)
    except OSError as error:
        message = f"its beginning cannot be copied to the temporary folder ({error.strerror}); make room there"
        raise ReadError(message, path=path) from error


def _copy_lines(source: Path, target: Path, most_bytes: int) -> int:
    """Copy the lines that fit into `most_bytes`; the whole file if not even one line end is among them."""
    with source.open("rb") as handle:
        beginning = handle.read(most_bytes)
        if handle.read(1):
            end = _last_line_end(beginning)
            if end == 0:
                shutil.copyfile(source, target)
                return source.stat().st_size
            beginning = beginning[:end]
    target.write_bytes(beginning)
    return len(beginning)


def _last_line_end(text: bytes) -> int:
    """Return the bytes up to and with the last line end, in any encoding; 0 if there is none."""
    end = max(text.rfind(b"\n"), text.rfind(b"\r") if b"\n" not in text else -1) + 1
    if text.startswith(b"\xff\xfe") and end % 2:  # UTF-16, little end first: the zero byte comes after
        return end + 1 if end < len(text) else 0
    return end


def _kept(channel: Channel) -> Channel:
    """Take the samples of a channel along before the temporary file goes."""
    if isinstance(channel.load, ArrayLoader):
        return channel
    return replace(channel, load=ArrayLoader(channel.read()))


def _sampled(channels: Sequence[Channel], copied: int, size: int) -> Finding:
    read = max((channel.duration for channel in channels), default=0.0)
    whole = read * size / copied
    reason = (
        f"a large text file: only its first {_figure(copied / 1e6)} MB of {_figure(size / 1e6)} MB were read, "
        f"{_figure(read)} s of about {_figure(whole)} s; what comes later is not seen"
    )
    remedy = "convert the recording to a binary format to look at all of it"
    return make_finding("sampled", "note", reason, remedy, value=whole, unit="s")


def _figure(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
