"""Names that a spreadsheet program changed: ``01`` becomes ``1``, ``3-5`` becomes the third of May."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_MONTHS = "jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_DAY_AND_MONTH = re.compile(rf"(\d{{1,2}}[-. ]+({_MONTHS})[a-z]*\.?|({_MONTHS})[a-z]*\.?[- ]\d{{2}})", re.IGNORECASE)


def same_name(left: str, right: str) -> bool:
    """Tell whether two names are equal but for leading zeros of a number.

    >>> same_name("01", "1"), same_name("P01", "P1")
    (True, False)
    """
    return key_of(left) == key_of(right)


def key_of(name: str) -> str:
    """Return what names that differ in leading zeros only have in common."""
    return (name.lstrip("0") or "0") if name.isdecimal() else name


def longest_spellings(names: Iterable[str]) -> Mapping[str, str]:
    """Return, for every name, the longest spelling among the names equal to it."""
    given = sorted(set(names))
    longest: dict[str, str] = {}
    for name in given:
        longest[key_of(name)] = max(longest.get(key_of(name), ""), name, key=len)
    return {name: longest[key_of(name)] for name in given}


def looks_like_a_date(text: str) -> bool:
    """Tell whether a text is what spreadsheet programs make of names such as ``3-5`` or ``MAR1``.

    >>> looks_like_a_date("03-May"), looks_like_a_date("Mai 25"), looks_like_a_date("2024-05-03")
    (True, True, False)
    """
    return _DAY_AND_MONTH.fullmatch(text.strip()) is not None
