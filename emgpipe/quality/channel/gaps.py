"""Missing samples: too many of them, or too many in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import ChannelCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, Stage
    from emgpipe.quality.views import ChannelView


class Gaps(ChannelCheck):
    """Missing samples: too many of them, or too many in a row. Fewer are a note that all channels get."""

    kind: Literal["gaps"] = "gaps"
    finds: ClassVar[tuple[str, ...]] = ("signal_gaps",)
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("warn_above", "fail_above"),)

    warn_above: float = Field(default=0.01, ge=0, le=1)
    """Share of the samples missing above which it is worth a look."""
    longest: float = Field(default=0.1, gt=0)
    """Seconds of a single gap above which it is worth a look: a window of the envelope is about as long."""
    fail_above: float = Field(default=0.5, ge=0, le=1)
    """Share of the samples missing above which the numbers should not be used."""

    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what was found."""
        missing = ~np.isfinite(channel.raw)
        share = float(np.mean(missing)) if missing.size else 0.0
        if share == 0.0:
            return ()
        edges = np.flatnonzero(np.diff(np.concatenate(([False], missing, [False])).astype(np.int8)))
        lengths = edges[1::2] - edges[::2]
        longest = int(np.argmax(lengths))
        seconds = float(lengths[longest]) / channel.sampling_rate
        if share <= self.warn_above and seconds <= self.longest:
            return ()
        level: Level = "fail" if share > self.fail_above else "warn"
        start = channel.at(int(edges[2 * longest]))
        where = "in one gap" if lengths.size == 1 else f"in {lengths.size} gaps"
        reason = (
            f"{100 * share:.2g} % of '{channel.label}' is missing {where}, the longest {seconds:.2f} s "
            f"from {start:.1f} s"
        )
        remedy = "look at the connection of the sensor; record again if the gap lies where you measure"
        at = {"start": start, "stop": start + seconds}
        return (make_finding("signal_gaps", level, reason, remedy, value=share, **at),)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"more than {100 * self.warn_above:g} % missing samples or a gap above {self.longest:g} s; "
            f"fail above {100 * self.fail_above:g} %"
        )
