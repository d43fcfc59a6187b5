"""The two pictures of a ranking on the page: ratios to the first, and every participant's own line.

The same as `emgpipe.report.figures` draws with matplotlib for notebooks, from the same panels.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.report.drawing import BLUE, INK, SOFT, log_ticks
from emgpipe.report.marks import FAIL, WARN
from emgpipe.report.own_lines import LEGEND_LIMIT, OwnLine, own_lines, person_style
from emgpipe.report.panels import OwnValues, Panel, by_muscle, level_sequence, metric_names, thinned_ratio_ticks
from emgpipe.report.vector import Axis, crosses, dots, line, markers, path, picture, words
from emgpipe.report.words import label, metric_label, plain, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDTH: Final = 538.0
"""Of a column of panels."""
_ABOVE: Final = 33.0
_GRID: Final = 'stroke="#e3e6e9" stroke-width="1" fill="none"'
_FRAME: Final = f'stroke="{INK}" stroke-width="1" fill="none"'
_MARKS: Final = {WARN: "△ warning", FAIL: "✕ failed check"}
_STEEP: Final = 6
"""Levels above which their names are turned."""
_PER_ROW: Final = 8
"""Names in a row of the legend."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel lies on the picture."""

    left: float
    right: float
    top: float
    bottom: float


def ratio_picture(panels: Sequence[Panel], description: str) -> str:
    """Return the levels of each panel in rank order with their ratio to the first, a row per muscle."""
    most = max(2, *(len(panel.rows) for panel in panels))
    plot = 10 + 23 * most
    size = _ABOVE + plot + 48
    parts = [
        piece
        for panel, left, top in _places(panels, size)
        for piece in _ratios(panel, _Frame(left + 211, left + _WIDTH - 14, top + _ABOVE, top + _ABOVE + plot), most)
    ]
    return picture(*_extent(panels, size), parts, description)


def lines_picture(panels: Sequence[Panel], own: OwnValues, description: str) -> str:
    """Return every participant's own line over the levels, on a log axis, a row of panels per muscle.

    A participant without a reference is drawn dashed: the shape is the participant's own, the height the mean of all.
    """
    levels = level_sequence(panels)
    values = {panel: own.of(panel) for panel in panels}
    people = sorted({str(person) for table in values.values() for person in table["participant"]})
    below = 163.0 if len(levels) > _STEEP else 53.0
    size = _ABOVE + 154 + below
    parts: list[str] = []
    marked: set[str] = set()
    for panel, left, top in _places(panels, size):
        frame = _Frame(left + 58, left + _WIDTH - 14, top + _ABOVE, top + _ABOVE + 154)
        lines, has_unit = own_lines(values[panel], people, levels)
        marked.update(mark for one in lines for mark in one.marks)
        unit = plain(panel.unit) if has_unit else "relative to own mean"
        parts += [*_own(lines, frame, len(people), len(levels)), *_level_names(frame, levels)]
        parts.append(_title(panel, frame))
        parts.append(words(left + 20, frame.top + 77, unit, anchor="middle", turn=-90))
    width, height = _extent(panels, size)
    known = [mark for mark in (WARN, FAIL) if mark in marked]
    names = _legend(people, known, width, height)
    return picture(width, height + 20 * math.ceil((len(names) > 0) * (len(people) + 2) / _PER_ROW), [*parts, *names],
                   description)  # fmt: skip


def _places(panels: Sequence[Panel], height: float) -> Iterator[tuple[Panel, float, float]]:
    """Yield each panel with its left and upper end: a column per metric, a row per muscle."""
    muscles, metrics = list(by_muscle(panels)), metric_names(panels)
    for panel in panels:
        yield panel, metrics.index(panel.metric) * _WIDTH, muscles.index((panel.muscle, panel.side)) * height


def _extent(panels: Sequence[Panel], height: float) -> tuple[float, float]:
    return _WIDTH * len(metric_names(panels)) + 10, height * len(by_muscle(panels))


def _title(panel: Panel, frame: _Frame) -> str:
    title = shortened(f"{panel.name} · {metric_label(panel.metric)}", 64)
    return words(frame.left, frame.top - 9, title, "name")


def _ratios(panel: Panel, frame: _Frame, most: int) -> Iterator[str]:
    known = [value for row in panel.rows for value in (row.ratio, row.low, row.high) if value and value > 0]
    axis = Axis(min([*known, 0.9]) / 1.06, max([*known, 1.0]) * 1.06, frame.left, frame.right, is_log=True)
    step = (frame.bottom - frame.top) / (max(most, 2) + 0.2)
    heights = [frame.top + (place + 0.6) * step for place in range(len(panel.rows))]
    ticks = [(tick, axis.at(tick)) for tick in thinned_ratio_ticks(axis.low, axis.high)]
    yield _title(panel, frame)
    yield path("".join(line(((x, frame.top), (x, frame.bottom))) for _, x in ticks), _GRID)
    yield path(line(((axis.at(1), frame.top), (axis.at(1), frame.bottom))), f'stroke="{SOFT}" stroke-dasharray="1 3"')
    yield path(line(((frame.left, frame.bottom), (frame.right, frame.bottom))), _FRAME)
    yield from (words(x, frame.bottom + 16, f"{tick:g}", anchor="middle") for tick, x in ticks)
    said = "ratio to the first (95 % interval, unadjusted)"
    yield words((frame.left + frame.right) / 2, frame.bottom + 33, said, anchor="middle")
    for row, y in zip(panel.rows, heights, strict=True):
        rank = "–" if row.rank is None else row.rank
        yield words(
            frame.left - 8, y + 4, f"{shortened(row.name, 28)}\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{rank}", anchor="end"
        )
        if row.low is not None and row.high is not None and row.low > 0:
            bar = line(((axis.at(row.low), y), (axis.at(row.high), y)))
            yield path(bar, f'stroke="{BLUE}" stroke-width="2.7"')
        if row.ratio is not None and row.ratio > 0:
            face = BLUE if row.separated or row.first else "#fff"
            shape = markers([(axis.at(row.ratio), y)], "D" if row.first else "o", 8.7)
            yield path(shape, f'fill="{face}" stroke="{BLUE}" stroke-width="1.4"')


def _own(lines: Sequence[OwnLine], frame: _Frame, n_people: int, n_levels: int) -> Iterator[str]:
    drawn = np.array([one.heights for one in lines]) if lines else np.empty((0, n_levels))
    known = drawn[np.isfinite(drawn)]
    axis = _amplitude_axis(known, frame)
    for tick in log_ticks(axis.low, axis.high):
        yield path(line(((frame.left, axis.at(tick)), (frame.right, axis.at(tick)))), _GRID)
        yield words(frame.left - 7, axis.at(tick) + 4, f"{tick:g}", anchor="end")
    xs = _level_places(frame, n_levels)
    yield path("".join(line(((x, frame.top), (x, frame.bottom))) for x in xs), _GRID)
    yield path(line(((frame.left, frame.bottom), (frame.right, frame.bottom))), _FRAME)
    courses = [[(x, _height(axis, value)) for x, value in zip(xs, one.heights, strict=True)] for one in lines]
    for (color, shape), dashes, members in _styles(lines, n_people):
        dash = ' stroke-dasharray="5 2.5"' if dashes else ""
        yield path(
            "".join(line(courses[one]) for one in members), f'stroke="{color}" stroke-width="1.5" fill="none"{dash}'
        )
        points = [point for one in members for point in courses[one]]
        if shape == ".":
            yield path(dots(points), f'stroke="{color}" stroke-width="2.7" stroke-linecap="round"')
        else:
            yield path(markers(points, shape, 6.2), f'fill="{color}"')
    yield from _marks(lines, courses)


def _styles(lines: Sequence[OwnLine], n_people: int) -> Iterator[tuple[tuple[str, str], bool, list[int]]]:
    """Yield style, dashed or not, and the lines drawn so: one each where people are told apart, else all of them."""
    groups: dict[tuple[int, bool], list[int]] = {}
    for number, one in enumerate(lines):
        crowd = n_people > LEGEND_LIMIT
        groups.setdefault((0 if crowd else one.place, one.is_relative), []).append(number)
    for (place, dashed), members in groups.items():
        yield person_style(place, n_people), dashed, members


def _marks(lines: Sequence[OwnLine], courses: Sequence[Sequence[tuple[float, float]]]) -> Iterator[str]:
    spots: dict[str, list[tuple[float, float]]] = {}
    for one, course in zip(lines, courses, strict=True):
        for mark, spot in zip(one.marks, course, strict=True):
            if math.isfinite(spot[1]):
                spots.setdefault(mark, []).append(spot)
    yield path(markers(spots.get(WARN, ()), "^", 10.5), f'fill="none" stroke="{INK}" stroke-width="1.5"')
    yield path(crosses(spots.get(FAIL, ()), 10), f'fill="none" stroke="{INK}" stroke-width="2.4"')


def _amplitude_axis(known: np.ndarray[tuple[int], np.dtype[np.float64]], frame: _Frame) -> Axis:
    low, high = (float(known.min()), float(known.max())) if known.size else (0.5, 2.0)
    if high <= 1.01 * low:  # one value only: a logarithmic axis needs some room around it
        low, high = low / 1.5, high * 1.5
    room = (high / low) ** 0.06
    return Axis(low / room, high * room, frame.bottom, frame.top, is_log=True)


def _height(axis: Axis, value: float) -> float:
    return axis.at(value) if math.isfinite(value) else math.nan


def _level_places(frame: _Frame, n_levels: int) -> list[float]:
    axis = Axis(-0.3, n_levels - 0.7, frame.left, frame.right)
    return [axis.at(place) for place in range(n_levels)]


def _level_names(frame: _Frame, levels: Sequence[str]) -> Iterator[str]:
    for x, level in zip(_level_places(frame, len(levels)), levels, strict=True):
        name, y = label(level), frame.bottom + 15
        if len(levels) > 2 * _STEEP:
            yield words(x + 4, y - 4, shortened(name, 24), anchor="end", turn=-90)
        elif len(levels) > _STEEP:
            yield words(x + 4, y, shortened(name, 24), anchor="end", turn=-40)
        else:
            rows = textwrap.wrap(shortened(name, 30), 13)
            yield from (words(x, y + 13 * row, text, anchor="middle") for row, text in enumerate(rows))


def _legend(people: Sequence[str], marked: Sequence[str], width: float, height: float) -> list[str]:
    """Name the participants below the panels; where they are too many, explain the marks only, at the top."""
    said = [_MARKS[mark] for mark in marked]
    if not 0 < len(people) <= LEGEND_LIMIT:
        return [words(width - 14, 12, ", ".join(said), anchor="end")] if said else []
    parts = []
    step = (width - 60) / _PER_ROW
    for place, name in enumerate([*people, *said]):
        x, y = 40 + place % _PER_ROW * step, height + 12 + 20 * (place // _PER_ROW)
        if place < len(people):
            color, shape = person_style(place, len(people))
            parts.append(path(line(((x, y), (x + 24, y))), f'stroke="{color}" stroke-width="1.5"'))
            parts.append(path(markers([(x + 12, y)], shape, 6.5), f'fill="{color}"'))
        parts.append(words(x + (30 if place < len(people) else 6), y + 4, shortened(name, 20)))
    return parts
