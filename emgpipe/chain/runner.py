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
    steps = steps_for(chain, muscle)
    try:
        shortest = max((step.needs(sampling_rate) for step in steps), default=1)
        stretches = finite_runs(samples)
        usable = [stretch for stretch in stretches if stretch.stop - stretch.start >= shortest]
        _check_length(samples, stretches, usable, shortest, sampling_rate)
        record = _Record(_only(samples, usable), usable)
        for index, step in enumerate(steps):
            record.apply(step, steps[index + 1 :], sampling_rate)
        history = tuple(step.describe(sampling_rate) for step in steps)
    except SignalError as error:
        raise SignalError(error.message, channel=label or None, step=error.step) from None
    envelope = np.array(record.current)
    negative = envelope < 0
    envelope[negative] = 0.0
    finite = sum(stretch.stop - stretch.start for stretch in stretches)
    return ChainResult(
        np.array(record.filtered) if record.filtered is samples else record.filtered,
        envelope,
        chain_hash(chain, muscle),
        history,
        missing=samples.size - finite,
        too_short=finite - record.blanked - int(np.count_nonzero(np.isfinite(envelope))),
        negative=int(np.count_nonzero(negative)),
        blanked=record.blanked,
        removed=tuple(record.removed),
    )


@dataclass(slots=True)
class _Record:
    """A channel on its way through the chain: NaN outside of `stretches`."""

    current: NDArray[np.float64]
    stretches: list[slice]
    filtered: NDArray[np.float64] = field(init=False)
    blanked: int = 0
    removed: list[Removed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.filtered = self.current

    def apply(self, step: Step, following: Sequence[Step], sampling_rate: float) -> None:
        before, kind = self.current, str(getattr(step, "kind", ""))
        self.current = before if not before.size else self._after(step, sampling_rate)
        blanked = 0
        if step.makes_gaps:
            stretches = finite_runs(self.current)
            blanked = sum(map(_length, self.stretches)) - sum(map(_length, stretches))
            if blanked:
                shortest = max((one.needs(sampling_rate) for one in following), default=1)
                self.stretches = [stretch for stretch in stretches if _length(stretch) >= shortest]
                if not self.stretches:
                    raise SignalError(f"{kind} leaves no stretch of {shortest} samples; change its settings", step=kind)
                self.current = _only(self.current, self.stretches)
        self.blanked += blanked
        if step.cleans:
            self.removed.append(_removed(kind, before, self.current, blanked))
        if step.gives in ("raw", "filtered"):
            self.filtered = self.current

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


def _removed(kind: str, before: NDArray[np.float64], after: NDArray[np.float64], blanked: int) -> Removed:
    there, left = np.isfinite(before), np.isfinite(after)
    known = before[there] - before[there].mean()
    difference = np.where(left, before - after, before - before[there].mean())[there]
    difference = difference - difference.mean()
    return Removed(kind, _rms(known), _rms(after[left] - after[left].mean()), _rms(difference), blanked)


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _check_length(
    samples: NDArray[np.float64],
    stretches: Sequence[slice],
    usable: Sequence[slice],
    shortest: int,
    sampling_rate: float,
) -> None:
    if usable:
        return
    if not stretches:
        reason = "has no samples" if samples.size == 0 else "has only missing samples"
        raise SignalError(f"the channel {reason}; check the sensor, and leave it out with `use: false` if it died")
    longest = max(stretch.stop - stretch.start for stretch in stretches)
    raise SignalError(
        f"the longest stretch without gaps has {longest} samples ({longest / sampling_rate:.3g} s), the chain needs "
        f"{shortest} ({shortest / sampling_rate:.3g} s); record longer, or use a shorter window or a higher low cut-off"
    )
