"""Muscles as the levels of a ranking: which muscle of a task has the highest normalized amplitude.

Between muscles volts mean nothing (electrodes, skin and depth differ), so only normalized values are compared, and
every ratio depends on the references of both muscles: what cancels between conditions of one muscle does not here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.wording import COMPARED_MUSCLE
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    from emgpipe.comparison.rows import TaskRows

FACTOR: Final = "muscle"
ALL: Final = "all muscles"
BASIS: Final = "normalized amplitudes; every ratio depends on the references of both muscles"


def muscles_as_levels(rows: TaskRows) -> TaskRows:
    """Return the EMG rows with muscle, side and placement as levels and the normalized value as the amplitude.

    Raises
    ------
    ComparisonError
        The study is not normalized, so that muscles cannot be compared.
    """
    table = rows.table[rows.table["kind"] == "emg"]
    normalized = table["unit"].str.startswith("%")
    if not normalized.any():
        raise ComparisonError(
            "factor 'muscle': amplitudes in volts of different muscles cannot be compared; state a normalization other "
            "than none, or rank the conditions of each muscle"
        )
    table = table[normalized]
    names = table["muscle"].copy()
    for told_apart in ("side", "placement"):
        if table[told_apart].nunique() > 1:
            names += " " + table[told_apart]
    table = table.assign(muscle=ALL, side="", placement="", amplitude=table["value"], amplitude_unit=table["unit"])
    table[COMPARED_MUSCLE] = names.str.split().str.join(" ")
    return replace(rows, table=table.reset_index(drop=True), factors=(*rows.factors, COMPARED_MUSCLE))
