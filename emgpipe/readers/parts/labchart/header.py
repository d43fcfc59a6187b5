"""The lines above each block of a LabChart text file: interval, date, channel titles, ranges and units.

Format: ADInstruments, "How can channel titles, ranges, intervals, etc. for a text file be imported into LabChart?",
https://www.adinstruments.com/support/knowledge-base.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from emgpipe.readers.base import MOST_RATE

LINE = re.compile(r"([A-Za-z]+)=(.*)", re.DOTALL)
_AMOUNT = re.compile(r"\s*([+-]?\d[\d.,]*(?:e[+-]?\d+)?)\s*(.*?)\s*", re.IGNORECASE)
_SECONDS = {
    "hr": 3600.0,
    "h": 3600.0,
    "min": 60.0,
    "s": 1.0,
    "sec": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
}
MOST_DAYS = 1e6
"""Excel's dates count days from 1900; more than this is no date."""


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """What stands above one block.

    Attributes
    ----------
    interval : float or None
        Seconds between samples.
    date : float or None
        Start of the block in days, as Excel counts them.
    titles : tuple of str
        One per channel, may be empty.
    units : tuple of str
        One per channel as written, empty where a unit was not named.
    """

    interval: float | None
    date: float | None
    titles: tuple[str, ...]
    units: tuple[str, ...]


def read_block_header(lines: dict[str, list[str]]) -> BlockHeader:
    """Understand header lines, given as keyword (lower case) and cells.

    >>> read_block_header({"interval": ["1 ms"], "channeltitle": ["A"], "range": ["10.000 V"], "unitname": ["*"]})
    BlockHeader(interval=0.001, date=None, titles=('A',), units=('V',))
    """
    titles, ranges, names, tops = (lines.get(key, []) for key in ("channeltitle", "range", "unitname", "topvalue"))
    n = max(_filled(titles), _filled(ranges), _filled(names))
    padded = [(cells + [""] * n)[:n] for cells in (titles, ranges, names, tops)]
    units = tuple(_unit(name if names else "*", extent, top) for _, extent, name, top in zip(*padded, strict=True))
    days = _number((lines.get("exceldatetime") or [""])[0])
    return BlockHeader(
        _interval((lines.get("interval") or [""])[0]), days if days and 0 < days < MOST_DAYS else None,
        tuple(title.strip().strip('"') for title in padded[0]), units,
    )  # fmt: skip


def _unit(name: str, extent: str, top: str) -> str:
    """Return the unit: its name, else that of the range if the samples were not converted (then the name is ``*``)."""
    if name.strip() not in {"", "*"}:
        return name.strip()
    if not name.strip() and top.strip() not in {"", "*"}:
        return ""  # converted to a unit without a name
    found = _AMOUNT.fullmatch(extent)
    return found[2] if found else ""


def _interval(text: str) -> float | None:
    found = _AMOUNT.fullmatch(text)
    amount = _number(found[1]) if found else None
    if found is None or amount is None:
        return None
    seconds = amount * _SECONDS.get(found[2].lower(), 0.0)
    return seconds if seconds >= 1.0 / MOST_RATE else None


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _filled(cells: list[str]) -> int:
    return max((number for number, cell in enumerate(cells, start=1) if cell.strip()), default=0)
