"""The participants table: what is the same in all trials of a participant, such as sex or training age."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emgpipe.config.listing import Problem
from emgpipe.config.personal import holds_dates, is_code, looks_personal, personal_words
from emgpipe.config.sheet import read_rows
from emgpipe.config.spelling import key_of
from emgpipe.errors import ConfigError, suggest
from emgpipe.model.tables import METRIC_COLUMNS, STANDARD_FACTORS, WHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from emgpipe.config.recordings import Recordings
    from emgpipe.config.sheet import Row

_KEY: Final = "participant"
_ROW: Final = ""
"""Under the name that no column can have, the number of the row is kept."""
_TAKEN: Final = frozenset({*WHERE, *METRIC_COLUMNS, *STANDARD_FACTORS, "comparison", "level", "n"}) - {_KEY}


@dataclass(frozen=True, slots=True)
class Participants:
    """What is stated about the participants of a study.

    Attributes
    ----------
    columns : tuple of str
        ``participant`` first.
    rows : tuple of mapping
        One per participant who has a trial, in the order of the trials; text, empty where nothing is stated.
    problems : tuple of Problem
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    problems: tuple[Problem, ...]


def list_participants(recordings: Recordings, names: Iterable[str]) -> Participants | None:
    """Read the participants table of a study; None where it has none.

    Parameters
    ----------
    names : iterable of str
        The participants of the trials; names in the table may differ from them in leading zeros.

    Raises
    ------
    ConfigError
        The table as a whole cannot be used.
    """
    path = recordings.participants_path
    if path is None:
        return None
    header, *rows = read_rows(path, recordings.participants_sheet, what="participants table")
    columns = _columns(header, path)
    left_out = {name: why for name in columns if name and name != _KEY and (why := _why_not(name, columns, rows))}
    kept = tuple(name for name in columns if name and name != _KEY and name not in left_out)
    problems = [Problem("table", path.name, f"column '{name}'", why, "warn") for name, why in left_out.items()]
    stated, wrong = _stated(rows, columns, path)
    known = list(dict.fromkeys(names))
    there = {key_of(name) for name in known}
    problems += wrong + _without_trials(stated, known, there, path)
    found = [_row(name, stated.get(key_of(name), []), kept, path, problems) for name in known]
    return Participants((_KEY, *kept), tuple(found), tuple(problems))


def _columns(header: Row, path: Path) -> tuple[str, ...]:
    """Return the names of the columns in small letters with underscores; empty ones stay empty."""
    columns = tuple(re.sub(r"[\s\-]+", "_", cell.strip().casefold()) for cell in header.cells)
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise ConfigError(f"the column '{twice[0]}' stands there twice; delete or rename one", path=path, line=1)
    if _KEY not in columns:
        listing = ", ".join(filter(None, columns))
        raise ConfigError(
            f"the participants table has no column '{_KEY}'; its first row gives: {listing}. The first row must hold "
            f"the names of the columns: {_KEY}, sex, age and so on; delete rows above it, rename the columns",
            path=path, line=header.number,
        )  # fmt: skip
    return columns


def _why_not(name: str, columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Return why a column is left out; empty if it is not."""
    if name in _TAKEN:
        return f"the column '{name}' is left out: the name has a meaning of its own in the tables; rename it"
    index = columns.index(name)
    cells = [row.cells[index] for row in rows if len(row.cells) > index]
    if looks_personal(name, cells):
        return personal_words(name)
    if holds_dates(cells):
        return (
            f"the column '{name}' holds dates, which can say who somebody is, and is left out of all results; write an "
            "age or a year in its place"
        )
    return ""


def _stated(
    rows: Sequence[Row], columns: Sequence[str], path: Path
) -> tuple[dict[str, list[dict[str, str]]], list[Problem]]:
    """Return the rows by participant, under the name without leading zeros."""
    stated: dict[str, list[dict[str, str]]] = {}
    problems = []
    for row in rows:
        cells = dict(zip(columns, row.cells, strict=False))
        extra = [index for index, cell in enumerate(row.cells) if cell and not (columns[index:] and columns[index])]
        where = f"{path.name}, row {row.number}"
        if extra:
            message = f"the cell in column {extra[0] + 1} stands under no column name and is left out; name the column"
            problems.append(Problem("table", path.name, where, message, "warn"))
        if not cells.get(_KEY):
            message = f"the row names no participant and is left out; fill in the column '{_KEY}'"
            problems.append(Problem("table", path.name, where, message, "warn"))
            continue
        stated.setdefault(key_of(cells[_KEY]), []).append({**cells, _ROW: str(row.number)})
    return stated, problems


def _without_trials(
    stated: Mapping[str, list[dict[str, str]]], known: Sequence[str], there: set[str], path: Path
) -> list[Problem]:
    problems = []
    for key, rows in stated.items():
        if key not in there:
            name, where = rows[0][_KEY], f"{path.name}, row {rows[0][_ROW]}"
            who = f"participant '{name}'" if is_code(name) else "the participant it names"
            message = f"there is no trial of {who}, the row is left out{suggest(name, known)}"
            problems.append(Problem("table", path.name, where, message, "warn"))
    return problems


def _row(
    name: str, rows: Sequence[Mapping[str, str]], columns: Sequence[str], path: Path, problems: list[Problem]
) -> dict[str, str]:
    """Return what is stated about one participant; where two rows contradict each other, nothing."""
    if not rows:
        message = f"participant '{name}' has no row, so nothing is known about them; add a row"
        problems.append(Problem("table", name, path.name, message, "warn"))
    found = {_KEY: name}
    differing = []
    for column in columns:
        values = list(dict.fromkeys(row[column] for row in rows if row.get(column)))
        found[column] = values[0] if len(values) == 1 else ""
        if len(values) > 1:
            differing.append(f"{column} ({' or '.join(values)})")
    if differing:
        message = f"{len(rows)} rows contradict each other in {', '.join(differing)}, which stays empty; keep one row"
        problems.append(Problem("table", name, path.name, message, "warn"))
    elif len(rows) > 1:
        message = f"participant '{name}' has {len(rows)} rows that agree; they are taken as one"
        problems.append(Problem("table", name, path.name, message, "note"))
    return found
