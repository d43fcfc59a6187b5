"""OpenSignals HDF5 files: one group per device, named by its MAC address, with raw counts per channel.

The groups ``support`` (what OpenSignals draws when zoomed out) and ``plugin`` hold nothing recorded.
Format: https://support.pluxbiosignals.com (OpenSignals HDF5 files), PLUX Wireless Biosignals S.A.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from emgpipe.errors import DamagedFileError
from emgpipe.model import Channel, Finding, Recording, Source, make_finding
from emgpipe.readers.base import Head, Reader, ReaderOptions
from emgpipe.readers.labels import unique_labels
from emgpipe.readers.parts.matlab.hdf5file import NUMBERS, Hdf5Loader, check_dataset, member, open_hdf5
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
    lost_samples,
)
from emgpipe.readers.parts.opensignals.sensors import SensorOptions

if TYPE_CHECKING:
    from pathlib import Path

SEEN = 1 << 16
"""Samples that are looked at to judge counts and resolution, without reading a long file."""
MOST_CHANNELS = 1000
_ADDRESS = re.compile(rb"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")
_NUMBERED = re.compile(r"(?:channel|digital)_(\d+)")


class OpenSignalsH5Options(SensorOptions):
    """How to read OpenSignals HDF5 files.

    Examples
    --------
    In a study file::

        recordings:
          reading:
            - {kind: opensignals_h5, counts: true}
    """

    kind: Literal["opensignals_h5"] = "opensignals_h5"


class OpenSignalsH5Reader(Reader):
    """OpenSignals HDF5: one or several devices, each with its own rate; samples stay in the file until asked for."""

    name = "opensignals_h5"
    title = "OpenSignals HDF5 (biosignalsplux, BITalino)"
    extensions = (".h5", ".hdf5")
    Options = OpenSignalsH5Options
    states_kinds = True
    is_fragile = True

    def recognize(self, head: Head) -> str | None:
        """Accept HDF5 with a MAC address and a sampling rate among its first names; the library is not asked."""
        if not head.data.startswith(b"\x89HDF\r\n\x1a\n"):
            return None
        if _ADDRESS.search(head.data) and b"sampling rate" in head.data:
            return "an HDF5 file with a device's MAC address and sampling rate, as OpenSignals writes it"
        return None

    def read(self, path: Path, options: ReaderOptions) -> Recording:
        """Return analog channels and digital lines; counts become volts where sensor and device are known."""
        given = options if isinstance(options, OpenSignalsH5Options) else OpenSignalsH5Options()
        found: list[_Dataset] = []
        findings: list[Finding] = []
        with open_hdf5(path, self.name) as file:
            for address in file:
                group = _group(file, address)
                if group is not None and _group(group, "raw") is not None:
                    found += _datasets(group, address, path, findings)
        if not found:
            message = "no group of a device holds channels; save the recording again in OpenSignals"
            raise DamagedFileError(message, path=path, reader=self.name)
        labels, notes = unique_labels(distinct_labels([dataset.line for dataset in found]))
        check_sensors(given, labels, path, self.name)
        conversions = [_conversion(dataset, label, given) for dataset, label in zip(found, labels, strict=True)]
        channels = tuple(
            _channel(path, dataset, label, conversion)
            for dataset, label, conversion in zip(found, labels, conversions, strict=True)
        )
        findings += [*notes, *conversion_findings(labels, [one.line for one in found], conversions, self.name)]
        devices = list(dict.fromkeys(dataset.line.device for dataset in found))
        personal = tuple(("comments", device.comments) for device in devices if device.comments)
        source = Source(path, self.name, "an HDF5 file of OpenSignals")
        return Recording(
            channels, source, (), acquisition_of(devices, conversions), tuple(findings),
            personal if given.keep_personal_data else (),
        )  # fmt: skip

    def example(self) -> dict[str, bytes]:
        """Return a small biosignalsplux recording: EMG at 1000 Hz, 16 bits, and one digital input."""
        import h5py

        counts = 32768 + np.round(2000 * np.sin(np.arange(200) * 0.6))
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            group = file.create_group("00:07:80:00:00:00")
            group.attrs.update(
                {"sampling rate": 1000, "resolution": [16], "channels": [1], "device": "biosignalsplux",
                 "date": "2018-7-5", "time": "10:29:43.249", "nsamples": counts.size}
            )  # fmt: skip
            raw = group.create_dataset("raw/channel_1", data=counts.astype("<u2")[:, None], chunks=(128, 1))
            raw.attrs.update({"label": "CH1", "sensor": "EMG"})
            group.create_dataset("raw/nSeq", data=np.arange(counts.size, dtype="<u2")[:, None])
            group.create_dataset("digital/digital_1", data=np.zeros((counts.size, 1), dtype="<u2"))
        return {"example.h5": buffer.getvalue()}


@dataclass(frozen=True, slots=True)
class _Dataset:
    """Where a channel lies, and what its first samples look like."""

    name: str
    line: Line
    n_samples: int
    is_flat: bool
    is_digital: bool
    largest: float
    whole: bool


def _group(parent: Any, name: str) -> Any:
    """Return a group inside this file, or None; links to other files are not followed."""
    import h5py

    found = member(parent, name)
    return found if isinstance(found, h5py.Group) else None


def _items(parent: Any, name: str, path: Path) -> list[tuple[str, Any]]:
    """Return the datasets of numbers of one group, in order of their numbers."""
    tables = _tables(parent, name)
    if len(tables) > MOST_CHANNELS:
        message = f"'{name}' claims {len(tables)} channels; the file is damaged"
        raise DamagedFileError(message, path=path, reader="opensignals_h5")
    items = [(key, item) for key, item in tables if item.dtype.kind in NUMBERS and _is_column(item)]
    for _, item in items:
        check_dataset(item, path, "opensignals_h5")
    return sorted(items, key=lambda item: (_number(item[0]), item[0]))


def _is_column(dataset: Any) -> bool:
    return len(dataset.shape) == 1 or (len(dataset.shape) == 2 and dataset.shape[1] == 1)


def _number(key: str) -> int:
    found = _NUMBERED.fullmatch(key)
    return int(found[1]) if found else MOST_CHANNELS


def _datasets(group: Any, address: str, path: Path, findings: list[Finding]) -> list[_Dataset]:
    stated = {str(key): _plain(value) for key, value in group.attrs.items()}
    device = device_of(address, stated)
    if device is None:
        message = f"states no usable sampling rate for device {address}; save the recording again in OpenSignals"
        raise DamagedFileError(message, path=path, reader="opensignals_h5")
    raw = [item for item in _items(group, "raw", path) if item[0] != "nSeq"]
    bits = _bits(stated, [_number(key) for key, _ in raw])
    found = [
        _dataset(item, Line(_text(item, "label") or key, _text(item, "sensor"), bit, device))
        for (key, item), bit in zip(raw, bits, strict=True)
    ]
    for key, item in _items(group, "digital", path):
        found.append(_dataset(item, Line(key, "", None, device), is_digital=True))
    for key, item in _items(group, "raw", path):
        if key == "nSeq":
            findings += lost_samples(np.asarray(item[()], dtype=np.float64).reshape(-1), device)
    findings += _counted(stated, found, device)
    findings += _events(group)
    return found


def _bits(stated: dict[str, Any], numbers: list[int]) -> list[int | None]:
    """Return the bits of each channel by its number; the list in the heading follows the list of channels."""
    channels = [int(number) for number in np.asarray(stated.get("channels", []), dtype=np.float64).reshape(-1)]
    if sorted(channels) != sorted(numbers):
        return bits_per_channel(stated.get("resolution"), len(numbers), len(numbers))
    resolution = np.asarray(stated.get("resolution", []))
    of_channel = dict(zip(channels, bits_per_channel(resolution, resolution.size, len(channels)), strict=True))
    return [of_channel[number] for number in numbers]


def _dataset(item: Any, line: Line, *, is_digital: bool = False) -> _Dataset:
    seen = np.asarray(item[:SEEN], dtype=np.float64).reshape(-1)
    seen = seen[np.isfinite(seen)]
    return _Dataset(
        item.name, line, int(item.shape[0]), len(item.shape) == 1, is_digital,
        float(seen.max()) if seen.size else 0.0, bool((seen == np.floor(seen)).all() and (seen >= 0).all()),
    )  # fmt: skip


def _conversion(dataset: _Dataset, label: str, options: OpenSignalsH5Options) -> Conversion:
    if dataset.is_digital:
        return Conversion("trigger", "counts")
    return conversion_of(dataset.line, label, options, largest=dataset.largest, whole=dataset.whole)


def _channel(path: Path, dataset: _Dataset, label: str, conversion: Conversion) -> Channel:
    loader = Hdf5Loader(
        path, "opensignals_h5", dataset.name, 0, None if dataset.is_flat else 0, conversion.scale, conversion.shift
    )
    rate = dataset.line.device.sampling_rate
    return Channel(label, rate, conversion.unit, conversion.kind, dataset.n_samples, loader)


def _counted(stated: dict[str, Any], found: list[_Dataset], device: Device) -> list[Finding]:
    declared = np.asarray(stated.get("nsamples", np.nan), dtype=np.float64).reshape(-1)
    lengths = {dataset.n_samples for dataset in found}
    if declared.size != 1 or not np.isfinite(declared[0]) or lengths <= {int(declared[0])}:
        return []
    reason = f"device {device.address} declares {declared[0]:.0f} samples, its channels hold {min(lengths)}"
    return [make_finding("sample_count", "warn", reason, "copy or save the file again", value=float(min(lengths)))]


def _events(group: Any) -> list[Finding]:
    rows = sum(item.shape[0] for _, item in _tables(group, "events"))
    if not rows:
        return []
    reason = f"holds {rows} rows of events whose meaning is not published; they are not read"
    return [make_finding("events_not_read", "note", reason, "use the digital lines, which are read as channels")]


def _tables(parent: Any, name: str) -> list[tuple[str, Any]]:
    """Return the datasets with axes in one group, in order of their names; links to other files are not followed."""
    import h5py

    group = _group(parent, name)
    if group is None:
        return []
    found = [(key, member(group, key)) for key in group]
    return [(key, item) for key, item in found if isinstance(item, h5py.Dataset) and item.shape]


def _text(item: Any, name: str) -> str:
    return str(_plain(item.attrs.get(name, ""))).strip()


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
