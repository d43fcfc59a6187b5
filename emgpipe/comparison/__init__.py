"""Comparisons: the metrics table -> rankings with their uncertainty. The list, and the verb `compare_all`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.ranking import Ranking
from emgpipe.errors import ComparisonError
from emgpipe.settings import one_of

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary

COMPARATORS: tuple[type[Comparator], ...] = (Ranking,)

if TYPE_CHECKING:
    AnyComparator = Comparator
else:
    AnyComparator = one_of(COMPARATORS)


def compare_all(
    comparators: Sequence[Comparator], metrics: pd.DataFrame, vocabulary: Vocabulary
) -> tuple[tuple[Comparison, ...], tuple[ComparisonError, ...]]:
    """Make every comparison that can be made.

    Returns
    -------
    comparisons : tuple of Comparison
        In the order asked for, with titles that are all different.
    problems : tuple of ComparisonError
        One per comparator that could not answer; the message says which and why.
    """
    made: list[Comparison] = []
    problems: list[ComparisonError] = []
    for number, comparator in enumerate(comparators, start=1):
        try:
            made.extend(comparator.compare(metrics, vocabulary))
        except ComparisonError as error:
            problems.append(ComparisonError(f"comparison {number} ({comparator.describe()}): {error}"))
    return tuple(_told_apart(made)), tuple(problems)


def _told_apart(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Add a number to titles that occur twice: pages and tables find a comparison by its title."""
    titles: dict[str, int] = {}
    unique: list[Comparison] = []
    for comparison in comparisons:
        titles[comparison.title] = number = titles.get(comparison.title, 0) + 1
        if number > 1:
            title = f"{comparison.title} ({number})"
            comparison = replace(comparison, title=title, table=comparison.table.assign(comparison=title))  # noqa: PLW2901
        unique.append(comparison)
    return unique


__all__ = ["COMPARATORS", "AnyComparator", "Comparator", "Ranking", "compare_all"]
