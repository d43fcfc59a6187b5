"""What a ranking lacks, in words: who was not measured where, who has no reference, amplitudes that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.comparison.shared.wording import level_words, listed

if TYPE_CHECKING:
    from emgpipe.comparison.ranks.results import PanelResult
    from emgpipe.vocabulary import Vocabulary


def gap_sentences(panels: Sequence[PanelResult], factor: str, vocabulary: Vocabulary) -> list[str]:
    """Say who lacks what; once where it holds for every panel."""
    said: dict[str, list[str]] = {}
    for panel in panels:
        for text in _panel_gaps(panel, factor, vocabulary):
            said.setdefault(text, []).append(panel.words(vocabulary))
    return [
        f"{text}." if len(where) == len(panels) else f"{text} ({'; '.join(where)})." for text, where in said.items()
    ]


def _panel_gaps(panel: PanelResult, factor: str, vocabulary: Vocabulary) -> Iterator[str]:
    named = [(level, level_words(vocabulary, factor, level.level)) for level in panel.levels]
    yield from (f"Not measured in {level_words(vocabulary, factor, level)}" for level in panel.not_measured)
    yield from _absent([(name, level.gaps.absent) for level, name in named])
    yield from _without_reference(panel)
    for level, name in named:
        for one in level.gaps.unusable:
            yield f"{one} in {name}, left out of ranks and ratios, which need an amplitude above 0"
        if level.gaps.unmeasured:
            yield f"{level.gaps.unmeasured} repetitions of {name} have no amplitude and are not in the mean"


def _absent(levels: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    """Yield who was not measured where, participants who lack the same levels together."""
    lacking: dict[str, list[str]] = {}
    for name, absent in levels:
        for person in absent:
            lacking.setdefault(person, []).append(name)
    alike: dict[tuple[str, ...], list[str]] = {}
    for person, names in lacking.items():
        alike.setdefault(tuple(names), []).append(person)
    for levels_lacking, persons in alike.items():
        were = "was" if len(persons) == 1 else "were"
        yield f"{listed(sorted(persons))} {were} not measured in {listed(levels_lacking)}"


def _without_reference(panel: PanelResult) -> Iterator[str]:
    """Yield who is in the ranks but, without a value in the panel's unit, in no mean."""
    shown, cells = panel.unit, panel.cells
    scored = {name for name, row in zip(cells.names, cells.scores, strict=True) if np.isfinite(row).any()}
    normalized = [bool(np.isfinite(row).any()) for row in cells.values]
    silent = [name for name, has in zip(cells.everybody, normalized, strict=True) if name in scored and not has]
    if silent:
        verb = "has" if len(silent) == 1 else "have"
        yield f"{listed(silent)} {verb} no value in {shown}: in the ranks and ratios, not in the means"
