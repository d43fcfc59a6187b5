"""Left and right of one muscle swapped, seen in tasks that one side does."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import loudest
from emgpipe.quality.session.places import whole_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emgpipe.model import Finding, Level, ReferenceKey, Side, Stage
    from emgpipe.quality.views import SessionView, TrialView

Ratios = dict[str, list[float]]
"""Working side -> log of right over left in each of its tasks."""
FEWEST: Final = 2
"""Tasks of one side that must agree where the other side did none."""


class WorkingSide(SessionCheck):
    """Tasks done by one side (factor `working_side`) in which the muscle of the other side works more.

    Where both sides did tasks, each channel is set against itself, and gain and place of the electrodes do not matter.
    Where one side did, both channels are set against their MVIC, and the finding is a note: muscles of the trunk often
    work more on the other side.
    """

    kind: Literal["working_side"] = "working_side"
    finds: ClassVar[tuple[str, ...]] = ("other_side_works_more",)
    stage: ClassVar[Stage | Literal[""]] = "filtered"

    warn_above: float = Field(default=2.0, gt=1)
    """Right over left in left tasks is this many times that in right tasks (warn)."""
    note_above: float = Field(default=2.0, gt=1)
    """With tasks of one side: the other side reaches this many times its %MVIC in every task (note)."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for both sides of a muscle that look swapped."""
        found: list[Finding] = []
        for muscle, _, placement in dict.fromkeys((key[0], "", key[2]) for key in session.keys):
            found.extend(self._of_muscle(session, muscle, placement))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"tasks of one side in which the other side works {self.warn_above:g} times as much (warn where both sides "
            "did tasks, else note)"
        )

    def _of_muscle(self, session: SessionView, muscle: str, placement: str) -> Iterator[Finding]:
        ratios = _ratios(session, muscle, placement)
        left, right = ratios["left"], ratios["right"]
        if left and right:
            size = float(np.median(left) - np.median(right))
            if size >= np.log(self.warn_above):
                reason = (
                    f"right over left {muscle} is {np.exp(size):.1f} times as high in tasks of the left side as in "
                    "those of the right: the two channels look swapped, or `working_side` is stated the wrong way round"
                )
                yield from _both(muscle, placement, "warn", reason, float(np.exp(size)))
            return
        if not _has_mvic(session, muscle, placement):
            return
        away = np.array([*left, *(-one for one in right)])
        if away.size >= FEWEST and away.min() >= np.log(self.note_above):
            side = "left" if left else "right"
            reason = (
                f"in all {away.size} tasks of the {side} side {muscle} of the other side works at least "
                f"{np.exp(away.min()):.1f} times as much: swapped channels, a wrong `working_side`, or a muscle that "
                "steadies the trunk"
            )
            yield from _both(muscle, placement, "note", reason, float(np.exp(away.min())))


_REMEDY = (
    "compare with the cables and photographs; state the channels the other way round under `overrides`, or correct "
    "`working_side` in the trials table"
)


def _both(muscle: str, placement: str, level: Level, reason: str, value: float) -> Iterator[Finding]:
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        place = whole_session((muscle, side, placement))
        yield make_finding("other_side_works_more", level, reason, _REMEDY, value=value, **place)


def _ratios(session: SessionView, muscle: str, placement: str) -> Ratios:
    ratios: Ratios = {"left": [], "right": []}
    for trial in session.of_role("task"):
        working = trial.trial.factors.get("working_side", "") if trial.trial else ""
        right, left = (_level(session, trial, (muscle, side, placement)) for side in _SIDES)
        if working in ratios and left > 0 and right > 0:
            ratios[working].append(float(np.log(right / left)))
    return ratios


_SIDES: Final[tuple[Side, ...]] = ("right", "left")


def _level(session: SessionView, trial: TrialView, key: ReferenceKey) -> float:
    """Return how loud a channel is in a task, against its reference if it has one; 0 without a signal."""
    channel = trial.channel(key)
    if channel is None or channel.is_dead:
        return 0.0
    reference = session.references.get(key)
    base = reference.value if reference is not None and reference.value > 0 else 1.0
    return loudest(channel.filtered_rms) / base


def _has_mvic(session: SessionView, muscle: str, placement: str) -> bool:
    references = (session.references.get((muscle, side, placement)) for side in _SIDES)
    return all(one is not None and one.unit == "%MVIC" for one in references)
