"""Two channels under each other's name, seen in the MVIC trials: each is loudest where the other is meant."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.levels import loudest
from emgpipe.quality.session.places import named, whole_session

if TYPE_CHECKING:
    from emgpipe.model import Finding, ReferenceKey, Stage
    from emgpipe.quality.views import SessionView, TrialView


class SwappedChannels(SessionCheck):
    """Channels that are loudest in the MVIC trials of another muscle, and the other way round.

    Each channel is set against itself only, so that the gain and place of the electrodes do not matter. Muscles
    contract together: a channel may reach in another muscle's MVIC what it reaches in its own, but hardly 1.5 times as
    much, and not in both directions.
    """

    kind: Literal["swapped_channels"] = "swapped_channels"
    finds: ClassVar[tuple[str, ...]] = ("swapped_channels", "mvic_of_other_muscle")
    stage: ClassVar[Stage | Literal[""]] = "raw"
    graded: ClassVar[tuple[tuple[str, ...], ...]] = (("note_above", "warn_above"),)

    swapped_above: float = Field(default=1.5, gt=1)
    """Each of two channels reaches this many times its own MVIC in the MVIC of the other: they are swapped (fail)."""
    note_above: float = Field(default=1.25, gt=1)
    """One channel reaches this many times its own MVIC in that of another muscle: note."""
    warn_above: float = Field(default=1.5, gt=1)
    """The same: warn."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return a finding for both channels of a swapped pair, and for channels loudest in a foreign MVIC."""
        found: list[Finding] = []
        ratios = self._ratios(session)
        swapped: set[ReferenceKey] = set()
        pairs = [
            (min(ratios[one, other][0], ratios[other, one][0]), one, other)
            for one, other in combinations(dict.fromkeys(key for key, _ in ratios), 2)
            if (one, other) in ratios and (other, one) in ratios
        ]
        for weaker, one, other in sorted(pairs, key=lambda pair: -pair[0]):
            if weaker >= self.swapped_above and not {one, other} & swapped:
                swapped |= {one, other}
                found.extend(
                    _swapped(*keys, (ratios[keys][0], ratios[keys[::-1]][0])) for keys in ((one, other), (other, one))
                )
        found.extend(self._one_sided(ratios, swapped))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"two channels that each reach {self.swapped_above:g} times their own MVIC in that of the other (fail); "
            f"one that reaches {self.note_above:g} (note) or {self.warn_above:g} times (warn) in another muscle's"
        )

    def _ratios(self, session: SessionView) -> dict[tuple[ReferenceKey, ReferenceKey], tuple[float, TrialView]]:
        """Return, for each channel and each other one, its level in the other's MVIC trials over that in its own."""
        mvics = [trial for trial in session.of_role("mvic") if trial.targets]
        own = {key: level for key in session.keys if (level := _level(key, key, mvics)) is not None}
        ratios = {}
        for key, (_, base) in own.items():
            for other in own:
                level = _level(key, other, [trial for trial in mvics if not _is_target(key, trial)])
                if other != key and level is not None and base > 0:
                    ratios[key, other] = (level[1] / base, level[0])
        return ratios

    def _one_sided(
        self,
        ratios: dict[tuple[ReferenceKey, ReferenceKey], tuple[float, TrialView]],
        swapped: set[ReferenceKey],
    ) -> list[Finding]:
        found = []
        for key in dict.fromkeys(one for one, _ in ratios if one not in swapped):
            ratio, other, trial = max(
                ((value, other, trial) for (one, other), (value, trial) in ratios.items() if one == key),
                key=lambda entry: entry[0],
            )
            if ratio >= self.note_above:
                reason = (
                    f"{named(key)} reaches {ratio:.1f} times its own MVIC in {trial.id}, an MVIC of {named(other)}: "
                    "its own MVIC was no full effort, or this channel lies on another muscle"
                )
                level: Literal["note", "warn"] = "warn" if ratio >= self.warn_above else "note"
                found.append(
                    make_finding("mvic_of_other_muscle", level, reason, _OWN, value=ratio, **whole_session(key))
                )
        return found


_OWN = (
    "look at the channels of this trial; if the electrode is right, state this muscle as a further target of the "
    "trial, or record its MVIC again"
)


def _level(key: ReferenceKey, meant: ReferenceKey, mvics: list[TrialView]) -> tuple[TrialView, float] | None:
    """Return where a channel is loudest among the MVIC trials meant for a muscle, and how loud."""
    found = [
        (trial, loudest(channel.loudness))
        for trial in mvics
        if _is_target(meant, trial)
        and (channel := trial.channel(key)) is not None
        and not channel.is_dead
        and channel.loudness.size
    ]
    return max(found, key=lambda entry: entry[1], default=None)


def _is_target(key: ReferenceKey, trial: TrialView) -> bool:
    return any(one.key == key for one in trial.targets)


def _swapped(key: ReferenceKey, other: ReferenceKey, ratios: tuple[float, float]) -> Finding:
    reason = (
        f"{named(key)} reaches {ratios[0]:.1f} times its own MVIC in the MVIC of {named(other)}, and {named(other)} "
        f"{ratios[1]:.1f} times its own in that of {named(key)}: the two channels look swapped"
    )
    remedy = (
        "compare with the photographs and the cables; if they were swapped for the whole session, state the two "
        "channels the other way round under `overrides` for this participant"
    )
    return make_finding("swapped_channels", "fail", reason, remedy, value=min(ratios), **whole_session(key))
