"""Delsys EMGworks: text exported from EMGworks Analysis or the File Utility, one time column per channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Acquisition, Recording, Source
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.parts.delsys.channels import delsys_kind, read_channels, used_columns
from emgpipe.readers.parts.delsys.emgworks_header import EmgworksHeading, has_preamble, read_heading
from emgpipe.readers.parts.delsys.options import DelsysOptions, with_emg_unit
from emgpipe.readers.parts.tables.beginning import read_beginning
from emgpipe.readers.parts.tables.encoding import decode_head, detect_encoding, split_lines
from emgpipe.readers.parts.tables.number_block import NumberBlock

if TYPE_CHECKING:
    from pathlib import Path

HEADING_BYTES = 1 << 20
"""The preamble of a hundred channels takes some 20 KB."""
STATE_UNIT = (
    "state the unit of the EMG in the study file, below `recordings:`, as reading: [{kind: delsys_emgworks, unit: V}]"
)


class DelsysEmgworksOptions(DelsysOptions):
    """What an EMGworks export may leave out."""

    kind: Literal["delsys_emgworks"] = "delsys_emgworks"


class DelsysEmgworksReader(Reader):
    """Text exports of Delsys EMGworks, with and without their preamble, in both decimal marks."""

    name: ClassVar[str] = "delsys_emgworks"
    title: ClassVar[str] = "Delsys EMGworks text"
    extensions: ClassVar[tuple[str, ...]] = (".csv", ".txt")
    Options: ClassVar[type[ReaderOptions]] = DelsysEmgworksOptions
    is_text: ClassVar[bool] = True

    def recognize(self, head: Head) -> str | None:
        """Look for EMGworks' lines about signals, or for its row of labels ``X[s],"sensor: EMG 1"``."""
        encoding = detect_encoding(head.data)
        if encoding is None:
            return None
        lines = _lines(head.data, encoding)
        if has_preamble(lines):
            return "begins with EMGworks' lines about signals (Label: ... Sampling frequency: ...)"
        heading = read_heading([line for line in lines if line.strip()][:2])
        return _describe(heading) if heading else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every signal as a channel with its own rate and start."""
        given = options if isinstance(options, DelsysEmgworksOptions) else DelsysEmgworksOptions()
        head = read_beginning(path, HEADING_BYTES)
        encoding = detect_encoding(head) or "utf-8"
        heading = read_heading(_lines(head, encoding))
        if heading is None:
            message = "is cut off before the row of labels (X[s],...); copy or export it again"
            raise DamagedFileError(message, path=path, reader=self.name)
        columns = heading.columns
        block = NumberBlock(
            path, encoding, heading.delimiter, heading.decimal, heading.data_start, used_columns(columns),
            heading.n_columns,
        )  # fmt: skip
        units = with_emg_unit(columns, given.unit, given.units, delsys_kind)
        channels, findings = read_channels(block, columns, units, STATE_UNIT, self.name)
        return Recording(
            channels,
            Source(path, self.name, _describe(heading)),
            acquisition=Acquisition(device="Delsys (EMGworks export)"),
            findings=tuple(findings),
        )

    def example(self) -> dict[str, bytes]:
        """Return a short export of one sensor: EMG at 1259.259 Hz and an accelerometer at 148.1481 Hz."""
        return {"example.csv": _example().encode()}


def _lines(head: bytes, encoding: str) -> list[str]:
    return split_lines(decode_head(head, encoding))


def _describe(heading: EmgworksHeading) -> str:
    how = "with" if heading.has_facts else "without"
    return f"EMGworks' row of labels (X[s] before each signal), {how} its lines about signals"


def _example() -> str:
    signals = (("GMAX RT: EMG 1", 1259.259, "V", 340), ("GMAX RT: ACC.X 1", 148.1481, "g", 40))
    lines = [
        f"Label: {label} Sampling frequency: {rate:.6e} Number of points: {n} start: 0.000000e+000 "
        f"Unit: {unit} Domain Unit: s"
        for label, rate, unit, n in signals
    ]
    lines += ["", ",".join(f'X[s],"{label}"' for label, *_ in signals)]
    emg, acceleration = 1e-4 * np.sin(0.9 * np.arange(340)), np.cos(0.3 * np.arange(40))
    for row in range(340):
        slow = f"{row / 148.1481:.9f},{acceleration[row]:.6g}" if row < 40 else ","
        lines.append(f"{row / 1259.259:.10f},{emg[row]:.9g},{slow}")
    return "\n".join([*lines, ""])
