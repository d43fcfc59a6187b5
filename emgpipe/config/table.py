"""Rows of the trials table -> drafts of trials."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from emgpipe.config.fieldnames import IDENTITY, KNOWN, is_factor, misspelled
from emgpipe.config.listing import Draft, Problem
from emgpipe.config.personal import looks_personal, personal_words
from emgpipe.config.sheet import Row, read_rows
from emgpipe.config.spelling import looks_like_a_date
from emgpipe.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

_REQUIRED = ("participant", "file")
_USUAL = ("participant", "file", "exercise", "head_position", "role", "target")
_COMMENTS = ("comment", "confirm")
_YES = ("yes", "y", "ja", "j", "true", "wahr", "1", "x", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero")
_NO = ("no", "n", "nein", "false", "falsch", "0", "non", "faux", "falso")
"""What people write and what spreadsheet programs make of it: TRUE is WAHR, VRAI, VERDADERO, VERO."""


def drafts_from_table(
    path: Path, sheet: str | None = None, *, comments: bool = True
) -> tuple[list[Draft], list[Problem]]:
    """Read the trials table.

    Parameters
    ----------
    comments : bool
        Whether what the columns `comment` and `confirm` say is kept.

    Returns
    -------
    drafts : list of Draft
        One per row that is included.
    problems : list of Problem
        Rows left out, rows that cannot be read, notes about columns.

    Raises
    ------
    ConfigError
        The table as a whole cannot be used.
    """
    header, *rows = read_rows(path, sheet)
    columns = _columns(header, path)
    problems = [_misspelled(name, meant, path) for name in columns if (meant := misspelled(name, KNOWN))]
    personal = _personal(columns, rows)
    unread = personal if comments else (*personal, *_COMMENTS)
    problems += [Problem("table", path.name, f"column '{name}'", personal_words(name), "warn") for name in personal]
    drafts = []
    for row in rows:
        draft = _draft(row, columns, path, unread)
        problem = _cell_problem(row, columns, draft) or _included(draft)
        if problem is not None:
            problems.append(problem)
        if problem is None or problem.status == "note":
            drafts.append(draft)
    return drafts, problems


def _columns(header: Row, path: Path) -> tuple[str, ...]:
    """Return the names of the columns in small letters with underscores; empty ones stay empty."""
    columns = tuple(re.sub(r"[\s\-]+", "_", cell.strip().casefold()) for cell in header.cells)
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise ConfigError(f"the column '{twice[0]}' stands there twice; delete or rename one", path=path, line=1)
    for name in _REQUIRED:
        if name not in columns:
            listing = ", ".join(filter(None, columns))
            raise ConfigError(
                f"the trials table has no column '{name}'; its first row gives: {listing}. The first row must hold the "
                f"names of the columns: {', '.join(_USUAL)} and so on; delete rows above it, rename the columns",
                path=path,
                line=header.number,
            )
    return columns


def _personal(columns: tuple[str, ...], rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns that would become factors and say who somebody is."""
    cells = {name: [row.cells[index] for row in rows if len(row.cells) > index] for index, name in enumerate(columns)}
    return tuple(name for name, held in cells.items() if name and is_factor(name) and looks_personal(name, held))


def _draft(row: Row, columns: tuple[str, ...], path: Path, personal: Container[str]) -> Draft:
    cells = dict(zip(columns, row.cells, strict=False))
    fields = {name: text for name, text in cells.items() if name and text and name not in personal}
    dated = tuple(columns[index] for index in sorted(row.dates) if index < len(columns) and columns[index] in fields)
    return Draft(fields, f"{path.name}, row {row.number}", dated)


def _misspelled(name: str, meant: str, path: Path) -> Problem:
    message = f"the column '{name}' is taken as a further factor; if '{meant}' is meant, rename it"
    return Problem("table", path.name, f"column '{name}'", message, "note")


def _cell_problem(row: Row, columns: tuple[str, ...], draft: Draft) -> Problem | None:
    """Return what is wrong with the cells of a row as such."""
    extra = [cell for index, cell in enumerate(row.cells) if cell and (index >= len(columns) or not columns[index])]
    if extra:
        message = f"the cell '{extra[0]}' stands under no column name; name the column, or put quotes around the text"
        return _about(draft, message)
    for name in IDENTITY[:3]:
        text = draft.fields.get(name, "")
        if looks_like_a_date(text):
            message = (
                f"column '{name}' holds '{text}', which looks like a name that a spreadsheet program took for a date; "
                "if so, format the column as text and type it again"
            )
            return Problem("trial", _name(draft), draft.origin, message, "note")
    return None


def _included(draft: Draft) -> Problem | None:
    """Return why a row is not among the trials, if it is not."""
    text = draft.fields.get("include", "yes")
    if text.casefold() in _YES:
        return None
    if text.casefold() in _NO:
        why = draft.fields.get("comment") or draft.fields.get("confirm") or "no reason is given in the column 'comment'"
        return Problem("trial", _name(draft), draft.origin, f"left out in the trials table: {why}", "left out")
    return _about(draft, f"column 'include' holds '{text}'; write yes or no")


def _about(draft: Draft, message: str) -> Problem:
    """Return what keeps a row from becoming a trial."""
    return Problem("trial", _name(draft), draft.origin, message, participant=draft.fields.get("participant", ""))


def _name(draft: Draft) -> str:
    return draft.fields.get("file") or draft.origin
