"""Amplitude against the measured angle in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.comparison.shared.numbers import p_words
from emgpipe.comparison.shared.wording import RESERVATION, listed, panel_words, people

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.comparison.measured.doses import DoseOutcome, Limits
    from emgpipe.vocabulary import Vocabulary

_MOST_DIGITS: Final = 6


def dose_sentences(
    outcomes: Sequence[DoseOutcome], adjusted: NDArray[np.float64], channel: str, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one sentence per outcome, then what was left out, each thing once."""
    said = [_sentence(one, row, channel, vocabulary) for one, row in zip(outcomes, adjusted, strict=True)]
    return (*said, *left_out_sentences(outcomes, vocabulary))


def _sentence(outcome: DoseOutcome, adjusted: NDArray[np.float64], channel: str, vocabulary: Vocabulary) -> str:
    start = panel_words(vocabulary, outcome.key, outcome.kind)
    if not outcome.own:
        return f"{start}: not compared, nobody has a slope ({no_slope_words(outcome)})."
    return f"{start}: {_line(outcome, adjusted, channel)}{_curve(outcome)}."


def no_slope_words(outcome: DoseOutcome) -> str:
    """Return who has no slope, reason by reason."""
    people_of: dict[str, list[str]] = {}
    for person, why in outcome.left_out.items():
        people_of.setdefault(why, []).append(person)
    return "; ".join(f"{listed(names)}: {why}" for why, names in people_of.items())


def _line(outcome: DoseOutcome, adjusted: NDArray[np.float64], channel: str) -> str:
    test = outcome.slope
    angle = channel.replace("_", " ")
    if math.isnan(test.low):
        return f"{_numbers(outcome)} per 10° of {angle}, one participant: no interval"
    detail = f"{_numbers(outcome)} per 10°, 95 % interval {_bound(outcome, test.low)} to {_bound(outcome, test.high)}, "
    detail += f"{people(test.n)}, sign-flip p {p_words(test.p_sign_flip)}"
    detail += f", adjusted {p_words(float(adjusted[1]))}" if adjusted[1] > test.p_sign_flip else ""
    if not test.shown:
        return f"no change with the {angle} shown ({detail})"
    return f"{'rises' if test.mean > 0 else 'falls'} by {_change(outcome)} per 10° of {angle} ({detail})"


def _numbers(outcome: DoseOutcome) -> str:
    if outcome.scale == "log":
        return f"ratio {_bound(outcome, outcome.slope.mean)}"
    return f"{outcome.slope.mean:+.2f}{_unit(outcome)}"


def _bound(outcome: DoseOutcome, value: float) -> str:
    """Return an end of the interval; one that is not "no change" is never printed as if it were."""
    shown = on_shown_scale(value, outcome.scale)
    none, digits = (1.0, 3) if outcome.scale == "log" else (0.0, 2)
    while round(shown, digits) == none != shown and digits < _MOST_DIGITS:
        digits += 1
    return f"{shown:.{digits}f}"


def _change(outcome: DoseOutcome) -> str:
    if outcome.scale == "log":
        return f"{abs(100 * (on_shown_scale(outcome.slope.mean, 'log') - 1)):.2g} %"
    return f"{abs(outcome.slope.mean):.2f}{_unit(outcome)}"


def _unit(outcome: DoseOutcome) -> str:
    return "°" if outcome.unit == "deg" else f" {outcome.unit}"


def _curve(outcome: DoseOutcome) -> str:
    test = outcome.curvature
    if test.n < 2:
        return ""
    if not test.shown:
        return "; no curvature shown"
    inner = sum(math.isfinite(own.inner_highest) for own in outcome.own.values())
    if math.isfinite(outcome.highest_at):
        return (
            f"; not on a straight line: the mean parabola is highest at {outcome.highest_at:.0f}°, between the angles "
            f"measured, and so are the own parabolas of {inner} of {people(test.n)} (curvature: sign-flip p "
            f"{p_words(test.p_sign_flip)})"
        )
    return "; not on a straight line, but without a highest point between the angles measured"


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


def dose_basis(outcomes: Sequence[DoseOutcome], limits: Limits, angle: str, unit: str) -> dict[str, str]:
    """Return what the slopes rest on; `angle` in words, `unit` is what a point is: trial or repetition."""
    everybody = sorted({person for one in outcomes for person in one.own})
    return {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}",
        "method": f"one line per participant by least squares over {unit} means against the {angle}, EMG and ratios on "
        "the log scale, each session on a height of its own; mean of the participants' slopes per 10 degrees, t test "
        "and sign-flip test",
        "interval": "95 % t interval of the mean slope, not adjusted for the number of tests",
        "curve": f"participants with {limits.for_curve} positions or more: a parabola each, mean of its curvature; "
        "highest_at is the top of the mean parabola, where half of the participants or more have angles on either "
        "side. A bent curve alone does not prove that amplitude falls on both sides of its top",
        "positions": f"angles at least {limits.apart:g} degrees apart; a slope needs {limits.positions} positions over "
        f"{limits.width:g} degrees",
        "assumptions": "inside each participant a straight line, or a parabola; not checked: that nothing but the head "
        "changed with the angle. Random errors of the angle make slopes smaller than they are",
        "meaning": RESERVATION,
    }
