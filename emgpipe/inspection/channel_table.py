"""The channels as a table that fits the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.inspection.terminal import Terminal, columns, fit, printable
from emgpipe.inspection.words import amplitude, rate, time, what

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.inspection.summary import ChannelSummary

_HEADS: Final = ("channel", "what", "rate Hz", "length s", "RMS", "unit")
_TEXT: Final = (0, 1, 5)
"""Columns that are text; the others are numbers and stand at the right."""
_LEAST: Final = (14, 12, 0, 0, 0, 0)
"""How far a column may be cut to leave room for the sketches."""
_SKETCH: Final = 10
_LEAST_SKETCH: Final = 6
"""Columns below which a sketch says nothing and is left out."""
_GAP: Final = "  "


def channel_table(channels: Sequence[ChannelSummary], terminal: Terminal) -> list[str]:
    """Return a heading and one line per channel, no wider than the terminal."""
    rows = [_cells(one) for one in channels]
    widths = _widths([_HEADS, *rows], terminal.width - len(_GAP) - _SKETCH)
    room = terminal.width - sum(widths) - len(_GAP) * len(widths)
    if room < _LEAST_SKETCH:
        widths = _widths([_HEADS, *rows], terminal.width)
        return [_line(cells, widths) for cells in (_HEADS, *rows)]
    lines = [_line(_HEADS, widths) + _GAP + "signal"]
    for one, cells in zip(channels, rows, strict=True):
        lines.append(_line(cells, widths) + _GAP + draw(one.sketch, room, terminal))
    return lines


def draw(sketch: Sequence[Sequence[float]], width: int, terminal: Terminal) -> str:
    """Draw a sketch on at most `width` columns, pieces parted by ``|``."""
    per_piece = (width - len(sketch) + 1) // max(len(sketch), 1)
    if per_piece < 1:
        return ""
    return "|".join(terminal.bars(_pooled(piece, per_piece)) for piece in sketch)


def _pooled(heights: Sequence[float], width: int) -> list[float]:
    """Take neighbors together, their mean, until there are no more than `width`."""
    if len(heights) <= width:
        return list(heights)
    parts = np.array_split(np.asarray(heights), width)
    return [float(np.nanmean(part)) if np.isfinite(part).any() else math.nan for part in parts]


def _cells(one: ChannelSummary) -> tuple[str, ...]:
    channel = one.channel
    value, unit = amplitude(one)
    return (
        printable(channel.label),
        what(channel, is_guess=one.is_kind_guess),
        rate(channel.sampling_rate),
        time(channel.duration),
        value,
        unit,
    )


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the widths of the columns: the widest cell, the two texts cut until all fit `width`."""
    widths = [max(columns(row[index]) for row in rows) for index in range(len(_HEADS))]
    surplus = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    while surplus > 0:
        index = max((0, 1), key=lambda index: widths[index] - _LEAST[index])
        if widths[index] <= _LEAST[index]:
            break
        widths[index] -= 1
        surplus -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        fit(cell, width, right=index not in _TEXT, keep_end=index in (0, 1))
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return _GAP.join(padded)
