"""The keys and values above a Noraxon table: rate, count, units, date, and who was measured.

myoRESEARCH writes a line of keys and a line of values: ``"type";"begin_time";"frequency";"count";...``. Keys may
repeat, lack their quotes, use blanks or underscores, and newer versions add keys; what is not known is not used.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgpipe.model import Acquisition, Finding, make_finding
from emgpipe.readers.base import MOST_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

TELLING = frozenset({"frequency", "begin_time", "count", "measurement_date", "record_name", "created_with_version"})
"""A line of keys has at least two of these, one of them the rate or the count."""
PERSONAL = frozenset(
    {
        "last_name", "first_name", "middle_name", "name_of_subject", "born", "birth_date", "date_of_birth", "birthday",
        "sex", "gender", "age", "weight", "height", "subject", "subject_id", "patient", "patient_id", "email", "phone",
        "address", "comment", "comments", "diagnosis",
    }
)  # fmt: skip
_DATES = ("%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M:%S")


@dataclass(frozen=True, slots=True)
class NoraxonHeader:
    """What stands above the table.

    Attributes
    ----------
    fields : tuple of (str, str)
        Keys in lower case with underscores, and values as written, in file order.
    """

    fields: tuple[tuple[str, str], ...] = ()

    def text(self, key: str) -> str:
        """Return the first value of a key that is not empty, or an empty string."""
        return next((value for name, value in self.fields if name == key and value), "")

    def number(self, key: str) -> float | None:
        """Return the value of a key as a finite number, or None."""
        return to_float(self.text(key))

    @property
    def sampling_rate(self) -> float | None:
        """The stated rate in Hz, None if there is none that can be."""
        rate = self.number("frequency")
        return rate if rate is not None and 0 < rate <= MOST_RATE else None

    @property
    def count(self) -> int | None:
        """The stated number of samples, None if there is none that can be."""
        count = self.number("count")
        return int(count) if count is not None and 0 <= count < 2**53 else None

    @property
    def personal(self) -> tuple[tuple[str, str], ...]:
        """Who was measured: name, birth date, sex and the like."""
        return tuple((name, value) for name, value in self.fields if name in PERSONAL and value)

    @property
    def acquisition(self) -> Acquisition:
        """When and with what it was recorded."""
        version = self.text("created_with_version")
        device = version if "noraxon" in version.lower() else f"Noraxon {version}".strip()
        return Acquisition(start_time=iso_time(self.text("measurement_date")), device=device)

    def findings(self) -> list[Finding]:
        """Return doubts about the stated numbers themselves."""
        found = []
        written = self.text("frequency")
        if written and self.sampling_rate is None:
            reason = f"the header states '{written[:20]}' as frequency, which is no sampling rate in Hz"
            found.append(make_finding("header_value", "warn", reason, "export the recording again"))
        for key in ("frequency", "count", "begin_time"):
            values = {to_float(value) for name, value in self.fields if name == key and value}
            if len(values) > 1:
                reason = f"the header states {key} more than once and differently; the first one is used"
                found.append(make_finding("header_value", "warn", reason, "export the recording again"))
        return found


def make_header(keys: Sequence[str], values: Sequence[str]) -> NoraxonHeader:
    """Pair keys with values; surplus ones are dropped."""
    pairs = zip(keys, values, strict=False)
    return NoraxonHeader(tuple((clean_key(key), value.strip().strip('"')) for key, value in pairs if key.strip()))


def clean_key(key: str) -> str:
    """Return a key in one spelling.

    >>> clean_key('"Created with version" ')
    'created_with_version'
    """
    return "_".join(key.strip().strip('"').lower().replace("_", " ").split())


def is_key_line(cells: Sequence[str]) -> bool:
    """Say whether cells are the keys of a Noraxon header."""
    keys = {clean_key(cell) for cell in cells}
    return len(keys & TELLING) >= 2 and bool(keys & {"frequency", "count"})


def to_float(text: str) -> float | None:
    """Return a finite number with either decimal mark, or None.

    >>> to_float("2000.4"), to_float("2000,4"), to_float("2,000.4"), to_float("nan")
    (2000.4, 2000.4, None, None)
    """
    try:
        value = float(text if "." in text else text.replace(",", ".", 1))
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def iso_time(written: str) -> str:
    """Return a date in ISO format where it is certain which part is the day, else as written.

    >>> iso_time("13.04.2026 10:22:31"), iso_time("2025-08-26T17:29:12.325+07:00"), iso_time("03/04/2026")
    ('2026-04-13T10:22:31', '2025-08-26T17:29:12.325000+07:00', '03/04/2026')
    """
    text = written.strip()[:64]
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    for pattern in _DATES:
        try:
            return dt.datetime.strptime(text, pattern).isoformat()
        except ValueError:
            continue
    return text
