"""CSV that Excel, pandas and R read as a plain table, and emgpipe reads back whole; see `docs/convert.md`.

Lines that begin with ``#`` stand before the table and hold what no column can: exact rates, kinds, muscles, events. A
second file beside it would be lost on the first copy. Voltages are in uV, the other quantities in emgpipe's units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emgpipe.model import make_finding
from emgpipe.readers.parts.described.described import LAYOUT, NAME, channel_fields, stated, to_json
from emgpipe.units import UNKNOWN
from emgpipe.writers.base import Writer, shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.model import Channel, Finding, Recording

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'", "#")
"""What a spreadsheet would run, and what is put before such texts: an apostrophe."""
CELLS = 1 << 18
"""Cells that are made at a time."""


class CsvWriter(Writer):
    """CSV: a time column per clock, one column per channel, empty cells where samples are missing."""

    name = "csv"
    title = "CSV"
    extensions = (".csv",)

    def write(self, recording: Recording, path: Path) -> list[Finding]:
        """Fill the file in pieces of rows."""
        groups = _clock_groups(recording.channels)
        header = [cell for group in groups for cell in group.header(single=len(groups) == 1)]
        lines = [*_preamble(recording, groups), ",".join(map(_cell, header))]
        text = "\n".join(lines)
        with path.open("wb") as handle:
            # Excel takes UTF-8 for something else unless the file begins with this mark.
            handle.write((b"" if text.isascii() else b"\xef\xbb\xbf") + text.encode("utf-8", "replace") + b"\n")
            for rows in _rows(groups, len(header)):
                handle.write(rows.encode("ascii"))
        return _findings(recording)


@dataclass(frozen=True, slots=True)
class _Group:
    """Channels that share a clock and stand behind one time column."""

    channels: tuple[Channel, ...]

    def header(self, *, single: bool) -> list[str]:
        """Return the texts of the header row."""
        rate = self.channels[0].sampling_rate
        time = "time (s)" if single else f"time at {rate:g} Hz (s)"
        return [time, *(_heading(channel) for channel in self.channels)]

    def cells(self, start: int, stop: int) -> list[list[str]]:
        """Return the texts of rows start..stop, column by column; blank where the group has ended."""
        first = self.channels[0]
        end = max(min(stop, first.n_samples), start)
        times = first.start + np.arange(start, end) / first.sampling_rate
        blank = [""] * (stop - end)
        columns = [[f"{time:.9f}" for time in times.tolist()] + blank]
        return columns + [_numbers(channel.read(start, end), channel.unit) + blank for channel in self.channels]


def _clock_groups(channels: Sequence[Channel]) -> list[_Group]:
    groups: dict[tuple[float, float, int], list[Channel]] = {}
    for channel in channels:
        groups.setdefault((channel.sampling_rate, channel.start, channel.n_samples), []).append(channel)
    return [_Group(tuple(group)) for group in groups.values()]


def _heading(channel: Channel) -> str:
    unit, _ = shown_unit(channel.unit)
    label = f"'{channel.label}" if channel.label.startswith(FORMULA) else channel.label
    return label if unit == UNKNOWN else f"{label} ({unit})"


def _cell(text: str) -> str:
    """Return a header cell; quoted where it holds what would end it or begin a comment."""
    if any(mark in text for mark in ',;"#\n\r'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _numbers(samples: NDArray[np.float64], unit: str) -> list[str]:
    """Return the shortest texts that give the same float64 again."""
    _, factor = shown_unit(unit)
    values = samples if factor == 1.0 else samples * factor
    texts = list(map(repr, values.tolist()))
    for index in np.flatnonzero(np.isnan(values)).tolist():
        texts[index] = ""
    return texts


def _rows(groups: list[_Group], n_columns: int) -> Iterator[str]:
    n_rows = max(group.channels[0].n_samples for group in groups)
    step = max(CELLS // n_columns, 1)
    for start in range(0, n_rows, step):
        stop = min(start + step, n_rows)
        columns = [column for group in groups for column in group.cells(start, stop)]
        yield "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


def _preamble(recording: Recording, groups: list[_Group]) -> list[str]:
    facts: list[tuple[str, dict[str, Any]]] = [("source", {"read_from": recording.source.reader})]
    if acquisition := stated(recording.acquisition):
        facts.append(("acquisition", acquisition))
    places = _places(groups)
    facts += [("channel", _described(channel, *places[channel.label])) for channel in recording.channels]
    facts += [("event", {"label": one.label, "start": one.start, "duration": one.duration}) for one in recording.events]
    facts += [("finding", stated(finding)) for finding in recording.findings]
    facts += [("personal", {"name": name, "value": value}) for name, value in recording.personal]
    before = len(facts) + 3
    hints = [
        f"# the table begins in line {before + 1}; in Python: pandas.read_csv(path, skiprows={before})",
        f"# in R: read.csv(path, skip = {before}, check.names = FALSE)",
    ]
    return [f"# {NAME} {LAYOUT}", *hints, *(f"# {word} {to_json(fields)}" for word, fields in facts)]


def _places(groups: list[_Group]) -> dict[str, tuple[int, int]]:
    """Return (column, time column) of each label, counted from 1."""
    places, number = {}, 1
    for group in groups:
        for offset, channel in enumerate(group.channels, start=1):
            places[channel.label] = (number + offset, number)
        number += len(group.channels) + 1
    return places


def _described(channel: Channel, column: int, time_column: int) -> dict[str, Any]:
    unit, factor = shown_unit(channel.unit)
    written = {"written_in": unit} if factor != 1.0 else {}
    said = {name: value for name, value in channel_fields(channel).items() if value not in ("", False)}
    return {"column": column, "time_column": time_column, **written, "n_samples": 0, "start": 0.0, **said}


def _findings(recording: Recording) -> list[Finding]:
    shown = [channel for channel in recording.channels if shown_unit(channel.unit)[1] != 1.0]
    if not shown:
        return []
    reason = "voltages are written in uV; in volts they read back equal to 1e-15 of their value, not to the last bit"
    remedy = "write .h5 or .mat where every bit counts"
    return [make_finding("precision", "note", reason, remedy, value=1e-15)]
