"""What the cleaning steps took away: per muscle and step, how much in rest, MVIC and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emgpipe.report.markup import code, escape, numeric, table
from emgpipe.report.words import MISSING, muscle_label, number, plain, shown_unit

if TYPE_CHECKING:
    import pandas as pd

_ROLES: Final = ("rest", "mvic", "task")
_HEAD: Final = (
    "Muscle", "Step",
    *(f'<th class="n" scope="col">{role}: median, largest</th>' for role in ("Rest", "MVIC", "Task")),
    '<th class="n" scope="col">Median RMS taken from tasks</th>',
    '<th class="n" scope="col">Samples set to missing</th>',
)  # fmt: skip
_LEAD: Final = (
    "How much of the RMS of a recording each cleaning step of the chain took away, in percent of the RMS before it: "
    "the median and the largest over all trials of one kind. The steps are the same for rest, MVIC and tasks; what "
    "they find to take away is not. A large share in rest is noise that is gone; a large share of an MVIC or a task is "
    "worth a look at the traces. Every trial stands in <code>cleaning.csv</code>."
)


def cleaning_part(cleaning: pd.DataFrame) -> str:
    """Return the table of shares; `cleaning` is as `emgpipe.store.cleaning_table` returns it, not empty."""
    groups = cleaning.groupby(["muscle", "side", "placement", "step"], sort=False)
    return f"<p>{_LEAD}</p>{table(_HEAD, [_row(tuple(map(plain, place)), rows) for place, rows in groups])}"


def _row(place: tuple[str, ...], rows: pd.DataFrame) -> list[str]:
    muscle, side, placement, step = place
    tasks = rows[rows["role"] == "task"]
    return [
        escape(muscle_label(muscle, side, placement)),
        code(step),
        *(numeric(_shares(rows[rows["role"] == role])) for role in _ROLES),
        numeric(_amplitude(tasks)),
        numeric(str(int(rows["blanked"].sum()))),
    ]


def _shares(rows: pd.DataFrame) -> str:
    if rows.empty:
        return MISSING
    return f"{_percent(rows['percent'].median())}, {_percent(rows['percent'].max())}"


def _percent(value: Any) -> str:
    return "0 %" if value == 0 else f"{number(value, digits=2)} %"


def _amplitude(rows: pd.DataFrame) -> str:
    if rows.empty:
        return MISSING
    scale, unit = shown_unit(plain(rows["unit"].iloc[0]))
    return f"{number(rows['rms_removed'].median() * scale)} {unit}"
