"""Equivalence in plain words: what was shown, and within which margin."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emgpipe.comparison.pairs.pair import normality_words
from emgpipe.comparison.shared.corrections import CORRECTION_NAMES, adjusted_words
from emgpipe.comparison.shared.numbers import (
    center_words,
    difference_words,
    higher_words,
    more_words,
    number_words,
    ratio_words,
    share_words,
    unit_words,
)
from emgpipe.comparison.shared.refusals import reasons_words
from emgpipe.comparison.shared.wording import RESERVATION, once, people
from emgpipe.statistics.normality import shapiro_wilk

if TYPE_CHECKING:
    from emgpipe.comparison.equivalence import Equivalence
    from emgpipe.comparison.pairs.base import ScopePairs
    from emgpipe.comparison.pairs.within_margin import Judged
    from emgpipe.vocabulary import Vocabulary

_MOST_SAID = 12
"""Pairs of one outcome that each get a sentence; of more, the verdicts are counted."""
_VERDICTS = ("different", "equivalent", "different but negligible", "undecided")


def equivalence_sentences(
    judged: Sequence[Judged], question: ScopePairs, asked: Equivalence, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return one sentence per pair, or the count of verdicts where pairs are many; then who lacks what."""
    said: list[str] = []
    for outcome in question.outcomes:
        own = [one for one in judged if one.pair.outcome is outcome]
        start = outcome.words(vocabulary)
        said += [f"{start}: {clause}." for clause in _clauses(own, question.scope.factor, asked, vocabulary)]
    said += [f"{text}." for text in question.refused]
    notes = ((note, outcome) for outcome in question.outcomes for note in outcome.notes)
    return (*said, *once(notes, question.outcomes, vocabulary))


def _clauses(own: Sequence[Judged], factor: str, asked: Equivalence, vocabulary: Vocabulary) -> Iterator[str]:
    if len(own) <= _MOST_SAID:
        yield from (_clause(one, factor, asked, vocabulary) for one in own)
        return
    counts = {name: sum(one.verdict == name for one in own) for name in _VERDICTS}
    named = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield f"{named} of {len(own)} pairs, {margin_words(own[0])}; all are in the table"


def _clause(one: Judged, factor: str, asked: Equivalence, vocabulary: Vocabulary) -> str:
    level, other = one.pair.words(vocabulary, factor)
    if math.isnan(one.tests.p):
        return f"{level} and {other} undecided, {one.pair.why_not()}"
    margin = margin_words(one)
    verdicts = {
        "equivalent": f"{level} and {other} are equivalent {margin}",
        "different": f"{_change(one, level, other)}; equivalence {margin} is not shown",
        "different but negligible": f"{_change(one, level, other)}, which is negligible: both are equivalent {margin}",
        "undecided": f"undecided between {level} and {other}, neither a difference nor equivalence {margin} is shown",
    }
    return f"{verdicts[one.verdict]} ({_numbers(one, asked)})"


def margin_words(one: Judged) -> str:
    """Return the margin: ``within a factor of 1.25``, ``within 5°``."""
    if one.bounds.scale == "log":
        return f"within a factor of {one.bounds.margin:g}"
    return f"within {one.bounds.margin:g}{unit_words(one.pair.outcome.unit)}"


def _change(one: Judged, level: str, other: str) -> str:
    if one.bounds.scale == "log":
        return higher_words(one.effect[0], level, other)
    return more_words(one.effect[0], one.pair.outcome.unit, level, other)


def _numbers(one: Judged, asked: Equivalence) -> str:
    unit = one.pair.outcome.unit
    center, low, high = one.effect
    if one.bounds.scale == "log":
        effect = f"ratio {center_words(center)}"
        wide, narrow = (f"{ratio_words(a)} to {ratio_words(b)}" for a, b in ((low, high), one.narrow))
    else:
        effect = f"difference {difference_words(center, unit)}"
        wide, narrow = (f"{number_words(a)} to {difference_words(b, unit)}" for a, b in ((low, high), one.narrow))
    shares = (share_words(1 - asked.alpha), share_words(1 - 2 * asked.alpha))
    tests = one.in_family, asked.correction
    return (
        f"{effect}, {shares[1]} interval {narrow}, {shares[0]} interval {wide}, {people(one.tests.difference.n)}; "
        f"equivalence {adjusted_words(one.tests.p, one.p_equivalence, *tests)}; "
        f"difference {adjusted_words(one.tests.difference.p, one.p, *tests)}"
    )


def equivalence_basis(
    judged: Sequence[Judged], question: ScopePairs, asked: Equivalence, vocabulary: Vocabulary
) -> dict[str, str]:
    """Return what the verdicts rest on."""
    everybody = sorted({person for pair in question.pairs for person in pair.participants})
    log = asked.analysis_scale == "log"
    bounds = judged[0].bounds.shown()
    low, high = (f"{bound:.4g}" for bound in bounds)
    alpha, shares = f"{asked.alpha:g}", (share_words(1 - asked.alpha), share_words(1 - 2 * asked.alpha))
    units = "" if log else f" {judged[0].pair.outcome.unit}"
    basis = {
        "n": f"{people(len(everybody))}: {', '.join(everybody)}; each pair rests on those who have both levels",
        "margin": f"{low} to {high}{units}, stated in the study file",
        "method": f"two one-sided paired t tests of {'log amplitudes' if log else 'values'} against the margin "
        "(Schuirmann 1987), beside a two-sided one against no difference; one difference per participant "
        "(repetitions averaged in the trial, trials in the participant)",
        "verdict": f"each test at {alpha}: equivalent where both one-sided tests reject, different where the two-sided "
        "one does, different but negligible where all do, undecided where neither does",
        "interval": f"{'ratio of geometric means' if log else 'difference of means'} with {shares[1]} t interval, to "
        f"be held against the margin, and {shares[0]} t interval, to be held against no difference; not adjusted "
        "for the number of comparisons",
        "multiplicity": _multiplicity(asked),
        "assumptions": f"the differences are normally distributed{', on the log scale' if log else ''}; "
        + normality_words(
            [(one.pair, shapiro_wilk(one.pair.differences)[1]) for one in judged], question.scope.factor, vocabulary
        ),
    }
    if log:
        basis["meaning"] = RESERVATION
    if question.refused:
        basis["not_compared"] = reasons_words(question.refused)
    return basis


def _multiplicity(asked: Equivalence) -> str:
    if asked.correction == "none":
        return "p values are not adjusted"
    family = "the pairs of one outcome" if asked.family == "outcome" else "all pairs of this comparison"
    return (
        f"verdicts rest on p values adjusted by {CORRECTION_NAMES[asked.correction]}, so that an interval can lie "
        f"inside the margin and the verdict be undecided; a family is {family}, tests of a difference and of "
        "equivalence apart; families are not controlled jointly"
    )
