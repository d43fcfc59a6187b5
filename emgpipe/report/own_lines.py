"""The lines of participants over the levels of a ranking, ready to draw: heights, styles, marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

COLORS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c8c00")
MARKERS: Final = "osD^vPX*"
LEGEND_LIMIT: Final = 24
"""Participants above which all lines look alike and nobody is named."""
CROWD: Final = "#7f7f7f"


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One participant's line: heights as drawn, shape (levels,), NaN where absent.

    Attributes
    ----------
    place : int
        Of the participant among all.
    is_relative : bool
        The participant has no reference; the shape is the participant's own, the height the mean of the others.
    marks : tuple of str
        The worst level of a finding that each value carries, or empty.
    """

    place: int
    heights: NDArray[np.float64]
    is_relative: bool
    marks: tuple[str, ...]


def own_lines(values: pd.DataFrame, people: Sequence[str], levels: Sequence[str]) -> tuple[list[OwnLine], bool]:
    """Return the lines of those who have any value, and whether any value is in the unit of the panel.

    Parameters
    ----------
    values : DataFrame
        As `emgpipe.report.panels.OwnValues.of` returns them.
    people, levels : sequence of str
        All of them, in the order in which they are drawn.
    """
    logs, marks = _matrices(values, people, levels)
    measured = np.isfinite(logs["value"])
    typical = float(logs["value"][measured].mean()) if measured.any() else 0.0
    return list(_lines(logs, marks, typical)), bool(measured.any())


def _lines(logs: dict[str, NDArray[np.float64]], marks: list[list[str]], typical: float) -> Iterator[OwnLine]:
    for place, (line, raw) in enumerate(zip(logs["value"], logs["amplitude"], strict=True)):
        is_relative = not np.isfinite(line).any()
        if is_relative and not np.isfinite(raw).any():
            continue
        drawn = raw - np.nanmean(raw) + typical if is_relative else line
        yield OwnLine(place, np.exp(drawn), is_relative, tuple(marks[place]))


def _matrices(
    values: pd.DataFrame, people: Sequence[str], levels: Sequence[str]
) -> tuple[dict[str, NDArray[np.float64]], list[list[str]]]:
    """Return natural logs, shape (participants, levels), NaN where absent or not above zero; and the marks alike."""
    row_of = {person: row for row, person in enumerate(people)}
    column_of = {level: column for column, level in enumerate(levels)}
    logs = {name: np.full((len(people), len(levels)), np.nan) for name in ("value", "amplitude")}
    marks = [[""] * len(levels) for _ in people]
    for person, level, value, amplitude, worst in values.itertuples(index=False, name=None):
        row, column = row_of[person], column_of.get(level)
        if column is None:
            continue
        marks[row][column] = worst
        for name, given in (("value", value), ("amplitude", amplitude)):
            if given > 0:
                logs[name][row, column] = np.log(given)
    return logs, marks


def person_style(place: int, count: int) -> tuple[str, str]:
    """Return color and marker of a participant among so many; all alike where there are too many to tell apart."""
    if count > LEGEND_LIMIT:
        return CROWD, "."
    return COLORS[place % len(COLORS)], MARKERS[(place + place // len(COLORS)) % len(MARKERS)]
