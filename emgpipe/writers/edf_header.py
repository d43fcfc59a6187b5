"""The header of EDF+ and BDF+: fixed-width ASCII, 256 bytes and 256 more per signal.

Kemp et al. 1992, https://doi.org/10.1016/0013-4694(92)90009-7; Kemp and Olivan 2003 (EDF+); https://www.biosemi.com
(BDF).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from emgpipe.readers.parts.edf.header import ANNOTATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Acquisition
    from emgpipe.writers.edf_ranges import Scale
    from emgpipe.writers.edf_records import Records

LABEL = 16
UNKNOWN_START = "01.01.8500.00.00"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Signals:
    """What the header says about the signals: one entry per channel."""

    labels: tuple[str, ...]
    scales: tuple[Scale, ...]
    bits: int


def header_bytes(signals: Signals, records: Records, annotation_samples: int, acquisition: Acquisition) -> bytes:
    """Return the whole header; the annotation signal comes last."""
    bits, n = signals.bits, len(signals.labels) + 1
    family = "EDF" if bits == 16 else "BDF"
    low, high = str(-(2 ** (bits - 1))), str(2 ** (bits - 1) - 1)
    start, date = _start(acquisition.start_time)
    device = re.sub(r"\s+", "_", ascii_text(acquisition.device)).strip("_") or "X"
    main = [
        (b"0" if bits == 16 else b"\xffBIOSEMI", 8), (b"X X X X", 80),
        (f"Startdate {date} X X {device}".encode()[:80], 80), (start.encode(), 16),
        (str(256 * (n + 1)).encode(), 8), (f"{family}+C".encode(), 44), (str(records.count).encode(), 8),
        (records.duration.encode(), 8), (str(n).encode(), 4),
    ]  # fmt: skip
    filters = ascii_text(acquisition.hardware_filters)[:80]
    columns: list[tuple[Sequence[str], int]] = [
        ([*signals.labels, f"{family} Annotations"], 16),
        ([""] * n, 80),
        ([*(scale.dimension for scale in signals.scales), ""], 8),
        ([*(scale.physical[0] for scale in signals.scales), "-1"], 8),
        ([*(scale.physical[1] for scale in signals.scales), "1"], 8),
        ([low] * n, 8),
        ([high] * n, 8),
        ([filters] * (n - 1) + [""], 80),
        ([*map(str, records.per_record), str(annotation_samples)], 8),
        ([""] * n, 32),
    ]
    parts = [value.ljust(width) for value, width in main]
    parts += [text.encode("ascii").ljust(width) for texts, width in columns for text in texts]
    return b"".join(parts)


def short_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels of at most 16 ASCII characters, all different.

    >>> short_labels(["GMÁX RT", "Right Gluteus Maximus", "Mini sensor 10: EMG 1", "Mini sensor 10: EMG 2"])
    ('GMAX RT', 'Right Gluteus Ma', '10: EMG 1', '10: EMG 2')
    """
    plain = [ascii_text(label).strip() or "channel" for label in labels]
    cut = [text[:LABEL].strip() for text in plain]
    short: list[str] = []
    for text, begin in zip(plain, cut, strict=True):
        label = begin if cut.count(begin) == 1 else _last_words(text)
        label = f"_{label}"[:LABEL] if ANNOTATIONS.match(label) else label
        number = 1
        while label in short:
            number += 1
            label = label[: LABEL - 1 - len(str(number))].split("~")[0] + f"~{number}"
        short.append(label)
    return tuple(short)


def _last_words(text: str) -> str:
    """Return what fits of the end: channels with long names often differ there."""
    while len(text) > LABEL and " " in text:
        text = text.split(" ", 1)[1]
    return text[-LABEL:].strip()


def ascii_text(text: str) -> str:
    """Return text in printable ASCII: accents dropped, anything else an underscore."""
    plain = text.replace("µ", "u").replace("μ", "u")
    plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    return re.sub(r"[^ -~]", "_", plain)


def _start(text: str) -> tuple[str, str]:
    """Return the header's start and the date of an EDF+ recording field; 1985 and X where it is not known."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return UNKNOWN_START, "X"
    if not 1985 <= start.year <= 2084:
        return UNKNOWN_START, "X"
    return start.strftime("%d.%m.%y%H.%M.%S"), f"{start.day:02d}-{MONTHS[start.month - 1]}-{start.year}"
