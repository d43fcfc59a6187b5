"""Columns of a table that say who somebody is: they never reach the results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES: Final = re.compile(
    r"(.*_)?(first|last|family|given|full|sur|middle|maiden|vor|nach)_?names?(_.*)?"
    r"|((person|people|subject|participant|patient|contact|student|athlete)s?_)?names?"
    r"|prenom|nom|nombre|apellidos?|initial(s|en)?|(emergency_)?contacts?(_(person|details|data))?"
    r"|(.*_)?(date_of_birth|birth_?(date|day)|dob|born(_on)?|geburts(datum|tag)|date_de_naissance|fecha_de_nacimiento)"
    r"(_.*)?"
    r"|e_?mail(_.*)?|(tele)?phone(_.*)?|mobile(_.*)?|telefon.*|handy(_.*)?"
    r"|(home_|street_)?address|adresse|street|postcode|zip(_code)?"
    r"|(patient|student|matriculation|medical_record|insurance|passport|social_security)_?(id|number|no|nr)?"
    r"|matrikel.*|ssn|mrn"
)
"""A year of birth or an age is none of these."""
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?(\d{4}|\d{2})")

_CODE: Final = re.compile(r"[^\W\d]{0,8}[-_ ]?\d{1,6}[^\W\d]?")


def is_code(name: str) -> bool:
    """Tell whether a name looks like a participant's code; others are not repeated, because they may be real names.

    >>> is_code("P03"), is_code("17"), is_code("Jo Smith")
    (True, True, False)
    """
    return _CODE.fullmatch(name) is not None


def looks_personal(column: str, cells: Iterable[str]) -> bool:
    """Tell whether a column holds names, dates of birth, addresses and the like.

    Parameters
    ----------
    column : str
        In small letters with underscores.
    cells : iterable of str
        What stands in it.

    Examples
    --------
    >>> looks_personal("last_name", ()), looks_personal("birth_year", ["1990"]), looks_personal("note", ["to a@b.org"])
    (True, False, True)
    """
    return _NAMES.fullmatch(column) is not None or any(map(_ADDRESS.search, cells))


def holds_dates(cells: Iterable[str]) -> bool:
    """Tell whether a whole date, such as 1990-05-03 or 3.5.1990, stands in one of the cells."""
    return any(map(_DATE.fullmatch, cells))


def personal_words(column: str) -> str:
    """Say that a column is left out, and what to do."""
    return (
        f"the column '{column}' looks like personal data and is left out of all results; delete it from the table, "
        "participants go by codes; or rename it if it is none"
    )
