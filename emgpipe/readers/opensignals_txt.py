"""OpenSignals text files of biosignalsplux and BITalino: a heading in JSON, rows of counts.

Format: "OpenSignals Sensor File Specifications (.TXT Format)", PLUX Wireless Biosignals S.A.,
https://support.pluxbiosignals.com/knowledge-base/opensignals-sensor-file-specifications-txt-format/.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Channel, Finding, Recording, Source, channel_from_array, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.labels import unique_labels
from emgpipe.readers.parts.opensignals.devices import (
    Conversion,
    Device,
    Line,
    acquisition_of,
    bits_per_channel,
    check_sensors,
    conversion_findings,
    conversion_of,
    device_of,
    distinct_labels,
    is_analog,
    lost_samples,
    texts,
)
from emgpipe.readers.parts.opensignals.sensors import SensorOptions
from emgpipe.readers.parts.tables.ending import cut_ending, without_cut_cells
from emgpipe.readers.parts.tables.layout import Layout
from emgpipe.readers.parts.tables.table import Table, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MOST_HEADING = 1 << 20
"""Bytes; the heading of a device takes about one thousand."""
_FIRST_LINE = re.compile(rb"(\xef\xbb\xbf)?#\s*(OpenSignals Text File|\{\s*\"[^\"]{1,80}\"\s*:\s*\{)")


class OpenSignalsTxtOptions(SensorOptions):
    """How to read OpenSignals text files.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - {kind: opensignals_txt, sensors: {CH1: emg}}
    """

    kind: Literal["opensignals_txt"] = "opensignals_txt"


class OpenSignalsTxtReader(Reader):
    """OpenSignals text: one or several devices, analog channels in volts where the sensor is known."""

    name = "opensignals_txt"
    title = "OpenSignals text (biosignalsplux, BITalino)"
    extensions = (".txt",)
    Options = OpenSignalsTxtOptions
    states_kinds = True
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept the first line of the format, or a commented JSON object that states a sampling rate."""
        first = _FIRST_LINE.match(head.data)
        if first is None:
            return None
        if first[2].startswith(b"{") and b'"sampling rate"' not in head.data:
            return None
        return "begins with an OpenSignals heading"

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return analog channels and digital lines; sequence numbers are checked and left out."""
        given = options if isinstance(options, OpenSignalsTxtOptions) else OpenSignalsTxtOptions()
        stated, data_start = _heading(path)
        layout = Layout("\t", ".", data_start, _width(path, data_start))
        table, findings = without_cut_cells(read_table(path, layout, "utf-8"), cut_ending(path, layout, "utf-8"))
        columns = _columns(stated, len(table.columns), path)
        findings += [
            note for column in columns if column.is_sequence
            for note in lost_samples(table.columns[column.index], column.line.device)
        ]  # fmt: skip
        used = [column for column in columns if not column.is_sequence]
        labels, notes = unique_labels(distinct_labels([column.line for column in used]))
        check_sensors(given, labels, path, self.name)
        conversions = [_conversion(column, label, table, given) for column, label in zip(used, labels, strict=True)]
        channels = tuple(
            _channel(column, label, table, conversion)
            for column, label, conversion in zip(used, labels, conversions, strict=True)
        )
        findings += [*notes, *_unreadable(table), *conversion_findings(
            labels, [column.line for column in used], conversions, self.name
        )]  # fmt: skip
        devices = list(dict.fromkeys(column.line.device for column in columns))
        personal = tuple(("comments", device.comments) for device in devices if device.comments)
        return Recording(
            channels, Source(path, self.name, "begins with an OpenSignals heading"), (),
            acquisition_of(devices, conversions), tuple(findings), personal if given.keep_personal_data else (),
        )  # fmt: skip

    def example(self) -> dict[str, bytes]:
        """Return a small biosignalsplux recording: EMG at 1000 Hz, 16 bits, and one digital input."""
        stated = {
            "sensor": ["EMG"], "column": ["nSeq", "DI", "CH1"], "time": "10:29:43.249", "date": "2018-7-5",
            "channels": [1], "convertedValues": 0, "device": "biosignalsplux", "sampling rate": 1000,
            "label": ["CH1"], "resolution": [16], "special": [{}],
        }  # fmt: skip
        counts = 32768 + np.round(2000 * np.sin(np.arange(200) * 0.6)).astype(int)
        rows = "".join(f"{number}\t0\t{count}\t\r\n" for number, count in enumerate(counts))
        heading = json.dumps({"00:07:80:00:00:00": stated})
        text = f"# OpenSignals Text File Format. Version 1\r\n# {heading}\r\n# EndOfHeader\r\n{rows}"
        return {"example.txt": text.encode()}


@dataclass(frozen=True, slots=True)
class _Column:
    index: int
    line: Line
    is_sequence: bool = False
    is_digital: bool = False


def _heading(path: Path) -> tuple[dict[str, Any], int]:
    """Return the JSON of the heading and the index of the first line of numbers."""
    with path.open("rb") as handle:
        lines = handle.read(MOST_HEADING).decode("utf-8-sig", errors="replace").splitlines()
    above = [line.lstrip("# \t") for line in lines if line.startswith("#")]
    text = next((line for line in above if line.startswith("{")), "")
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = "the heading (second line) is not whole, so that rates and channels are not known; export it again"
        raise DamagedFileError(message, path=path, reader="opensignals_txt") from error
    if not isinstance(stated, dict) or not all(isinstance(device, dict) for device in stated.values()):
        raise DamagedFileError("the heading names no device; export it again", path=path, reader="opensignals_txt")
    start = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return stated, start


def _width(path: Path, data_start: int) -> int:
    with path.open(encoding="utf-8", errors="replace") as handle:
        for number, line in enumerate(handle):
            if number >= data_start and line.strip():
                return len(line.rstrip().split("\t"))
    raise DamagedFileError("has a heading but no samples; record or export again", path=path, reader="opensignals_txt")


def _columns(stated: dict[str, Any], width: int, path: Path) -> list[_Column]:
    columns: list[_Column] = []
    for address, of_device in stated.items():
        device = device_of(address, of_device)
        if device is None:
            message = f"the heading states no usable sampling rate for device {address}; export it again"
            raise DamagedFileError(message, path=path, reader="opensignals_txt")
        names = texts(of_device.get("column")) or _guess_names(of_device, width, alone=len(stated) == 1)
        columns += _columns_of_device(names, of_device, device, len(columns))
    if len(columns) != width:
        message = f"the heading describes {len(columns)} columns, the rows have {width}; export the recording again"
        raise DamagedFileError(message, path=path, reader="opensignals_txt")
    if not any(not column.is_sequence for column in columns):
        raise DamagedFileError("holds sequence numbers only, no samples", path=path, reader="opensignals_txt")
    return columns


def _columns_of_device(names: list[str], stated: dict[str, Any], device: Device, first: int) -> list[_Column]:
    analog = [place for place, name in enumerate(names) if is_analog(name)]
    labels, sensors = texts(stated.get("label")), texts(stated.get("sensor"))
    labels = labels if len(labels) == len(analog) else [names[place] for place in analog]
    sensors = sensors if len(sensors) == len(analog) else [""] * len(analog)
    bits = bits_per_channel(stated.get("resolution"), len(names), len(analog))
    lines = {
        place: Line(label, sensor, bit, device)
        for place, label, sensor, bit in zip(analog, labels, sensors, bits, strict=True)
    }
    return [
        _Column(
            first + place, lines.get(place, Line(name, "", None, device)),
            name.lower() == "nseq", place not in lines and name.lower() != "nseq",
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


def _guess_names(stated: dict[str, Any], width: int, *, alone: bool) -> list[str]:
    """Headings before 2016 name no columns: a sequence number and digital lines stand before the channels."""
    labels = texts(stated.get("label")) or [f"CH{number}" for number in texts(stated.get("channels"))]
    before = width - len(labels) if alone else 2
    digital = [f"DI{number}" for number in range(1, before)]
    return [*(["nSeq"] if before > 0 else []), *digital, *labels]


def _conversion(column: _Column, label: str, table: Table, options: OpenSignalsTxtOptions) -> Conversion:
    if column.is_digital:
        return Conversion("trigger", "counts")
    known = table.columns[column.index]
    known = known[np.isfinite(known)]
    largest = float(known.max()) if known.size else 0.0
    whole = bool((known == np.floor(known)).all() and (known >= 0).all())
    return conversion_of(column.line, label, options, largest=largest, whole=whole)


def _channel(column: _Column, label: str, table: Table, conversion: Conversion) -> Channel:
    samples: NDArray[np.float64] = table.columns[column.index]
    if conversion.scale != 1.0 or conversion.shift:
        samples *= conversion.scale  # the table is this reader's own
        samples += conversion.shift
    rate = column.line.device.sampling_rate
    return channel_from_array(label, samples, rate, unit=conversion.unit, kind=conversion.kind)


def _unreadable(table: Table) -> list[Finding]:
    findings = []
    missing = int(sum(np.isnan(column).sum() for column in table.columns)) - (table.doubtful >= 0)
    if missing > 0:
        reason = f"{missing} cells hold no usable number; they are NaN"
        findings.append(make_finding("unusable_cells", "warn", reason, "export the recording again", value=missing))
    if table.wide_rows:
        reason = f"{table.wide_rows} rows have more cells than the heading names columns; the surplus is not read"
        findings.append(make_finding("row_width", "warn", reason, "export the recording again"))
    return findings
