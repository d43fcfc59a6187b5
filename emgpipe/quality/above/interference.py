"""What is not the muscle's in a reading above 100 %: spikes, motion, mains, and repetitions unlike all others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from emgpipe.quality.above.known import WORTH, Cause, Known, is_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from emgpipe.model import Finding
    from emgpipe.quality.above.readings import Reading

ARTIFACTS: Final = ("motion", "spike", "artifact")
"""Words in the kinds of findings that tell of something in the signal that lifts a peak and is not the muscle's."""
REACH: Final = 0.25
"""Seconds around an artifact in which filters and windows still show it."""
ALONE: Final = 1.5
"""A repetition that peaks at more than this many times all others of its session; steady ones differ by a tenth."""
FEWEST: Final = 3
"""Repetitions of a trial needed for one of them to be unlike the others."""
LARGEST_HUM: Final = 0.99
_REMEDY: Final = "look at this trial; leave the repetition out, or take the 95th percentile or the sustained peak"


def artifact(known: Known) -> Iterator[Cause]:
    """Set the highest peak against the highest without a spike, and without what a check found artifacts in."""
    top, clean = known.top, max(one.clean_peak for one in known.readings)
    if top.spike is not None and top.peak > WORTH * clean:
        words = f"an artifact: a spike at {top.spike:.2f} s of {top.trial.id}; without spikes peaks reach {clean:.0f} %"
        yield Cause("artifact", top.peak / clean, words, _REMEDY)
        return
    told = _artifacts_in(known, {trial.id for trial in known.session.of_role("task")})
    here = [one.kind for one in told if _touches(one, top)]
    others = [one.peak for one in known.readings if not any(_touches(finding, one) for finding in told)]
    if here:
        factor = max(top.peak / max(others), 1.0) if others else None
        but = f"; repetitions without reach {max(others):.0f} %" if others else ""
        words = f"an artifact: the highest peak lies where a check found {', '.join(dict.fromkeys(here))}{but}"
        yield Cause("artifact", factor, words, _REMEDY)
        return
    yield from _alone(known)


def _alone(known: Known) -> Iterator[Cause]:
    """Tell of a repetition that no other of the session comes near: a strong contraction shows in all of its set."""
    top = known.top
    others = [one.peak for one in known.readings if one is not top]
    beside = sum(one.trial.id == top.trial.id for one in known.readings)
    if beside >= FEWEST and top.peak > ALONE * max(others):
        words = (
            f"an artifact, or one repetition unlike all others: the one at {top.repetition.start:.1f} s of "
            f"{top.trial.id}; the peaks of all others reach {max(others):.0f} %"
        )
        yield Cause("artifact", top.peak / max(others), words, _REMEDY)


def hum(known: Known) -> Iterator[Cause]:
    """Tell how much mains in the trial of the highest peak lifts it; what the MVIC has of it lifts the reference."""
    task = _hum_share(known, {known.top.trial.id})
    mvic = _hum_share(known, {one.trial for one in known.reference.used})
    factor = math.sqrt((1 - mvic) / (1 - task))
    if factor > WORTH:
        words = (
            f"mains: {100 * task:.0f} % of the power in the loudest parts of {known.top.trial.id} is interference from "
            "the mains"
        )
        remedy = "take it out of rest, MVIC and tasks alike by a step of the chain such as mains_sine_fit"
        yield Cause("mains", factor, words, remedy)


def _hum_share(known: Known, trials: Collection[str]) -> float:
    shares = [
        one.value or 0.0
        for one in known.session.findings
        if one.kind == "mains"
        and one.level != "note"
        and not one.unit
        and one.trial in trials
        and is_of(one, known.key)
    ]
    return min(max(shares, default=0.0), LARGEST_HUM)


def mvic_artifact(known: Known) -> str:
    """Say that the MVIC itself reads too high because of an artifact, so that all percentages are too low."""
    found = _artifacts_in(known, {one.trial for one in known.reference.used})
    if not found:
        return ""
    what = ", ".join(dict.fromkeys(one.kind for one in found))
    return f"the MVIC has an artifact, too ({what}), which makes all percentages too low"


def _artifacts_in(known: Known, trials: Collection[str]) -> list[Finding]:
    """Return the warnings and failures that tell of artifacts in this muscle in these trials."""
    return [
        one
        for one in known.session.findings
        if one.level != "note"
        and one.trial in trials
        and is_of(one, known.key)
        and any(word in one.kind for word in ARTIFACTS)
    ]


def _touches(finding: Finding, reading: Reading) -> bool:
    """Tell whether a finding is about a repetition; one that states no time is about the whole trial."""
    if finding.trial != reading.trial.id:
        return False
    if finding.start is None:
        return True
    stop = finding.start if finding.stop is None else finding.stop
    repetition = reading.repetition
    return finding.start - REACH < repetition.stop and stop + REACH > repetition.start
