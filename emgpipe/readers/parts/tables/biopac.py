"""The heading of BIOPAC AcqKnowledge text: interval, channel count, a label and a unit line per channel.

Below them stand the columns' short names (``sec,CH1,CH2,``) and how many samples each channel has (``,2000,2000,``);
that row is no sample. The layout is the one the program writes when "include header" is chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.tables.header import Heading
from emgpipe.readers.parts.tables.stated_rates import stated_rates
from emgpipe.units import BY_NAME, parse_unit

_INTERVAL = re.compile(
    r"^\W*\d+(?:[.,]\d+)?(?:e[+-]?\d+)?\s*(?:[a-zµμ]+\s*/\s*sample|samples?\s*/\s*[a-z]+)", re.IGNORECASE
)
_COUNT = re.compile(r"^\W*(\d{1,4})\s+channels?\W*$", re.IGNORECASE)
_LOOKED_AT = 3
"""The interval stands in one of the first lines, below the name of the recording."""


@dataclass(frozen=True, slots=True)
class BiopacHeading:
    """What stands above the numbers.

    Attributes
    ----------
    pairs : tuple of (str, str)
        Label and unit of each channel.
    time_unit : str
        Unit of the time column, empty where there is none.
    counts : tuple of int
        Samples of each channel, as stated.
    data_start : int
        Index of the first line of numbers.
    interval : str
        The line with the sampling interval.
    """

    pairs: tuple[tuple[str, str], ...]
    time_unit: str
    counts: tuple[int, ...]
    data_start: int
    interval: str


def find_biopac(lines: list[str]) -> BiopacHeading | None:
    """Return the heading, or None for any other text."""
    found = next((i for i, line in enumerate(lines[:_LOOKED_AT]) if _INTERVAL.match(line)), None)
    if found is None or found + 1 >= len(lines):
        return None
    count = _COUNT.match(lines[found + 1])
    n = int(count[1]) if count else 0
    names = found + 2 + 2 * n
    if not n or names + 1 >= len(lines):
        return None
    pairs = tuple((lines[found + 2 + 2 * i].strip(), lines[found + 3 + 2 * i].strip()) for i in range(n))
    columns = _words(lines[names])
    numbers = _words(lines[names + 1])
    counts = tuple(int(word) for word in numbers if word.isdecimal())
    has_counts = len(counts) == len(numbers) == n
    first = BY_NAME.get(parse_unit(columns[0])) if columns else None
    time_unit = columns[0] if len(columns) == n + 1 and first and first.quantity == "time" else ""
    if len(columns) not in {n, n + 1}:
        return None
    return BiopacHeading(
        pairs, time_unit, counts if has_counts else (), names + 1 + has_counts, lines[found]
    )  # fmt: skip


def biopac_columns(biopac: BiopacHeading, n_columns: int) -> Heading | None:
    """Return the heading of a table with so many columns; None if they do not fit the channels."""
    labels, units = [label for label, _ in biopac.pairs], [unit for _, unit in biopac.pairs]
    if n_columns == len(labels) + 1:
        labels, units = ["time", *labels], [biopac.time_unit, *units]
    if n_columns != len(labels):
        return None
    rates = stated_rates([biopac.interval]).rates
    none = (None,) * n_columns
    return Heading(tuple(labels), tuple(units), none, rates[0] if len(rates) == 1 else None, has_labels=True)


def count_findings(biopac: BiopacHeading, n_rows: int) -> list[Finding]:
    """Say that there are not as many samples as stated, or that channels have different numbers of them."""
    if not biopac.counts or set(biopac.counts) == {n_rows}:
        return []
    stated = ", ".join(str(count) for count in dict.fromkeys(biopac.counts))
    reason = f"the heading states {stated} samples per channel, the file has {n_rows} rows"
    remedy = "export all channels at one rate and to the end, or state sampling_rates"
    return [make_finding("count_mismatch", "warn", reason, remedy, value=float(n_rows), unit="samples")]


def _words(line: str) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", line.strip()) if word]
