"""The primary outcome: the one question a study was made for, named before the results are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from emgpipe.errors import suggest
from emgpipe.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.model import Comparison


class PrimaryOutcome(Settings):
    """The outcome, and the comparison, that decide the study; all others are secondary."""

    outcome: str = Field(min_length=1)
    """A muscle, a channel such as lumbar_angle, or a ratio such as gluteus_maximus_lower/erector_spinae."""
    metric: str = Field(min_length=1)
    """By which metric: mean, peak, lockout, ..."""
    side: str = ""
    """Left or right, where both were measured."""
    comparison: str = ""
    """The `name` of the comparison that is primary; left out, every comparison of this outcome."""

    def mark(self, comparison: Comparison, name: str) -> Comparison:
        """Add the column ``primary`` to a comparison's table, where it has outcomes."""
        table = comparison.table
        if not {"muscle", "metric"} <= set(table.columns):
            return comparison
        return replace(comparison, table=table.assign(primary=self._rows(table, name)))

    def absent(self, made: Sequence[tuple[str, Comparison]]) -> str:
        """Return why no comparison is primary, and what to do; empty where one is.

        Parameters
        ----------
        made : sequence of (str, Comparison)
            The comparisons, each with the `name` of the entry that made it.
        """
        about = [(name, one.table) for name, one in made if {"muscle", "metric"} <= set(one.table.columns)]
        if any(self._rows(table, name).any() for name, table in about):
            return ""
        wanted = ", ".join(part for part in (self.outcome, self.side, self.metric) if part)
        anywhere = [name for name, table in about if self._of_outcome(table).any()]
        if self.comparison and anywhere:
            names = [name for name in dict.fromkeys(anywhere) if name]
            there = (
                f"those about it are named: {', '.join(names)}" if names else "give the one that is meant this `name`"
            )
            return (
                f"no comparison named '{self.comparison}' is about {wanted}{suggest(self.comparison, names)}; {there}"
            )
        outcomes = sorted({str(one) for _, table in about for one in table["muscle"]})
        known = f" Outcomes compared: {', '.join(outcomes)}" if outcomes else ""
        return f"no comparison is about {wanted}{suggest(self.outcome, outcomes) or '.'} Add one, or correct it.{known}"

    def _rows(self, table: pd.DataFrame, name: str) -> pd.Series[bool]:
        return self._of_outcome(table) & (not self.comparison or name == self.comparison)

    def _of_outcome(self, table: pd.DataFrame) -> pd.Series[bool]:
        mine = table["muscle"].eq(self.outcome) & table["metric"].eq(self.metric)
        if self.side and "side" in table.columns:
            mine &= table["side"].eq(self.side)
        return mine
