"""Comparisons between groups in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.shared.corrections import CORRECTION_NAMES, adjusted_words
from emgpipe.comparison.shared.numbers import (
    center_words,
    difference_words,
    number_words,
    p_words,
    ratio_center,
    ratio_words,
    unit_words,
)
from emgpipe.comparison.shared.wording import factor_words, level_words, panel_words, people
from emgpipe.statistics.normality import shapiro_wilk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.comparison.groups.measure import Result
    from emgpipe.comparison.groups.membership import Membership
    from emgpipe.comparison.groups.questions import Asked
    from emgpipe.statistics.multiplicity import Correction
    from emgpipe.vocabulary import Vocabulary

ALPHA = 0.05


def asked_words(asked: Asked, factor: str, vocabulary: Vocabulary) -> str:
    """Return the outcome, the condition and the effect as the beginning of a sentence."""
    start = panel_words(vocabulary, asked.key, asked.kind)
    where = f", {asked.where}" if asked.where else ""
    if not asked.level:
        return f"{start}{where}"
    level, against = (level_words(vocabulary, factor, name) for name in (asked.level, asked.against))
    return f"{start}{where}, {level} against {against}"


def result_sentence(
    result: Result, factor: str, members: Membership, correction: Correction, vocabulary: Vocabulary
) -> str:
    """Say how two groups differ, or how the outcome goes with the participants' number."""
    start = asked_words(result.asked, factor, vocabulary)
    clause = _groups(result, members, correction) if result.of else _trend(result, members, correction)
    return f"{start}: {clause}."


def _groups(result: Result, members: Membership, correction: Correction) -> str:
    of, to = (group_words(name, members) for name in (result.of, result.to))
    if 0 in (part.size for part in result.values):
        return f"{of} and {to} not compared, {result.why_not()}"
    numbers = _numbers(result, correction)
    if reason := result.why_not():
        return f"{of} and {to} not tested, {reason} ({numbers})"
    if not result.p_adjusted <= ALPHA:
        return f"no difference shown between {of} and {to} ({numbers})"
    change = "higher" if result.estimate > 0 else "lower"
    what = "" if not result.asked.level else "the difference is " if result.asked.scale == "raw" else "the ratio is "
    return f"{what}{change} in {of} than in {to} ({numbers})"


def group_words(group: str, members: Membership) -> str:
    """Return a group as it reads in a sentence; a bare number gets the column's name."""
    return f"{factor_words(members.column)} {group}" if group[:1].isdigit() else group


def _numbers(result: Result, correction: Correction) -> str:
    means = [result.back(float(part.mean())) for part in result.values]
    ratios = result.asked.unit == "ratio"
    say, unit = (
        (lambda mean: f"ratio {center_words(mean)}", "") if ratios else (number_words, unit_words(result.asked.unit))
    )
    each = " and ".join(f"{say(mean)}{unit} in {part.size}" for mean, part in zip(means, result.values, strict=True))
    effect = _interval(result, "ratio of ratios" if result.asked.level else "ratio")
    tested = _tests(result, correction, "permutation")
    return f"{each} participant{'' if result.values[1].size == 1 else 's'}; {effect}{tested}"


def _interval(result: Result, ratio: str) -> str:
    low, high = result.test.low, result.test.high
    center, *ends = (result.back(value) for value in (result.estimate, low, high))
    per = "" if result.of else " per unit"
    if result.asked.scale == "log":
        text, between = f"{ratio} {ratio_center(center, *ends)}{per}", " to ".join(map(ratio_words, ends))
    else:
        unit = result.asked.unit
        text = f"difference {difference_words(center, unit)}{per}"
        between = f"{number_words(ends[0])} to {difference_words(ends[1], unit)}"
    return text if math.isnan(result.test.p) else f"{text}, 95 % interval {between}"


def _tests(result: Result, correction: Correction, shuffled: str) -> str:
    parts = []
    if math.isfinite(result.test.p):
        parts.append(adjusted_words(result.test.p, result.p_adjusted, result.tests, correction))
    if math.isfinite(result.shuffled.p):
        kind = "exact " if result.shuffled.exact else ""
        parts.append(f"{kind}{shuffled} p {p_words(result.shuffled.p)}")
    return f"; {', '.join(parts)}" if parts else ""


def beyond_reach(results: Sequence[Result]) -> list[str]:
    """Say where a difference is claimed between groups so small that no permutation could show it."""
    said = {}
    for result in results:
        smallest = 1 / result.shuffled.tried if result.shuffled.exact and result.of else 0.0
        smallest *= 2 if result.of and result.values[0].size == result.values[1].size else 1
        if result.p_adjusted <= ALPHA < smallest:
            sizes = " and ".join(str(part.size) for part in result.values)
            said[sizes] = (
                f"With {sizes} participants no permutation of the group labels can give a p below "
                f"{f'{smallest:.2g}'.removeprefix('0')}: a difference shown there rests on the t test, and so on "
                "normally distributed values, alone."
            )
    return list(said.values())


def _trend(result: Result, members: Membership, correction: Correction) -> str:
    column = factor_words(members.column)
    if math.isnan(result.estimate):
        reason = "fewer than 2 participants" if result.n < 2 else f"all have the same {column}"
        return f"no trend on {column}, {reason}"
    rho = f"; Spearman's rho {number_words(result.rho, 2)}" if math.isfinite(result.rho) else ""
    shown = "ratio" if result.asked.scale == "log" else "difference"
    numbers = (
        f"{_interval(result, shown)}, {people(result.n)}{rho}{_tests(result, correction, 'permutation of the ranks:')}"
    )
    if reason := result.why_not():
        return f"trend on {column} not tested, {reason} ({numbers})"
    if not result.p_adjusted <= ALPHA:
        return f"no trend on {column} shown ({numbers})"
    return f"{'higher' if result.estimate > 0 else 'lower'} with higher {column} ({numbers})"


def methods_words(members: Membership, results: Sequence[Result], correction: Correction) -> dict[str, str]:
    """Return method, interval, permutation, multiplicity and assumptions for the basis."""
    family = f"p values are adjusted by {CORRECTION_NAMES[correction]} over the tests of one outcome"
    if members.numeric:
        method = (
            f"least-squares line of each participant's number on {factor_words(members.column)}, slope per unit; "
            "beside it Spearman's rank correlation"
        )
    else:
        method = (
            "Welch's t test, one number per participant (repetitions averaged in the trial, trials in the "
            "participant); beside it the permutation of the group labels"
        )
    return {
        "method": method,
        "interval": "95 % t interval on the analysis scale (log for amplitudes and ratios), back-transformed; not "
        "adjusted for the number of comparisons",
        "permutation": _permutations(results),
        "multiplicity": family if correction != "none" else "p values are not adjusted",
        "assumptions": _assumptions(members, results),
    }


def _permutations(results: Sequence[Result]) -> str:
    exact = sorted({result.shuffled.tried for result in results if result.shuffled.exact and result.shuffled.tried > 1})
    random = sorted(
        {result.shuffled.tried for result in results if not result.shuffled.exact and result.shuffled.tried}
    )
    parts = [f"exact over all {tried} assignments" for tried in exact]
    parts += [f"{tried} seeded random assignments, the data among them" for tried in random]
    return "; ".join(parts) or "none possible"


def _assumptions(members: Membership, results: Sequence[Result]) -> str:
    """Say what Shapiro and Wilk's test finds in what the groups or the line leave over."""
    start = "Participants are independent. The t interval takes the numbers as normally distributed "
    start += (
        "about the line, equally spread"
        if members.numeric
        else "in each group, spreads may differ (with two or three in a group and very unequal spreads Welch's test "
        "rejects somewhat too often)"
    )
    found = [p for result in results if math.isfinite(p := shapiro_wilk(_residuals(result))[1])]
    if not found:
        return f"{start}; not checked, which needs three participants and some spread"
    low = sum(p < ALPHA for p in found)
    return f"{start}; Shapiro-Wilk p of the residuals below .05 in {low} of {len(found)}; no test was chosen by it"


def _residuals(result: Result) -> NDArray[np.float64]:
    if result.of:
        return np.concatenate([part - part.mean() if part.size else part for part in result.values])
    x, y = result.values
    slope = result.estimate if math.isfinite(result.estimate) else 0.0
    return np.asarray(y - y.mean() - slope * (x - x.mean()) if x.size else y, dtype=np.float64)
