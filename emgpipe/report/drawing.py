"""What the matplotlib figures share: colors, a plain frame, text that is safe to draw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

INK: Final = "#1a1a1a"
SOFT: Final = "#595959"
BLUE: Final = "#0072b2"
ORANGE: Final = "#8a3f00"
_MOST_TICKS: Final = 6
_NARROW: Final = 3.0
"""Limits at a smaller ratio get ticks at even steps."""


def printable(text: str) -> str:
    """Keep matplotlib from reading dollar signs as formulas, and drop what no font can draw."""
    return "".join(letter if letter.isprintable() else "?" for letter in text).replace("$", r"\$")


def plain_frame(axes: Axes) -> None:
    """Leave only the lower line of the frame."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.tick_params(axis="x", labelsize=8.5, colors=SOFT, labelcolor=INK)


def log_axis(axes: Axes, values: NDArray[np.float64]) -> None:
    """Give the upright axis a logarithmic scale that holds the values, with few ticks at round numbers, 1 among them.

    The ticks are stated: a locator makes hundreds of tick objects, which take longer than all else in a figure.
    """
    from matplotlib.ticker import FixedLocator, NullLocator

    known = values[np.isfinite(values) & (values > 0)]
    low, high = (float(known.min()) / 1.06, float(known.max()) * 1.06) if known.size else (0.5, 2.0)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_locator(NullLocator())


def log_ticks(low: float, high: float) -> list[float]:
    """Return a few round numbers between two positive limits, from even steps to whole decades as the range asks for.

    >>> log_ticks(0.7, 1.5), log_ticks(3, 40), log_ticks(0.001, 90)
    ([0.8, 1.0, 1.2, 1.4], [3.0, 5.0, 7.0, 10.0, 20.0, 30.0], [0.001, 0.01, 0.1, 1.0, 10.0])
    """
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    if high / low < _NARROW:
        size = 10.0 ** math.floor(math.log10(high - low))
        step = next(step * size for step in (0.2, 0.5, 1, 2) if (high - low) / (step * size) <= _MOST_TICKS)
        ticks = [step * place for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
    else:
        within = (1, 2, 3, 5, 7) if high / low < 30 else (1, 3) if high / low < 1000 else (1,)
        ticks = [tick * 10.0**decade for decade in decades[:: 1 + len(decades) // 9] for tick in within]
    return [float(f"{tick:.6g}") for tick in ticks if low <= tick <= high]
