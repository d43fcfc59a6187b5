"""Readings above 100 %MVIC, which are usual in strong contractions, and what explains them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from emgpipe.model import make_finding
from emgpipe.quality.above.causes import ANOTHER_MVIC, causes
from emgpipe.quality.above.effort import sustained
from emgpipe.quality.above.interference import mvic_artifact
from emgpipe.quality.above.known import Known
from emgpipe.quality.above.readings import readings
from emgpipe.quality.above.windows import expected_readings
from emgpipe.quality.base import SessionCheck
from emgpipe.quality.session.places import whole_session

if TYPE_CHECKING:
    from emgpipe.model import Finding, Level, ReferenceKey, Stage
    from emgpipe.quality.above.known import Cause
    from emgpipe.quality.above.windows import Expected
    from emgpipe.quality.views import SessionView


class AboveMvic(SessionCheck):
    """Readings above 100 %MVIC: which of windows, MVIC, clipping, artifact, unit and effort explains them.

    They are usual: peaks of 130 to 244 % occur in good studies (Contreras et al. 2015), so that no number is cut off
    or fails for it.
    """

    kind: Literal["above_mvic"] = "above_mvic"
    finds: ClassVar[tuple[str, ...]] = ("above_mvic", "window_bias")
    stage: ClassVar[Stage | Literal[""]] = "envelope"

    note_above: float = Field(default=100.0, gt=0)
    """%MVIC: nothing is said where all means and peaks of repetitions lie below."""
    warn_mean: float = Field(default=100.0, gt=0)
    """%MVIC: the mean of a repetition above which the MVIC may not have been a maximum."""
    warn_sustained: float = Field(default=150.0, gt=0)
    """%MVIC: what the rule of the MVIC gives in a task trial (such as its best half second), above which a sign of a
    weak MVIC becomes a warning. Without such a sign a strong dynamic contraction explains it: published peaks reach
    244. Peaks of a shorter window lie above it for the window alone and are no reason to warn."""
    extreme_peak: float = Field(default=250.0, gt=0)
    """%MVIC: the peak above which the words are stronger; published means end at 244."""

    def look(self, session: SessionView) -> tuple[Finding, ...]:
        """Return the explanation, and what the windows alone would read, for every muscle that reads above."""
        found: list[Finding] = []
        for key, reference in session.references.items():
            if reference.unit != "%MVIC" or not 0 < reference.value < math.inf:
                continue
            read = readings(session, key, reference.value, session.windows.smoother.get(key[0], math.nan))
            if not read or max(one.peak for one in read) <= self.note_above:
                continue
            expected, by_rule = expected_readings(session, key, reference, read), sustained(session, key, reference)
            known = Known(session, key, reference, read, expected, by_rule)
            found.append(self._explained(known))
            if known.expected is not None:
                found.append(_window_bias(key, known.expected))
        return tuple(found)

    def describe(self) -> str:
        """Say what is looked for."""
        return (
            f"readings above {self.note_above:g} %MVIC, explained; a warning for means of a repetition above "
            f"{self.warn_mean:g} %, and for trials above {self.warn_sustained:g} % by the rule of an MVIC that looks "
            "weak"
        )

    def _explained(self, known: Known) -> Finding:
        found = causes(known)
        top, mean = known.top, known.mean
        level = self._level(known, found)
        extreme = "far beyond what is published: " if top.peak > self.extreme_peak else ""
        rule = f", by the rule of the MVIC up to {known.by_rule:.0f} %" if known.by_rule else ""
        reason = (
            f"{extreme}peaks of repetitions up to {top.peak:.0f} %MVIC, means up to {mean:.0f} %{rule}. "
            f"{_in_order(found, known)} Highest peak: {top.where}."
        )
        remedies = [one.remedy for one in found if one.remedy]
        if level == "warn" and not remedies:  # a mean above a maximum: the trials agree, but may all have been weak
            remedies = [ANOTHER_MVIC]
        keep = "keep the numbers: values above 100 % are usual and are not cut off"
        remedy = "; ".join([*remedies, keep] if found[:1] and found[0].name not in ("unit", "artifact") else remedies)
        return make_finding(
            "above_mvic", level, reason, remedy or keep, value=top.peak, unit="%MVIC", **whole_session(known.key)
        )

    def _level(self, known: Known, found: tuple[Cause, ...]) -> Level:
        names = {one.name for one in found}
        is_faulty = not names.isdisjoint({"unit", "artifact", "mains", "clipped_mvic"})
        is_wrong = is_faulty or known.top.peak > self.extreme_peak
        is_high = known.mean > self.warn_mean and names != {"windows"}
        is_weak = known.by_rule > self.warn_sustained and "weak_mvic" in names
        return "warn" if is_wrong or is_high or is_weak else "note"


_BOUNDS: Final = {"windows": "up to ", "weak_mvic": "at least ", "strong": "at least "}
"""A repetition that is not steady leaves less room for a maximum than one that is, so that more is left for effort."""


def _in_order(found: tuple[Cause, ...], known: Known) -> str:
    """Put the causes into one sentence, that which explains most first."""
    parts = []
    for number, one in enumerate(found, start=1):
        mark = f"({number}) " if len(found) > 1 else ""
        factor = "" if one.factor is None else f", a factor of {_BOUNDS.get(one.name, '')}{one.factor:.3g}"
        head, colon, rest = one.words.partition(":")
        parts.append(f"{mark}{head}{factor}{colon}{rest}")
    lead = "What explains it, most first: " if len(found) > 1 else "What explains it: "
    against = mvic_artifact(known)
    said = lead + "; ".join(parts) if parts else "Nothing beyond the scatter of a maximum has to be explained"
    return f"{said}.{f' But {against}.' if against else ''}"


def _window_bias(key: ReferenceKey, expected: Expected) -> Finding:
    reference = f"a mean over {expected.window:g} s" if expected.window > 0 else "a single sample of the envelope"
    reason = (
        f"a muscle that works steadily and exactly as hard as in its MVIC would read {expected.mean:.0f} %MVIC by the "
        f"mean, {expected.peak:.0f} % by the peak of a repetition and {expected.highest:.0f} % by the highest of "
        f"{expected.repetitions}: the envelope averages {expected.smoother:.3g} s and is searched for "
        f"{expected.repetition:.3g} s per repetition, the MVIC is {reference}, found in {expected.searched:.3g} s; "
        f"equivalent bandwidth of the EMG {expected.bandwidth:.0f} Hz"
    )
    remedy = "compare peaks with peaks of the same windows and of repetitions of the same length, not with 100 %"
    return make_finding(
        "window_bias", "note", reason, remedy, value=expected.highest, unit="%MVIC", **whole_session(key)
    )
