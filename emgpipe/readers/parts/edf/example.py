"""A small EDF+C file written byte by byte from the published layout, for the contract tests and the docs."""

from __future__ import annotations

import numpy as np

RECORDS = 4


def edf_example() -> bytes:
    """Return 4 records of 0.5 s: EMG at 1000 Hz in uV, an angle at 100 Hz in deg, one annotation."""
    per_record = (500, 50, 30)
    time = np.arange(RECORDS * 500) / 1000.0
    emg = np.round(8000 * np.sin(2 * np.pi * 80 * time)).astype("<i2").reshape(RECORDS, 500)
    angle = np.round(5000 * np.cos(2 * np.pi * 0.5 * time[::10])).astype("<i2").reshape(RECORDS, 50)
    body = b"".join(emg[i].tobytes() + angle[i].tobytes() + _annotation(i) for i in range(RECORDS))
    return _header(per_record) + body


def _annotation(record: int) -> bytes:
    text = f"+{record * 0.5:g}\x14\x14\x00"
    if record == 1:
        text += "+0.7\x151.0\x14squat\x14\x00"
    return text.encode().ljust(60, b"\x00")


def _header(per_record: tuple[int, ...]) -> bytes:
    n = len(per_record)
    main = [("0", 8), ("X X X X", 80), ("Startdate 01-JAN-2025 X X X", 80), ("01.01.25", 8), ("10.00.00", 8)]
    main += [(str(256 * (n + 1)), 8), ("EDF+C", 44), (str(RECORDS), 8), ("0.5", 8), (str(n), 4)]
    signals = [
        (("EMG GMAX RT", "hip flexion", "EDF Annotations"), 16),
        (("", "", ""), 80),
        (("uV", "deg", ""), 8),
        (("-1000", "-180", "-1"), 8),
        (("1000", "180", "1"), 8),
        (("-32768",) * n, 8),
        (("32767",) * n, 8),
        (("HP:10Hz", "", ""), 80),
        (tuple(str(count) for count in per_record), 8),
        (("",) * n, 32),
    ]
    text = "".join(field.ljust(width) for field, width in main)
    text += "".join(field.ljust(width) for fields, width in signals for field in fields)
    return text.encode("ascii")
