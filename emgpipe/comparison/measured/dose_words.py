"""Amplitude against the measured angle in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES, adjusted_words
from emgpipe.comparison.shared.numbers import center_words, number_words, p_words, unit_words
from emgpipe.comparison.shared.wording import RESERVATION, factor_words, listed, panel_words, people

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.comparison.dose import Dose
    from emgpipe.comparison.measured.doses import DoseOutcome, Limits
    from emgpipe.statistics.multiplicity import Correction
    from emgpipe.vocabulary import Vocabulary

_MOST_DIGITS: Final = 6
_POINTS: Final = {"trials": "trial means", "repetitions": "repetitions"}
ALPHA: Final = 0.05
_STRAIGHT: Final = 1e-9
"""A curvature below this is rounding."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The p values of the t tests of an outcome's slope and curvature, in their family of tests."""

    slope: float
    curvature: float
    tests: int
    correction: Correction


def dose_sentences(
    outcomes: Sequence[DoseOutcome], adjusted: NDArray[np.float64], asked: Dose, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one sentence per outcome, then what was left out, each thing once."""
    tests = asked.tests_in_family(outcomes)
    said = [
        _sentence(one, Adjusted(float(row[0]), float(row[2]), count, asked.correction), asked.channel, vocabulary)
        for one, row, count in zip(outcomes, adjusted, tests, strict=True)
    ]
    return (*said, *left_out_sentences(outcomes, vocabulary))


def _sentence(outcome: DoseOutcome, adjusted: Adjusted, channel: str, vocabulary: Vocabulary) -> str:
    start = panel_words(vocabulary, outcome.key, outcome.kind)
    if not outcome.own:
        return f"{start}: not compared, nobody has a slope ({no_slope_words(outcome)})."
    return f"{start}: {_line(outcome, adjusted, channel)}{_curve(outcome, adjusted)}."


def no_slope_words(outcome: DoseOutcome) -> str:
    """Return who has no slope, reason by reason."""
    people_of: dict[str, list[str]] = {}
    for person, why in outcome.left_out.items():
        people_of.setdefault(why, []).append(person)
    return "; ".join(f"{listed(names)}: {why}" for why, names in people_of.items())


def _line(outcome: DoseOutcome, adjusted: Adjusted, channel: str) -> str:
    test = outcome.slope
    angle = factor_words(channel)
    if test.n < 2:
        return f"{_numbers(outcome)} per 10° of {angle}, one participant: no interval"
    if math.isnan(test.p):
        why = "every participant's slope is the same: no interval and no t test"
        return f"change with the {angle} not tested, {why} ({_numbers(outcome)} per 10°, {people(test.n)})"
    tested = adjusted_words(test.p, adjusted.slope, adjusted.tests, adjusted.correction)
    low, high = (_bound(outcome, end) for end in (test.low, test.high))
    unit = "" if outcome.scale == "log" else unit_words(outcome.unit)
    detail = f"{_numbers(outcome)} per 10°, 95 % interval {low} to {high}{unit}, {people(test.n)}; {tested}, "
    detail += f"sign-flip p {p_words(test.p_sign_flip)}"
    if not adjusted.slope <= ALPHA:
        return f"no change with the {angle} shown ({detail})"
    return f"{_change(outcome)} per 10° of {angle} ({detail})"


def _numbers(outcome: DoseOutcome) -> str:
    if outcome.scale == "log":
        return f"ratio {_bound(outcome, outcome.slope.mean)}"
    return f"{outcome.slope.mean:+.2f}{unit_words(outcome.unit)}"


def _bound(outcome: DoseOutcome, value: float) -> str:
    """Return an end of the interval; one that is not "no change" is never printed as if it were."""
    shown = on_shown_scale(value, outcome.scale)
    none, digits = (1.0, 3) if outcome.scale == "log" else (0.0, 2)
    while round(shown, digits) == none != shown and digits < _MOST_DIGITS:
        digits += 1
    return f"{shown:.{digits}f}"


def _change(outcome: DoseOutcome) -> str:
    """Say which way and how far: ``rises by 8 %``, ``falls by 1.20°``, ``rises to 2.40 times``."""
    test = outcome.slope
    which = "rises" if test.mean > 0 else "falls"
    if outcome.scale == "raw":
        return f"{which} by {abs(test.mean):.2f}{unit_words(outcome.unit)}"
    ratio = on_shown_scale(test.mean, "log")
    if ratio >= 2:
        return f"{which} to {center_words(ratio)} times"
    return f"{which} by {number_words(abs(100 * (ratio - 1)), 2)} %"


def _curve(outcome: DoseOutcome, adjusted: Adjusted) -> str:
    test = outcome.curvature
    if test.n < 2:
        return ""
    if math.isnan(test.p):
        return "; own parabolas are all bent alike: not tested" if abs(test.mean) > _STRAIGHT else ""
    if not adjusted.curvature <= ALPHA:
        return "; no curvature shown"
    tested = adjusted_words(test.p, adjusted.curvature, adjusted.tests, adjusted.correction)
    inner = sum(math.isfinite(own.inner_highest) for own in outcome.own.values())
    if math.isfinite(outcome.highest_at):
        return (
            f"; not on a straight line: the mean parabola is highest at {outcome.highest_at:.0f}°, between the angles "
            f"measured, and so are the own parabolas of {inner} of {people(test.n)} (curvature: {tested}, "
            f"sign-flip p {p_words(test.p_sign_flip)})"
        )
    return f"; not on a straight line, but without a highest point between the angles measured (curvature: {tested})"


def left_out_sentences(outcomes: Sequence[DoseOutcome], vocabulary: Vocabulary) -> list[str]:
    """Say who has no slope and which numbers could not be used; for which outcomes, where not for all."""
    texts = [(text, one) for one in outcomes for text in _gaps(one)]
    said = []
    for text in dict.fromkeys(text for text, _ in texts):
        where = [panel_words(vocabulary, one.key, one.kind) for other, one in texts if other == text]
        said.append(f"{text}{'' if len(where) == len(outcomes) else f' ({listed(where)})'}.")
    return said


def _gaps(outcome: DoseOutcome) -> Iterable[str]:
    if outcome.own and outcome.left_out:
        yield f"Without a slope: {no_slope_words(outcome)}"
    yield from outcome.notes


def dose_basis(outcomes: Sequence[DoseOutcome], limits: Limits, angle: str, asked: Dose) -> dict[str, str]:
    """Return what the slopes rest on; `angle` in words."""
    unit = asked.points
    family = "slope and curvature of one outcome" if asked.family == "outcome" else "those of all outcomes here"
    multiplicity = (
        "p values are not adjusted"
        if asked.correction == "none"
        else f"p values are adjusted by {CORRECTION_NAMES[asked.correction]}; a family is {family}; t tests and "
        "sign-flip tests apart"
    )
    everybody = sorted({person for one in outcomes for person in one.own})
    return {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}",
        "method": f"one line per participant by least squares over {_POINTS[unit]} against the {angle}, EMG and ratios "
        "on the log scale, each session and exercise on a height of its own; mean of the participants' slopes per 10 "
        "degrees, t test (which the sentences go by) and sign-flip test",
        "interval": "95 % t interval of the mean slope, not adjusted for the number of tests",
        "multiplicity": multiplicity,
        "curve": f"participants with {limits.for_curve} positions or more: a parabola each, mean of its curvature; "
        "highest_at is the top of the mean parabola, where half of the participants or more have angles on either "
        "side. A bent curve alone does not prove that amplitude falls on both sides of its top",
        "positions": f"angles at least {limits.apart:g} degrees apart; a slope needs {limits.positions} positions over "
        f"{limits.width:g} degrees",
        "assumptions": "inside each participant a straight line, or a parabola; not checked: that nothing but the head "
        "changed with the angle. Random errors of the angle make slopes smaller than they are",
    } | ({"meaning": RESERVATION} if any(one.scale == "log" for one in outcomes) else {})
