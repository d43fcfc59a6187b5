"""Which numbers comparisons are made from: those that count, all of them, or those without a mark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from emgpipe.verdicts import counting_references, judge, stored_decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.comparison import StudyTables
    from emgpipe.config.quality import Quality
    from emgpipe.model import Comparison, Decision

_PAGE: Final = "comparisons{}.html"
_LEVELS: Final[dict[str, tuple[str, ...]]] = {"fail": ("fail",), "warn": ("fail", "warn")}
_MARKED: Final = {"fail": "a failed check", "warn": "a warning or a failed check"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What comparisons use.

    Attributes
    ----------
    with_excluded : bool
        Also the numbers that decisions exclude.
    without_marked : {"", "warn", "fail"}
        Not the numbers that carry a finding of this level or a worse one, unless a decision keeps them.
    """

    with_excluded: bool = False
    without_marked: Literal["", "warn", "fail"] = ""

    @property
    def suffix(self) -> str:
        """What tells the files apart from those of the comparisons themselves."""
        return "_with_excluded" * self.with_excluded + (f"_without_{self.without_marked}" * bool(self.without_marked))

    @property
    def page(self) -> str:
        """The name of the page."""
        return _PAGE.format(self.suffix)

    @property
    def words(self) -> str:
        """What is different from the comparisons themselves; empty where nothing is."""
        said = []
        if self.without_marked:
            said.append(
                f"numbers that carry {_MARKED[self.without_marked]} are left out; where it is about the reference, "
                "only their %MVIC is"
            )
        if self.with_excluded:
            said.append("numbers that decisions exclude are IN here")
        return "; ".join(said)

    def applied(self, tables: StudyTables, decisions: Sequence[Decision], quality: Quality) -> StudyTables:
        """Return the tables with these numbers only."""
        if self.without_marked:
            verdict = judge(tables.metrics, tables.findings, decisions, quality, _LEVELS[self.without_marked])
            tables = replace(tables, **verdict.tables)
        if self.with_excluded:
            return replace(tables, metrics=tables.metrics.assign(excluded=False, value_excluded=False))
        if not len(tables.decisions):
            return tables
        decided = stored_decisions(tables.decisions)
        return replace(tables, references=counting_references(tables.references, tables.findings, decided))

    def named(self, comparison: Comparison) -> Comparison:
        """Return a comparison that says which numbers it rests on."""
        if not self.words:
            return comparison
        return replace(comparison, basis={**comparison.basis, "selection": self.words})
