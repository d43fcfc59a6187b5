"""A channel and what the chain made of it, as one `Signal`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.model import Channel, Signal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.chain.runner import ChainResult


def signal_of(name: str, channel: Channel, samples: NDArray[np.float64], result: ChainResult | None) -> Signal:
    """Join a channel, its samples (shape (n_samples,), in its unit) and the chain's result; None: not filtered."""
    return Signal(
        name=name,
        label=channel.label,
        kind=channel.kind,
        unit=channel.unit,
        sampling_rate=channel.sampling_rate,
        start=channel.start,
        raw=samples,
        muscle=channel.muscle,
        side=channel.side,
        placement=channel.placement,
        filtered=result.filtered if result else None,
        envelope=result.envelope if result else None,
        chain_hash=result.hash if result else "",
        history=result.history if result else (),
        removed=result.removed if result else (),
    )
