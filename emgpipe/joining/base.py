"""The contract of a way to join two recordings of one trial: find how far apart their clocks are.

To add a way: copy the file of one that resembles it, write `find`, add one line to `emgpipe.joining.JOINS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.model import Finding, make_finding
from emgpipe.settings import Settings

if TYPE_CHECKING:
    from emgpipe.model import Recording

LARGEST_DRIFT = 0.010
"""Seconds by which two clocks may part during a trial before it is said: EMG and movement are compared to 10 ms."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Where the second recording's clock stands.

    Attributes
    ----------
    offset : float or None
        First recording's time = second recording's time + `offset` (s); None: could not be found.
    findings : tuple of Finding
        The offset and how good it is, or why there is none.
    """

    offset: float | None
    findings: tuple[Finding, ...] = ()


class Join(Settings, ABC):
    """One way to find how far apart the clocks of two recordings of a trial are."""

    kind: str

    @abstractmethod
    def find(self, first: Recording, second: Recording, stated: float) -> Joined:
        """Return the offset of the second recording.

        Parameters
        ----------
        first, second : Recording
        stated : float
            The offset (s) that the trials table or the file-name pattern gives; 0 where it gives none.
        """


def not_joined(second: Recording, reason: str, remedy: str, **figures: Any) -> Joined:
    """Say why the second recording cannot be joined; its channels are then left out."""
    said = f"'{second.source.path.name}' cannot be joined with the first recording of the trial: {reason}"
    return Joined(None, (make_finding("not_joined", "fail", said, remedy, **figures),))


def joined(second: Recording, offset: float, how: str) -> Finding:
    """Say where the second recording was put."""
    reason = f"'{second.source.path.name}' is joined with {offset:+.4f} s added to its times: {how}"
    return make_finding("joined", "note", reason, value=offset, unit="s")


def drifting(second: Recording, drift: float, how: str) -> tuple[Finding, ...]:
    """Warn where the two clocks do not run alike."""
    if abs(drift) <= LARGEST_DRIFT:
        return ()
    reason = f"the clock of '{second.source.path.name}' parts from the first by {1e3 * drift:.0f} ms: {how}"
    remedy = "one offset cannot be right for the whole trial; cut it into shorter trials, or join at an event near it"
    return (make_finding("clock_drift", "warn", reason, remedy, value=1e3 * drift, unit="ms"),)
