"""Blocks of a LabChart file on one timeline: stretches of samples, NaN between them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.model import Finding, make_finding
from emgpipe.readers.parts.tables.clocks import read_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.readers.parts.labchart.blocks import Block

DAY = 86400.0
"""Seconds."""
MOST_GAP = 100.0
"""Dates that leave more unrecorded than recorded time by this factor (and over a day) are not followed."""
TOLERATED = 0.005
"""Relative disagreement of the stated interval and the time stamps that is not mentioned."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows without a gap: which block, its first row, the number of rows, and when it begins (s)."""

    block: int
    row: int
    n_rows: int
    start: float

    def time_of(self, row: int, rate: float) -> float:
        """Return when a row of the block was recorded."""
        return self.start + (row - self.row) / rate


@dataclass(frozen=True, slots=True)
class StretchLoader:
    """Load one channel whose samples lie in pieces at certain places of the timeline; NaN elsewhere.

    Attributes
    ----------
    starts : tuple of int
        Index on the timeline of the first sample of each piece, increasing.
    pieces : tuple of arrays
    """

    starts: tuple[int, ...]
    pieces: tuple[NDArray[np.float64], ...]

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop of the timeline."""
        samples = np.full(max(stop - start, 0), np.nan)
        first = max(int(np.searchsorted(self.starts, start, side="right")) - 1, 0)
        for begin, piece in zip(self.starts[first:], self.pieces[first:], strict=True):
            if begin >= stop:
                break
            lower, upper = max(start, begin), min(stop, begin + piece.size)
            if lower < upper:
                samples[lower - start : upper - start] = piece[lower - begin : upper - begin]
        return samples


def rate_of(block: Block, number: int) -> tuple[float | None, list[Finding]]:
    """Return the rate of a block in Hz: its interval, or its time stamps where the two disagree."""
    stated = float(f"{1.0 / block.header.interval:.12g}") if block.header.interval else None
    times = block.times()
    clock = read_clock(times, 1.0) if times is not None and times.size > 2 else None
    if clock is None or stated is None:
        return stated or (clock.sampling_rate if clock else None), []
    doubt = clock.resolution * stated / clock.n_samples
    if abs(stated / clock.sampling_rate - 1.0) <= TOLERATED + doubt:
        return stated, []
    reason = (
        f"the header of block {number} states {stated:.6g} Hz, its time stamps make {clock.sampling_rate:.6g} Hz "
        "(a reduced export?); the time stamps are used"
    )
    remedy = "check the export; export without reduction"
    finding = make_finding("sampling_rate_contradiction", "warn", reason, remedy, value=clock.sampling_rate, unit="Hz")
    return clock.sampling_rate, [finding]


def stretches_of(blocks: Sequence[Block], rates: Sequence[float]) -> tuple[list[Stretch], list[Finding]]:
    """Place all rows in time: by the blocks' dates where time starts anew in each block, else by the time stamps."""
    found = [stretch for number, block in enumerate(blocks) for stretch in _split(number, block, rates[number])]
    if len(found) < 2:
        return found, []
    restarts = any(
        later.block != earlier.block and later.start < _end(earlier, rates) - 0.5 / rates[earlier.block]
        for earlier, later in itertools.pairwise(found)
    )
    placed = _by_dates(found, blocks) if restarts else found
    if placed is None or not _is_plausible(placed, rates):
        return _behind_each_other(found, rates), [_unplaced(len(found))]
    return placed, _gaps(placed, rates)


def _split(number: int, block: Block, rate: float) -> list[Stretch]:
    times = block.times()
    if times is None or not np.isfinite(times).all():
        first = 0.0 if times is None or not np.isfinite(times[0]) else float(times[0])
        return [Stretch(number, 0, block.n_rows, first)]
    steps = np.diff(times)
    breaks = np.flatnonzero((steps > 1.5 / rate) | (steps < 0)) + 1
    edges = [0, *breaks.tolist(), times.size]
    if len(edges) > 2 + max(5, times.size // 100):  # stamps came in packets: only their span counts
        edges = [0, times.size]
    return [Stretch(number, a, b - a, float(times[a])) for a, b in itertools.pairwise(edges)]


def _by_dates(found: list[Stretch], blocks: Sequence[Block]) -> list[Stretch] | None:
    dates = [block.header.date for block in blocks]
    if dates[0] is None or None in dates:
        return None
    zero = dates[0]
    return [
        Stretch(one.block, one.row, one.n_rows, one.start + ((dates[one.block] or zero) - zero) * DAY) for one in found
    ]


def _is_plausible(placed: list[Stretch], rates: Sequence[float]) -> bool:
    recorded = sum(one.n_rows / rates[one.block] for one in placed)
    span = _end(placed[-1], rates) - placed[0].start
    if span > MOST_GAP * recorded and span > DAY:
        return False
    return all(
        later.start >= _end(earlier, rates) - 0.5 / rates[earlier.block]
        for earlier, later in itertools.pairwise(placed)
    )


def _behind_each_other(found: list[Stretch], rates: Sequence[float]) -> list[Stretch]:
    placed = [found[0]]
    for one in found[1:]:
        placed.append(Stretch(one.block, one.row, one.n_rows, _end(placed[-1], rates)))
    return placed


def _end(stretch: Stretch, rates: Sequence[float]) -> float:
    return stretch.start + stretch.n_rows / rates[stretch.block]


def _gaps(placed: list[Stretch], rates: Sequence[float]) -> list[Finding]:
    gaps = [later.start - _end(earlier, rates) for earlier, later in itertools.pairwise(placed)]
    real = [gap for one, gap in zip(placed, gaps, strict=False) if gap > 0.5 / rates[one.block]]
    if not real:
        return []
    reason = f"the recording was interrupted {len(real)} times, {sum(real):.3f} s are missing (NaN)"
    return [make_finding("time_gaps", "warn", reason, "use trials between the gaps", value=sum(real), unit="s")]


def _unplaced(count: int) -> Finding:
    reason = (
        f"{count} blocks are not placed in time by their dates or time stamps; they stand directly behind each other"
    )
    return make_finding("time_order", "warn", reason, "cut trials inside blocks, or export each block to its own file")
