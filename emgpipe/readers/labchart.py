"""LabChart (ADInstruments) text exports: blocks with a header each, comments at the ends of rows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Channel, Event, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.labchart.blocks import Block, read_blocks
from emgpipe.readers.parts.labchart.timeline import Stretch, StretchLoader, rate_of, stretches_of
from emgpipe.readers.parts.tables.clocks import EPOCH
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding
from emgpipe.readers.parts.tables.ending import cut_ending
from emgpipe.readers.parts.tables.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

HEAD_BYTES = 65536
WHY = "begins with a LabChart header (Interval=, ChannelTitle=)"
_EXCEL_ZERO = dt.datetime(1899, 12, 30)


class LabChartOptions(ReaderOptions):
    """What can be stated about LabChart text files: nothing yet, they describe themselves."""

    kind: Literal["labchart"] = "labchart"


class LabChartReader(Reader):
    """LabChart text: every block, comments as events, gaps between blocks kept."""

    name = "labchart"
    title = "LabChart text"
    extensions = (".txt",)
    Options = LabChartOptions
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept text whose first line states an interval and whose header titles channels."""
        encoding = detect_encoding(head.data)
        if encoding is None:
            return None
        text = decode_head(head.data, encoding).lstrip("\ufeff \t\r\n")
        return WHY if text.startswith("Interval=") and "ChannelTitle=" in text else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:  # noqa: ARG002 - LabChart has no options
        """Return all channels; blocks of another rate or with other titles give channels of their own."""
        with path.open("rb") as handle:
            encoding = detect_encoding(handle.read(HEAD_BYTES)) or "cp1252"
        blocks = read_blocks(path, encoding)
        findings = _mend_ending(blocks, path, encoding)
        blocks = [block for block in blocks if block.n_rows]
        if not blocks:
            message = "has headers but no rows of numbers; export the recording again"
            raise DamagedFileError(message, path=path, reader=self.name)
        rates = _rates(blocks, findings, path)
        stretches, notes = stretches_of(blocks, rates)
        stretches, more = _from_first(stretches)
        channels, labels = _channels(blocks, rates, stretches)
        findings += [*notes, *more, *labels, *_unreadable(blocks)]
        findings += unknown_units(channels, "name the units in LabChart (Units Conversion) and export again")
        return Recording(
            tuple(channels), Source(path, self.name, WHY), _events(blocks, rates, stretches),
            Acquisition(start_time=_start_time(blocks[0].header.date), device="LabChart"), tuple(findings),
        )  # fmt: skip

    def example(self) -> dict[str, bytes]:
        """Return a small export: EMG in mV and an angle at 1000 Hz, with one comment."""
        header = (
            "Interval=\t0.001 s\r\nExcelDateTime=\t4.5e+04\t03/15/23 00:00:00.000\r\nTimeFormat=\tStartOfBlock\r\n"
            "DateFormat=\t\r\nChannelTitle=\tEMG GMAX\tHip\r\nRange=\t10.000 mV\t10.000 V\r\nUnitName=\t*\tdeg\r\n"
            "TopValue=\t*\t180\r\nBottomValue=\t*\t-180\r\n"
        )
        emg = np.sin(np.arange(200) * 0.6)
        rows = [f"{i / 1000:g}\t{value:.5f}\t{45 + value:.3f}" for i, value in enumerate(emg)]
        rows[50] += "\t#* start "
        return {"example.txt": (header + "\r\n".join(rows) + "\r\n").encode()}


def _mend_ending(blocks: list[Block], path: Path, encoding: str) -> list[Finding]:
    """Leave out what is not whole in the last row of the file."""
    if not blocks or not blocks[-1].pieces:
        return []
    ending = cut_ending(path, Layout("\t", blocks[-1].decimal, 0, 0), encoding)
    if ending is None or not ending.is_row:
        return []
    last, lead = blocks[-1].pieces[-1], blocks[-1].lead
    if ending.whole <= lead and not ending.is_doubtful:
        blocks[-1].pieces[-1] = last[:, :-1]
    else:
        last[ending.whole :, -1] = np.nan
    return [ending.finding()]


def _rates(blocks: list[Block], findings: list[Finding], path: Path) -> list[float]:
    rates: list[float] = []
    for number, block in enumerate(blocks, start=1):
        rate, doubts = rate_of(block, number)
        if rate is None:
            message = f"block {number} states no usable interval (Interval=) and has no time; export it again"
            raise DamagedFileError(message, path=path, reader="labchart")
        rates.append(rate)
        findings += doubts
    return rates


def _from_first(stretches: list[Stretch]) -> tuple[list[Stretch], list[Finding]]:
    """Count from the first sample where time stamps count from some date."""
    zero = stretches[0].start
    if abs(zero) <= EPOCH:
        return stretches, []
    reason = f"time stamps count from a date ({zero:.3f} s); here they count from the first sample"
    moved = [Stretch(one.block, one.row, one.n_rows, one.start - zero) for one in stretches]
    return moved, [make_finding("time_origin", "note", reason, value=zero, unit="s")]


def _channels(blocks: list[Block], rates: list[float], stretches: list[Stretch]) -> tuple[list[Channel], list[Finding]]:
    """Return one channel per title for all blocks that have the same titles, units and rate."""
    groups: dict[tuple[object, ...], list[Stretch]] = {}
    for stretch in stretches:
        header = blocks[stretch.block].header
        groups.setdefault((header.titles, header.units, rates[stretch.block]), []).append(stretch)
    titles = [title for group in groups.values() for title in blocks[group[0].block].header.titles]
    labels, findings = unique_labels(titles)
    channels, place = [], 0
    for group in groups.values():
        first = blocks[group[0].block]
        for column, written in enumerate(first.header.units):
            channels.append(_channel(labels[place], written, column, group, blocks, rates[group[0].block]))
            place += 1
    if len(groups) > 1:
        reason = f"blocks differ in rate, titles or units: they give {len(groups)} sets of channels"
        findings.append(make_finding("differing_blocks", "warn", reason, "choose channels by label"))
    return channels, findings


def _channel(
    label: str, written: str, column: int, group: Sequence[Stretch], blocks: list[Block], rate: float
) -> Channel:
    unit, factor = scaling_to_base(written)
    starts: list[int] = []
    pieces: list[NDArray[np.float64]] = []
    end = 0
    for stretch in group:
        # Rounding to the grid of samples never makes stretches overlap.
        place = max(round((stretch.start - group[0].start) * rate), end)
        for piece in _rows(blocks[stretch.block], column, stretch):
            piece *= factor  # noqa: PLW2901 - in place: the blocks are this reader's own, each row is in one stretch
            pieces.append(piece)
            starts.append(place)
            place += piece.size
        end = place
    loader = StretchLoader(tuple(starts), tuple(pieces))
    return Channel(label, rate, unit, guess_kind(label, unit), end, loader, start=group[0].start)


def _rows(block: Block, column: int, stretch: Stretch) -> list[NDArray[np.float64]]:
    """Return a channel's samples in the rows of a stretch, piece by piece."""
    found, begin = [], 0
    for piece in block.pieces:
        lower, upper = max(stretch.row - begin, 0), min(stretch.row + stretch.n_rows - begin, piece.shape[1])
        if lower < upper:
            found.append(piece[block.lead + column, lower:upper])
        begin += piece.shape[1]
    return found


def _events(blocks: list[Block], rates: list[float], stretches: list[Stretch]) -> tuple[Event, ...]:
    events = []
    for stretch in stretches:
        last = stretch.row + stretch.n_rows
        events += [
            Event(text, stretch.time_of(row, rates[stretch.block]))
            for row, text in blocks[stretch.block].comments
            if stretch.row <= row < last
        ]
    return tuple(events)


def _unreadable(blocks: list[Block]) -> list[Finding]:
    findings = []
    missing = sum(int(np.isnan(piece[block.lead :]).sum()) for block in blocks for piece in block.pieces)
    if missing:
        texts = sum(block.texts for block in blocks)
        reason = f"{missing} cells hold no usable number ({texts} text); they are NaN"
        findings.append(make_finding("unusable_cells", "warn", reason, "check the export", value=float(missing)))
    wide = sum(block.wide for block in blocks)
    if wide:
        reason = f"{wide} rows have more cells than there are channels; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, "check the export"))
    return findings


def _start_time(days: float | None) -> str:
    if days is None:
        return ""
    moment = _EXCEL_ZERO + dt.timedelta(days=days)
    return moment.isoformat(timespec="milliseconds")
