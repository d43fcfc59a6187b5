"""What the matplotlib figures share: colors, a plain frame, text that is safe to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK: Final = "#1a1a1a"
SOFT: Final = "#595959"
BLUE: Final = "#0072b2"
ORANGE: Final = "#8a3f00"


def printable(text: str) -> str:
    """Keep matplotlib from reading dollar signs as formulas, and drop what no font can draw."""
    return "".join(letter if letter.isprintable() else "?" for letter in text).replace("$", r"\$")


def plain_frame(axes: Axes) -> None:
    """Leave only the lower line of the frame."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    axes.tick_params(axis="x", labelsize=8.5, colors=SOFT, labelcolor=INK)
