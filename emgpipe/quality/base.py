"""The contract of a check: something to look at, what it should be like, and words for where it is not.

To add a check: copy the file of one that resembles it from `channel`, `trial` or `session`, write `look`, add one line
to `emgpipe.quality.CHECKS`. Thresholds are fields with defaults, so that the study file can change them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import model_validator

from emgpipe.settings import Settings

if TYPE_CHECKING:
    from emgpipe.model import Finding, Stage
    from emgpipe.quality.views import ChannelView, SessionView, TrialView

OnFail = Literal["exclude", "keep", "stop"]
"""What becomes of the numbers a failed check touches: left out of comparisons, kept and marked, or no comparison."""


class Check(Settings, ABC):
    """Looks at something and returns findings: value, unit, level, reason and remedy in plain words.

    The place (participant, session, trial) and the stage are added by `emgpipe.quality.look`; a check says which
    channel, where it looks at more than one.
    """

    finds: ClassVar[tuple[str, ...]]
    """The kinds of its findings."""
    stage: ClassVar[Stage | Literal[""]]
    """The stage of the signal it reads; empty where it reads none."""
    graded: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Thresholds of one figure, the mildest level first: they must rise, or fall, as their defaults do."""

    use: bool = True
    """false: the check is not made."""
    on_fail: OnFail | None = None
    """What becomes of the numbers where this check fails; as `quality: on_fail` says if not given."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for mild, grave in (pair for names in self.graded for pair in pairwise(names)):
            first, second = getattr(self, mild), getattr(self, grave)
            usual = [type(self).model_fields[name].default for name in (mild, grave)]
            if (second - first) * (usual[1] - usual[0]) < 0:
                side = "below" if second < first else "above"
                raise ValueError(
                    f"{grave} = {second:g} lies {side} {mild} = {first:g}: the graver level must be the harder one to "
                    f"reach; state {mild} as well"
                )
        return self

    @property
    def name(self) -> str:
        """What the study file calls it."""
        return str(getattr(self, "kind", ""))

    @abstractmethod
    def describe(self) -> str:
        """Say in one sentence what is looked for, with the thresholds."""


class ChannelCheck(Check):
    """Looks at one EMG channel of one trial (or one recording), by itself."""

    @abstractmethod
    def look(self, channel: ChannelView) -> tuple[Finding, ...]:
        """Return what is wrong with the channel; nothing where the stage it reads is not there."""


class TrialCheck(Check):
    """Looks at the channels of one trial (or one recording) beside each other."""

    @abstractmethod
    def look(self, trial: TrialView) -> tuple[Finding, ...]:
        """Return what is wrong; each finding names its channel (`TrialView.at` gives the words for the place)."""


class SessionCheck(Check):
    """Looks at all trials of one participant's session."""

    @abstractmethod
    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return what is wrong; each finding names its trial and channel, as far as it is about one."""
