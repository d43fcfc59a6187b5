"""Vicon Nexus text exports: stacked blocks of devices, models, joints and markers, each with its own rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.model import Channel, Event, Finding, Recording, Source, channel_from_array, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.delsys.doubts import merged, number_findings
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines
from emgpipe.readers.parts.tables.number_block import NumberBlock, Numbers, read_numbers
from emgpipe.readers.parts.vicon.blocks import ViconBlock, begins_with_block, event_rows, find_blocks
from emgpipe.readers.parts.vicon.names import short_labels, subjects

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HEAD_BYTES = 1 << 16
READ = ("devices", "model outputs", "joints")
POSITIONS = ("trajectories", "segments", "objects")
WHY = "begins with a Vicon block: title, rate, rows of groups, names (Frame, ...) and units"
_UNITS = {"mm.n": "Nmm", "m.n": "Nm"}


class ViconCsvOptions(ReaderOptions):
    """What of a Vicon export is wanted."""

    kind: Literal["vicon_csv"] = "vicon_csv"
    positions: bool = False
    """Also read positions of markers, segments and objects."""


class ViconCsvReader(Reader):
    """ASCII exports of Vicon Nexus, with commas or tabs."""

    name: ClassVar[str] = "vicon_csv"
    title: ClassVar[str] = "Vicon Nexus text"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt")
    Options: ClassVar[type[ReaderOptions]] = ViconCsvOptions
    is_text: ClassVar[bool] = True

    def recognize(self, head: Head) -> str | None:
        """Look for a title, a rate and a row of names that begins with Frame."""
        encoding = detect_encoding(head.data)
        if encoding is None:
            return None
        lines = split_lines(decode_head(head.data, encoding))
        return WHY if begins_with_block(lines) else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the columns of the wanted blocks as channels on one clock, which starts with the first frame.

        The subject before ``:`` in names of models and markers may be a person's name: it is kept only where personal
        data is asked for.
        """
        given = options if isinstance(options, ViconCsvOptions) else ViconCsvOptions()
        with path.open("rb") as handle:
            encoding = detect_encoding(handle.read(HEAD_BYTES)) or "utf-8"
        with path.open(encoding=encoding, errors="replace", newline=None) as text:
            blocks, broken = find_blocks(text)
        wanted = [block for block in blocks if block.columns and _is_wanted(block, positions=given.positions)]
        if not wanted:
            raise _nothing_wanted(path, [block.title for block in blocks], broken)
        parts = [_read_part(block, path, encoding) for block in wanted]
        frame_rate = min(parts, key=lambda part: part.per_frame).frame_rate
        begin = min(part.first_frame for part in parts)
        labels, notes = unique_labels(short_labels([column for block in wanted for column in block.columns]))
        channels: list[Channel] = []
        doubts: list[Finding] = []
        for part in parts:
            start = (part.first_frame - begin) / frame_rate
            channels += (found := _channels(part, labels[len(channels) :], start))
            indices = [column.index for column in part.block.columns]
            doubts += merged(number_findings(part.numbers, dict(zip(indices, found, strict=True))))
            doubts += _frame_gaps(part)
        times = [(label, time - (begin - 1.0) / frame_rate) for block in blocks for label, time in event_rows(block)]
        rest = [block.title for block in blocks if block.columns and block not in wanted]
        return Recording(
            tuple(channels),
            Source(path, self.name, WHY),
            tuple(Event(label, time) for label, time in times),
            findings=(*notes, *doubts, *_rate_doubts(parts), *_left_out(rest, broken), *unknown_units(channels, UNITS)),
            personal=_personal(blocks) if given.keep_personal_data else (),
        )

    def example(self) -> dict[str, bytes]:
        """Return two EMG channels at 1000 Hz and a knee angle at 100 Hz."""
        return {"example.csv": _example().encode()}


TITLES = ("Devices", "Model Outputs", "Joints", "Trajectories", "Segments")
"""How Nexus calls the blocks."""
UNITS = "results of models may be in units emgpipe does not know; do not map these channels"


@dataclass(frozen=True, slots=True)
class _Part:
    """A block with its numbers.

    Attributes
    ----------
    frames : array, shape (n_rows,)
        The frame of each row, with sub frames as fractions.
    per_frame : int
        Rows per frame.
    """

    block: ViconBlock
    numbers: Numbers
    frames: NDArray[np.float64]
    per_frame: int

    @property
    def frame_rate(self) -> float:
        """Frames per second."""
        return self.block.sampling_rate / self.per_frame

    @property
    def first_frame(self) -> float:
        """Frame of the first row; 1 where the file does not say."""
        first = float(self.frames[0]) if self.frames.size else 1.0
        return first if np.isfinite(first) and abs(first) < 1e12 else 1.0


def _is_wanted(block: ViconBlock, *, positions: bool) -> bool:
    return block.title.lower() in READ or (positions and block.title.lower() in POSITIONS)


def _nothing_wanted(path: Path, titles: list[str], broken: list[str]) -> ReadError:
    if titles:
        listed = ", ".join(dict.fromkeys(titles))
        message = (
            f"holds {listed}, but neither devices nor models nor joints; export the devices, or state positions: true "
            "in the study file, below `recordings:`, as reading: [{kind: vicon_csv, positions: true}]"
        )
        return ReadError(message, path=path, reader=ViconCsvReader.name)
    cut = f"the block {broken[0]} has no samples or no rate" if broken else "no block is whole"
    return DamagedFileError(f"{cut}; export it again", path=path, reader=ViconCsvReader.name)


def _read_part(block: ViconBlock, path: Path, encoding: str) -> _Part:
    indices = tuple(column.index for column in block.columns)
    has_sub_frames = 1 not in indices and block.n_columns > 1
    used = (0, 1, *indices) if has_sub_frames else (0, *indices)
    numbers = read_numbers(
        NumberBlock(
            path,
            encoding,
            block.delimiter,
            block.decimal,
            block.first_line,
            used,
            block.n_columns,
            block.n_rows,
            is_last=block.is_last,
        )
    )
    frames = numbers.columns[0]
    sub = numbers.columns[1] if has_sub_frames else np.zeros(frames.size)
    usable = sub[np.isfinite(sub) & (sub >= 0) & (sub < block.n_rows)]
    per_frame = int(usable.max(initial=0.0)) + 1
    return _Part(block, numbers, frames + sub / per_frame, per_frame)


def _channels(part: _Part, labels: Sequence[str], start: float) -> list[Channel]:
    channels = []
    for column, label in zip(part.block.columns, labels, strict=False):  # labels go on with those of later blocks
        unit, factor = scaling_to_base(_UNITS.get(column.unit.lower(), column.unit))
        samples = part.numbers.columns[column.index]
        if factor != 1.0:
            samples *= factor  # the array is this reader's own
        kind = guess_kind(label, unit)
        channels.append(channel_from_array(label, samples, part.block.sampling_rate, unit=unit, kind=kind, start=start))
    return channels


def _frame_gaps(part: _Part) -> list[Finding]:
    """Say where the numbers of frames do not go on one by one."""
    steps = np.diff(part.frames) * part.per_frame
    odd = int((np.abs(steps[np.isfinite(steps)] - 1.0) > 0.01).sum())
    if not odd:
        return []
    where = _named([part.block.title])
    reason = f"{where}: the frame numbers jump {odd} times; later samples are at other times than shown"
    remedy = "export the trial without cuts, or use only the part before the first jump"
    return [make_finding("time_gaps", "warn", reason, remedy, value=float(odd))]


def _rate_doubts(parts: list[_Part]) -> list[Finding]:
    """Blocks count the same frames: their rates divided by their rows per frame are one frame rate."""
    rates = {part.block.title: part.frame_rate for part in parts if part.frames.size > part.per_frame}
    if not rates or max(rates.values()) <= min(rates.values()) * 1.005:
        return []
    listed = ", ".join(f"{_named([title])} {rate:.6g} Hz" for title, rate in rates.items())
    reason = f"the stated sampling rates contradict each other: frames per second by sub frames are {listed}"
    remedy = "look the rates up in Nexus and export again"
    return [make_finding("sampling_rate_contradiction", "fail", reason, remedy)]


def _left_out(titles: list[str], broken: list[str]) -> list[Finding]:
    findings = []
    if titles:
        remedy = (
            "state positions: true in the study file (reading: [{kind: vicon_csv, positions: true}]) to read positions"
        )
        reason = f"blocks that are left out: {_named(titles)}"
        findings.append(make_finding("left_out", "note", reason, remedy))
    if broken:
        reason = f"blocks without samples or without a rate: {_named(broken)}"
        findings.append(make_finding("broken_block", "warn", reason, "export the trial again"))
    return findings


def _personal(blocks: list[ViconBlock]) -> tuple[tuple[str, str], ...]:
    return subjects(column.group for block in blocks for column in block.columns)


def _example() -> str:
    emg, angle = 1e-4 * np.sin(0.9 * np.arange(400)), 45 + 40 * np.cos(0.2 * np.arange(40))
    lines = [
        "Devices,,,", "1000,,,", ",,Delsys Trigno EMG - GMAX RT,Delsys Trigno EMG - GMED RT",
        "Frame,Sub Frame,EMG1,EMG2", ",,V,V",
    ]  # fmt: skip
    lines += [f"{i // 10 + 1},{i % 10},{value:.6g},{-value:.6g}" for i, value in enumerate(emg)]
    lines += ["", "Model Outputs,,", "100,,", ",,Subject:RKneeAngles", "Frame,Sub Frame,X", ",,deg"]
    lines += [f"{i + 1},0,{value:.6g}" for i, value in enumerate(angle)]
    return "\n".join([*lines, ""])


def _named(titles: list[str]) -> str:
    """Return titles of blocks as words; those that are not Nexus's own between quotation marks, as free text."""
    return ", ".join(title if title in TITLES else f"'{title}'" for title in dict.fromkeys(titles))
