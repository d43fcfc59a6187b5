"""Comparisons: tidy tables -> effects, ranks and trends with their uncertainty. The list; the verb `compare_all`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.comparison.base import Comparator
from emgpipe.comparison.between import Between
from emgpipe.comparison.curves import Curves
from emgpipe.comparison.dose import Dose
from emgpipe.comparison.equivalence import Equivalence
from emgpipe.comparison.individual import Individual
from emgpipe.comparison.marks import with_marks
from emgpipe.comparison.measured_position import MeasuredPosition
from emgpipe.comparison.mixed_model import MixedModel
from emgpipe.comparison.omnibus import Omnibus
from emgpipe.comparison.paired import Paired
from emgpipe.comparison.ranking import Ranking
from emgpipe.comparison.reliability import Reliability
from emgpipe.comparison.repetition_trend import RepetitionTrend
from emgpipe.comparison.shared.primary import PrimaryOutcome
from emgpipe.comparison.shared.tables import StudyTables
from emgpipe.errors import ComparisonError, MissingPackageError
from emgpipe.settings import one_of

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison
    from emgpipe.vocabulary import Vocabulary

COMPARATORS: tuple[type[Comparator], ...] = (
    Ranking,
    Paired,
    Omnibus,
    Equivalence,
    Curves,
    Individual,
    RepetitionTrend,
    MeasuredPosition,
    Dose,
    MixedModel,
    Reliability,
    Between,
)

if TYPE_CHECKING:
    AnyComparator = Comparator
else:
    AnyComparator = one_of(COMPARATORS)


def compare_all(
    comparators: Sequence[Comparator],
    tables: StudyTables,
    vocabulary: Vocabulary,
    primary: PrimaryOutcome | None = None,
) -> tuple[tuple[Comparison, ...], tuple[ComparisonError, ...]]:
    """Make every comparison that can be made.

    Parameters
    ----------
    primary : PrimaryOutcome, optional
        Its rows are marked in the column ``primary``.

    Returns
    -------
    comparisons : tuple of Comparison
        In the order asked for, with titles that are all different; the first column of each of their tables is
        ``comparison``, the title.
    problems : tuple of ComparisonError
        One per comparator that could not answer, or lacks its package; the message says which and why.
    """
    made: list[tuple[str, Comparison]] = []
    problems: list[ComparisonError] = []
    for number, comparator in enumerate(comparators, start=1):
        try:
            found = with_marks(comparator.compare(tables, vocabulary), comparator, tables, vocabulary)
        except (ComparisonError, MissingPackageError) as error:
            problems.append(ComparisonError(f"comparison {number} ({comparator.describe()}): {error}"))
            continue
        made.extend((comparator.name, one) for one in found)
    if primary is None:
        return tuple(_titled([one for _, one in made])), tuple(problems)
    if why := primary.absent(made):
        problems.append(ComparisonError(f"primary_outcome: {why}"))
    return tuple(_titled([primary.mark(one, name) for name, one in made])), tuple(problems)


def _titled(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Add a number to titles that occur twice: pages and tables find a comparison by its title."""
    titles: dict[str, int] = {}
    unique: list[Comparison] = []
    for comparison in comparisons:
        titles[comparison.title] = number = titles.get(comparison.title, 0) + 1
        title = comparison.title if number == 1 else f"{comparison.title} ({number})"
        named = {name: _with_title(table, title) for name, table in comparison.tables.items()}
        unique.append(replace(comparison, title=title, table=_with_title(comparison.table, title), tables=named))
    return unique


def _with_title(table: pd.DataFrame, title: str) -> pd.DataFrame:
    rest = [str(name) for name in table.columns if name != "comparison"]
    return table.assign(comparison=title)[["comparison", *rest]]


__all__ = [
    "COMPARATORS",
    "AnyComparator",
    "Between",
    "Comparator",
    "Curves",
    "Dose",
    "Equivalence",
    "Individual",
    "MeasuredPosition",
    "MixedModel",
    "Omnibus",
    "Paired",
    "PrimaryOutcome",
    "Ranking",
    "Reliability",
    "RepetitionTrend",
    "StudyTables",
    "compare_all",
]
