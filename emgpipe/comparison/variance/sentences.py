"""Analyses of variance in plain words; the Greenhouse-Geisser p value is the only one quoted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.numbers import alike_words, number_words, p_words
from emgpipe.comparison.shared.wording import factor_words, listed, people
from emgpipe.comparison.variance.tabulate import effect_notes, ratio
from emgpipe.statistics.log_ratio import CONFIDENCE

if TYPE_CHECKING:
    from emgpipe.comparison.variance.analysis import Tested, Trend
    from emgpipe.comparison.variance.crossing import Design
    from emgpipe.statistics.rm_anova import Effect
    from emgpipe.statistics.slopes import MeanTest
    from emgpipe.vocabulary import Vocabulary

ALPHA: Final = round(1 - CONFIDENCE, 12)
_METHOD: Final = (
    "repeated-measures analysis of variance over the participants who have every level, on the logarithm of EMG "
    "amplitudes and ratios and on the values of other channels; F is quoted with the degrees of freedom and the p "
    "value of Greenhouse and Geisser, whatever the test of sphericity says; Huynh and Feldt's are in the table, "
    "slightly liberal where conditions are not spherical"
)
_FRIEDMAN: Final = (
    "Friedman's test with Kendall's W stands beside it, by chi squared and by permutation of each participant's ranks; "
    "both reject too often where levels of equal means differ in spread, more so where they are skewed"
)
_TREND: Final = (
    "linear and quadratic contrasts, one score per participant, t test and sign-flip test; Page's L on ranks, "
    "two-sided; the contrasts do not need sphericity; Page's test rejects too often where levels differ in spread, or "
    "participants have trends of their own about a mean of none"
)


def omnibus_sentences(tested: Sequence[Tested], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return one sentence per outcome, one per trend, and who was left out."""
    said: list[str] = []
    for one in tested:
        name = one.outcome.words(vocabulary)
        said += [f"{name}: {_effects(one)}."]
        said += [
            f"{name}, trend over {factor_words(way.factor, several=True)}: {_trend(way, one)}." for way in one.trends
        ]
    return (*said, *_left_out(tested, vocabulary))


def omnibus_basis(tested: Sequence[Tested], design: Design, vocabulary: Vocabulary) -> dict[str, str]:
    """Return what the analyses rest on."""
    used = sorted({name for one in tested for name in one.participants})
    counts = sorted({len(one.participants) for one in tested})
    each = f"{counts[0]} in each outcome" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} by outcome"
    basis = {
        "n": f"{people(len(used))} ({each}): {', '.join(used)}",
        "left_out": "; ".join(_left_out(tested, vocabulary)) or "nobody: every participant has every level",
        "method": _METHOD,
        "assumptions": _sphericity(tested, vocabulary),
        "effect_size": "partial eta squared: share of the effect in effect and error; generalized eta squared: share "
        "in all variance, that between participants included, which is taken from the normalized values",
    }
    if len(design.factors) == 1:
        basis["rank_test"] = _FRIEDMAN
    if any(one.trends for one in tested):
        basis["trend"] = _TREND + _spacing_words(tested)
    basis["multiplicity"] = f"{_tests_words(tested, design)}, not adjusted; outcomes are not controlled jointly"
    return basis


def _tests_words(tested: Sequence[Tested], design: Design) -> str:
    effects = len(design.effects)
    trends = max(sum(1 + (way.quadratic is not None) for way in one.trends) for one in tested)
    more = f" and {trends} of trend" if trends else ""
    return f"{effects} test{'s' if effects > 1 else ''}{more} per outcome"


def _effects(one: Tested) -> str:
    n = len(one.participants)
    factors = [factor_words(factor, several=True) for factor in one.design.factors]
    if len(factors) == 1:
        return _one_effect(f"between {factors[0]}", one.effects[0], n)
    first, second, both = one.effects
    single = [factor_words(factor) for factor in one.design.factors]
    depends = f"that the difference between {factors[0]} depends on the {single[1]}"
    shown = "shown" if _is_shown(both) else "not shown"
    return (
        f"{_one_effect(f'between {factors[0]}', first, n)}; {_one_effect(f'between {factors[1]}', second, n)}; "
        f"{depends}: {shown} ({_numbers(both, n)})"
    )


def _one_effect(where: str, effect: Effect, n: int) -> str:
    said = f"a difference {where} is shown" if _is_shown(effect) else f"no difference {where} shown"
    return f"{said} ({_numbers(effect, n)})"


def _is_shown(effect: Effect) -> bool:
    return effect.p_gg <= ALPHA


def _numbers(effect: Effect, n: int) -> str:
    if not math.isfinite(effect.f):
        return f"{next(effect_notes(effect, n))}; {people(n)}"
    epsilon = effect.sphericity.epsilon_gg
    freedom = ", ".join(f"{epsilon * df:.3g}" for df in (effect.df, effect.df_error))
    name = "Greenhouse-Geisser p" if effect.df > 1 else "p"
    size = effect.eta2_generalized
    eta = f", generalized eta squared {size:.2f}" if math.isfinite(size) else ""
    return f"F({freedom}) = {number_words(effect.f)}, {name} {p_words(effect.p_gg)}{eta}, {people(n)}"


def _trend(way: Trend, one: Tested) -> str:
    return "; ".join(part for part in (_linear(way, one), _bend(way)) if part)


def _linear(way: Trend, one: Tested) -> str:
    """Say by how much scores rise from level to level; where that is shown, the direction is in the verb."""
    test = way.linear
    log = one.outcome.scale == "log"
    unit = "%" if log else one.outcome.unit or "units"
    numbers = [100 * (ratio(end) - 1) if log else end for end in (test.mean, test.low, test.high)]
    shown = test.p <= ALPHA
    if shown:
        numbers = [abs(number) for number in numbers]
    middle, low, high = alike_words(numbers[0], *sorted(numbers[1:]))
    per = "per level" if way.per == "level" else f"per unit of {factor_words(way.factor)}"
    size = f"{middle} {unit} {per}, 95 % interval {low} to {high}{_p(test)}"
    if not shown:
        return f"no rise or fall shown ({size})"
    return f"{'rises' if test.mean > 0 else 'falls'} by {size}"


def _bend(way: Trend) -> str:
    test = way.quadratic
    if test is None or math.isnan(test.p):
        return ""
    if test.p > ALPHA:
        return f"no bend shown (p {p_words(test.p)})"
    where = "higher" if test.mean < 0 else "lower"
    return f"a bend is shown: the middle levels stand {where} than a straight line has them (p {p_words(test.p)})"


def _p(test: MeanTest) -> str:
    if math.isnan(test.p):
        return ", participants do not differ in it, so that there is no p value"
    return f", p {p_words(test.p)}, sign-flip p {p_words(test.p_sign_flip)}"


def _left_out(tested: Sequence[Tested], vocabulary: Vocabulary) -> Iterator[str]:
    """Yield who is left out and why, once where it holds for every outcome."""
    where: dict[str, list[str]] = {}
    for one in tested:
        for person, levels in one.left_out.items():
            words = listed(one.design.words(vocabulary, level) for level in levels)
            text = f"{person} is left out: no usable number in {words}"
            where.setdefault(text, []).append(one.outcome.words(vocabulary))
    for text, outcomes in where.items():
        yield f"{text}." if len(outcomes) == len(tested) else f"{text} ({'; '.join(outcomes)})."


def _sphericity(tested: Sequence[Tested], vocabulary: Vocabulary) -> str:
    several = [(one, place) for one in tested for place, effect in enumerate(one.effects) if effect.df > 1]
    if not several:
        return "two levels: sphericity is no question; differences are taken as normally distributed, not tested"
    known = [(one, place) for one, place in several if math.isfinite(one.effects[place].sphericity.p)]
    broken = [
        f"{one.outcome.words(vocabulary)} ({factor_words(one.design.effects[place])})"
        for one, place in known
        if one.effects[place].sphericity.p <= ALPHA
    ]
    text = f"sphericity, by Mauchly's test in {len(known)} of {len(several)} tests: "
    text += f"doubtful in {len(broken)}{': ' * bool(broken)}{'; '.join(broken)}" if known else "could not be tested"
    return (
        f"{text}; with few participants the test finds little; normal distribution of the scores is taken, not tested"
    )


def _spacing_words(tested: Sequence[Tested]) -> str:
    places = {way.factor: way for one in tested for way in one.trends}
    said = [
        f"{factor_words(factor, several=True)} stand at {', '.join(f'{place:g}' for place in way.spacing)}"
        for factor, way in places.items()
    ]
    return f"; {listed(said)}"
