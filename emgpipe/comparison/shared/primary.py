"""The primary outcome: the one question a study was made for, named before the results are seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

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

    def _rows(self, table: pd.DataFrame, name: str) -> pd.Series[bool]:
        mine = table["muscle"].eq(self.outcome) & table["metric"].eq(self.metric)
        if self.side and "side" in table.columns:
            mine &= table["side"].eq(self.side)
        return mine & (not self.comparison or name == self.comparison)
