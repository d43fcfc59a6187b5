"""Columns of a sheet by label or letter."""

from __future__ import annotations

from emgpipe.errors import suggest


def column_letter(index: int) -> str:
    """Return the letter of a column, counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def find_column(named: str, labels: tuple[str, ...]) -> int | None:
    """Return the index of a column by its label or its letter; None if there is none.

    >>> find_column("GMAX RT", ("time", "GMAX RT")), find_column("b", ("time", "GMAX RT")), find_column("Z", ("time",))
    (1, 1, None)
    """
    wanted = named.strip().casefold()
    by_label = [index for index, label in enumerate(labels) if label.casefold() == wanted]
    if by_label:
        return by_label[0]
    return next((index for index in range(len(labels)) if column_letter(index).casefold() == wanted), None)


def no_column(named: str, labels: tuple[str, ...]) -> str:
    """Return the message for a column that is not there."""
    known = [label for label in labels if label]
    last = column_letter(len(labels) - 1)
    near = suggest(named, known) or f"; its labels: {', '.join(known[:20]) or 'none'}"
    return f"there is no column '{named}'; columns go from A to {last}{near}"
