"""A small MAT-file of version 5, written byte by byte from MATLAB's published layout, for the contract tests.

MathWorks, *MAT-File Format*: a header of 128 bytes, then elements of a type, a size and data padded to 8 bytes.
"""

from __future__ import annotations

import struct

import numpy as np

Value = str | float | np.ndarray | dict[str, "Value"] | list[dict[str, "Value"]]
_INT8, _INT32, _UINT32, _DOUBLE, _MATRIX, _UTF16 = 1, 5, 6, 9, 14, 4
_STRUCT, _CHAR, _NUMBER = 2, 4, 6
FIELD_BYTES = 32


def mat_example() -> bytes:
    """Return one movement of 0.2 s with two EMG signals at 2000 Hz, an angle at 100 Hz and two markers."""
    time = np.arange(400) / 2000.0

    def signal(name: str, unit: str, rate: float, samples: np.ndarray) -> dict[str, Value]:
        return {
            "name": name, "units": unit, "frequency": rate, "begin_time": 0.0,
            "count": float(samples.size), "data": samples.reshape(1, -1),
        }  # fmt: skip

    signals: dict[str, Value] = {
        "signal_1": signal("Ultium EMG-GLUT. MAX. RT", "uV", 2000.0, 100 * np.sin(500 * time)),
        "signal_2": signal("Ultium EMG-GLUT. MED. RT", "uV", 2000.0, -50 * np.cos(400 * time)),
        "signal_3": signal("Hip Flexion RT", "deg", 100.0, 30 + 100 * time[::20]),
    }
    markers: list[dict[str, Value]] = [{"name": "go", "time": 0.05}, {"name": "top", "time": 0.1}]
    movement: dict[str, Value] = {
        "name": "hip thrust", "time_begin": 0.0, "time_end": 0.2,
        "markers": markers, "sources": {"name": "Ultium EMG", "signals": signals},
    }  # fmt: skip
    info: dict[str, Value] = {
        "record_name": "hip thrust",
        "last_name": "Doe",
        "measurement_date": "2025-01-01T10:00:00",
    }
    head = b"MATLAB 5.0 MAT-file, example".ljust(116) + bytes(8) + struct.pack("<H", 0x0100) + b"IM"
    return head + _matrix("record_2025_01_01_10_00_hip_thrust", {"info": info, "movements": movement})


def _element(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def _matrix(name: str, value: Value) -> bytes:
    if isinstance(value, str):
        return _array(name, _CHAR, (1, len(value)), _element(_UTF16, value.encode("utf-16-le")))
    if isinstance(value, dict | list):
        items = value if isinstance(value, list) else [value]
        names = b"".join(key.encode().ljust(FIELD_BYTES, b"\0") for key in items[0])
        fields = struct.pack("<HHi", _INT32, 4, FIELD_BYTES) + _element(_INT8, names)
        return _array(
            name, _STRUCT, (1, len(items)), fields + b"".join(_matrix("", v) for i in items for v in i.values())
        )
    numbers = np.atleast_2d(np.asarray(value, dtype="<f8"))
    return _array(name, _NUMBER, (numbers.shape[0], numbers.shape[1]), _element(_DOUBLE, numbers.tobytes("F")))


def _array(name: str, kind: int, shape: tuple[int, int], content: bytes) -> bytes:
    flags = _element(_UINT32, struct.pack("<II", kind, 0))
    size = _element(_INT32, struct.pack("<ii", *shape))
    return _element(_MATRIX, flags + size + _element(_INT8, name.encode()) + content)
