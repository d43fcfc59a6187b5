"""Take away what is slower than muscle activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.chain.butterworth import Butterworth

if TYPE_CHECKING:
    from emgpipe.model import Stage


class Highpass(Butterworth):
    """Butterworth high-pass; with `low: 30, order: 4` against ECG on trunk muscles.

    Drake and Callaghan (2006, J Electromyogr Kinesiol 16:175) compared 23 ways to take ECG out of trunk EMG and found
    a Butterworth high-pass of 4th order at 30 Hz the best compromise. Order 2 per pass, forward and backward, is
    order 4 in all; `order: 4` is of 4th order in each pass.
    """

    kind: Literal["highpass"] = "highpass"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered"})
    gives: ClassVar[Stage] = "filtered"
    cleans: ClassVar[bool] = True

    low: float = Field(default=20.0, gt=0)
    """-3 dB point in Hz."""

    def cut_offs(self) -> tuple[float | None, float | None]:
        """Return the lower edge."""
        return self.low, None
