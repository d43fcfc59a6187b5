"""What stands above the numbers of an EMGworks text export.

Optional lines ``Label: Delt_ant: EMG 1 Sampling frequency: 1.259259e+003 Number of points: 81141 start: 0.000000e+000
Unit: V Domain Unit: s``, then one row of labels: ``X[s],"Delt_ant: EMG 1",X[s],"Delt_ant: ACC X 1"``. Some exports put
those lines into the row of labels itself, some have one time column for all signals.

Source: exports of EMGworks 4 published by laboratories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from emgpipe.readers.base import MOST_RATE
from emgpipe.readers.parts.delsys.channels import DelsysColumn
from emgpipe.readers.parts.tables.header import label_unit
from emgpipe.readers.parts.tables.number_block import guess_decimal, split_safely

_FACTS = re.compile(
    r"Label:\s*(?P<label>.*?)\s*Sampling frequency:\s*(?P<rate>\S+)\s+Number of points:\s*(?P<points>\S+)"
    r"(?:\s+start:\s*(?P<start>\S+))?(?:\s+Unit:\s*(?P<unit>.*?))?(?:\s+Domain Unit:\s*(?P<domain>\S+))?\s*",
    re.IGNORECASE,
)
_TIME = re.compile(r"(?:X|Time)\s*[\[(]\s*(?P<unit>s|ms|sec|seconds?)\s*[\])]", re.IGNORECASE)
_AXIS = re.compile(r"X\s*[\[(]", re.IGNORECASE)
_SIGNAL = re.compile(r".+:\s*\S+.*\s\d+(\s*\(IM\))?\s*")
DELIMITERS = (",", ";", "\t")
SAMPLED_ROWS = 50


@dataclass(frozen=True, slots=True)
class EmgworksHeading:
    """Where the numbers stand and what their columns are.

    Attributes
    ----------
    columns : tuple of DelsysColumn
    delimiter, decimal : str
    data_start : int
        Index of the first line of numbers.
    n_columns : int
    has_facts : bool
        Whether rates, counts and units are stated.
    """

    columns: tuple[DelsysColumn, ...]
    delimiter: str
    decimal: str
    data_start: int
    n_columns: int
    has_facts: bool


def has_preamble(lines: list[str]) -> bool:
    """Say whether the first line with text is one of EMGworks' lines about a signal."""
    first = next((line for line in lines if line.strip()), "").strip().strip('"')
    return _FACTS.match(first) is not None


def read_heading(lines: list[str]) -> EmgworksHeading | None:
    """Understand the beginning of a file; None if it has no row of labels as EMGworks writes them."""
    for number, line in enumerate(lines):
        row = _label_row(line)
        if row is None:
            continue
        delimiter, cells = row
        below = [
            split_safely(text, delimiter) for text in lines[number + 1 : number + 1 + SAMPLED_ROWS] if text.strip()
        ]
        facts = _facts([*lines[:number], *cells])
        columns = _columns(cells, facts)
        if not columns:
            return None
        return EmgworksHeading(columns, delimiter, guess_decimal(below), number + 1, len(cells), bool(facts))
    return None


def _label_row(line: str) -> tuple[str, list[str]] | None:
    """Return the delimiter and the cells of a row of labels."""
    if "[" not in line and "(" not in line and "Label:" not in line:
        return None
    rows = [(mark, split_safely(line.lstrip("\ufeff"), mark)) for mark in DELIMITERS if mark in line]
    delimiter, cells = max(rows, key=lambda row: len(row[1]), default=("", []))
    times = sum(_TIME.fullmatch(cell) is not None for cell in cells)
    axes = sum(_AXIS.match(cell) is not None for cell in cells)  # other programs write several ``Time (s)``
    facts = sum(_FACTS.fullmatch(cell) is not None for cell in cells)
    signals = sum(_SIGNAL.fullmatch(cell) is not None for cell in cells)
    is_row = len(cells) >= 2 and (axes >= 2 or (times and signals) or (facts and facts >= len(cells) // 2))
    return (delimiter, cells) if is_row else None


def _facts(texts: list[str]) -> dict[str, list[re.Match[str]]]:
    found: dict[str, list[re.Match[str]]] = {}
    for text in texts:
        match = _FACTS.fullmatch(text.strip().strip('"').rstrip(",;\t "))
        if match:
            found.setdefault(_key(match["label"]), []).append(match)
    return found


def _key(label: str) -> str:
    return " ".join(label.split()).casefold()


def _columns(cells: list[str], facts: dict[str, list[re.Match[str]]]) -> tuple[DelsysColumn, ...]:
    columns = []
    clock, seconds = None, 1.0
    for index, cell in enumerate(cells):
        own = _FACTS.fullmatch(cell)
        time = _TIME.fullmatch(cell)
        if time or (index == 0 and own is None and facts and _key(cell) not in facts):  # no signal: it can only be time
            clock, seconds = index, 1e-3 if time and time["unit"].lower() == "ms" else 1.0
        elif cell:
            label = own["label"] if own else cell
            known = facts.get(_key(label), [])
            # The same label twice stands twice in the preamble, in the same order.
            stated = known.pop(0) if len(known) > 1 else known[0] if known else None
            columns.append(_column(label, index, stated, clock, seconds))
    return tuple(columns)


def _column(label: str, index: int, stated: re.Match[str] | None, clock: int | None, seconds: float) -> DelsysColumn:
    if stated is None:
        return DelsysColumn(label, index, clock, label_unit(label), seconds=seconds)
    rate, points, start = (_number(stated[name]) for name in ("rate", "points", "start"))
    scale = 1e-3 if (stated["domain"] or "").lower() == "ms" else 1.0
    return DelsysColumn(
        label,
        index,
        clock,
        stated["unit"] or "",
        rate if rate is not None and 0 < rate <= MOST_RATE else None,
        int(points) if points is not None and 0 <= points < 1e15 else None,
        (start or 0.0) * scale,
        seconds,
    )


def _number(text: str | None) -> float | None:
    try:
        value = float((text or "").replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None
