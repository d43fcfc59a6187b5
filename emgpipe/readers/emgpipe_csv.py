"""CSV files that emgpipe wrote (`emgpipe convert`, `emgpipe.writers.csv`); the layout is in `docs/convert.md`.

The lines that begin with ``#`` hold what no column can: exact rates, units, events. The time columns are checked
against them, so that a row that was removed or added since cannot shift the samples unnoticed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, EmgpipeError
from emgpipe.model import Finding, Recording, Source, make_finding
from emgpipe.model.recording import ArrayLoader
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.described.csv_table import read_columns
from emgpipe.readers.parts.described.described import (
    NAME,
    ChannelFacts,
    check_layout,
    checked_facts,
    from_json,
    recording_from,
)
from emgpipe.readers.parts.described.example import csv_example
from emgpipe.units import conversion_factor, parse_unit

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from emgpipe.readers.parts.described.described import RecordingFacts

FIRST = f"# {NAME} "
MOST_PREAMBLE = 1 << 26
ITS_PLAIN_TABLE = (
    "delete the lines that begin with # to have it read as an ordinary table, or convert the original again"
)


class EmgpipeCsvOptions(ReaderOptions):
    """What can be stated about these files: nothing of their own, they describe themselves."""

    kind: Literal["emgpipe_csv"] = "emgpipe_csv"


class EmgpipeCsvReader(Reader):
    """CSV written by emgpipe: nothing is guessed."""

    name = "emgpipe_csv"
    title = "emgpipe CSV"
    extensions = (".csv",)
    Options = EmgpipeCsvOptions
    states_kinds = True
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept the first line."""
        first = head.data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)
        if len(first) == 2 and first[0].rstrip(b"\r").removeprefix(FIRST.encode()).isdigit():
            return f"text that begins with '# {NAME}'"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the recording as it was written."""
        text = _preamble(path)
        facts = checked_facts(text.written, path, self.name)
        layout = _layout(text, facts, path)
        columns = _columns(path, text, layout.n_rows)
        found = int(columns.shape[1])
        _check_times(columns, layout, facts, found, path)
        counts = [min(channel.n_samples, found) for channel in facts.channels]
        loaders = [
            ArrayLoader(_scaled(columns[place][:count], factor))
            for place, factor, count in zip(layout.places, layout.factors, counts, strict=True)
        ]
        channels = tuple(
            channel.model_copy(update={"n_samples": count})
            for channel, count in zip(facts.channels, counts, strict=True)
        )
        facts = facts.model_copy(update={"channels": channels})
        source = Source(path, self.name, f"text that begins with '# {NAME}'")
        return recording_from(facts, loaders, source, options, _shorter(found, layout.n_rows))

    def example(self) -> dict[str, bytes]:
        """Return a small file: two EMG channels, an angle at another rate, two events."""
        return {"example.csv": csv_example()}


@dataclass(frozen=True, slots=True)
class _Text:
    """What the lines before the table say: `written` for `checked_facts`, columns of the channels, and the header."""

    written: dict[str, Any]
    columns: tuple[dict[str, Any], ...]
    header: tuple[str, ...]
    table_line: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Per channel: the place of its column, of its time column, and the factor to its unit."""

    places: tuple[int, ...]
    times: tuple[int, ...]
    factors: tuple[float, ...]
    n_rows: int


def _preamble(path: Path) -> _Text:
    lists: dict[str, list[dict[str, Any]]] = {"channel": [], "event": [], "finding": [], "personal": []}
    single: dict[str, dict[str, Any]] = {"acquisition": {}, "source": {}}
    name, number, read = EmgpipeCsvReader.name, 1, 0
    with path.open("rb") as handle:
        check_layout(handle.readline().split()[-1].decode("ascii", "replace"), path, name)
        for line in handle:
            number, read = number + 1, read + len(line)
            if not line.startswith(b"#") or read > MOST_PREAMBLE:
                break
            word, _, rest = line[1:].decode("utf-8", "replace").strip().partition(" ")
            if rest.startswith("{") and word in lists:
                lists[word].append(from_json(rest, path, name))
            elif rest.startswith("{") and word in single:
                single[word] = from_json(rest, path, name)
        else:
            raise DamagedFileError("is cut off before its table; copy it again", path=path, reader=name)
        header = _cells(line.decode("utf-8-sig", "replace").rstrip("\r\n"))
    columns = tuple(
        {key: one.pop(key, None) for key in ("column", "time_column", "written_in")} for one in lists["channel"]
    )
    written = {
        "channels": lists["channel"],
        "events": lists["event"],
        "findings": lists["finding"],
        "acquisition": single["acquisition"],
        "personal": [(one.get("name"), one.get("value")) for one in lists["personal"]],
        "read_from": single["source"].get("read_from", ""),
    }
    return _Text(written, columns, tuple(header), number)


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:  # a lone carriage return, a field without end
        return line.split(",")


def _layout(text: _Text, facts: RecordingFacts, path: Path) -> _Layout:
    n = len(text.header)
    places = [_place(one["column"], n, path) for one in text.columns]
    times = [_place(one["time_column"], n, path) for one in text.columns]
    if len(set(places)) < len(places) or set(places) & set(times):
        raise _damaged("two channels claim the same column", path)
    factors = [
        _factor(one["written_in"], channel, path) for one, channel in zip(text.columns, facts.channels, strict=True)
    ]
    n_rows = max(channel.n_samples for channel in facts.channels)
    return _Layout(tuple(places), tuple(times), tuple(factors), n_rows)


def _place(number: object, n_columns: int, path: Path) -> int:
    if not isinstance(number, int) or not 1 <= number <= n_columns:
        raise _damaged(f"a channel stands in column {str(number)[:20]} of {n_columns}", path)
    return number - 1


def _factor(written_in: object, channel: ChannelFacts, path: Path) -> float:
    if written_in is None:
        return 1.0
    unit = parse_unit(str(written_in))
    try:
        return conversion_factor(channel.unit, unit)
    except EmgpipeError:
        raise _damaged(f"'{channel.label}' is in {channel.unit} and written in {written_in}", path) from None


def _columns(path: Path, text: _Text, declared: int) -> NDArray[np.float64]:
    try:
        return read_columns(path, text.table_line, len(text.header), declared)
    except ValueError as error:  # pandas' ParserError is one
        raise _damaged(f"its table cannot be read ({error})", path) from None


def _check_times(columns: NDArray[np.float64], layout: _Layout, facts: RecordingFacts, found: int, path: Path) -> None:
    for place in dict.fromkeys(layout.times):
        channel = facts.channels[layout.times.index(place)]
        count = min(channel.n_samples, found)
        expected = channel.start + np.arange(count) / channel.sampling_rate
        away = ~(np.abs(columns[place][:count] - expected) <= 0.5 / channel.sampling_rate)
        if away.any():
            row = int(np.argmax(away)) + 1
            raise _damaged(
                f"row {row} of its table is not at the time the sampling rate gives; rows were changed", path
            )


def _scaled(column: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    if factor != 1.0:
        column /= factor  # the columns are this reader's own
    return column


def _shorter(found: int, declared: int) -> list[Finding]:
    if found == declared:
        return []
    reason = f"{declared} rows are declared, {found} are there: the end of the recording is missing"
    return [
        make_finding("row_count", "warn", reason, "copy the file again", value=float(declared - found), unit="rows")
    ]


def _damaged(what: str, path: Path) -> DamagedFileError:
    return DamagedFileError(f"{what}; {ITS_PLAIN_TABLE}", path=path, reader=EmgpipeCsvReader.name)
