"""Trends inside a set in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.numbers import alike_words, p_words, ratio_words
from emgpipe.comparison.shared.wording import listed, panel_words, people
from emgpipe.comparison.trends.results import (
    TrendResult,
    change_numbers,
    families,
    slope_numbers,
    step_of,
)
from emgpipe.statistics.log_ratio import CONFIDENCE

if TYPE_CHECKING:
    from emgpipe.comparison.trends.sets import Lost, Outcome
    from emgpipe.statistics.multiplicity import Correction
    from emgpipe.vocabulary import Vocabulary

ALPHA = round(1 - CONFIDENCE, 12)


def outcome_words(outcome: Outcome, vocabulary: Vocabulary) -> str:
    """Return an outcome as the beginning of a sentence."""
    words = panel_words(vocabulary, outcome.key, outcome.source)
    if outcome.kind in ("frequency", "rate"):
        words = words.removesuffix(" EMG amplitude").removesuffix(" slope")
    return f"{words} over {'the repetitions' if outcome.over == 'repetitions' else 'a hold'}"


def trend_sentences(results: Sequence[TrendResult], correction: Correction, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return one sentence per outcome: what is shown in which condition, then where nothing is."""
    said = []
    for outcome, members in families(results).items():
        mine = [results[place] for place in members]
        p_name = "adjusted p" if correction != "none" and len(mine) > 1 else "p"
        shown = [one for one in mine if one.p_adjusted <= ALPHA]
        parts = []
        for verb, rises in (("rises", True), ("falls", False)):
            same = [one for one in shown if (one.slope.mean > 0) == rises]
            if same:
                parts.append(f"{verb} in {listed(f'{_where(one)} ({_numbers(one, p_name)})' for one in same)}")
        others = [one for one in mine if not one.p_adjusted <= ALPHA]
        if others:
            rest = "; ".join(_not_shown(one, p_name) for one in others)
            unit = f"{slope_numbers(others[0])[0]} per {step_of(outcome)}"
            parts.append(f"no trend shown ({unit}, 95 % interval) in {rest}")
        said.append(f"{outcome_words(outcome, vocabulary)}: {'; '.join(parts)}.")
    return tuple(said)


def _where(one: TrendResult) -> str:
    return one.words or "all sets"


def _not_shown(one: TrendResult, p_name: str) -> str:
    middle, *ends = alike_words(*slope_numbers(one)[1])
    between = f", {' to '.join(ends)}" if one.slope.n > 1 else ", no interval"
    p = f"; {p_name} {p_words(one.p_adjusted)}" if math.isfinite(one.p_adjusted) else ""
    return f"{_where(one)} ({middle}{between}{p}; {people(one.slope.n)})"


def _numbers(one: TrendResult, p_name: str) -> str:
    unit, numbers = slope_numbers(one)
    middle, low, high = alike_words(*numbers)
    text = f"{middle} {unit} per {step_of(one.outcome)}, 95 % interval {low} to {high}, {p_name} "
    text += p_words(one.p_adjusted)
    changes = change_numbers(one)
    if math.isfinite(changes[0]):
        end = "last against first" if one.outcome.over == "repetitions" else "last tenth against first"
        ratio = one.outcome.kind in ("log", "frequency")
        size = f"ratio {ratio_words(changes[0])}" if ratio else f"{alike_words(*changes)[0]} {unit}"
        text += f"; {end}: {size}"
    return f"{text}; {people(one.slope.n)}"


def lost_sentences(lost: Lost, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield which sets and which single numbers are in no trend, outcomes that lack the same together."""
    for outcome, units in lost.units.items():
        yield (
            f"{outcome_words(outcome, vocabulary)}: not compared, values in different units "
            f"({', '.join(sorted(unit or 'none' for unit in units))}) cannot be averaged."
        )
    for gone, why in (
        (lost.sets, "set left out, too few usable numbers (in brackets: how many are not)"),
        (lost.numbers, "numbers missing or not above 0, left out of the slope of their set"),
    ):
        alike: dict[tuple[str, ...], list[str]] = {}
        for outcome, sets in gone.items():
            alike.setdefault(tuple(sets), []).append(outcome_words(outcome, vocabulary))
        yield from (f"{'; '.join(names)}: {why}: {', '.join(sets)}." for sets, names in alike.items())


def trend_basis(
    results: Sequence[TrendResult], short: Sequence[str], correction: Correction, trim: float
) -> dict[str, str]:
    """Return what the trends rest on."""
    used = sorted({name for one in results for name in one.own})
    return {
        "n": f"{people(len(used))}: {', '.join(used)}",
        "method": " ".join(_method(results, trim)),
        "interval": "mean of the participants' own slopes, 95 % t interval, not adjusted for the number of conditions; "
        "the sign-flip test beside it needs no normal distribution",
        "assumptions": "the participants' slopes are taken as normally distributed, which is not tested; repetitions "
        "are taken as equally far apart",
        "multiplicity": "p values are "
        + ("not adjusted" if correction == "none" else f"adjusted ({correction.replace('_', '-').title()})")
        + " over the conditions of one outcome; outcomes are not controlled jointly",
        "left_out": f"fewer than 3 repetitions: {', '.join(short)}" if short else "no set has fewer than 3 repetitions",
        "meaning": "a falling median frequency with a rising amplitude is what fatigue of a muscle looks like; both "
        "also follow speed, joint angle and muscle length, so that they show it in sets of like repetitions only",
    }


def _method(results: Sequence[TrendResult], trim: float) -> Iterator[str]:
    over = {one.outcome.over for one in results}
    yield "One least-squares slope per set, averaged in the participant, who is the unit of analysis."
    if "repetitions" in over:
        yield "Over repetitions: of the logarithm of amplitudes (percent per repetition), of other values as they are."
    if "hold" in over:
        yield (
            f"Over a hold: of the logarithm of the envelope against time, {100 * trim:g} % left out at either end; "
            "of the median frequency over windows of 1 s."
        )
