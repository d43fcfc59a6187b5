"""Two crossed factors as one: every level is a combination, and every combination must be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from emgpipe.comparison.shared.rows import require_factor
from emgpipe.comparison.shared.scopes import known_level, ordered_levels
from emgpipe.comparison.shared.wording import CROSSED, factor_words, level_words, listed
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    from emgpipe.comparison.shared.rows import TaskRows
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Design:
    """The factors of an analysis and their levels, in order; one factor, or two that are crossed.

    Attributes
    ----------
    factors : tuple of str
        Columns.
    levels : tuple of tuple of str
        Of each factor.
    combined : tuple of str
        The levels as the outcome matrices have them, those of the last factor changing fastest.
    """

    factors: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    combined: tuple[str, ...]

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the effects: the factors, and their interaction where there are two."""
        return self.factors if len(self.factors) == 1 else (*self.factors, CROSSED.join(self.factors))

    def words(self, vocabulary: Vocabulary, level: str) -> str:
        """Return a level, or a combination of two, in words."""
        return level_words(vocabulary, CROSSED.join(self.factors), level)


def keep_levels(rows: TaskRows, wanted: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> TaskRows:
    """Return the rows with the named levels of the named factors only.

    Raises
    ------
    ComparisonError
        A factor or level is not there.
    """
    table = rows.table
    for factor, levels in wanted.items():
        require_factor(factor, rows.factors, "levels:")
        known = [known_level(rows.table, factor, level, vocabulary) for level in levels]
        table = table[table[factor].isin(known)]
    return replace(rows, table=table)


def with_crossing(rows: TaskRows, first: str, second: str) -> TaskRows:
    """Add the column of combinations; rows that do not state both factors have an empty one."""
    name = CROSSED.join((first, second))
    stated = rows.table[first].ne("") & rows.table[second].ne("")
    both = (rows.table[first] + CROSSED + rows.table[second]).where(stated, "")
    return replace(rows, table=rows.table.assign(**{name: both}), factors=(*rows.factors, name))


def design_of(scope: Scope, factors: Sequence[str], vocabulary: Vocabulary) -> Design:
    """Return the design of a scope.

    Raises
    ------
    ComparisonError
        Two factors are not completely crossed, or one of them has a single level; names the missing combinations.
    """
    if len(factors) == 1:
        return Design((factors[0],), (scope.levels,), scope.levels)
    first, second = (ordered_levels(scope.rows, factor, vocabulary) for factor in factors)
    combined = tuple(CROSSED.join((one, other)) for one in first for other in second)
    design = Design(tuple(factors), (first, second), combined)
    for factor, levels in zip(factors, (first, second), strict=True):
        if len(levels) < 2:
            words = listed(level_words(vocabulary, factor, level) for level in levels) or "none"
            raise ComparisonError(
                f"a two-way analysis needs two {factor_words(factor, several=True)} that are crossed; there is: {words}"
            )
    missing = [design.words(vocabulary, one) for one in combined if one not in scope.levels]
    if missing:
        raise ComparisonError(
            f"a two-way analysis needs every {factor_words(factors[0])} in every {factor_words(factors[1])}; not "
            f"measured: {listed(missing)}. Name the levels that are crossed with 'levels:', or leave 'by' out"
        )
    return design
