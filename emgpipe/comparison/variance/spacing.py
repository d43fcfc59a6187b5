"""Where the levels of an ordered factor stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from emgpipe.comparison.shared.wording import MEASURED_POSITION, factor_words
from emgpipe.errors import ComparisonError, suggest

if TYPE_CHECKING:
    from emgpipe.comparison.variance.crossing import Design
    from emgpipe.vocabulary import Vocabulary

_ORDERED: Final = frozenset({"head_position", MEASURED_POSITION})
"""Factors whose levels the vocabulary puts in an order that means something."""


def trend_spacings(
    design: Design, asked: Literal[True, "auto"], stated: Mapping[str, float], vocabulary: Vocabulary
) -> dict[str, tuple[float, ...]]:
    """Return the factors whose trend is asked for, and where their levels stand.

    Raises
    ------
    ComparisonError
        A stated place belongs to no level, a level has none, or two levels share one.
    """
    found: dict[str, tuple[float, ...]] = {}
    unknown = set(stated)
    for factor, levels in zip(design.factors, design.levels, strict=True):
        if set(stated) & set(levels):
            found[factor] = _stated(factor, levels, stated, vocabulary)
            unknown -= set(levels)
        elif (numbers := _numbers(levels)) is not None:
            found[factor] = numbers
        elif factor in _ORDERED or asked is True:
            found[factor] = tuple(float(place) for place in range(1, len(levels) + 1))
    if unknown and not set(stated) - unknown:
        level = sorted(unknown)[0]
        there = [level for levels in design.levels for level in levels]
        raise ComparisonError(
            f"spacing: '{level}' is no level that is compared{suggest(level, there) or '.'} "
            f"There are: {', '.join(there)}"
        )
    return found


def _stated(
    factor: str, levels: tuple[str, ...], stated: Mapping[str, float], vocabulary: Vocabulary
) -> tuple[float, ...]:
    missing = [vocabulary.words(factor, level) for level in levels if level not in stated]
    if missing:
        raise ComparisonError(f"spacing: say also where {', '.join(missing)} stands, or leave spacing out")
    places = tuple(stated[level] for level in levels)
    if len(set(places)) < len(places):
        raise ComparisonError(f"spacing: two {factor_words(factor, several=True)} stand in the same place; change one")
    return places


def _numbers(levels: tuple[str, ...]) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(level) for level in levels)
    except ValueError:
        return None
    finite = all(abs(number) < float("inf") for number in numbers)
    return numbers if finite and len(set(numbers)) == len(numbers) else None
