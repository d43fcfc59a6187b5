"""Two channels that are one signal: exported twice, or a copy under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import TrialCheck
from emgpipe.quality.shared import LEAST_ALIKE
from emgpipe.quality.views import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView, TrialView


class Identical(TrialCheck):
    """Two channels that are one signal, be it with another sign, scale or offset."""

    kind: Literal["identical"] = "identical"
    finds: ClassVar[tuple[str, ...]] = ("identical_channels",)
    stage: ClassVar[Stage | Literal[""]] = "raw"

    correlation: float = Field(default=0.99, ge=LEAST_ALIKE, lt=1)
    """Correlation between 30 and 450 Hz, mains left out, above which two channels are one; they must be alike in quiet
    parts, too."""

    def look(self, trial: TrialView) -> tuple[Finding, ...]:
        """Return what was found, for both channels of a pair."""
        found: dict[int, Finding] = {}
        for first, second, value in self._pairs(trial):
            for one, other in ((first, second), (second, first)):
                found.setdefault(id(one), self._found(trial, one, other, value))
        return tuple(found.values())

    def _pairs(self, trial: TrialView) -> Iterator[tuple[ChannelView, ChannelView, float]]:
        for shared in trial.shared:
            is_one = shared.alike & (shared.correlation > self.correlation)
            for first, second in zip(*np.nonzero(np.triu(is_one)), strict=True):
                yield shared.channels[first], shared.channels[second], float(shared.correlation[first, second])

    def _found(self, trial: TrialView, one: ChannelView, other: ChannelView, value: float) -> Finding:
        is_same = one.raw.size == other.raw.size and np.array_equal(one.raw, other.raw, equal_nan=True)
        what = "every sample is the same" if is_same else f"correlation {value:.4f}"
        reason = f"'{one.label}' and '{other.label}' are the same signal ({what}); at most one of them can be right"
        remedy = (
            "find out which muscle the signal belongs to and take the other channel out; look at the device's export"
        )
        return make_finding("identical_channels", "fail", reason, remedy, value=value, **place_of(one, trial))

    def describe(self) -> str:
        """Say what is looked for."""
        return f"two channels of one trial that correlate by more than {self.correlation:g}"
