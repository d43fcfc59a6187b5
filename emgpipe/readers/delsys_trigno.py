"""Delsys Trigno Discover text exports, and files of the Delsys API's example program."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Event, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.delsys.channels import delsys_kind, read_channels, used_columns
from emgpipe.readers.parts.delsys.options import DelsysOptions, with_emg_unit
from emgpipe.readers.parts.delsys.trigno_header import TrignoHeading, is_discover, read_heading
from emgpipe.readers.parts.tables.beginning import read_beginning
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines
from emgpipe.readers.parts.tables.layout import to_number
from emgpipe.readers.parts.tables.number_block import NumberBlock, split_safely

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.model import Channel

HEADING_BYTES = 1 << 20
MISSED = 0.01
"""A recording shorter than stated by more than this part is mentioned."""
STATE_UNIT = (
    "state the unit of the EMG in the study file, below `recordings:`, as reading: [{kind: delsys_trigno, unit: mV}]"
)


class DelsysTrignoOptions(DelsysOptions):
    """What a Trigno file may leave out."""

    kind: Literal["delsys_trigno"] = "delsys_trigno"


class DelsysTrignoReader(Reader):
    """Trigno Discover 1.4 to 2.1, with and without time columns, in both decimal marks; the API's CSV."""

    name: ClassVar[str] = "delsys_trigno"
    title: ClassVar[str] = "Delsys Trigno Discover text"
    extensions: ClassVar[tuple[str, ...]] = (".csv",)
    Options: ClassVar[type[ReaderOptions]] = DelsysTrignoOptions
    is_text: ClassVar[bool] = True

    def recognize(self, head: Head) -> str | None:
        """Look for the program's name in the first line, or for channels named with their time column or rate."""
        encoding = detect_encoding(head.data)
        if encoding is None:
            return None
        lines = _lines(head.data, encoding)
        if is_discover(lines):
            return "the first line names Trigno Discover"
        heading = read_heading(lines)
        return _describe(heading) if heading else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every signal as a channel with its own rate; markers become events."""
        given = options if isinstance(options, DelsysTrignoOptions) else DelsysTrignoOptions()
        head = read_beginning(path, HEADING_BYTES)
        encoding = detect_encoding(head) or "utf-8"
        heading = read_heading(_lines(head, encoding))
        if heading is None:
            message = "is cut off before the first samples, or its row of channels is missing; copy or export it again"
            raise DamagedFileError(message, path=path, reader=self.name)
        columns = heading.columns
        block = NumberBlock(
            path, encoding, heading.delimiter, heading.decimal, heading.data_start, used_columns(columns),
            heading.n_columns, is_alone=heading.markers is None,
        )  # fmt: skip
        units = with_emg_unit(columns, given.unit, given.units, delsys_kind)
        channels, findings = read_channels(block, columns, units, STATE_UNIT, self.name)
        program = f", {heading.application}" if heading.application else ""
        return Recording(
            channels,
            Source(path, self.name, _describe(heading)),
            _events(path, encoding, heading),
            Acquisition(start_time=_start_time(heading.facts.get("date/time", "")), device=f"Delsys Trigno{program}"),
            (*findings, *_cut_short(heading, channels)),
        )

    def example(self) -> dict[str, bytes]:
        """Return a short export of one sensor, with time columns and a marker."""
        return {"example.csv": _example().encode()}


def _lines(head: bytes, encoding: str) -> list[str]:
    return split_lines(decode_head(head, encoding))


def _describe(heading: TrignoHeading) -> str:
    if heading.application:
        return f"the first line names {heading.application}"
    if any(column.clock is not None for column in heading.columns):
        return "Trigno's row of channels with time columns (EMG 1 Time Series (s))"
    return "Trigno's row of channels with their rates (EMG 1 (1925.926))"


def _start_time(text: str) -> str:
    """Return a date that begins with the year as ISO 8601, any other as it is written: day and month are not told."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2}:\d\d:\d\d(?:\.\d+)?)", text.strip())
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}T{found[4]:0>8}" if found else text.strip()


def _events(path: Path, encoding: str, heading: TrignoHeading) -> tuple[Event, ...]:
    """Read the table of markers to the right of the first rows."""
    if heading.markers is None:
        return ()
    events = []
    with path.open(encoding=encoding, errors="replace", newline=None) as handle:
        for line in itertools.islice(handle, heading.data_start, None):
            cells = split_safely(line.rstrip("\n"), heading.delimiter)[heading.markers :]
            if len(cells) < 4 or not cells[0]:
                break
            kind, name, label, at = cells[:4]
            time = to_number(at, heading.decimal)
            if time is not None and np.isfinite(time):
                events.append(Event(label or name or kind, time))
    return tuple(events)


def _cut_short(heading: TrignoHeading, channels: tuple[Channel, ...]) -> list[Finding]:
    stated = to_number(heading.facts.get("collection length (seconds)", ""), heading.decimal)
    found = max(channel.start + channel.duration for channel in channels)
    if stated is None or not np.isfinite(stated) or found >= (1 - MISSED) * stated:
        return []
    reason = f"the file states a length of {stated:.6g} s, its longest channel ends at {found:.6g} s: it was cut off"
    return [make_finding("declared_count", "warn", reason, "export the whole recording again", value=found, unit="s")]


def _example() -> str:
    emg, acceleration = 0.1 * np.sin(0.9 * np.arange(340)), np.cos(0.3 * np.arange(40))
    lines = [
        "Application:, Trigno Discover (2.1.0.7)",
        "Date/Time:, 2024/05/03 10:00:00",
        "Collection Length (seconds):, 0.27",
        "GMAX RT (75923), , , ",
        "sensor mode: 65, , , ",
        "EMG 1 Time Series (s), EMG 1 (mV), ACC X Time Series (s), ACC X (G)",
        ", 1259.2593 Hz, , 148.1481 Hz",
        ", 0.000794 s, , 0.00675 s, Type, Name, Label, Time (s)",
    ]
    for row in range(340):
        slow = f"{row * 0.00675:.5f}, {acceleration[row]:.6g}" if row < 40 else ", "
        marker = ", General, Marker 1, start, 0.05" if row == 0 else ""
        lines.append(f"{row / 1259.2593:.7f}, {emg[row]:.8g}, {slow}{marker}")
    return "\n".join([*lines, ""])
