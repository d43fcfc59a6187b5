"""Tidy tables as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.atomic import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from emgpipe.model import Reference

SIGNIFICANT = "%.10g"
"""Ten digits: more than any amplifier gives, few enough to read."""


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as comma-separated UTF-8 with a decimal point; missing numbers are empty."""
    write_text(path, table.to_csv(index=False, float_format=SIGNIFICANT, lineterminator="\n"))


def references_table(references: Sequence[Reference]) -> pd.DataFrame:
    """Return one row per reference and trial considered: the value, its window, and whether it won."""
    import pandas as pd

    rows = [
        {
            "reference": reference.id,
            "participant": reference.participant,
            "session": reference.session,
            "muscle": reference.muscle,
            "side": reference.side,
            "placement": reference.placement,
            "unit": reference.unit,
            "reference_value": reference.value,
            "trial": attempt.trial,
            "position": attempt.position,
            "rank": rank,
            "value": attempt.value,
            "window_start": attempt.start,
            "window_stop": attempt.stop,
            "spread": reference.spread,
            "gap": reference.gap,
            "rule": reference.rule,
            "chain": reference.chain_hash,
        }
        for reference in references
        for rank, attempt in enumerate(reference.attempts, start=1)
    ]
    columns = ["reference", "participant", "session", "muscle", "side", "placement", "unit", "reference_value"]
    columns += ["trial", "position", "rank", "value", "window_start", "window_stop", "spread", "gap", "rule", "chain"]
    return pd.DataFrame(rows, columns=columns)
