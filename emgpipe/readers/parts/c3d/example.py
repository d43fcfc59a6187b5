"""A small C3D file written byte by byte from the published layout, for the contract tests and the docs."""

from __future__ import annotations

import struct

import numpy as np


def c3d_example(n_frames: int = 50, per_frame: int = 10) -> bytes:
    """Return an Intel float file: no points, two analog channels of 100 * `per_frame` Hz, one event."""
    time = np.arange(n_frames * per_frame) / (100.0 * per_frame)
    samples = np.stack([1e-4 * np.sin(2 * np.pi * 80 * time), 1e-4 * np.cos(2 * np.pi * 60 * time)], axis=1)
    parameters = _parameters(per_frame)
    blocks = -(-len(parameters) // 512)
    data_block = 2 + blocks
    header = bytearray(512)
    struct.pack_into(
        "<BBHHHHHfHHf", header, 0, 2, 80, 0, 2 * per_frame, 1, n_frames, 0, -1.0, data_block, per_frame, 100.0
    )
    section = bytearray(parameters.ljust(blocks * 512, b"\x00"))
    section[2] = blocks
    return bytes(header) + bytes(section) + samples.astype("<f4").tobytes()


def _parameters(per_frame: int) -> bytes:
    parts = [
        b"\x01\x50\x00\x54",
        _group(1, "POINT"),
        _parameter(1, "USED", 2, (), struct.pack("<h", 0)),
        _parameter(1, "RATE", 4, (), struct.pack("<f", 100.0)),
        _parameter(1, "SCALE", 4, (), struct.pack("<f", -1.0)),
        _group(2, "ANALOG"),
        _parameter(2, "USED", 2, (), struct.pack("<h", 2)),
        _parameter(2, "RATE", 4, (), struct.pack("<f", 100.0 * per_frame)),
        _parameter(2, "GEN_SCALE", 4, (), struct.pack("<f", 1.0)),
        _parameter(2, "SCALE", 4, (2,), struct.pack("<2f", 1.0, 1.0)),
        _parameter(2, "OFFSET", 2, (2,), struct.pack("<2h", 0, 0)),
        _parameter(2, "LABELS", -1, (12, 2), b"GMAX RT     GMED RT     "),
        _parameter(2, "UNITS", -1, (2, 2), b"V V "),
        _group(3, "EVENT"),
        _parameter(3, "USED", 2, (), struct.pack("<h", 1)),
        _parameter(3, "TIMES", 4, (2, 1), struct.pack("<2f", 0.0, 0.25)),
        _parameter(3, "LABELS", -1, (8, 1), b"start   "),
        b"\x00\x00",
    ]
    return b"".join(parts)


def _group(number: int, name: str) -> bytes:
    return struct.pack("<bb", len(name), -number) + name.encode() + struct.pack("<hB", 3, 0)


def _parameter(group: int, name: str, kind: int, shape: tuple[int, ...], data: bytes) -> bytes:
    body = struct.pack("<bB", kind, len(shape)) + bytes(shape) + data + b"\x00"
    return struct.pack("<bb", len(name), group) + name.encode() + struct.pack("<h", 2 + len(body)) + body
