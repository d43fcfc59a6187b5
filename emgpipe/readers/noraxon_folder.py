"""Noraxon's separate CSV export (myoMETRICS, myoRESEARCH): a folder with one file per signal.

Each file has keys and values on two lines (``"type","name","time_units","begin_time","frequency","count","units"``),
an empty line, the labels ``"time","value"`` and the rows, times with four decimals only. Which muscle it is stands in
the file name. ``Subject_info.csv``, ``Record_info.csv`` and tables of events lie beside them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.model import Channel, Event, Finding, Recording, Source, make_finding
from emgpipe.readers.base import HEAD_BYTES, Head, Reader, ReaderOptions
from emgpipe.readers.labels import unique_labels, unknown_units
from emgpipe.readers.parts.noraxon.events import (
    EventTable,
    outside_finding,
    percent_finding,
    read_events,
    read_information,
)
from emgpipe.readers.parts.noraxon.files import common_prefix, signal_label
from emgpipe.readers.parts.noraxon.header import NoraxonHeader
from emgpipe.readers.parts.noraxon.recording import STATE_UNIT, Written, make_content
from emgpipe.readers.parts.noraxon.table import read_table
from emgpipe.readers.parts.noraxon.text import NoraxonLayout, find_layout, open_layout

if TYPE_CHECKING:
    from pathlib import Path

MOST_LABELS = 12
"""A file of one signal has a time and at most so many values per row: a point has two, a marker three."""
LOOKED_AT = 8
"""Files that are opened to recognize a folder."""
_INFORMATION = re.compile(r"(subject|record|patient|project)?_?info$", re.IGNORECASE)
_EVENTS = re.compile(r"events?$|markers?$|activities$|periods$", re.IGNORECASE)


class NoraxonFolderOptions(ReaderOptions):
    """What can be stated about folders of Noraxon CSV files: whether names are kept."""

    kind: Literal["noraxon_folder"] = "noraxon_folder"


class NoraxonFolderReader(Reader):
    """A folder of CSV files, one per signal; each has its own rate, count and begin."""

    name = "noraxon_folder"
    title = "Noraxon CSV, one file per signal"
    extensions = (".csv",)
    Options = NoraxonFolderOptions
    is_folder = True
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept a folder in which one of the first CSV files holds one signal."""
        names = [name for name in head.entries if _is_candidate(name)]
        for name in names[:LOOKED_AT]:
            try:
                with (head.path / name).open("rb") as handle:
                    layout = find_layout(handle.read(HEAD_BYTES))
            except OSError:
                continue
            if layout and is_signal(layout):
                return f"a folder with Noraxon signals in files of their own, such as {name}"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return the signals of all files as channels; events from the tables beside them."""
        folder = _sort(path)
        channels: list[Channel] = []
        findings: list[Finding] = []
        prefix = common_prefix([file.stem for file in folder.signals])
        for file, layout in folder.signals.items():
            try:
                parts, doubts = _read_signal(file, layout, prefix)
            except DamagedFileError as error:
                reason = f"{file.name} {error.message}"
                findings.append(make_finding("file_unreadable", "fail", reason, "export the recording again"))
                continue
            channels += parts
            findings += [replace(doubt, reason=f"{file.name}: {doubt.reason}") for doubt in doubts]
        if not channels:
            first = findings[0].reason if findings else "there are no files with signals"
            raise ReadError(f"holds no readable signal ({first})", path=path, reader=self.name)
        labels, notes = unique_labels([channel.label for channel in channels])
        channels = [replace(channel, label=label) for channel, label in zip(channels, labels, strict=True)]
        events, remarks = _events(folder, channels)
        findings += [*notes, *remarks, *folder.findings(), *unknown_units(channels, STATE_UNIT)]
        source = Source(path, self.name, f"a folder with {len(folder.signals)} Noraxon signals in files of their own")
        personal = folder.personal if options.keep_personal_data else ()
        acquisition = folder.record.acquisition
        return Recording(tuple(channels), source, events, acquisition, tuple(findings), personal)

    def example(self) -> dict[str, bytes]:
        """Return two EMG signals at 2000.3556 Hz, an angle at 100 Hz, information and events."""
        return _example()


@dataclass(slots=True)
class _Folder:
    signals: dict[Path, NoraxonLayout] = field(default_factory=dict)
    record: NoraxonHeader = field(default_factory=NoraxonHeader)
    personal: tuple[tuple[str, str], ...] = ()
    tables: dict[str, EventTable] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    def findings(self) -> list[Finding]:
        if not self.others:
            return []
        shown = ", ".join(self.others[:12]) + (f" and {len(self.others) - 12} more" if len(self.others) > 12 else "")
        reason = f"files beside the signals that are not read: {shown}"
        return [make_finding("other_files", "note", reason)]


def is_signal(layout: NoraxonLayout) -> bool:
    """Say whether a file holds one signal and not a whole table."""
    keys = {key for key, _ in layout.header.fields}
    kind = layout.header.text("type").lower()
    few = 2 <= len(layout.labels) <= MOST_LABELS and not layout.text_columns
    return few and bool(keys & {"units", "time_units"}) and (not kind or kind.startswith("sig"))


def _is_candidate(name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    return ending.lower() == "csv" and not name.startswith(".") and not _INFORMATION.search(stem)


def _sort(path: Path) -> _Folder:
    """Look at each file of the folder once and say what it is."""
    folder = _Folder()
    for file in sorted(path.iterdir()):
        if file.is_dir() or not file.is_file():
            continue
        if file.suffix.lower() != ".csv" or file.name.startswith("."):
            folder.others.append(file.name)
        elif _INFORMATION.search(file.stem):
            header = read_information(file)
            is_person = "subject" in file.stem.lower() or "patient" in file.stem.lower()
            folder.personal += header.fields if is_person else header.personal
            if not is_person:
                folder.record = header
        elif layout := _signal_layout(file):
            folder.signals[file] = layout
        elif _EVENTS.search(file.stem) and (table := read_events(file)).events:
            folder.tables[file.name] = table
        else:
            folder.others.append(file.name)
    return folder


def _signal_layout(file: Path) -> NoraxonLayout | None:
    with file.open("rb") as handle:
        layout = find_layout(handle.read(HEAD_BYTES))
    return layout if layout and is_signal(layout) else None


def _read_signal(file: Path, layout: NoraxonLayout, prefix: str) -> tuple[tuple[Channel, ...], tuple[Finding, ...]]:
    name = signal_label(layout.header, file, prefix)
    parts = layout.labels[1:]
    labels = (name,) if len(parts) == 1 else tuple(f"{name} {part}" for part in parts)
    table = read_table(file, open_layout(file, NoraxonFolderReader.name))
    content = make_content(Written(layout.header, (layout.labels[0], *labels), table), file, NoraxonFolderReader.name)
    return content.channels, content.findings


def _events(folder: _Folder, channels: list[Channel]) -> tuple[tuple[Event, ...], list[Finding]]:
    events = {event for table in folder.tables.values() for event in table.events}
    ordered = tuple(sorted(events, key=lambda event: (event.start, event.duration, event.label)))
    start = min(channel.start for channel in channels)
    stop = max(channel.start + channel.duration for channel in channels)
    return ordered, [*percent_finding(folder.tables, stop - start), *outside_finding(ordered, start, stop)]


def _example() -> dict[str, bytes]:
    def signal(samples: np.ndarray, rate: float, unit: str) -> bytes:
        keys = '"type","name","time_units","begin_time","frequency","count","units"'
        lines = [keys, f'"signal","","s",0.0000,{rate},{samples.size},"{unit}"', "", '"time","value"']
        lines += [f"{row / rate:.4f},{value:.6f}" for row, value in enumerate(samples)]
        return b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode()

    time = np.arange(400) / 2000.3556
    begin = "Channel_Curves-Analyzed_Work_Activities-"
    information = '"last_name","first_name","born","sex"\r\n"Doe","Jane","01.01.1990","female"\r\n'
    record = '"type","measurement_date","record_name"\r\n"record","2025-01-01T10:00:00","walk"\r\n'
    return {
        f"{begin}GLUT._MED._RT.csv": signal(100 * np.sin(500 * time), 2000.3556, "uV"),
        f"{begin}BICEPS_FEM._RT.csv": signal(-50 * np.cos(400 * time), 2000.3556, "uV"),
        f"{begin}Knee_Flexion_RT.csv": signal(30 + 20 * np.sin(20 * time[::20]), 100.0, "deg"),
        f"{begin}events.csv": b'"Begin (%)","End (%)"\r\n0.0000,0.1999\r\n',
        "Record_info.csv": record.encode(),
        "Subject_info.csv": information.encode(),
    }
