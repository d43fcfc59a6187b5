"""Noraxon's single CSV (MR3, myoRESEARCH 4): all signals in one table, activities and markers beside them.

Keys on line 1, their values on line 2, labels such as ``"time";"Activity";"Marker";"BICEPS BR. LT (uV)"`` below an
empty line. Activities become events with a duration, markers events without. Names, birth date and sex stand in the
header; they are dropped unless they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from emgpipe.model import Recording, Source
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.labels import unknown_units
from emgpipe.readers.parts.noraxon.files import signal_label
from emgpipe.readers.parts.noraxon.recording import STATE_UNIT, Written, make_content
from emgpipe.readers.parts.noraxon.table import read_table
from emgpipe.readers.parts.noraxon.text import NoraxonLayout, find_layout, open_layout

if TYPE_CHECKING:
    from pathlib import Path


class NoraxonCsvOptions(ReaderOptions):
    """What can be stated about Noraxon CSV files: nothing but whether names are kept, they describe themselves."""

    kind: Literal["noraxon_csv"] = "noraxon_csv"


class NoraxonCsvReader(Reader):
    """One CSV file of myoRESEARCH, with decimal points or commas; also one file of its separate CSV export."""

    name = "noraxon_csv"
    title = "Noraxon CSV"
    extensions = (".csv", ".txt")
    Options = NoraxonCsvOptions
    is_text = True

    def recognize(self, head: Head) -> str | None:
        """Accept the keys, values and labels myoRESEARCH writes."""
        layout = find_layout(head.data)
        return _describe(layout) if layout else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every column of numbers that is not time as a channel."""
        layout = open_layout(path, self.name)
        written = Written(layout.header, named_labels(layout, path), read_table(path, layout))
        content = make_content(written, path, self.name)
        findings = (*content.findings, *unknown_units(content.channels, STATE_UNIT))
        personal = layout.header.personal if options.keep_personal_data else ()
        source = Source(path, self.name, _describe(layout))
        return Recording(content.channels, source, content.events, layout.header.acquisition, findings, personal)

    def example(self) -> dict[str, bytes]:
        """Return a small recording with decimal commas: EMG, acceleration and angle, two activities, one marker."""
        return {"example.csv": _example().encode()}


def named_labels(layout: NoraxonLayout, path: Path) -> tuple[str, ...]:
    """Return the labels; the column ``value`` of a file of one signal is called as that signal."""
    if layout.labels[1:] != ("value",):
        return layout.labels
    return (layout.labels[0], signal_label(layout.header, path, ""))


def _describe(layout: NoraxonLayout) -> str:
    mark = "comma" if layout.decimal == "," else "point"
    return f"text with the keys of a Noraxon export, {len(layout.labels)} columns, decimal {mark}"


def _example() -> str:
    time = np.arange(400) / 2000.4
    columns = [100 * np.sin(500 * time), -80 * np.cos(400 * time), 1000 + 50 * np.sin(6 * time), 45 + 40 * time]
    lines = [
        '"type";"begin_time";"frequency";"count";"created with version";"last_name";"first_name";"born";"sex"'
        ';"measurement_date";"record_name"',
        '"record";"0.00000";"2000.4";"400";"4.0.22";"Doe";"Jane";"01.01.1990";"f";"2025-01-01T10:00:00";"hip thrust"',
        "",
        '"time";"Activity";"Marker";"GLUT. MAX. RT (uV)";"GLUT. MED. RT (uV)";"Internal Accel 1 Ax (mG)"'
        ';"Hip Flexion RT (deg)"',
    ]
    for row, stamp in enumerate(time):
        activity = '"rest"' if row < 100 else '"thrust"' if row < 300 else ""
        cells = [f"{stamp:.5f}", activity, '"go"' if row == 100 else "", *(f"{column[row]:.6f}" for column in columns)]
        lines.append(";".join(cells).replace(".", ","))
    return "\n".join([*lines, ""])
