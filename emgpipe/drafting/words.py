"""Patterns for what people write into names beside muscles and exercises: numbers of people, sessions and trials."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_BEGIN: Final = r"(?<![0-9A-Za-z])"
_END: Final = r"(?![0-9A-Za-z])"
_GAP: Final = r"[ _.#-]{0,3}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(f"{_BEGIN}(?:{text}){_END}", re.IGNORECASE)


class Explicit(NamedTuple):
    """Something a name says with a word of its own; the group ``value`` is what is kept."""

    field: str
    pattern: re.Pattern[str]


EXPLICIT: Final = (
    Explicit(
        "date",
        _pattern(
            r"(?P<value>(?:19|20)\d\d([-_.]?)[01]\d\2[0-3]\d)(?:[T_ -]?\d\d[-.:h_]?\d\d(?:[-.:m_]?\d\d)?)?"
        ),
    ),
    Explicit("date", _pattern(r"(?P<value>[0-3]?\d\.[01]?\d\.(?:19|20)?\d\d)")),
    Explicit(
        "participant",
        _pattern(
            rf"(?P<value>(?:participant|proband|subject|subj|sub|patient|person|vpn?|tn){_GAP}\d{{1,4}}[a-z]?"
            r"|sub-[0-9a-z]+)"
        ),
    ),
    Explicit(
        "session",
        _pattern(rf"(?:session|sess|ses|sitzung|visit|day|tag|termin){_GAP}(?P<value>\d{{1,3}})|ses-(?P<word>[0-9a-z]+)"),
    ),
    Explicit("load", _pattern(r"(?P<value>\d+(?:[.,]\d+)?) ?kg")),
    Explicit("load_basis", _pattern(r"(?P<value>\d{1,2} ?RM|\d{2,3} ?%(?: ?1 ?RM)?)")),
    Explicit(
        "trial",
        _pattern(
            r"(?P<unit>trial|repetition|rep|wdh|wiederholung|set|satz|serie|take|try|versuch|run|rec|recording|nr|no)"
            rf"{_GAP}(?P<value>\d{{1,3}})"
        ),
    ),
)  # fmt: skip
CODE: Final = re.compile(rf"{_BEGIN}(?P<letters>[A-Za-z]{{1,3}})(?P<number>\d{{1,4}}){_END}")
"""A code such as ``P01``: who it may be depends on the other names."""
LAST_NUMBER: Final = re.compile(r"(?P<gap>^|[ _.(-]|(?<=[A-Za-z]{2}))(?P<number>\d{1,2})\)?$")
FIRST_NUMBER: Final = re.compile(r"^(?P<number>\d{1,4})(?=[ _.-])")
NEVER_A_PERSON: Final = frozenset(("t", "l", "c", "d", "e", "r", "rm", "ch", "emg", "set", "rep", "run", "kg"))
"""Letters before a number that mean a trial, a vertebra, a channel, ..."""
SAYS_NOTHING: Final = frozenset(
    [
        "emg",
        "semg",
        "raw",
        "data",
        "export",
        "exported",
        "task",
        "recording",
        "rec",
        "trial",
        "trials",
        "file",
        "files",
        "study",
        "csv",
        "angles",
        "angle",
        "imu",
        "kinematics",
        "the",
        "with",
        "and",
        "mit",
        "und",
        "set",
        "rep",
        "run",
        "take",
        "new",
        "final",
        "copy",
        "kopie",
        "participant",
        "subject",
        "sub",
        "ses",
        "session",
    ]
)
REPETITION_UNITS: Final = ("rep", "repetition", "wdh", "wiederholung")
