"""Peaks sought in another window than the MVIC they are divided by, and the windows a study uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from emgpipe.chain import smoothing_window
from emgpipe.model import Finding, make_finding
from emgpipe.normalization import EnvelopePeak, MiddleMean, Normalization, SlidingMean
from emgpipe.quality import Windows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emgpipe.config import Study

USUAL_RATE = 1000.0
"""Hz; windows hardly depend on it."""
ALIKE = 0.1
"""Windows that differ by less, as a share of the longer one, count as the same."""


def windows_of(study: Study, rates: Mapping[str, float]) -> Windows:
    """Return over how long a study averages before it takes the highest value.

    Parameters
    ----------
    rates : mapping
        Muscle -> sampling rate in Hz.
    """
    smoother = {muscle: smoothing_window(study.chain, muscle, rate) for muscle, rate in rates.items()}
    return Windows(smoother, *_of_rule(study.normalization))


def _of_rule(normalization: Normalization) -> tuple[float, bool]:
    """Return the window (s) of the rule of the MVIC, and whether it is searched for the highest mean."""
    rule = getattr(normalization, "rule", None)
    if isinstance(rule, SlidingMean):
        return rule.window, True
    if isinstance(rule, MiddleMean):
        return rule.duration, False
    return (0.0, True) if isinstance(rule, EnvelopePeak) else (math.nan, True)


def peak_windows(study: Study) -> tuple[Finding, ...]:
    """Say so, once for the study, where a comparison is about peaks and their window is not that of the MVIC."""
    compared = any("peak" in (getattr(one, "metrics", None) or ()) for one in study.comparisons)
    if not compared or study.normalization.unit != "%MVIC":
        return ()
    muscles = {channel.muscle for channel in study.channels if channel.muscle}
    windows = windows_of(study, dict.fromkeys(sorted(muscles), USUAL_RATE))
    other = sorted({one for one in windows.smoother.values() if _differ(one, windows.reference)})
    if not other:
        return ()
    shown = " or ".join(f"{one:.3g} s" for one in other)
    reason = (
        f"peaks are compared, and each is the highest value of an envelope that averages {shown}, while the MVIC is "
        f"a mean over {windows.reference:.3g} s: a peak of 100 %MVIC is not the effort of the MVIC, and a steady "
        "muscle that works as hard as in its MVIC reads more than 100 %"
    )
    remedy = (
        "compare peaks with peaks only, of repetitions of similar length; sustained_peak has the window of the MVIC. "
        "The report says under 'Above 100 %MVIC' how much the windows alone make"
    )
    return (make_finding("peak_window_differs", "note", reason, remedy, value=other[0], unit="s"),)


def _differ(smoother: float, reference: float) -> bool:
    """Return whether a maximum of the smoother and one of the reference's mean are not alike; unknown ones are not."""
    if not (math.isfinite(smoother) and math.isfinite(reference)) or reference == 0:
        return False
    return abs(smoother - reference) > ALIKE * max(smoother, reference)
