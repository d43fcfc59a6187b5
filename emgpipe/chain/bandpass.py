"""Keep the band in which surface EMG has its power."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from emgpipe.chain.butterworth import Butterworth

if TYPE_CHECKING:
    from emgpipe.model import Stage


class Bandpass(Butterworth):
    """Butterworth band-pass. 20 Hz takes away movement artefact (De Luca 2010, J Biomech 43:1573)."""

    kind: Literal["bandpass"] = "bandpass"
    takes: ClassVar[frozenset[Stage]] = frozenset({"raw", "filtered"})
    gives: ClassVar[Stage] = "filtered"

    low: float = Field(default=20.0, gt=0)
    """Lower -3 dB point in Hz."""
    high: float = Field(default=450.0, gt=0)
    """Upper -3 dB point in Hz; must lie below half the sampling rate."""

    @model_validator(mode="after")
    def _edges_in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low = {self.low:g} Hz must be smaller than high = {self.high:g} Hz")
        return self

    def cut_offs(self) -> tuple[float | None, float | None]:
        """Return both edges."""
        return self.low, self.high
