"""Pictures written as SVG by hand: the few pieces that panels of the page consist of.

What matplotlib needs half a second for takes a few milliseconds so, and text stays text. Lengths are CSS pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.report.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CIRCLE: Final = "m-{r} 0a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0-{d} 0"
_SHAPES: Final = {
    "s": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "D": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
    "^": ((0, -1.2), (1.2, 1.1), (-1.2, 1.1)),
    "v": ((0, 1.2), (1.2, -1.1), (-1.2, -1.1)),
    "P": ((-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
          (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)),
    "X": ((0, -0.55), (0.65, -1.2), (1.2, -0.65), (0.55, 0), (1.2, 0.65), (0.65, 1.2), (0, 0.55), (-0.65, 1.2),
          (-1.2, 0.65), (-0.55, 0), (-1.2, -0.65), (-0.65, -1.2)),
    "*": tuple(
        ((1.5 if corner % 2 == 0 else 0.6) * math.sin(math.pi * corner / 5),
         -(1.5 if corner % 2 == 0 else 0.6) * math.cos(math.pi * corner / 5))
        for corner in range(10)
    ),
}  # fmt: skip
"""Corners of markers, in half widths."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to pixels along one axis, straight or logarithmic."""

    low: float
    high: float
    start: float
    stop: float
    is_log: bool = False

    def at(self, value: float) -> float:
        """Return the place of a value, which is above zero on a logarithmic axis."""
        low, high, one = (math.log(x) if self.is_log else x for x in (self.low, self.high, value))
        return self.start + (one - low) / (high - low) * (self.stop - self.start)


def short(value: float) -> str:
    """Return a length to a tenth of a pixel.

    >>> short(12.0), short(3.14159)
    ('12', '3.1')
    """
    return f"{value:.1f}".removesuffix(".0")


def words(x: float, y: float, text: str, kind: str = "", *, anchor: str = "start", turn: float = 0.0) -> str:
    """Return text at a place; `kind` is a class of the style sheet, `turn` an angle in degrees."""
    about = f' class="{kind}"' if kind else ""
    about += f' text-anchor="{anchor}"' if anchor != "start" else ""
    about += f' transform="rotate({turn:g} {short(x)} {short(y)})"' if turn else ""
    return f'<text x="{short(x)}" y="{short(y)}"{about}>{escape(text)}</text>'


def line(points: Iterable[tuple[float, float]]) -> str:
    """Return the path of a line through these points; a NaN breaks it."""
    drawn, pen = [], "M"
    for x, y in points:
        if math.isfinite(x) and math.isfinite(y):
            drawn.append(f"{pen}{short(x)} {short(y)}")
            pen = "L"
        else:
            pen = "M"
    return "".join(drawn)


def markers(points: Iterable[tuple[float, float]], shape: str, size: float) -> str:
    """Return the path of one marker at each of these points, `size` pixels wide; a circle by default; none at NaN."""
    half = size / 2
    round_one = _CIRCLE.format(r=short(half), d=short(2 * half))
    drawn = _relative(_SHAPES[shape], half) if shape in _SHAPES else round_one
    return "".join(f"M{short(x)} {short(y)}{drawn}" for x, y in points if math.isfinite(x) and math.isfinite(y))


def dots(points: Iterable[tuple[float, float]]) -> str:
    """Return the path of a dot at each of these points, for a stroke with round ends; none where one is NaN."""
    return "".join(f"M{short(x)} {short(y)}h0" for x, y in points if math.isfinite(x) and math.isfinite(y))


def crosses(points: Iterable[tuple[float, float]], size: float) -> str:
    """Return the path of an open cross at each of these points."""
    half, whole = short(size / 2), short(size)
    return "".join(
        f"M{short(x)} {short(y)}m-{half}-{half}l{whole} {whole}m0-{whole}l-{whole} {whole}" for x, y in points
    )


def path(d: str, style: str) -> str:
    """Return a path with attributes written out, such as ``stroke="#777"``; nothing where there is nothing to draw."""
    return f'<path d="{d}" {style}/>' if d else ""


def picture(width: float, height: float, parts: Iterable[str], description: str) -> str:
    """Return a picture of this size as part of a page; `description` is read aloud instead of it."""
    return (
        f'<svg class="plot chart" width="{round(width)}" viewBox="0 0 {round(width)} {round(height)}" role="img" '
        f'aria-label="{escape(description)}">{"".join(parts)}</svg>'
    )


def _relative(corners: Sequence[tuple[float, float]], half: float) -> str:
    x, y = corners[0]
    drawn = [f"m{short(x * half)} {short(y * half)}"]
    for right, down in corners[1:]:
        drawn.append(f"l{short((right - x) * half)} {short((down - y) * half)}")
        x, y = right, down
    return "".join(drawn) + "z"
