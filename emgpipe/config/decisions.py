"""The decisions table: what somebody decided about numbers and references, one row each, with a reason.

A row that cannot be understood is a problem of its own and is told; it is never dropped in silence, because the number
it is about would then stay in.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, get_args

from emgpipe.config.listing import Problem
from emgpipe.config.sheet import read_rows
from emgpipe.errors import ConfigError, VocabularyError, suggest
from emgpipe.model import Decision
from emgpipe.model.recording import Side

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from emgpipe.config.sheet import Row
    from emgpipe.vocabulary import Vocabulary

COLUMNS: Final = (
    "who", "when", "action", "participant", "session", "trial", "muscle", "side", "placement", "onset", "finding",
    "value", "reason",
)  # fmt: skip
ACTIONS: Final = ("exclude", "keep", "reference")
"""What a row of the table can ask for."""
_REQUIRED: Final = ("who", "when", "action", "reason")
_NUMBERS: Final = ("onset", "value")
_PLACE: Final = ("participant", "session", "trial", "muscle", "side", "placement", "onset", "finding")
_VOLTS: Final = 0.1
"""A reference above this many volts was not given in volts: surface EMG reaches some 10 mV."""


def read_decisions(path: Path | None, vocabulary: Vocabulary) -> tuple[tuple[Decision, ...], tuple[Problem, ...]]:
    """Read the decisions table of a study.

    Parameters
    ----------
    path : Path or None
        None: the study states no table.

    Returns
    -------
    decisions : tuple of Decision
        Muscles by their ids in the vocabulary.
    problems : tuple of Problem
        Rows that cannot be understood, and rows that stand there twice.

    Raises
    ------
    ConfigError
        The table as a whole cannot be used.
    """
    if path is None:
        return (), ()
    if not path.exists():
        message = "there is no such table yet, so that nothing is decided; make it with: emgpipe decide"
        return (), (Problem("table", path.name, "quality: decisions", message, "warn"),)
    header, *rows = read_rows(path, what="decisions table")
    columns = _columns(header, path)
    found: dict[str, Decision] = {}
    problems = []
    for row in rows:
        where = f"{path.name}, row {row.number}"
        given = dict(zip(columns, row.cells, strict=False))
        extra = [cell for index, cell in enumerate(row.cells) if cell and not (columns[index:] and columns[index])]
        wrong = [f"the cell '{extra[0]}' stands under no column name; put quotes around the text"] if extra else []
        decision, faults = decision_of(given, vocabulary)
        if wrong or decision is None:
            message = f"this decision is NOT applied: {'; '.join([*wrong, *faults])}"
            problems.append(Problem("table", path.name, where, message))
        elif decision.id in found:
            problems.append(Problem("table", path.name, where, "the same decision stands in a row above", "note"))
        else:
            found[decision.id] = decision
    return tuple(found.values()), tuple(problems)


def _columns(header: Row, path: Path) -> tuple[str, ...]:
    columns = tuple(re.sub(r"[\s\-]+", "_", cell.strip().casefold()) for cell in header.cells)
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise ConfigError(f"the column '{twice[0]}' stands there twice; delete or rename one", path=path, line=1)
    for name in (*(one for one in _REQUIRED if one not in columns), *(one for one in columns if one not in COLUMNS)):
        listing = ", ".join(COLUMNS)
        if name in columns and name:
            message = (
                f"unknown column '{name}'{suggest(name, COLUMNS) or '.'} Columns of the decisions table: {listing}"
            )
        elif name:
            message = f"the decisions table has no column '{name}'. Columns: {listing}"
        else:
            continue
        raise ConfigError(message, path=path, line=header.number)
    return columns


def decision_of(given: Mapping[str, str], vocabulary: Vocabulary) -> tuple[Decision | None, list[str]]:
    """Return a row as a decision, or None and what is wrong with it.

    Parameters
    ----------
    given : mapping of str to str
        Cells by column; absent ones are empty.
    """
    cells = {name: given.get(name, "").strip() for name in COLUMNS}
    wrong = [f"column '{name}' is empty" for name in _REQUIRED if not cells[name]]
    wrong += _unlike(cells["action"], "action", ACTIONS) if cells["action"] else []
    wrong += _unlike(cells["side"], "side", [side for side in get_args(Side) if side]) if cells["side"] else []
    wrong += _bad_date(cells["when"]) if cells["when"] else []
    numbers: dict[str, float | None] = {}
    for name in _NUMBERS:
        numbers[name], fault = _number(cells[name], name)
        wrong += fault
    try:
        cells["muscle"] = vocabulary.muscle(cells["muscle"]).id if cells["muscle"] else ""
    except VocabularyError as error:
        wrong.append(f"column 'muscle': {error}")
    wrong += _does_not_fit(cells, numbers["value"]) if not wrong else []
    if wrong:
        return None, wrong
    texts: dict[str, Any] = {name: text for name, text in cells.items() if name not in _NUMBERS}
    return Decision(**texts, onset=numbers["onset"], value=numbers["value"]), []


def _unlike(text: str, column: str, allowed: tuple[str, ...] | list[str]) -> list[str]:
    if text in allowed:
        return []
    return [f"column '{column}' holds '{text}'{suggest(text, allowed) or '.'} Allowed: {', '.join(allowed)}"]


def _bad_date(text: str) -> list[str]:
    try:
        dt.date.fromisoformat(text[:10])
    except ValueError:
        return [f"column 'when' holds '{text}'; write the date as year-month-day, such as 2025-03-31"]
    return []


def _number(text: str, column: str) -> tuple[float | None, list[str]]:
    if not text:
        return None, []
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number, []
    unit = "seconds" if column == "onset" else "volts"
    return None, [f"column '{column}' holds '{text}'; write a number ({unit}), such as {_EXAMPLES[column]}"]


_EXAMPLES: Final = {"onset": "12.35", "value": "0.00042"}


def _does_not_fit(cells: Mapping[str, str], value: float | None) -> list[str]:
    """Say what is missing for the action, or has no meaning beside it."""
    if cells["action"] != "reference":
        if value is not None:
            return ["column 'value' is for the action reference only; leave it empty"]
        if not any(cells[name] for name in _PLACE):
            return ["it names no participant, trial, muscle or finding, so that it would be about the whole study"]
        return []
    wrong = []
    if not cells["participant"] or not cells["muscle"]:
        wrong.append("a reference belongs to one participant and one muscle; fill in both columns")
    if bool(cells["trial"]) == (value is not None):
        wrong.append("a reference is either an MVIC trial (column 'trial') or a value in volts (column 'value')")
    if value is not None and not 0 < value < _VOLTS:
        wrong.append(
            f"column 'value' holds {value:g}; a reference is given in volts, such as {_EXAMPLES['value']} for 420 uV"
        )
    return wrong
