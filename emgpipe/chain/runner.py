"""Run a chain over the samples of one channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.order import chain_hash, steps_for
from emgpipe.chain.stretches import finite_runs
from emgpipe.errors import SignalError
from emgpipe.model import Removed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.chain.base import Step


@dataclass(frozen=True, slots=True)
class ChainResult:
    """What a chain made of one channel.

    Attributes
    ----------
    filtered, envelope : array, shape (n_samples,)
        In the unit of the samples; NaN where samples are missing or a stretch between gaps is too short.
    hash : str
        Identifies the chain and all its parameters.
    history : tuple of str
        What was applied, in words.
    missing : int
        Samples that were NaN in the input.
    too_short : int
        Samples lost because the stretch between two gaps is shorter than the chain needs.
    negative : int
        Envelope samples below zero that were set to zero.
    blanked : int
        Samples that steps of the chain set to missing.
    removed : tuple of Removed
        What each cleaning step took away.

    Counts and `removed` are those of the samples of this result: of a piece, where it is one.
    """

    filtered: NDArray[np.float64]
    envelope: NDArray[np.float64]
    hash: str
    history: tuple[str, ...]
    missing: int = 0
    too_short: int = 0
    negative: int = 0
    blanked: int = 0
    removed: tuple[Removed, ...] = ()


def run_chain(
    chain: Sequence[Step],
    samples: NDArray[np.float64],
    sampling_rate: float,
    *,
    muscle: str = "",
    label: str = "",
) -> ChainResult:
    """Apply the steps a muscle gets to one channel, stretch by stretch between gaps.

    Parameters
    ----------
    chain : sequence of Step
        In order; see `emgpipe.chain.order_problems`.
    samples : array, shape (n_samples,)
        As read; NaN where samples are missing.
    sampling_rate : float
        In Hz.
    muscle : str
        Selects the steps that are limited to muscles.
    label : str
        The channel's label, for messages.

    Raises
    ------
    SignalError
        No stretch is as long as the chain needs, or a parameter does not fit the sampling rate.
    """
    (result,) = run_spans(chain, samples, sampling_rate, (slice(0, samples.size),), muscle=muscle, label=label)
    return result


def run_spans(
    chain: Sequence[Step],
    samples: NDArray[np.float64],
    sampling_rate: float,
    spans: Sequence[slice],
    *,
    muscle: str = "",
    label: str = "",
) -> list[ChainResult]:
    """Apply a chain to a whole channel as `run_chain` does, and keep pieces of the result only.

    Parameters
    ----------
    spans : sequence of slice
        Which samples; start and stop inside the channel.
    """
    steps = steps_for(chain, muscle)
    try:
        shortest = fewest_samples(steps, sampling_rate)
        stretches = finite_runs(samples)
        usable = usable_stretches(stretches, shortest, samples.size, sampling_rate)
        record = _Record(_only(samples, usable), usable, spans)
        for index, step in enumerate(steps):
            record.apply(step, steps[index + 1 :], sampling_rate)
        history = tuple(step.describe(sampling_rate) for step in steps)
    except SignalError as error:
        raise SignalError(error.message, channel=label or None, step=error.step) from None
    digest = chain_hash(chain, muscle)
    return [
        finished(_counted(samples[span]), record.piece(number), digest, history, record.taken(number))
        for number, span in enumerate(spans)
    ]


def _counted(samples: NDArray[np.float64]) -> tuple[int, int]:
    return samples.size, int(np.count_nonzero(np.isfinite(samples)))


def fewest_samples(steps: Sequence[Step], sampling_rate: float) -> int:
    """Return how long a stretch between gaps must be for all steps to work on it."""
    return max((step.needs(sampling_rate) for step in steps), default=1)


def finished(
    counted: tuple[int, int],
    made: tuple[NDArray[np.float64], NDArray[np.float64]],
    digest: str,
    history: tuple[str, ...],
    taken: tuple[int, tuple[Removed, ...]],
) -> ChainResult:
    """Set what is negative in an envelope to zero, and count.

    Parameters
    ----------
    counted : tuple of int
        How many samples there are, and how many of them were not missing at first.
    made : tuple of array
        The filtered samples and the envelope, arrays of their own.
    taken : tuple
        How many samples steps set to missing, and what cleaning steps took away.
    """
    filtered, envelope = made
    blanked, removed = taken
    negative = envelope < 0
    envelope[negative] = 0.0
    size, present = counted
    return ChainResult(
        filtered,
        envelope,
        digest,
        history,
        missing=size - present,
        too_short=present - blanked - int(np.count_nonzero(np.isfinite(envelope))),
        negative=int(np.count_nonzero(negative)),
        blanked=blanked,
        removed=removed,
    )


@dataclass(slots=True)
class _Record:
    """A channel on its way through the chain: NaN outside of `stretches`; what steps take away is told of `spans`."""

    current: NDArray[np.float64]
    stretches: list[slice]
    spans: Sequence[slice]
    filtered: NDArray[np.float64] = field(init=False)
    given: NDArray[np.float64] = field(init=False)
    blanked: list[int] = field(init=False)
    removed: list[list[Removed]] = field(init=False)

    def __post_init__(self) -> None:
        self.filtered = self.given = self.current
        self.blanked = [0] * len(self.spans)
        self.removed = [[] for _ in self.spans]

    def piece(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the filtered samples and the envelope of a span, as arrays that share nothing with others."""
        span = self.spans[number]
        is_own = self.filtered is not self.given and span == slice(0, self.filtered.size)
        return self.filtered if is_own else np.array(self.filtered[span]), np.array(self.current[span])

    def taken(self, number: int) -> tuple[int, tuple[Removed, ...]]:
        """Return how many samples of a span steps set to missing, and what cleaning steps took away."""
        return self.blanked[number], tuple(self.removed[number])

    def apply(self, step: Step, following: Sequence[Step], sampling_rate: float) -> None:
        before, kind = self.current, str(getattr(step, "kind", ""))
        self.current = before if not before.size else self._after(step, sampling_rate)
        blanked = [0] * len(self.spans)
        if step.makes_gaps:
            lost = np.isfinite(before) & ~np.isfinite(self.current)
            if lost.any():
                blanked = [int(np.count_nonzero(lost[span])) for span in self.spans]
                self._between_gaps(kind, fewest_samples(following, sampling_rate))
        self.blanked = [sum(counts) for counts in zip(self.blanked, blanked, strict=True)]
        if step.cleans:
            for span, count, told in zip(self.spans, blanked, self.removed, strict=True):
                told.append(taken_away(kind, before[span], self.current[span], count))
        if step.gives in ("raw", "filtered"):
            self.filtered = self.current

    def _between_gaps(self, kind: str, shortest: int) -> None:
        self.stretches = [stretch for stretch in finite_runs(self.current) if _length(stretch) >= shortest]
        if not self.stretches:
            raise SignalError(f"{kind} leaves no stretch of {shortest} samples; change its settings", step=kind)
        self.current = _only(self.current, self.stretches)

    def _after(self, step: Step, sampling_rate: float) -> NDArray[np.float64]:
        if step.sees_gaps or self.stretches == [slice(0, self.current.size)]:
            return step.apply(self.current, sampling_rate)
        result = np.full_like(self.current, np.nan)
        for stretch in self.stretches:
            result[stretch] = step.apply(self.current[stretch], sampling_rate)
        return result


def _length(stretch: slice) -> int:
    return int(stretch.stop) - int(stretch.start)


def _only(samples: NDArray[np.float64], stretches: Sequence[slice]) -> NDArray[np.float64]:
    """Return the samples with NaN outside of the stretches."""
    if list(stretches) == [slice(0, samples.size)]:
        return samples
    kept = np.full_like(samples, np.nan)
    for stretch in stretches:
        kept[stretch] = samples[stretch]
    return kept


def taken_away(kind: str, before: NDArray[np.float64], after: NDArray[np.float64], blanked: int) -> Removed:
    """Return what a step made of samples, as `Removed` says; nothing where there are none."""
    there, left = np.isfinite(before), np.isfinite(after)
    if not there.any():
        return Removed(kind, 0.0, 0.0, 0.0, blanked)
    known = before[there] - before[there].mean()
    difference = np.where(left, before - after, before - before[there].mean())[there]
    difference = difference - difference.mean()
    remaining = _rms(after[left] - after[left].mean()) if left.any() else 0.0
    return Removed(kind, _rms(known), remaining, _rms(difference), blanked)


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def usable_stretches(stretches: Sequence[slice], shortest: int, size: int, sampling_rate: float) -> list[slice]:
    """Return the stretches of a channel of `size` samples that are long enough.

    Raises
    ------
    SignalError
        None is.
    """
    usable = [stretch for stretch in stretches if _length(stretch) >= shortest]
    if usable:
        return usable
    if not stretches:
        reason = "has no samples" if size == 0 else "has only missing samples"
        raise SignalError(f"the channel {reason}; check the sensor, and leave it out with `use: false` if it died")
    longest = max(map(_length, stretches))
    raise SignalError(
        f"the longest stretch without gaps has {longest} samples ({longest / sampling_rate:.3g} s), the chain needs "
        f"{shortest} ({shortest / sampling_rate:.3g} s); record longer, or use a shorter window or a higher low cut-off"
    )
