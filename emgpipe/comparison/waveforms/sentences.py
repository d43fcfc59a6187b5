"""The result of a comparison of curves in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.numbers import difference_words, p_words, ratio_words
from emgpipe.comparison.shared.wording import level_words, listed, people
from emgpipe.comparison.waveforms.tabulate import note, phases_of
from emgpipe.model.tables import CURVE_POINTS, WHOLE_REPETITION

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.waveforms.outcomes import CurveOutcome
    from emgpipe.comparison.waveforms.pairs import InOutcome, Stretch
    from emgpipe.vocabulary import Vocabulary

FORM_WORDS: Final = {"max_t": "max-t", "cluster": "cluster"}
_MOST_SAID: Final = 4
_APART: Final = 2.0
"""Phases that begin more than so many percent of the repetition apart are not at the same place: on a steep part of the
curve even that shows as a difference."""
Phases = Sequence[tuple[str, float, float]]


def outcome_words(outcome: CurveOutcome, vocabulary: Vocabulary) -> str:
    """Return muscle, side and placement as the beginning of a sentence."""
    muscle, side, placement, _ = outcome.key
    emg = outcome.kind == "emg"
    name = (vocabulary.words("muscle", muscle) if emg else muscle).replace("_", " ")
    text = ", ".join(part for part in (name, side, placement, "EMG amplitude" if emg else "") if part)
    return text[:1].upper() + text[1:]


def pair_sentences(
    rows: Sequence[InOutcome], about: tuple[str, str], phases: Phases, vocabulary: Vocabulary
) -> list[str]:
    """Return one sentence per outcome and pair, or per outcome where pairs are many.

    Parameters
    ----------
    about : (str, str)
        The column of the levels, and the phase.
    """
    said: list[str] = []
    by_outcome: dict[tuple[str, ...], list[InOutcome]] = {}
    for row in rows:
        by_outcome.setdefault(row.pair.outcome.key, []).append(row)
    for own in by_outcome.values():
        start = outcome_words(own[0].pair.outcome, vocabulary)
        said += [f"{start}: {clause}." for clause in _clauses(own, about, phases, vocabulary)]
    return said


def _clauses(own: Sequence[InOutcome], about: tuple[str, str], phases: Phases, vocabulary: Vocabulary) -> Iterator[str]:
    shown = [row for row in own if row.stretches]
    named = own if len(own) <= _MOST_SAID else shown[:_MOST_SAID]
    yield from (_clause(row, about, phases, vocabulary) for row in named)
    if len(own) > _MOST_SAID:
        tested = sum(bool(row.pair.test.flips) for row in own)
        counts = [f"a difference is shown in {len(shown)} of {len(own)} pairs"] if len(shown) > len(named) else []
        counts += [f"no difference shown in {tested - len(shown)} of {len(own)} pairs"] if tested > len(shown) else []
        counts += (
            [f"{len(own) - tested} not tested, for want of participants who have both"] if tested < len(own) else []
        )
        if counts:
            yield f"{', '.join(counts)}; all are in the table"


def _clause(row: InOutcome, about: tuple[str, str], phases: Phases, vocabulary: Vocabulary) -> str:
    factor, phase = about
    level, other = (level_words(vocabulary, factor, name) for name in (row.pair.level, row.pair.other))
    if not math.isfinite(next(iter(row.smallest.values()))[0]):
        return f"{level} and {other} not tested, {note(row)}"
    if not row.stretches:
        least = ", ".join(
            f"{FORM_WORDS[form]} p {_p(p, p_adjusted, row.tests)}" for form, (p, p_adjusted) in row.smallest.items()
        )
        where = "anywhere in the repetition" if phase == WHOLE_REPETITION else f"anywhere in the {phase} phase"
        return (
            f"no difference shown between {level} and {other} {where} ({least}; {people(len(row.pair.participants))})"
        )
    headline = [one for one in row.stretches if one.form == "cluster"] or list(row.stretches)
    parts = []
    for sign, word in ((1, "higher"), (-1, "lower")):
        found = [one for one in headline if one.sign == sign]
        if found:
            named = [_stretch_words(one, row, phase, phases) for one in found[:_MOST_SAID]]
            rest = len(found) - _MOST_SAID
            more = [f"{rest} more stretch{'' if rest == 1 else 'es'}"] if rest > 0 else []
            parts.append(f"{word} in {level} than in {other} {listed([*named, *more])}")
    if headline[0].form == "cluster" and "max_t" in row.smallest:
        parts.append(_also_by_max_t(row))
    elif "cluster" in row.smallest:
        parts.append(f"the cluster form alone does not show it (p {_p(*row.smallest['cluster'], row.tests)})")
    return f"{'; '.join(parts)}; {people(len(row.pair.participants))}"


def _stretch_words(one: Stretch, row: InOutcome, phase: str, phases: Phases) -> str:
    pair = row.pair
    effect = float(pair.effect(pair.center)[one.peak])
    most = f"ratio {ratio_words(effect)}" if pair.scale == "log" else difference_words(effect, pair.outcome.unit)
    p = f"{FORM_WORDS[one.form]} p {_p(one.p, one.p_adjusted, row.tests)}"
    return f"{_place(one, phase, phases)} ({p}; most at {one.peak} %: {most})"


def _place(one: Stretch, phase: str, phases: Phases) -> str:
    whole = "repetition" if phase == WHOLE_REPETITION else f"{phase} phase"
    if (one.first, one.last) == (0, CURVE_POINTS - 1):
        return f"throughout the {whole}"
    inside = listed(phases_of(one.first, one.last, phases))
    span = f"at {one.first} %" if one.first == one.last else f"from {one.first} to {one.last} %"
    return f"{span} of the {whole}{f', {inside}' if inside else ''}"


def _also_by_max_t(row: InOutcome) -> str:
    """Say how many points may be pointed at, which a cluster does not say."""
    found = [one for one in row.stretches if one.form == "max_t"]
    points = sum(one.last - one.first + 1 for one in found)
    if not points:
        return "max-t marks no single point"
    if points == 1:
        return f"max-t marks one point, {found[0].first} %"
    return f"max-t marks {points} points between {found[0].first} and {found[-1].last} %"


def _p(p: float, p_adjusted: float, tests: int) -> str:
    return p_words(p) if tests < 2 else f"{p_words(p)}, adjusted over {tests} pairs {p_words(p_adjusted)}"


def beyond_reach(rows: Iterable[InOutcome], alpha: float) -> str:
    """Say that no stretch can be shown with so few participants, where that is so."""
    tested = [row.pair for row in rows if row.pair.test.flips]
    if not tested:
        return ""
    best = min(tested, key=lambda pair: pair.test.smallest_p)
    if best.test.smallest_p <= alpha:
        return ""
    limit, least = f"{alpha:g}".lstrip("0"), p_words(best.test.smallest_p)[2:]
    return (
        f"With {people(len(best.participants))} the sign-flip test cannot reach {limit}: its smallest "
        f"possible p is {least}. Nothing can be shown here, whatever the curves are."
    )


def shifted_phases(table: pd.DataFrame, factor: str, vocabulary: Vocabulary) -> str:
    """Say that phases take other shares of the repetition in other levels."""
    later = table[table["from_percent"] > 0]
    spread = later.groupby("phase")["from_percent"].agg(lambda starts: starts.max() - starts.min())
    if spread.empty or spread.max() <= _APART:
        return ""
    phase = str(spread.idxmax())
    own = later[later["phase"] == phase]
    named = listed(
        f"{start:.0f} % in {level_words(vocabulary, factor, level)}"
        for level, start in zip(own["level"], own["from_percent"], strict=True)
    )
    return (
        f"The {phase} phase begins at {named}: the same percent is not the same part of the movement, and "
        f"where a phase begins early or late, curves differ for that. Ask phase by phase with 'phase: {phase}'."
    )


def gap_sentences(notes: Sequence[tuple[str, str]], outcomes: int) -> list[str]:
    """Return (outcome, note) as sentences, once where a note holds for every outcome."""
    where: dict[str, list[str]] = {}
    for outcome, text in notes:
        where.setdefault(text, []).append(outcome)
    return [f"{text}." if len(named) == outcomes else f"{text} ({'; '.join(named)})." for text, named in where.items()]
