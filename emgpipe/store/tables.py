"""Tidy tables as CSV, and back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from emgpipe.atomic import write_text
from emgpipe.comparison import StudyTables
from emgpipe.errors import StoreError
from emgpipe.model.tables import CURVE_POINTS
from emgpipe.store.csv_text import csv_text
from emgpipe.store.formulas import as_it_was, as_text, changed_texts
from emgpipe.store.references import REFERENCE_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd


METRICS, CURVES, REFERENCES, PARTICIPANTS = "metrics.csv", "curves.csv", "references.csv", "participants.csv"
FINDINGS, DECISIONS = "findings.csv", "decisions.csv"
STORED_TABLES: Final = (METRICS, CURVES, REFERENCES, PARTICIPANTS, FINDINGS, DECISIONS)
"""What comparisons are made from."""
_NUMBERS: Final[dict[str, frozenset[str]]] = {
    METRICS: frozenset({"onset", "value", "amplitude"}),
    CURVES: frozenset({"onset", *(str(point) for point in range(CURVE_POINTS))}),
    REFERENCES: REFERENCE_NUMBERS,
    PARTICIPANTS: frozenset(),
    FINDINGS: frozenset({"onset", "start", "stop", "value"}),
    DECISIONS: frozenset({"onset", "value"}),
}
_COUNTS: Final[dict[str, tuple[str, ...]]] = {
    METRICS: ("repetition",),
    CURVES: ("repetition",),
    REFERENCES: ("rank",),
    DECISIONS: ("numbers", "trials"),
}
_YES_OR_NO: Final = ("excluded", "value_excluded")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as comma-separated UTF-8 with a decimal point; missing numbers are empty, formulas are text."""
    table = changed_texts(table, as_text)
    write_text(path, csv_text(table))


def read_table(path: Path) -> pd.DataFrame:
    """Read one of `STORED_TABLES` as it was written: text stays text, numbers are exact.

    Raises
    ------
    StoreError
        The file is missing, or is no such table.
    """
    import pandas as pd

    numbers = _NUMBERS[path.name]
    kinds: defaultdict[str, Any] = defaultdict(lambda: str, dict.fromkeys(numbers, "float64"))
    kinds |= dict.fromkeys(_COUNTS.get(path.name, ()), "int64")
    absent: dict[Any, list[str]] = {name: [""] for name in numbers}
    try:
        table = pd.read_csv(
            path,
            dtype=kinds,
            na_values=absent,
            keep_default_na=False,
            float_precision="round_trip",
            encoding="utf-8",
        )
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error}); make it again with: emgpipe run") from error
    table = changed_texts(table, as_it_was)
    return table.assign(**{name: table[name].eq("True") for name in _YES_OR_NO if name in table.columns})


def stored_tables(paths: Iterable[Path]) -> StudyTables:
    """Read what a run measured from the files it wrote, whichever of `STORED_TABLES` are among them.

    Raises
    ------
    StoreError
        There are no metrics among them, or as in `read_table`.
    """
    found = {path.stem: read_table(path) for path in paths if path.name in STORED_TABLES}
    if "metrics" not in found:
        raise StoreError(f"the run left no {METRICS}, which comparisons are made from; make it with: emgpipe run")
    return StudyTables(**found)
