"""A chain over pieces of a long channel that stays behind its loader: only what a piece needs is read.

::

    scan(channel)          one pass, block by block: where the gaps are, the mean of each stretch between them
    run_piece(chain, ...)  each block of a piece is read with the steps' margins around it, filtered and cut

A margin is the sum of those of the steps (`Step.margin`), and ends where the stretch ends: gaps, and the ends of the
recording, are edges here as they are for the whole. What comes out is that of the whole channel to 1e-9 of the peak
of its samples. A chain with a step that needs the whole recording is refused: `whole_record_steps` tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.chain.order import chain_hash, steps_for
from emgpipe.chain.runner import ChainResult, fewest_samples, finished, taken_away, usable_stretches
from emgpipe.chain.stretches import finite_runs
from emgpipe.errors import SignalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.chain.base import Step
    from emgpipe.model import Channel

BLOCK: Final = 1 << 17
"""Samples that are worked on at a time (1 MiB); a minute of EMG at 2000 Hz."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over a channel tells.

    Attributes
    ----------
    size : int
        Samples of the channel.
    stretches : tuple of slice
        Those without gaps, in order.
    means : tuple of float
        The mean of each.
    extent : tuple of float or None
        The lowest and the highest sample; None where all are missing.
    """

    size: int
    stretches: tuple[slice, ...]
    means: tuple[float, ...]
    extent: tuple[float, float] | None

    @property
    def present(self) -> int:
        """How many samples are not missing."""
        return sum(stretch.stop - stretch.start for stretch in self.stretches)


def scan(channel: Channel, block: int | None = None) -> Scan:
    """Go once through a channel, `block` (or `BLOCK`) samples at a time."""
    size, block = channel.n_samples, block or BLOCK
    stretches: list[slice] = []
    sums: list[float] = []
    lows, highs = [], []
    for start in range(0, size, block):
        samples = channel.read(start, min(start + block, size))
        for run in finite_runs(samples):
            there = samples[run]
            lows.append(float(there.min()))
            highs.append(float(there.max()))
            if stretches and stretches[-1].stop == start + run.start:
                stretches[-1] = slice(stretches[-1].start, start + run.stop)
                sums[-1] += float(there.sum())
            else:
                stretches.append(slice(start + run.start, start + run.stop))
                sums.append(float(there.sum()))
    means = tuple(total / (one.stop - one.start) for total, one in zip(sums, stretches, strict=True))
    return Scan(size, tuple(stretches), means, (min(lows), max(highs)) if lows else None)


def whole_record_steps(chain: Sequence[Step], muscle: str, sampling_rate: float) -> tuple[Step, ...]:
    """Return the steps a muscle gets that need the whole recording at once, so that it cannot be cut before."""
    found = []
    is_begun = False
    for step in steps_for(chain, muscle):
        knows = step.about_mean and not is_begun
        if math.isinf(step.margin(sampling_rate)) and not knows:
            found.append(step)
        is_begun = is_begun or not step.about_mean
    return tuple(found)


def run_piece(
    chain: Sequence[Step], channel: Channel, known: Scan, piece: slice, block: int | None = None
) -> ChainResult:
    """Return what `run_chain` makes of some samples of a channel, without the rest of it.

    Parameters
    ----------
    chain : sequence of Step
        None of them in `whole_record_steps`.
    channel : Channel
        Its muscle selects the steps that are limited to muscles.
    known : Scan
        Of this channel.
    piece : slice
        Which samples; start and stop inside the channel.
    block : int, optional
        Samples worked on at a time, margins not counted; `BLOCK` if not given.

    Raises
    ------
    SignalError
        As `run_chain`; also for a chain that needs the whole recording.
    """
    steps, sampling_rate, block = steps_for(chain, channel.muscle), channel.sampling_rate, block or BLOCK
    try:
        work = _Work(steps, channel, known, piece)
        for start in range(piece.start, piece.stop, block):
            work.fill(slice(start, min(start + block, piece.stop)))
        history = tuple(step.describe(sampling_rate) for step in steps)
    except SignalError as error:
        raise SignalError(error.message, channel=channel.label or None, step=error.step) from None
    made = work.made
    removed = tuple(
        taken_away(str(getattr(step, "kind", "")), made[number], made[number + 1], 0)
        for number, step in enumerate(steps)
        if step.cleans
    )
    filtered = made[_filtered_by(steps)]
    if filtered is made[len(steps)]:  # an empty chain: nobody may change the one through the other
        filtered = filtered.copy()
    there = sum(max(min(one.stop, piece.stop) - max(one.start, piece.start), 0) for one in known.stretches)
    counted = (piece.stop - piece.start, there)
    return finished(counted, (filtered, made[len(steps)]), chain_hash(chain, channel.muscle), history, (0, removed))


def _filtered_by(steps: Sequence[Step]) -> int:
    """Return how many steps make the filtered signal; what follows makes the envelope."""
    return max((number for number, step in enumerate(steps, 1) if step.gives in ("raw", "filtered")), default=0)


class _Work:
    """A piece on its way through the steps, block after block; `made` has it after so many steps, where that is used.

    All of it is NaN where samples are missing or the stretch is too short, as in the whole channel.
    """

    def __init__(self, steps: Sequence[Step], channel: Channel, known: Scan, piece: slice) -> None:
        self.steps, self.channel, self.piece = steps, channel, piece
        sampling_rate = channel.sampling_rate
        self.shortest = fewest_samples(steps, sampling_rate)
        usable = usable_stretches(known.stretches, self.shortest, known.size, sampling_rate)
        self.means = {one.start: mean for one, mean in zip(known.stretches, known.means, strict=True)}
        self.stretches = [one for one in usable if one.start < piece.stop and one.stop > piece.start]
        self.margin = sum(_margin(step, sampling_rate) for step in steps)
        cleaned = [number for number, step in enumerate(steps) if step.cleans]
        used = {_filtered_by(steps), len(steps), *cleaned, *(number + 1 for number in cleaned)}
        self.made = {number: np.full(piece.stop - piece.start, np.nan) for number in used}

    def fill(self, block: slice) -> None:
        """Work on a block that lies in the piece."""
        for stretch in self.stretches:
            wanted = slice(max(stretch.start, block.start), min(stretch.stop, block.stop))
            if wanted.start < wanted.stop:
                self._fill(stretch, wanted)

    def _fill(self, stretch: slice, wanted: slice) -> None:
        margin = max(self.margin, self.shortest)
        first, last = max(stretch.start, wanted.start - margin), min(stretch.stop, wanted.stop + margin)
        inner = slice(wanted.start - first, wanted.stop - first)
        place = slice(wanted.start - self.piece.start, wanted.stop - self.piece.start)
        samples, mean = self.channel.read(first, last), self.means[stretch.start]
        self._keep(0, samples, inner, place)
        for number, step in enumerate(self.steps, 1):
            if step.about_mean:
                samples, mean = step.apply_about(samples, mean), 0.0
            else:
                samples = step.apply(samples, self.channel.sampling_rate)
            self._keep(number, samples, inner, place)

    def _keep(self, number: int, samples: NDArray[np.float64], inner: slice, place: slice) -> None:
        if number in self.made:
            self.made[number][place] = samples[inner]


def _margin(step: Step, sampling_rate: float) -> int:
    margin = 0 if step.about_mean else step.margin(sampling_rate)
    if math.isinf(margin):
        kind = str(getattr(step, "kind", type(step).__name__))
        raise SignalError(f"{kind} needs the whole recording at once and cannot work on a piece of it", step=kind)
    return math.ceil(margin)
