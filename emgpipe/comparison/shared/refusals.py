"""What could not be compared: said beside what could, or as the one error where nothing could."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.model import Comparison

Place = TypeVar("Place")
"""Where a question is asked: a scope, or a condition."""
_MOST: Final = 6
"""Reasons that are each printed in a message; of more, these and how many there are."""


def reasons_words(reasons: Iterable[str]) -> str:
    """Return reasons as sentences, each once; of many, the first ones and how many more there are.

    >>> reasons_words(["A: no pair", "A: no pair", "B: no pair."])
    'A: no pair. B: no pair.'
    """
    said = list(dict.fromkeys(f"{reason.rstrip('.')}." for reason in reasons))
    if len(said) > _MOST + 1:
        said = [*said[:_MOST], f"And {len(said) - _MOST} more like these."]
    return " ".join(said)


def each_scope(scopes: Iterable[Scope], compare: Callable[[Scope], Comparison]) -> tuple[Comparison, ...]:
    """Return one comparison per scope that can be answered; see `each_place`."""
    return each_place(scopes, lambda scope: scope.title, compare)


def each_place(
    places: Iterable[Place], named: Callable[[Place], str], compare: Callable[[Place], Comparison]
) -> tuple[Comparison, ...]:
    """Return one comparison per place that can be answered; the others are said in their basis.

    Raises
    ------
    ComparisonError
        No place can be answered; gives the reason of each.
    """
    made: list[Comparison] = []
    refused: list[str] = []
    for place in places:
        try:
            made.append(compare(place))
        except ComparisonError as error:
            refused.append(f"{named(place)}: {error}")
    if not made:
        raise ComparisonError(reasons_words(refused))
    return tuple(also_refused(one, refused) for one in made)


def also_refused(comparison: Comparison, refused: Sequence[str]) -> Comparison:
    """Say in the basis which scopes or outcomes could not be compared."""
    if not refused:
        return comparison
    before = [comparison.basis[name] for name in ("not_compared",) if name in comparison.basis]
    return replace(comparison, basis={**comparison.basis, "not_compared": " ".join([*before, reasons_words(refused)])})
