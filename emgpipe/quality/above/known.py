"""What is known about one muscle whose readings exceed 100 %, and one part of what explains them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.model import Finding, Reference, ReferenceKey
    from emgpipe.quality.above.effort import Sustained
    from emgpipe.quality.above.readings import Reading
    from emgpipe.quality.above.windows import Expected
    from emgpipe.quality.views import SessionView

WORTH: Final = 1.05
"""Factors below it are not told."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the explanation.

    Attributes
    ----------
    name : str
        unit, artifact, mains, clipped_mvic, windows, weak_mvic or strong.
    factor : float or None
        By how much it lifts the highest peak; None where that cannot be told.
    words, remedy : str
    """

    name: str
    factor: float | None
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known about one muscle of a session whose readings exceed 100 %."""

    session: SessionView
    key: ReferenceKey
    reference: Reference
    readings: Sequence[Reading]
    expected: Expected | None
    sustained: tuple[Sustained, ...]

    @property
    def by_rule(self) -> float:
        """What the rule of the MVIC gives in the task trial where it gives most, in percent; 0 where it gives none."""
        return 100 * max((one.ratio for one in self.sustained), default=0.0)

    @property
    def top(self) -> Reading:
        """The repetition with the highest peak."""
        return max(self.readings, key=lambda one: one.peak)

    @property
    def mean(self) -> float:
        """The highest mean of a repetition, in percent."""
        return max(one.mean for one in self.readings)


def is_of(finding: Finding, key: ReferenceKey) -> bool:
    """Tell whether a finding is about this muscle."""
    muscle, side, placement = key
    return (finding.muscle, finding.side) == (muscle, side) and finding.placement in ("", placement)
