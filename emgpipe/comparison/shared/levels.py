"""Muscles or sessions as the levels of a comparison, on normalized values.

Between muscles and between sessions volts mean nothing: electrodes, skin and depth differ. Only normalized values are
compared there, each with the reference of its own muscle and session, and every ratio depends on both references: what
cancels between the conditions of one muscle in one session does not here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.ratios import NORMALIZED_RATIO
from emgpipe.comparison.shared.wording import COMPARED_MUSCLE, COMPARED_SESSION
from emgpipe.errors import ComparisonError

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.rows import TaskRows

COLUMNS: Final = {"muscle": COMPARED_MUSCLE, "session": COMPARED_SESSION}
"""Factors that are no column of factors -> the column their levels stand in while they are compared."""
ALL: Final = "all muscles"
BASIS: Final = {
    "muscle": "normalized amplitudes; every ratio depends on the references of both muscles",
    "session": "normalized amplitudes, each session with its own reference; every ratio depends on both references",
}


def as_levels(rows: TaskRows, factor: str) -> TaskRows:
    """Return the rows with muscles or sessions as levels; any other factor is left as it is.

    Raises
    ------
    ComparisonError
        The study is not normalized, so that muscles or sessions cannot be compared.
    """
    if factor == "muscle":
        return _muscles(rows)
    return _sessions(rows) if factor == "session" else rows


def _muscles(rows: TaskRows) -> TaskRows:
    table = _normalized(rows.table[rows.table["kind"] == "emg"], "muscle", "rank the conditions of each muscle")
    names = table["muscle"].copy()
    for told_apart in ("side", "placement"):
        if table[told_apart].nunique() > 1:
            names += " " + table[told_apart]
    table = table.assign(muscle=ALL, side="", placement="")
    table[COMPARED_MUSCLE] = names.str.split().str.join(" ")
    return replace(rows, table=table.reset_index(drop=True), factors=(*rows.factors, COMPARED_MUSCLE))


def _sessions(rows: TaskRows) -> TaskRows:
    import pandas as pd

    emg = rows.table["kind"].isin({"emg", "ratio"})
    normalized = _normalized(rows.table[emg], "session", "compare inside each session")
    table = pd.concat([normalized, rows.table[~emg]]).sort_index()
    table[COMPARED_SESSION] = table["session"]
    table["session"] = ""
    return replace(rows, table=table.reset_index(drop=True), factors=(*rows.factors, COMPARED_SESSION))


def _normalized(emg: pd.DataFrame, factor: str, otherwise: str) -> pd.DataFrame:
    """Put the normalized value in the place of the amplitude."""
    chosen = emg[emg["unit"].str.startswith("%") | emg["unit"].eq(NORMALIZED_RATIO)]
    if len(emg) and chosen.empty:
        raise ComparisonError(
            f"factor '{factor}': amplitudes in volts of different {factor}s cannot be compared; state a normalization "
            f"other than none, or {otherwise}"
        )
    return chosen.assign(amplitude=chosen["value"], amplitude_unit=chosen["unit"])
