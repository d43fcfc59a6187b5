"""The tidy tables comparators read; see `emgpipe.model.tables` for their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def _no_rows() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame()


@dataclass(frozen=True, slots=True)
class StudyTables:
    """What a run measured. Comparators never change a table.

    Attributes
    ----------
    metrics : DataFrame
        One row per number.
    curves : DataFrame
        One row per repetition and channel; columns ``0`` to ``100``.
    references : DataFrame
        One row per reference and MVIC trial considered.
    participants : DataFrame
        One row per participant, column ``participant`` and whatever else the participants table has; text.
    findings : DataFrame
        One row per finding.
    decisions : DataFrame
        One row per decision.
    """

    metrics: pd.DataFrame
    curves: pd.DataFrame = field(default_factory=_no_rows)
    references: pd.DataFrame = field(default_factory=_no_rows)
    participants: pd.DataFrame = field(default_factory=_no_rows)
    findings: pd.DataFrame = field(default_factory=_no_rows)
    decisions: pd.DataFrame = field(default_factory=_no_rows)
