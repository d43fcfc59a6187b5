"""A task in which a muscle gives more than in its MVIC, by the same rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import SessionView


class MvicExceeded(SessionCheck):
    """A task trial whose value by the rule of the MVIC, such as the best half second, lies above the MVIC."""

    kind: Literal["mvic_exceeded"] = "mvic_exceeded"
    finds: ClassVar[tuple[str, ...]] = ("task_exceeds_mvic",)
    stage: ClassVar[Stage | Literal[""]] = "envelope"

    above: float = Field(default=1.0, ge=1)
    """Told where the task gives more than this many times the MVIC."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a note for every muscle whose MVIC was not the highest contraction of the session."""
        found = []
        for reference in session.references.values():
            best = reference.task_best
            if reference.unit != "%MVIC" or best is None or best.value <= self.above * reference.value:
                continue
            percent = 100 * best.value / reference.value
            reason = (
                f"the task exceeds the MVIC: by the same rule, {best.trial} gives {percent:.0f} % of it at "
                f"{best.start:.2f} to {best.stop:.2f} s. Strong dynamic contractions do that, and so does an MVIC that "
                "was not maximal"
            )
            remedy = (
                "nothing where ratios inside the participant are compared: they do not depend on the MVIC; for levels "
                "in %MVIC look whether the MVIC reached a plateau"
            )
            place = {"muscle": reference.muscle, "side": reference.side, "placement": reference.placement}
            found.append(
                make_finding("task_exceeds_mvic", "note", reason, remedy, value=percent, unit="%MVIC", **place)
            )
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return f"a task trial that gives more than {100 * self.above:g} % of the MVIC by the rule of the MVIC"
