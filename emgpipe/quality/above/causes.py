"""What explains readings above 100 %MVIC, and by what factor: the parts of which the highest peak is the product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.quality.above.effort import doubts, looks_maximal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from emgpipe.model import Finding, Reference, ReferenceKey
    from emgpipe.quality.above.effort import Sustained
    from emgpipe.quality.above.readings import Reading
    from emgpipe.quality.above.windows import Expected
    from emgpipe.quality.views import SessionView

IMPOSSIBLE: Final = 20.0
"""Times the MVIC, held as long as the MVIC's window: no muscle does that (published peaks end at about 2.5 times)."""
THOUSANDFOLD: Final = (200.0, 20000.0)
"""Times the MVIC: such factors are uV or mV taken for one another, or V for mV."""
ARTIFACTS: Final = ("motion", "spike", "artifact", "ecg", "heart", "cable", "dropout", "gap", "packet")
"""Words in the kinds of findings that tell of something in the signal that is not the muscle's."""
WORTH: Final = 1.05
"""Factors below it are not told."""
WORTH_CLIPPED: Final = 1.25
"""The same for what is left beside a clipped MVIC: what was cut off is only estimated."""
LARGEST_CLIP: Final = 0.9
"""Share of clipped samples beyond which what was cut off cannot be told."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One part of the explanation.

    Attributes
    ----------
    name : str
        unit, artifact, clipped_mvic, windows, weak_mvic or strong.
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


def causes(known: Known) -> tuple[Cause, ...]:
    """Return what explains the readings, that which explains most first."""
    unit = _unit(known.sustained)
    if unit is not None:
        return (unit,)
    found = [*_artifact(known), *_clipped(known)]
    peak, mean = known.top.peak / 100, known.mean / 100
    peak /= math.prod(one.factor for one in found if one.factor)
    mean /= math.prod(one.factor for one in found if one.factor and one.name == "clipped_mvic")
    found.extend(_windows(known, peak))
    effort = _effort_left(known.expected, peak, mean)
    is_clipped = any(one.name == "clipped_mvic" for one in found)
    if effort > (WORTH_CLIPPED if is_clipped else WORTH):
        found.append(_effort(known, effort))
    return tuple(sorted(found, key=lambda one: -(one.factor or 1.0)))


def _unit(by_trial: Sequence[Sustained]) -> Cause | None:
    beyond = [one.ratio for one in by_trial if one.ratio >= IMPOSSIBLE]
    if not beyond:
        return None
    factor = sorted(beyond)[len(beyond) // 2]
    near = "close to 1000, as between V and mV or mV and uV" if THOUSANDFOLD[0] <= factor <= THOUSANDFOLD[1] else ""
    guess = near or "which no muscle reaches, as with another gain"
    words = (
        f"the unit or the gain: {len(beyond)} of {len(by_trial)} task trials read about {factor:.0f} times the MVIC, "
        f"{guess}"
    )
    return Cause("unit", factor, words, "state the `unit` of this channel in the study file, for the files it is for")


def _artifact(known: Known) -> Iterator[Cause]:
    """Set the highest peak against the highest without a spike, and without the trials a check found artifacts in."""
    told = _artifacts_in(known, {trial.id for trial in known.session.of_role("task")})
    top, clean = known.top, max(one.clean_peak for one in known.readings)
    remedy = "look at this trial; leave the repetition out, or take the 95th percentile or the sustained peak"
    if top.spike is not None and top.peak > WORTH * clean:
        words = f"an artifact: a spike at {top.spike:.2f} s of {top.trial.id}; without spikes peaks reach {clean:.0f} %"
        yield Cause("artifact", top.peak / clean, words, remedy)
        return
    here = [kind for kind, trial in told if trial == top.trial.id]
    if here:
        others = [one.peak for one in known.readings if one.trial.id not in {trial for _, trial in told}]
        factor = max(top.peak / max(others), 1.0) if others else None
        but = f"; the trials without reach {max(others):.0f} %" if others else ""
        words = f"an artifact: the trial of the highest peak has the finding {', '.join(dict.fromkeys(here))}{but}"
        yield Cause("artifact", factor, words, remedy)


def _artifacts_in(known: Known, trials: Collection[str]) -> list[tuple[str, str]]:
    """Return kind and trial of the warnings and failures that tell of artifacts in this muscle in these trials."""
    return [
        (one.kind, one.trial)
        for one in known.session.findings
        if one.level != "note"
        and one.trial in trials
        and _is_of(one, known.key)
        and any(word in one.kind for word in ARTIFACTS)
    ]


def _is_of(finding: Finding, key: ReferenceKey) -> bool:
    muscle, side, placement = key
    return (finding.muscle, finding.side) == (muscle, side) and finding.placement in ("", placement)


def _clipped(known: Known) -> Iterator[Cause]:
    share = clipped_share(known)
    if share <= 0:
        return
    lost = _clip_factor(min(share, LARGEST_CLIP))
    words = f"a clipped MVIC: {100 * share:.2g} % of its samples lie at the rail, so that it reads too low"
    yield Cause("clipped_mvic", lost, words, "take an MVIC trial that is not clipped; lower the gain and record again")


def clipped_share(known: Known) -> float:
    """Return the share of samples at a rail in the MVIC trials the reference is made of."""
    trials = {one.trial for one in known.reference.used}
    of_trials = [
        one.value or 0.0
        for one in known.session.findings
        if one.kind == "clipped" and one.trial in trials and _is_of(one, known.key)
    ]
    in_windows = [one.clipped for one in known.reference.used if one.clipped is not None]
    return max([*of_trials, *in_windows], default=0.0)


def _clip_factor(share: float) -> float:
    """Return by how much, about, the RMS of normal EMG exceeds that of the same with this share of samples cut off."""
    from scipy.special import ndtri

    rail = float(-ndtri(share / 2))
    density = math.exp(-(rail**2) / 2) / math.sqrt(2 * math.pi)
    return 1 / math.sqrt(1 - share - 2 * rail * density + rail**2 * share)


def _windows(known: Known, peak: float) -> Iterator[Cause]:
    expected = known.expected
    if expected is None:
        return
    factor = min(expected.highest / 100, peak)
    if factor <= (1.0 if peak == known.top.peak / 100 else WORTH):  # beside another cause a few percent are not told
        return
    words = (
        "windows and search time: a muscle that works steadily and exactly as hard as in its MVIC reads "
        f"{expected.mean:.0f} % by its mean, {expected.peak:.0f} % by the peak of one repetition and "
        f"{expected.highest:.0f} % by the highest of {expected.repetitions}"
    )
    yield Cause("windows", factor, words, "")


def _effort_left(expected: Expected | None, peak: float, mean: float) -> float:
    """Return by how much the muscle works harder than in its MVIC once the windows are accounted for.

    The highest peak of a session scatters: what lies within two standard deviations needs no other explanation.
    """
    if expected is None:
        return max(peak, mean)
    by_peak = 100 * peak / expected.highest
    if 100 * peak <= expected.highest + 2 * expected.spread:
        by_peak = 1.0
    by_mean = 100 * mean / expected.highest_mean if mean > 1 else 1.0
    return max(by_peak, by_mean)


def _effort(known: Known, factor: float) -> Cause:
    against = doubts(known.session, known.key, known.reference, known.sustained)
    if against:
        words = (
            f"a weak MVIC, or a dynamic contraction stronger than it, which the amplitude alone cannot tell apart: "
            f"{'; '.join(against)}"
        )
        remedy = (
            "record another MVIC, in another position, while the participant is there; comparisons inside the "
            "participant by ratios do not need it"
        )
        return Cause("weak_mvic", factor, words, remedy)
    words = f"a strong dynamic contraction: {looks_maximal(known.reference)}"
    return Cause("strong", factor, words, "")


def mvic_artifact(known: Known) -> str:
    """Say that the MVIC itself reads too high because of an artifact, so that all percentages are too low."""
    kinds = _artifacts_in(known, {one.trial for one in known.reference.used})
    if not kinds:
        return ""
    what = ", ".join(dict.fromkeys(kind for kind, _ in kinds))
    return f"the MVIC has an artifact, too ({what}), which makes all percentages too low"
