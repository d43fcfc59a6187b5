"""Labels as people write them against labels as files have them."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from emgpipe.units import UNKNOWN, parse_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def match_label(wanted: Iterable[str], labels: Sequence[str]) -> int | None:
    """Return the place of the label that is meant: as written, else but for case, spaces and a unit behind it.

    A looser likeness counts only where a single label has it, so that nothing is taken by chance.

    >>> match_label(["gmax rt"], ["GMED RT (uV)", "GMAX RT (uV)"])
    1
    """
    names = tuple(wanted)
    for likeness in (str, _loose, without_unit):
        for name in names:
            like = [place for place, label in enumerate(labels) if likeness(label) == likeness(name)]
            if like and (likeness is str or len(like) == 1):
                return like[0]
    return None


def did_you_mean(wanted: str, labels: Iterable[str]) -> str:
    """Return ``; did you mean 'X'?`` with the label that comes nearest, units left aside, or nothing.

    >>> did_you_mean("Synk", ["EMG (uV)", "sync (V)"])
    "; did you mean 'sync (V)'?"
    """
    plain = {without_unit(label): label for label in labels}
    near = difflib.get_close_matches(without_unit(wanted), plain, 1)
    return f"; did you mean '{plain[near[0]]}'?" if near else ""


def without_unit(label: str) -> str:
    """Drop case, spaces and a known unit in brackets at the end.

    >>> without_unit("GMAX RT (uV)"), without_unit("squat (deep)")
    ('gmaxrt', 'squat(deep)')
    """
    found = re.fullmatch(r"(.*?)[(\[]([^()\[\]]*)[)\]]\s*", label)
    return _loose(found.group(1)) if found and parse_unit(found.group(2)) != UNKNOWN else _loose(label)


def _loose(label: str) -> str:
    return "".join(label.casefold().split())
