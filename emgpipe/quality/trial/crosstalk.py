"""Channels that have part of their signal in common: cross-talk of neighbors, or a bad reference electrode."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import TrialCheck
from emgpipe.quality.shared import LEAST_ALIKE
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.shared import Shared
    from emgpipe.quality.views import TrialView

_FEWEST_SECONDS: Final = 2.0
"""Less EMG than this correlates by chance."""
_FEWEST_COMMON: Final = 3
"""Channels; what two have in common is cross-talk."""


class CrossTalk(TrialCheck):
    """Channels that have part of their signal in common.

    The largest absolute cross-correlation within 10 ms, between 30 and 450 Hz, without mains and other sharp lines, in
    the loudest 20 s, heartbeats evened out. What most channels share is a bad reference electrode, not cross-talk. A
    channel is not blamed for what a much quieter one shares with it. Nothing is said about cross-talk at rest, nor
    about envelopes: those of muscles that work together resemble each other.
    """

    kind: Literal["crosstalk"] = "crosstalk"
    finds: ClassVar[tuple[str, ...]] = ("crosstalk", "common_signal")
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("note_above", "warn_above"),)

    note_above: float = Field(default=0.3, gt=0, lt=1)
    """Correlation that is worth knowing: a tenth of the power is shared."""
    warn_above: float = Field(default=0.5, gt=0, lt=1)
    """Correlation that is worth a look: a quarter of the power is shared."""
    identical_above: float = Field(default=0.99, ge=LEAST_ALIKE, le=1)
    """Correlation above which two channels are the same signal, which is another check's."""
    much_louder: float = Field(default=4.0, ge=1)
    """A channel so many times as loud as the other keeps its name: what it has in common came from itself."""
    common_share: float = Field(default=0.6, gt=0.5, le=1)
    """Share of all channels (at least three) that must have something in common to call it a common signal."""

    def look(self, trial: TrialView) -> tuple[Finding, ...]:
        """Return at most one finding per channel."""
        return tuple(found for shared in trial.shared for found in self._of(trial, shared))

    def _of(self, trial: TrialView, shared: Shared) -> Iterator[Finding]:
        if shared.seconds < _FEWEST_SECONDS:
            return
        is_one = shared.alike & (shared.correlation > self.identical_above)
        is_emg = np.asarray([channel.is_raw_emg for channel in shared.channels])
        correlation = np.where(is_one | ~is_emg | ~is_emg[:, None], 0.0, shared.correlation)
        common = self._common(correlation, int(is_emg.sum()))
        for index in np.flatnonzero(common).tolist():
            yield self._common_signal(trial, shared, correlation, index, int(common.sum()))
        if shared.channels[0].role == "rest":
            return
        for index, channel in enumerate(shared.channels):
            blamed = correlation[index] * (shared.rms[index] <= self.much_louder * shared.rms)
            partner = int(np.argmax(blamed))
            is_used = channel.is_target or shared.channels[partner].is_target
            if not common[index] and is_used and blamed[partner] > self.note_above:
                yield self._crosstalk(trial, shared, index, partner)

    def _common(self, correlation: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
        """Return the channels that share something with most others, of which `count` can."""
        needed = max(self.common_share * count, _FEWEST_COMMON) - 1
        is_common = (correlation > self.warn_above).sum(axis=1) >= needed
        enough = int(is_common.sum()) >= needed + 1
        return is_common if enough else np.zeros_like(is_common)

    def _crosstalk(self, trial: TrialView, shared: Shared, index: int, partner: int) -> Finding:
        channel, other = shared.channels[index], shared.channels[partner]
        value = float(shared.correlation[index, partner])
        level: Level = "warn" if value > self.warn_above else "note"
        reason = (
            f"'{channel.label}' and '{other.label}' have {100 * value**2:.0f} % of their power in common "
            f"(correlation {value:.2f}): cross-talk between neighbors"
        )
        remedy = (
            "look whether both move alike in the MVIC of one of the two muscles; move the electrodes apart, or to the "
            "middle of each muscle, and take differences between these two muscles with care"
        )
        return make_finding("crosstalk", level, reason, remedy, value=value, **place_of(channel, trial))

    def _common_signal(
        self, trial: TrialView, shared: Shared, correlation: NDArray[np.float64], index: int, count: int
    ) -> Finding:
        channel, value = shared.channels[index], float(np.max(correlation[index]))
        others = sum(one.is_raw_emg for one in shared.channels) - 1
        reason = (
            f"'{channel.label}' has the same signal in it as {count - 1} of {others} other channels "
            f"(correlation up to {value:.2f}): something reaches all of them"
        )
        remedy = "check the reference (ground) electrode and its cable, and whether the device shares one reference"
        return make_finding("common_signal", "warn", reason, remedy, value=value, **place_of(channel, trial))

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"correlation above {self.warn_above:g} (note above {self.note_above:g}) between two channels within "
            f"10 ms; a common signal where {100 * self.common_share:.0f} % of the channels share one"
        )
