"""Numbers about the repetition itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from emgpipe.metrics.base import Cut, Metric, Reads


class Duration(Metric):
    """Length of the repetition or phase; conditions of different tempo should not be compared by peak."""

    kind: Literal["duration"] = "duration"
    reads: ClassVar[Reads] = "time"
    scales: ClassVar[bool] = False

    def measure(self, cut: Cut) -> float:
        """Return seconds."""
        return cut.stop - cut.start

    def unit(self, signal_unit: str) -> str:  # noqa: ARG002
        """Return seconds."""
        return "s"
