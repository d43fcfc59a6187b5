"""The results in words for a paper: the primary outcome in full, all others counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.report.comparisons.brief import gist_sentence, is_primary, leaders_words, notes, primary_sentences
from emgpipe.report.paper import Paragraph, by_subject
from emgpipe.report.words import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emgpipe.model import Comparison, StudyResult

_MANY: Final = 3
"""More sentences than these are counted, where it can be counted what they show."""
_MOST: Final = 8
"""Of the others, more than these are left to the file."""


def results_paragraphs(result: StudyResult) -> tuple[Paragraph, ...]:
    """Return the results as paragraphs: first what was found about the primary outcome, then all others in short."""
    main = [one for one in result.comparisons if is_primary(one)]
    first = [part for one in main for part in _primary(one)]
    others = [*map(_without_primary, main), *(one for one in result.comparisons if not is_primary(one))]
    heading = "Secondary: " if main else ""
    rest = [Paragraph(f"{heading}{one.title}", _in_short(one)) for one in others if one.sentences]
    return (*first, *rest)


def _primary(comparison: Comparison) -> Iterator[Paragraph]:
    """Yield what is said of the rows of the primary outcome, and of nothing else."""
    rows = comparison.table
    mine = replace(comparison, table=rows[rows["primary"].astype(bool)])
    if said := _joined(primary_sentences(comparison)) or _gist(mine):
        yield Paragraph(f"Primary: {comparison.title}", said)


def _without_primary(comparison: Comparison) -> Comparison:
    said = set(primary_sentences(comparison))
    rows = comparison.table[~comparison.table["primary"].astype(bool)]
    left = [sentence for sentence in comparison.sentences if sentence not in said] if len(rows) else ()
    return replace(comparison, table=rows, sentences=tuple(left))


def _in_short(comparison: Comparison) -> str:
    """Return few sentences as they are; of many, how much was shown and what is about no single outcome."""
    said = comparison.sentences
    numbers = f"All numbers: comparisons/{comparison.kind}.csv."
    if len(said) <= _MANY:
        return f"{_joined(said)} {numbers}"
    gist = _gist(comparison)
    if not gist and len(said) <= _MOST:
        return f"{_joined(said)} {numbers}"
    apart = notes(comparison)
    gist = gist or f"{count(len(said) - len(apart), 'result')}, one by one in comparisons/sentences.txt."
    return f"{gist} {_joined([*apart, numbers])}"


def _gist(comparison: Comparison) -> str:
    return gist_sentence(comparison) or leaders_words(comparison)


def _joined(sentences: Iterable[str]) -> str:
    """Return sentences as running text that names each outcome once."""
    return " ".join(
        f"{subject}: {'; '.join(clause.rstrip('.') for clause in clauses)}." if clauses else subject
        for subject, clauses in by_subject(sentences)
    )
