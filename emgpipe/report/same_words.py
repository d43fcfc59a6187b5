"""Texts that differ in a word or two, said once."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD: Final = re.compile(r"[a-z]+( [a-z]+)?")
"""What may be given as an alternative: one or two plain words."""


def joined_methods(texts: Iterable[str]) -> str:
    """Return methods as one text of sentences; those that differ in one place only come once.

    >>> joined_methods(["ICC of participants by trials", "ICC of participants by repetitions"])
    'ICC of participants by trials or repetitions.'
    >>> joined_methods(["t test of logs, two-sided", "t test of logs and angles, two-sided"])
    't test of logs and angles, two-sided.'
    >>> joined_methods(["one line per set", "sign-flip test"])
    'one line per set. sign-flip test.'
    """
    said: list[str] = []
    for text in texts:
        for place, other in enumerate(said):
            if both := _merged(other, text):
                said[place] = both
                break
        else:
            said.append(text)
    return " ".join(f"{text}." for text in said)


def _merged(one: str, other: str) -> str:
    """Return one text for two that differ in one place by an addition or a word; empty where they differ by more."""
    if one == other:
        return one
    left, right = (re.findall(r"\w+|\W", text) for text in (one, other))
    start = _shared(left, right)
    stop = _shared(left[start:][::-1], right[start:][::-1])
    before, after = "".join(left[:start]), "".join(left[len(left) - stop :])
    parts = ["".join(words[start : len(words) - stop]) for words in (left, right)]
    added = [part for part in parts if part]
    if len(added) == 1 and added[0].startswith(" and "):
        return before + added[0] + after
    return f"{before}{' or '.join(parts)}{after}" if all(map(_WORD.fullmatch, parts)) else ""


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """Count the pieces two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
