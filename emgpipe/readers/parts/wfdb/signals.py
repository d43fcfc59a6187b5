"""Where the signals of a WFDB record lie, as loaders; declared lengths are checked against the files' sizes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from emgpipe.errors import DamagedFileError, ReadError
from emgpipe.model import Finding, make_finding
from emgpipe.readers.labels import scaling_to_base, unique_labels
from emgpipe.readers.parts.blocks.blocks import Block, Column, item_size
from emgpipe.readers.parts.blocks.loader import BlockLoader
from emgpipe.readers.parts.wfdb.packed import PACKINGS, DifferenceLoader, PackedBlock, SkewLoader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from emgpipe.model.recording import Loader
    from emgpipe.readers.parts.wfdb.header import WfdbHeader, WfdbSignal

DTYPES = {"8": "i1", "16": "<i2", "24": "int24", "32": "<i4", "61": ">i2", "80": "u1", "160": "<u2"}
UNSIGNED = {"80": 128, "160": 32768}
"""What is added on writing to make samples positive."""
BITS = {"16": 16, "24": 24, "32": 32, "61": 16, "80": 8, "160": 16, "212": 12, "310": 10, "311": 10}
"""The most negative number of each format stands for a missing sample; format 8 has none."""


def make_loaders(header: WfdbHeader, path: Path) -> tuple[int, list[Loader], list[Finding]]:
    """Return the number of frames, a loader per signal and what was noticed.

    Raises
    ------
    ReadError
        A signal file is missing, shorter than declared, or described in contradicting ways.
    """
    files: dict[str, list[int]] = defaultdict(list)
    for index, signal in enumerate(header.signals):
        files[signal.file_name].append(index)
    findings: list[Finding] = []
    rooms = {name: _room(path, [header.signals[index] for index in indices]) for name, indices in files.items()}
    n_frames = _count_frames(header, rooms, path, findings)
    _check_skews(header, n_frames, path)
    loaders: dict[int, Loader] = {}
    for name, indices in files.items():
        signals = [header.signals[index] for index in indices]
        block = _block(path.with_name(name), signals, n_frames)
        for place, index in enumerate(indices):
            loaders[index] = _loader(block, place, signals[place], n_frames)
    ordered = [loaders[index] for index in range(len(header.signals))]
    return n_frames, ordered, [*findings, *_initial(header, ordered, n_frames)]


def _check_skews(header: WfdbHeader, n_frames: int, path: Path) -> None:
    """Refuse a skew that leaves a signal no sample."""
    for signal in header.signals:
        if n_frames and signal.skew >= n_frames:
            message = f"the header shifts '{signal.label}' by {signal.skew} samples, the record has {n_frames}"
            raise DamagedFileError(f"{message}; correct the skew behind its format", path=path, reader="wfdb")


def _room(path: Path, signals: Sequence[WfdbSignal]) -> int:
    """Return how many frames a signal file has room for."""
    first = signals[0]
    if any((other.storage, other.byte_offset) != (first.storage, first.byte_offset) for other in signals):
        message = f"the header states several storage formats for '{first.file_name}'; export the record again"
        raise DamagedFileError(message, path=path, reader="wfdb")
    try:
        size = path.with_name(first.file_name).stat().st_size
    except OSError as error:
        message = f"the signal file '{first.file_name}' is missing; copy it into the folder of the header"
        raise ReadError(message, path=path, reader="wfdb") from error
    in_frame = sum(signal.per_frame for signal in signals)
    packing = PACKINGS.get(first.storage)
    if packing is None:
        stored = (size - first.byte_offset) // item_size(DTYPES[first.storage])
    else:
        stored = packing.samples_in(max(size - first.byte_offset, 0))
    return max(stored, 0) // in_frame


def _count_frames(header: WfdbHeader, rooms: dict[str, int], path: Path, findings: list[Finding]) -> int:
    name, found = min(rooms.items(), key=lambda item: item[1])
    declared = header.n_frames
    if declared is None:
        reason = f"the header does not state the number of samples; {found} are in {name}"
        findings.append(make_finding("record_count", "warn", reason, "check that the recording is complete"))
        declared = found
    if declared > found:
        message = f"{name} is cut off: {declared} samples are declared, {found} are there; copy or export it again"
        raise DamagedFileError(message, path=path, reader="wfdb")
    if max(rooms.values()) > declared + 1:
        reason = f"{declared} samples are declared, {max(rooms.values())} are there; the surplus is not read"
        findings.append(make_finding("surplus_data", "warn", reason, "check that the recording is complete"))
    if not declared:
        findings.append(make_finding("no_samples", "fail", "the record holds no samples", "export it again"))
    return declared


def _block(path: Path, signals: Sequence[WfdbSignal], n_frames: int) -> Block:
    storage = signals[0].storage
    dtype = DTYPES.get(storage, "<i2")
    size, first = item_size(dtype), 0
    columns = []
    for signal in signals:
        columns.append(_column(signal, dtype, first, size))
        first += size * signal.per_frame
    offset = signals[0].byte_offset
    if storage in PACKINGS:
        return PackedBlock(path, "wfdb", offset, first, n_frames, tuple(columns), packing=storage)
    return Block(path, "wfdb", offset, first, n_frames, tuple(columns))


def _column(signal: WfdbSignal, dtype: str, first: int, size: int) -> Column:
    if signal.storage == "8":
        return Column(first, size, signal.per_frame, dtype)
    added = UNSIGNED.get(signal.storage, 0)
    missing = added - 2 ** (BITS[signal.storage] - 1)
    zero, scale = _scaling(signal)
    return Column(first, size, signal.per_frame, dtype, scale=scale, zero=zero + added, missing=missing)


def _scaling(signal: WfdbSignal) -> tuple[float, float]:
    """Return what is subtracted and what is multiplied; counts stay as stored."""
    if not signal.gain:
        return 0.0, 1.0
    return float(signal.baseline), scaling_to_base(signal.units)[1] / signal.gain


def _loader(block: Block, place: int, signal: WfdbSignal, n_frames: int) -> Loader:
    loader: Loader = BlockLoader(block, place)
    if signal.storage == "8":
        loader = DifferenceLoader(loader, float(signal.initial or 0), *_scaling(signal))
    if signal.skew:
        loader = SkewLoader(loader, signal.skew * signal.per_frame, n_frames * signal.per_frame)
    return loader


def _initial(header: WfdbHeader, loaders: Sequence[Loader], n_frames: int) -> list[Finding]:
    """Compare first samples with those the header states: another one betrays a signal file of another record."""
    differing = []
    labels, _ = unique_labels([signal.label for signal in header.signals])
    for signal, label, loader in zip(header.signals, labels, loaders, strict=True):
        if signal.initial is None or signal.skew or signal.storage == "8" or not n_frames:
            continue
        zero, scale = _scaling(signal)
        value, first = (signal.initial - zero) * scale, float(loader(0, 1)[0])
        if abs(first - value) > 0.5 * abs(scale):
            differing.append(label)
    if not differing:
        return []
    reason = f"the first sample of {', '.join(differing[:12])} is not the one that the header states"
    remedy = "check that header and signal file belong together"
    return [make_finding("header_contradiction", "note", reason, remedy)]
