"""SYLK sheets: Noraxon's SLK export, which has the layout of its single CSV, and plain tables of numbers."""

from __future__ import annotations

import itertools
import re
from array import array
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions, guess_kind
from emgpipe.readers.labels import unknown_units
from emgpipe.readers.parts.noraxon.header import NoraxonHeader, is_key_line, make_header, to_float
from emgpipe.readers.parts.noraxon.labels import split_label
from emgpipe.readers.parts.noraxon.recording import STATE_UNIT, Written, make_content
from emgpipe.readers.parts.noraxon.table import NoraxonTable, Run, add_runs
from emgpipe.readers.parts.noraxon.text import TEXT_COLUMNS
from emgpipe.readers.parts.sylk.sylk import Sheet, Words, read_sylk
from emgpipe.readers.parts.tables.clocks import looks_uniform
from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TOP_ROWS = 60
"""How far down labels may stand."""
_TIME = re.compile(r"time\b", re.IGNORECASE)
_FIRST_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*ID;P[^\r\n;]*(?:;[A-Z][^\r\n;]*)*\s*[\r\n]+\s*(?:[PFBOC]|NN|NE);[A-Z]")


class SlkOptions(ReaderOptions):
    """What can be stated about SYLK files."""

    kind: Literal["slk"] = "slk"
    sampling_rate: float | None = Field(default=None, gt=0, le=1e6)
    """Samples per second, where the sheet has neither a frequency nor times; it goes before both."""
    unit: str | None = None
    """Unit of the EMG columns that have none in the file."""


class SlkReader(Reader):
    """A SYLK sheet with one column per signal."""

    name = "slk"
    title = "SYLK (Noraxon and others)"
    extensions = (".slk",)
    Options = SlkOptions
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept the ID record followed by another record."""
        return "begins with a SYLK ID record" if _FIRST_LINES.match(head.data) else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every column of numbers that is not time as a channel."""
        given = options if isinstance(options, SlkOptions) else SlkOptions()
        sheet = read_sylk(path, self.name)
        header, written, first = _layout(sheet, path)
        if given.sampling_rate is not None:
            kept = tuple(pair for pair in header.fields if pair[0] != "frequency")
            header = NoraxonHeader((("frequency", repr(given.sampling_rate)), *kept))
        labels, table, findings = _table(sheet, written, first, given)
        if header.sampling_rate is None and not np.isfinite(table.columns[0]).any():
            message = "has no time column and states no frequency; state it in the study file: "
            message += "below `recordings:`, as reading: [{kind: slk, sampling_rate: 1000}]"
            raise DamagedFileError(message, path=path, reader=self.name)
        content = make_content(Written(header, labels, table), path, self.name)
        findings += [*content.findings, *unknown_units(content.channels, STATE_UNIT)]
        if not sheet.has_end:
            reason = "the end record of SYLK is missing: the export was cut off"
            findings.append(make_finding("cut_off", "warn", reason, "export the recording again"))
        is_noraxon = bool(header.text("measurement_date") or header.text("count"))
        return Recording(
            content.channels,
            Source(path, self.name, f"a SYLK sheet{' with the keys of a Noraxon export' if is_noraxon else ''}"),
            content.events,
            header.acquisition if is_noraxon else Acquisition(),
            tuple(findings),
            header.personal if given.keep_personal_data else (),
        )

    def example(self) -> dict[str, bytes]:
        """Return a small sheet: keys, values, labels, EMG and angle, an activity and a marker."""
        return {"example.slk": _example()}


def _layout(sheet: Sheet, path: Path) -> tuple[NoraxonHeader, list[str], int]:
    """Return what stands above the table, the labels, and the first row of samples."""
    rows = sheet.top(TOP_ROWS)
    filled = [index for index, cells in enumerate(rows) if any(cells)]
    header = NoraxonHeader()
    if len(filled) > 2 and is_key_line(rows[filled[0]]):
        header = make_header(rows[filled[0]], rows[filled[1]])
        filled = filled[2:]
    place = next((i for i in filled if _TIME.match(rows[i][0])), None)
    if place is None:
        place = next((a for a, b in itertools.pairwise(filled) if _is_label_row(rows[a], rows[b])), None)
    if place is None:
        message = "has no row of labels above rows of numbers; give every column a label in the first row"
        raise DamagedFileError(message, path=path, reader=SlkReader.name)
    labels, first = rows[place], place + 1
    units = rows[first] if first < len(rows) else []
    if sum(parse_unit(cell) != UNKNOWN for cell in units) > 0.5 * sum(bool(cell) for cell in units):
        labels = [f"{label} ({unit})" if unit else label for label, unit in zip(labels, units, strict=True)]
        first += 1
    return header, labels, first


def _is_label_row(above: list[str], below: list[str]) -> bool:
    words = [cell for cell in above if cell and to_float(cell) is None]
    return len(words) >= 1 and len(words) >= 0.5 * sum(bool(cell) for cell in above) and any(below)


def _table(
    sheet: Sheet, labels: list[str], first: int, options: SlkOptions
) -> tuple[tuple[str, ...], NoraxonTable, list[Finding]]:
    """Return labels and columns with time in front, from the first row of samples on."""
    n_rows = sheet.numbers.shape[1] - first
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    runs: dict[int, list[Run]] = {}
    unreadable: dict[int, str] = {}
    left_out: list[str] = []
    for index, label in enumerate(labels):
        column, words = sheet.numbers[index, first:], _below(sheet.words.get(index), first)
        if label.lower() in TEXT_COLUMNS:
            runs[len(names)] = _runs(column, words, n_rows)
            column = np.empty(0)
        elif words.rows and not np.isfinite(column).any():
            left_out.append(f"'{label}'")
            continue
        elif not label and not np.isfinite(column).any():
            continue
        elif words.rows:
            unreadable[len(names)] = _first_text(words)
        names.append(_with_unit(label, options))
        columns.append(column)
    if names and not _TIME.match(names[0]) and looks_uniform(columns[0]):
        if (np.diff(columns[0]) == 1.0).all():  # counts the rows
            left_out.append(f"'{names.pop(0)}' (a row counter)")
            columns.pop(0)
            runs = {index - 1: found for index, found in runs.items()}
            unreadable = {index - 1: text for index, text in unreadable.items()}
        else:
            names[0] = "time"
    if not names or not _TIME.match(names[0]):
        names.insert(0, "time")
        columns.insert(0, np.full(n_rows, np.nan))
        runs = {index + 1: found for index, found in runs.items()}
        unreadable = {index + 1: text for index, text in unreadable.items()}
    findings = []
    if left_out:
        findings.append(
            make_finding("text_column", "note", f"columns that are not read as samples: {', '.join(left_out)}")
        )
    return tuple(names), NoraxonTable(tuple(columns), runs, unreadable, is_cut=not sheet.has_end), findings


def _with_unit(label: str, options: SlkOptions) -> str:
    needs = options.unit and not split_label(label)[1] and guess_kind(label, UNKNOWN) in {"emg", "other"}
    return f"{label} ({options.unit})" if needs and not _TIME.match(label) else label


def _below(words: Words | None, first: int) -> Words:
    """Return the cells of text from row `first` on, counted from there."""
    if words is None:
        return Words()
    rows = np.array(words.rows, dtype=np.int64) - first
    codes = np.array(words.codes, dtype=np.int64)[rows >= 0]
    return Words(array("q", rows[rows >= 0].tobytes()), array("q", codes.tobytes()), words.names)


def _first_text(words: Words) -> str:
    return list(words.names)[words.codes[0]]


def _runs(column: NDArray[np.float64], words: Words, n_rows: int) -> list[Run]:
    """Return runs of equal cells; markers may be numbers."""
    codes = np.full(n_rows, -1, dtype=np.int64)
    codes[np.array(words.rows, dtype=np.int64)] = np.array(words.codes, dtype=np.int64)
    names = list(words.names)
    known = np.flatnonzero(np.isfinite(column))
    numbers, codes_of_numbers = np.unique(column[known], return_inverse=True)
    codes[known] = len(names) + codes_of_numbers.reshape(-1)
    runs: list[Run] = []
    add_runs(runs, codes, [*names, *(f"{number:.12g}" for number in numbers)], 0)
    return runs


def _example() -> bytes:
    time = np.arange(300) / 1500.0
    emg, angle = 100 * np.sin(500 * time), 45 + 40 * np.cos(6 * time)
    keys = ["type", "begin_time", "frequency", "count", "created with version", "last_name", "measurement_date"]
    values = ["record", "0.00000", "1500", "300", "3.18.08", "Doe", "2025-01-01T10:00:00"]
    labels = ["time", "Activity", "Marker", "GLUT. MAX. RT (uV)", "Hip Flexion RT (deg)"]
    lines = ["ID;PNoraxon", f"B;Y304;X{len(keys)}"]
    for row, cells in ((1, keys), (2, values), (4, labels)):
        lines += [f'C;Y{row};X{column};K"{cell}"' for column, cell in enumerate(cells, start=1)]
    for row, stamp in enumerate(time):
        lines.append(f"C;Y{row + 5};X1;K{stamp:.5f}")
        if row == 0:
            lines.append('C;X2;K"thrust"')
        if row == 100:
            lines.append('C;X3;K"top"')
        lines += [f"C;X4;K{emg[row]:.6f}", f"C;X5;K{angle[row]:.6f}"]
    return "\r\n".join([*lines, "E", ""]).encode()
