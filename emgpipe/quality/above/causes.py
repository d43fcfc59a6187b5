"""What explains readings above 100 %MVIC, and by what factor: the parts of which the highest peak is the product."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from emgpipe.quality.above.effort import doubts, looks_maximal
from emgpipe.quality.above.interference import artifact, hum
from emgpipe.quality.above.known import WORTH, Cause, Known, is_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emgpipe.quality.above.effort import Sustained
    from emgpipe.quality.above.windows import Expected

IMPOSSIBLE: Final = 20.0
"""Times the MVIC, held as long as the MVIC's window: no muscle does that (published peaks end at about 2.5 times)."""
THOUSANDFOLD: Final = (200.0, 20000.0)
"""Times the MVIC: such factors are uV or mV taken for one another, or V for mV."""
KNOWN_EFFORT: Final = 3.0
"""Times the MVIC: beyond it no contraction is an explanation; published peaks of good studies end at 2.44."""
WORTH_CLIPPED: Final = 1.25
"""The same for what is left beside a clipped MVIC: what was cut off is only estimated."""
LARGEST_CLIP: Final = 0.9
"""Share of clipped samples beyond which what was cut off cannot be told."""
ANOTHER_MVIC: Final = (
    "record another MVIC, in another position, while the participant is there; comparisons inside the participant by "
    "ratios do not need it"
)


def causes(known: Known) -> tuple[Cause, ...]:
    """Return what explains the readings, that which explains most first."""
    unit = _unit(known.sustained)
    if unit is not None:
        return (unit,)
    found = [*artifact(known), *hum(known), *_clipped(known)]
    peak, mean = known.top.peak / 100, known.mean / 100
    peak /= math.prod(one.factor for one in found if one.factor)
    mean /= math.prod(one.factor for one in found if one.factor and one.name in ("clipped_mvic", "mains"))
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


def _clipped(known: Known) -> Iterator[Cause]:
    share = clipped_share(known)
    if share <= 0:
        return
    lost = _clip_factor(min(share, LARGEST_CLIP))
    words = f"a clipped MVIC: {100 * share:.2g} % of its samples lie at the rail, so that it reads too low"
    remedy = "lower the gain and record the MVIC again; a lower trial that is not clipped is no better"
    yield Cause("clipped_mvic", lost, words, remedy)


def clipped_share(known: Known) -> float:
    """Return the share of samples at a rail in the MVIC trials the reference is made of."""
    trials = {one.trial for one in known.reference.used}
    of_trials = [
        one.value or 0.0
        for one in known.session.findings
        if one.kind == "clipped" and one.trial in trials and is_of(one, known.key)
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
    if factor > KNOWN_EFFORT:
        words = (
            "a weak MVIC, far from a maximum, or another gain in the tasks than in the MVIC: no muscle is known to "
            f"give more than {KNOWN_EFFORT:g} times its maximum"
        )
        remedy = "compare gain and unit of MVIC and tasks, and whether this muscle worked in its MVIC at all"
        return Cause("weak_mvic", factor, words, remedy)
    against = doubts(known.session, known.key, known.reference, known.sustained)
    if against:
        words = (
            f"a weak MVIC, or a dynamic contraction stronger than it, which the amplitude alone cannot tell apart: "
            f"{'; '.join(against)}"
        )
        return Cause("weak_mvic", factor, words, ANOTHER_MVIC)
    words = f"a strong dynamic contraction: {looks_maximal(known.reference)}"
    return Cause("strong", factor, words, "")
