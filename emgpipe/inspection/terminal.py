"""Text that fits a terminal: widths, wrapping, bars, and what is left of them where only ASCII can be shown."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BARS: Final = "▁▂▃▄▅▆▇█"
ASCII_BARS: Final = "_.:-=+*#"
_ASCII: Final = {"µ": "u", "–": "-", "…": "~", "°": "deg", "→": "->", "·": "."}
_COLORS: Final = {"fail": "\033[31;1m", "warn": "\033[33m", "note": ""}


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where the text goes.

    Attributes
    ----------
    width, height : int
        Columns and lines.
    encoding : str
        Of the letters that can be shown; the others are replaced.
    has_color : bool
    everything : bool
        True: nothing is left out to make it fit one screen.
    """

    width: int = 80
    height: int = 40
    encoding: str = "utf-8"
    has_color: bool = False
    everything: bool = False

    def finish(self, lines: Iterable[str]) -> str:
        """Join the lines into what can be shown."""
        text = "\n".join(line.rstrip() for line in lines)
        if self.can_show(text):
            return text
        missing = {letter for letter in set(text) if not self.can_show(letter)}
        return "".join(_ASCII.get(letter, "?") if letter in missing else letter for letter in text)

    def can_show(self, text: str) -> bool:
        """Say whether every letter is known to the encoding."""
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def bars(self, heights: Sequence[float]) -> str:
        """Draw heights from 0 to 1 as one line; gaps (NaN) are blank."""
        shades = BARS if self.can_show(BARS) else ASCII_BARS
        return "".join(" " if math.isnan(one) else shades[min(int(one * len(shades)), 7)] for one in heights)

    def level(self, level: str) -> str:
        """Return the word for a level of finding, colored where that can be shown."""
        word = level.upper().ljust(4)
        color = _COLORS.get(level, "") if self.has_color else ""
        return f"{color}{word}\033[0m" if color else word


def printable(text: str) -> str:
    """Replace what is not printable: a label out of a file must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in re.sub(r"[\t\r\n]+", " ", text))


def columns(text: str) -> int:
    """Return how many columns a text takes: East Asian letters take two, combining accents none.

    >>> columns("EMG"), columns("筋"), columns("e\u0301")
    (3, 2, 1)
    """
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def fit(text: str, width: int, *, right: bool = False, keep_end: bool = False) -> str:
    """Return the text cut or padded to exactly `width` columns; cut in the middle where the end tells names apart.

    >>> fit("gluteus", 5), fit("9", 3, right=True), fit("Trigno sensor 12", 11, keep_end=True)
    ('glut…', '  9', 'Tri…nsor 12')
    """
    text = _shortened(text, width, keep_end=keep_end)
    blanks = " " * (width - columns(text))
    return blanks + text if right else text + blanks


def _shortened(text: str, width: int, *, keep_end: bool) -> str:
    if columns(text) <= width:
        return text
    room = max(width - 1, 0)
    behind = _taken(text[::-1], room - room // 3)[::-1] if keep_end else ""
    return (_taken(text, room - columns(behind)) + "…" + behind)[: max(width, 0)]


def _taken(text: str, width: int) -> str:
    """Return the beginning that fits."""
    while text and columns(text) > width:
        text = text[:-1]
    return text


def wrapped(text: str, width: int, *, first: str = "", later: str = "") -> list[str]:
    """Break a text into lines of at most `width` columns, `first` before the first and `later` before the others."""
    return textwrap.wrap(
        printable(text), max(width, 20), initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    ) or [first.rstrip()]


def cut_lines(lines: Sequence[str], most: int, width: int) -> list[str]:
    """Return at most `most` lines; where there were more, the last ends in an ellipsis."""
    if len(lines) <= most:
        return list(lines)
    kept = list(lines[:most])
    kept[-1] = fit(kept[-1], min(columns(kept[-1]), width - 2)).removesuffix("…").rstrip() + " …"
    return kept
