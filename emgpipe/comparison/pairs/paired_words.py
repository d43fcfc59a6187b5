"""A paired comparison in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.pairs.pair import normality_words
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES, adjusted_words
from emgpipe.comparison.shared.levels import BASIS as LEVELS_BASIS
from emgpipe.comparison.shared.numbers import (
    center_words,
    difference_words,
    higher_words,
    more_words,
    ratio_words,
    share_words,
)
from emgpipe.comparison.shared.refusals import reasons_words
from emgpipe.comparison.shared.wording import RESERVATION, listed, once, people

if TYPE_CHECKING:
    from emgpipe.comparison.paired import Paired
    from emgpipe.comparison.pairs.base import ScopePairs
    from emgpipe.comparison.pairs.measure import InFamily
    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.statistics.multiplicity import Correction
    from emgpipe.vocabulary import Vocabulary

_MOST_SAID = 12
"""Pairs of one outcome that each get a clause; of more, those with a difference only."""


def paired_sentences(
    rows: Sequence[InFamily], question: ScopePairs, asked: Paired, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one sentence per pair, or a summary where pairs are many; then who lacks what, and what cannot be."""
    said: list[str] = []
    for outcome in question.outcomes:
        own = [row for row in rows if row.found.pair.outcome is outcome]
        start = outcome.words(vocabulary)
        said += [f"{start}: {clause}." for clause in _clauses(own, question, asked, vocabulary)]
    said += [f"{text}." for text in question.refused]
    said += once(_beyond_reach(rows, asked), question.outcomes, vocabulary)
    notes = ((note, outcome) for outcome in question.outcomes for note in outcome.notes)
    return (*said, *once(notes, question.outcomes, vocabulary))


def _clauses(own: Sequence[InFamily], question: ScopePairs, asked: Paired, vocabulary: Vocabulary) -> Iterator[str]:
    if len(own) <= _MOST_SAID:
        yield from (_clause(row, question.scope.factor, asked, vocabulary) for row in own)
        return
    shown = [row for row in own if row.shown]
    if len(shown) <= _MOST_SAID:
        yield from (_clause(row, question.scope.factor, asked, vocabulary) for row in shown)
        yield f"no difference shown in {len(own) - len(shown)} of {len(own)} pairs; all are in the table"
        return
    yield f"a difference is shown in {len(shown)} of {len(own)} pairs; all are in the table"


def _clause(row: InFamily, factor: str, asked: Paired, vocabulary: Vocabulary) -> str:
    found = row.found
    level, other = found.pair.words(vocabulary, factor)
    numbers = _numbers(row, asked)
    if math.isnan(found.t.t):
        return f"{level} and {other} not tested, {found.pair.why_not()}{f' ({numbers})' if found.t.n else ''}"
    if not row.shown:
        return f"no difference shown between {level} and {other} ({numbers})"
    if found.pair.scale == "log":
        change = higher_words(row.ratio[0], level, other)
    else:
        change = more_words(found.t.mean, found.pair.outcome.unit, level, other)
    return f"{change} ({numbers})"


def _numbers(row: InFamily, asked: Paired) -> str:
    found, unit = row.found, row.found.pair.outcome.unit
    if found.pair.scale == "log":
        center, low, high = row.ratio
        effect, ends = f"ratio {center_words(center)}", f"{ratio_words(low)} to {ratio_words(high)}"
    else:
        effect = f"difference {difference_words(found.t.mean, unit)}"
        ends = f"{difference_words(found.t.low, '')} to {difference_words(found.t.high, unit)}"
    if math.isnan(found.t.t):
        return f"{effect}, {people(found.t.n)}"
    tested = adjusted_words(found.t.p, row.p, row.tests, asked.correction)
    return f"{effect}, {share_words(asked.confidence)} interval {ends}, {people(found.t.n)}; {tested}"


def _beyond_reach(rows: Sequence[InFamily], asked: Paired) -> Iterator[tuple[str, OutcomeCells]]:
    """Say of each family that no exact test could reach alpha, where that is so."""
    for places in asked.families([row.found.pair for row in rows]).values():
        members = [rows[place] for place in places if math.isfinite(rows[place].p_smallest)]
        if members and min(row.p_smallest for row in members) > asked.alpha:
            best = min(members, key=lambda row: row.p_smallest)
            words = _smallest_words(best.found.t.n, best.tests, best.p_smallest, asked.alpha, asked.correction)
            yield from ((words, row.found.pair.outcome) for row in members)


def _smallest_words(n: int, tests: int, smallest: float, alpha: float, correction: Correction) -> str:
    """Say that no exact test of a family can reach alpha."""
    family = f" and {tests} tests" if tests > 1 else ""
    after = f" after {CORRECTION_NAMES[correction]} correction" if tests > 1 and correction == "holm" else ""
    return (
        f"With {people(n)}{family} no exact test (sign flips, signed ranks) can reach {f'{alpha:g}'.removeprefix('0')}"
        f"{after}: its smallest possible p is {f'{smallest:.2g}'.removeprefix('0')}. The t test can, where the "
        "differences are normally distributed"
    )


def paired_basis(
    rows: Sequence[InFamily], question: ScopePairs, asked: Paired, vocabulary: Vocabulary
) -> dict[str, str]:
    """Return what a paired comparison rests on."""
    everybody = sorted({person for pair in question.pairs for person in pair.participants})
    scales = {pair.scale for pair in question.pairs}
    logs = "log amplitudes" if "log" in scales else ""
    raw = "values of channels" if "raw" in scales else ""
    basis = {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}; each pair rests on those who have both levels",
        "method": f"paired t test of {listed(part for part in (logs, raw) if part)}, one difference per participant "
        "(repetitions averaged in the trial, trials in the participant); beside it the sign-flip test of the mean and "
        "Wilcoxon's signed-rank test (zeros by Pratt, exact with ties), all two-sided",
        "interval": _interval_words(scales, asked),
        "multiplicity": _multiplicity(asked),
        "sign_flips": _flips_words(rows, asked),
        "effect_sizes": "dz and gz: mean difference over the SD of the differences; dav and gav: over the square root "
        "of the mean variance, dav_mean_sd: over the mean SD; drm: dz times sqrt(2 (1 - r)); gz and gav with Hedges' "
        "exact correction (n - 1 and 2 (n - 1) degrees of freedom). Intervals by the noncentral t distribution, for "
        "dav and gav scaled from dz (Algina and Keselman 2003). dav, gav, drm and r depend on the references, since "
        "they compare participants",
        "assumptions": "the t test takes the differences as normally distributed, on the log scale for amplitudes; "
        + normality_words([(row.found.pair, row.found.shapiro[1]) for row in rows], question.scope.factor, vocabulary),
    }
    if "log" in scales:
        basis["meaning"] = RESERVATION
    if question.refused:
        basis["not_compared"] = reasons_words(question.refused)
    return basis


def _interval_words(scales: set[Scale], asked: Paired) -> str:
    share = share_words(asked.confidence)
    parts = []
    if "log" in scales:
        references = (
            "both levels are normalized, each by its own reference, so that references enter"
            if asked.factor in LEVELS_BASIS
            else "inside a participant and session the reference cancels from it"
        )
        parts.append(f"ratio of geometric means, level / other, with {share} t interval; {references}")
    parts.append(f"difference of means, level - other, with {share} t interval")
    return "; ".join(parts) + "; intervals are not adjusted for the number of comparisons"


def _multiplicity(asked: Paired) -> str:
    if asked.correction == "none":
        return "p values are not adjusted"
    family = "the pairs of one outcome" if asked.family == "outcome" else "all tests of this comparison"
    return (
        f"p_adjusted: t test, p_sign_flip_adjusted: sign-flip test, both by {CORRECTION_NAMES[asked.correction]}; "
        f"a family is {family}; families are not controlled jointly"
    )


def _flips_words(rows: Sequence[InFamily], asked: Paired) -> str:
    sizes = sorted({row.found.t.n for row in rows if row.found.t.n > 1})
    exact = [n for n in sizes if 2**n <= asked.resamples]
    parts = [f"exact, all {2**n} sign assignments of {n} participants" for n in exact]
    if len(exact) < len(sizes):
        parts.append(f"{asked.resamples} random sign assignments (seed {asked.seed}) of more participants")
    return "; ".join(parts) or "none: no pair has two participants"
