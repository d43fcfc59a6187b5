"""Delsys MAT-files, as the File Utility and NeuroMap write them.

`Channels` is a char matrix, a name per row; `Fs` has a rate (Hz) per channel, `Data` and `Time` (s) a row per channel.
All rows are as long as that of the fastest channel: slower ones are filled up with zeros, and their time stamps run on.

Source: files and scripts published by laboratories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.model import Acquisition, Channel, Finding, Recording, Source, channel_from_array
from emgpipe.readers.base import MOST_RATE, Head, Reader, ReaderOptions
from emgpipe.readers.labels import scaling_to_base, unique_labels, unknown_units
from emgpipe.readers.parts.delsys.channels import DelsysColumn, check_stated, delsys_kind
from emgpipe.readers.parts.delsys.doubts import merged, rate_finding
from emgpipe.readers.parts.delsys.options import DelsysOptions, with_emg_unit
from emgpipe.readers.parts.delsys.padding import true_lengths
from emgpipe.readers.parts.matlab.matfile import load_mat, mat_names, mat_version
from emgpipe.readers.parts.tables.clocks import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NEEDED = frozenset({"Channels", "Data", "Fs"})
WANTED = ("Channels", "Data", "Fs", "Time", "Length", "Unit", "Units")
WHY = "a MAT-file with Delsys' variables Channels, Data and Fs"
STATE_UNIT = (
    "state the unit of the EMG in the study file, below `recordings:`, as reading: [{kind: delsys_mat, unit: V}]"
)


class DelsysMatOptions(DelsysOptions):
    """What a Delsys MAT-file leaves out."""

    kind: Literal["delsys_mat"] = "delsys_mat"


class DelsysMatReader(Reader):
    """MAT-files of the Delsys File Utility, with their padding undone."""

    name: ClassVar[str] = "delsys_mat"
    title: ClassVar[str] = "Delsys MAT-file"
    extensions: ClassVar[tuple[str, ...]] = (".mat",)
    Options: ClassVar[type[ReaderOptions]] = DelsysMatOptions
    is_fragile: ClassVar[bool] = True

    def recognize(self, head: Head) -> str | None:
        """Look for the variables Channels, Data and Fs."""
        if mat_version(head.data, head.size) is None:
            return None
        return WHY if set(mat_names(head.path)) >= NEEDED else None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return every row as a channel of its true length."""
        given = options if isinstance(options, DelsysMatOptions) else DelsysMatOptions()
        content = load_mat(path, self.name, WANTED)
        names = _texts(content.get("Channels"))
        rows = _rows(content.get("Data"), len(names), path)
        labels, notes = unique_labels(names)
        rates = _rates(content.get("Fs"), labels, path)
        lengths, doubts = true_lengths(rows, rates, labels, _lengths(content.get("Length"), len(labels)))
        units = _units(content, labels)
        columns = [
            DelsysColumn(label, index, unit=unit) for index, (label, unit) in enumerate(zip(labels, units, strict=True))
        ]
        stated = with_emg_unit(columns, given.unit, given.units, delsys_kind)
        check_stated(stated, labels, path, self.name)
        channels = []
        for label, row, rate, length, unit, times in zip(
            labels, rows, rates, lengths, units, _times(content.get("Time"), rows), strict=True
        ):
            start, contradiction = _compare(label, times[:length], rate)
            doubts += contradiction
            channels.append(_channel(label, row[:length], rate, stated.get(label, unit), start))
        findings = (*notes, *merged(doubts), *unknown_units(channels, STATE_UNIT))
        source = Source(path, self.name, WHY)
        return Recording(
            tuple(channels), source, acquisition=Acquisition(device="Delsys (MAT export)"), findings=findings
        )

    def example(self) -> dict[str, bytes]:
        """Return EMG at 2000 Hz and an accelerometer at 200 Hz, which is filled up with zeros."""
        return {"example.mat": _example()}


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, list):
        return [text.strip() if isinstance(text, str) else "" for text in value]
    return []


def _rows(value: object, n_channels: int, path: Path) -> NDArray[np.float64]:
    """Return `Data` with a row per channel."""
    if not isinstance(value, np.ndarray) or value.ndim != 2 or value.dtype.kind not in "fiu" or not n_channels:
        raise DamagedFileError(
            "Channels or Data are no table of signals; export it again", path=path, reader="delsys_mat"
        )
    rows = value.astype(np.float64, copy=False)
    if rows.shape[0] != n_channels and rows.shape[1] == n_channels:
        rows = rows.T
    if rows.shape[0] != n_channels or not rows.shape[1]:
        message = f"there are {n_channels} names in Channels, but Data is {value.shape[0]} by {value.shape[1]}"
        raise DamagedFileError(f"{message}; export it again", path=path, reader="delsys_mat")
    return rows


def _numbers(value: object, n_channels: int) -> list[float] | None:
    """Return a number per channel, one for all repeated; None where there are others."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu" or value.size not in {1, n_channels}:
        return None
    numbers = [float(number) for number in value.ravel()]
    return numbers if len(numbers) == n_channels else numbers * n_channels


def _rates(value: object, labels: list[str], path: Path) -> list[float]:
    rates = _numbers(value, len(labels))
    if rates is None:
        message = f"Fs does not hold a sampling rate for each of the {len(labels)} channels; export it again"
        raise DamagedFileError(message, path=path, reader="delsys_mat")
    for label, rate in zip(labels, rates, strict=True):
        if not 0 < rate <= MOST_RATE:
            message = f"the sampling rate of '{label}' is {rate:g} Hz; it must lie above 0; export the file again"
            raise ReadError(message, path=path, reader="delsys_mat")
    return rates


def _lengths(value: object, n_channels: int) -> list[int | None]:
    numbers = _numbers(value, n_channels) if isinstance(value, np.ndarray) and value.size == n_channels > 1 else None
    if numbers is None:
        return [None] * n_channels
    return [int(number) if number.is_integer() and number > 0 else None for number in numbers]


def _units(content: dict[str, object], labels: list[str]) -> list[str]:
    units = _texts(content.get("Unit", content.get("Units")))
    if len(units) == 1:
        return units * len(labels)
    return units if len(units) == len(labels) else [""] * len(labels)


def _times(value: object, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return time stamps of the shape of `rows`, without columns where there are none."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        if value.shape == rows.shape:
            return value.astype(np.float64, copy=False)
        if value.shape == rows.shape[::-1]:
            return value.T.astype(np.float64, copy=False)
    return np.empty((rows.shape[0], 0))


def _compare(label: str, times: NDArray[np.float64], rate: float) -> tuple[float, list[Finding]]:
    """Return the time of the first sample (s), and whether the stamps contradict the rate."""
    if times.size < 2 or not np.isfinite(times[[0, -1]]).all() or times[-1] <= times[0]:
        return 0.0, []
    clock = Clock(float((times.size - 1) / (times[-1] - times[0])), float(times[0]), times.size)
    return clock.start, rate_finding(label, rate, clock)


def _channel(label: str, row: NDArray[np.float64], rate: float, written: str, start: float) -> Channel:
    unit, factor = scaling_to_base(written)
    samples = row * factor  # a copy: the table with its padding can be let go
    samples[~np.isfinite(samples)] = np.nan
    return channel_from_array(label, samples, rate, unit=unit, kind=delsys_kind(label, unit), start=start)


def _example() -> bytes:
    from io import BytesIO

    from scipy.io import savemat

    rates, n = (2000.0, 200.0), 600
    data = np.zeros((2, n))
    data[0], data[1, :60] = 1e-4 * np.sin(0.9 * np.arange(n)), np.cos(0.3 * np.arange(60))
    buffer: Any = BytesIO()  # scipy takes files, its annotations do not say so
    savemat(
        buffer,
        {
            "Channels": np.array(["GMAX RT: EMG 1", "GMAX RT: ACC X 1"]),
            "Data": data,
            "Fs": np.array([rates]).T,
            "Time": np.arange(n) / np.array([rates]).T,
        },
    )
    content: bytes = buffer.getvalue()
    return content
