"""Run a chain over the samples of one channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.chain.order import chain_hash, steps_for
from emgpipe.chain.stretches import finite_runs
from emgpipe.errors import SignalError

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
    """

    filtered: NDArray[np.float64]
    envelope: NDArray[np.float64]
    hash: str
    history: tuple[str, ...]
    missing: int = 0
    too_short: int = 0
    negative: int = 0


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
        filtered, envelope = np.full_like(samples, np.nan), np.full_like(samples, np.nan)
        for stretch in usable:
            filtered[stretch], envelope[stretch] = _run(steps, samples[stretch], sampling_rate)
        history = tuple(step.describe(sampling_rate) for step in steps)
    except SignalError as error:
        raise SignalError(error.message, channel=label or None, step=error.step) from None
    negative = envelope < 0
    envelope[negative] = 0.0
    kept = sum(stretch.stop - stretch.start for stretch in usable)
    finite = sum(stretch.stop - stretch.start for stretch in stretches)
    return ChainResult(
        filtered,
        envelope,
        chain_hash(chain, muscle),
        history,
        missing=samples.size - finite,
        too_short=finite - kept,
        negative=int(np.count_nonzero(negative)),
    )


def _run(
    steps: Sequence[Step], samples: NDArray[np.float64], sampling_rate: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Apply the steps to samples without gaps; return the last signal before rectification, and the envelope."""
    filtered = current = samples
    for step in steps:
        current = step.apply(current, sampling_rate)
        if step.gives in ("raw", "filtered"):
            filtered = current
    return filtered, current


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
