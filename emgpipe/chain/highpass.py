"""Take away what is slower than muscle activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.chain.butterworth import Butterworth

if TYPE_CHECKING:
    from emgpipe.model import Stage


class Highpass(Butterworth):
    """Butterworth high-pass, for example 30 Hz against ECG on trunk muscles (Drake & Callaghan 2006, JEK 16:175)."""

    kind: Literal["highpass"] = "highpass"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered"})
    gives: ClassVar[Stage] = "filtered"

    low: float = Field(default=20.0, gt=0)
    """-3 dB point in Hz."""

    def cut_offs(self) -> tuple[float | None, float | None]:
        """Return the lower edge."""
        return self.low, None
