"""How many frames a C3D file really holds.

The header counts frames in 16 bits, which stay at 65535 or start anew in longer files. Programs therefore write the
number into parameters too: TRIAL:ACTUAL_START_FIELD and ACTUAL_END_FIELD, POINT:LONG_FRAMES, or POINT:FRAMES as a
float. A cropped file can keep the parameters of the whole trial, so of several numbers one that fills the file is
believed. Data are padded with zeros to blocks of 512 bytes, which can look like further frames.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.errors import DamagedFileError
from emgpipe.model import Finding, make_finding

if TYPE_CHECKING:
    from pathlib import Path

    from emgpipe.readers.parts.c3d.header import C3dHeader

BLOCK_BYTES = 512
WRAPS_AT = 65536


def count_frames(header: C3dHeader, path: Path) -> tuple[int, list[Finding]]:
    """Return how many frames to read: a declared number that the file's size allows.

    Raises
    ------
    DamagedFileError
        More frames are declared than are there, or none.
    """
    size = path.stat().st_size
    found = (size - header.data_start) // header.frame_bytes
    declared, findings = _declared(header, found, path)
    if declared > found:
        raise DamagedFileError(
            f"the file is cut off: {declared} frames are declared, {max(found, 0)} are there; copy or export it again",
            path=path,
            reader="c3d",
        )
    if declared <= 0:
        raise DamagedFileError(f"declares {declared} frames; export it again", path=path, reader="c3d")
    if not findings and not _fills(header, declared, found):
        reason = f"{declared} frames are declared, the file has room for {found}; the surplus is not read"
        remedy = "check that the recording is complete"
        surplus = float(found - declared)
        findings.append(make_finding("surplus_data", "warn", reason, remedy, value=surplus, unit="frames"))
    return declared, findings


def _fills(header: C3dHeader, count: int, found: int) -> bool:
    return 0 <= (found - count) * header.frame_bytes <= BLOCK_BYTES


def _declared(header: C3dHeader, found: int, path: Path) -> tuple[int, list[Finding]]:
    if header.saturated and found > header.frame_counts[0]:
        return _unstated(header, found, path)
    exact = [count for count in header.frame_counts if _fills(header, count, found)]
    if exact:
        return exact[0], []
    wrapped = header.frame_counts[-1] + max(found - header.frame_counts[-1], 0) // WRAPS_AT * WRAPS_AT
    if wrapped > header.frame_counts[-1] and _fills(header, wrapped, found):
        reason = (
            f"the header says {header.frame_counts[-1]} frames, the file holds {wrapped}: the number did not fit "
            "into 16 bits; all are read"
        )
        return wrapped, [make_finding("frame_count", "warn", reason, "check the length of the recording")]
    return header.frame_counts[0], []


def _unstated(header: C3dHeader, found: int, path: Path) -> tuple[int, list[Finding]]:
    """Return all frames that are there but padding: a header at its limit says no more than that it is."""
    stated = header.frame_counts[0]
    count = max(found - _padding_frames(header, found, path), stated)
    zeros = f" before {found - count} of zeros, which are taken as padding" if count < found else ""
    if count == stated:
        reason = f"the header's number of frames is at its limit; {count} are in the file{zeros}"
        return count, [make_finding("frame_count", "note", reason, "check the length of the recording")]
    reason = f"more than 65535 frames, their number is not stated; {count} are in the file{zeros}"
    return count, [make_finding("frame_count", "warn", reason, "check the length of the recording")]


def _padding_frames(header: C3dHeader, found: int, path: Path) -> int:
    """Return how many frames at the end are zero bytes within the last, filled-up block."""
    most = (BLOCK_BYTES - 1) // header.frame_bytes
    if not most or path.stat().st_size % BLOCK_BYTES:
        return 0
    with path.open("rb") as handle:
        handle.seek(header.data_start + (found - most) * header.frame_bytes)
        tail = handle.read(most * header.frame_bytes)
    return (len(tail) - len(tail.rstrip(b"\x00"))) // header.frame_bytes
