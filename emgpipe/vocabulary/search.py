"""Search words inside names: whole words first, then beginnings of words, never across the border of two words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from emgpipe.vocabulary.words import without_accents

WHOLE: Final = 0
BEGINNING: Final = 1
NO_MATCH: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")
_SPELLED: Final = re.compile("([aou])e")


@lru_cache(maxsize=4096)
def search_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared: no case, no accents, no plural s, umlauts in one spelling.

    >>> search_words("Gesäß"), search_words("gesaess"), search_words("gesass")
    (('gesas',), ('gesas',), ('gesas',))
    """
    words = _WORD.findall(without_accents(text).casefold())
    return tuple(_SPELLED.sub(r"\1", word[:-1] if len(word) > 3 and word[-1] == "s" else word) for word in words)


def best_match(wanted: Sequence[str], names: Iterable[str]) -> int:
    """Return how well the best of some names has the wanted words one after the other; 0 is best, 2 is not at all.

    >>> [best_match(search_words("chin"), [name]) for name in ("chin to chest", "machine squat", "chinning")]
    [0, 2, 1]
    """
    return min((_match(wanted, search_words(name)) for name in names), default=NO_MATCH)


def _match(wanted: Sequence[str], words: Sequence[str]) -> int:
    if not wanted:
        return WHOLE
    return min((_match_here(wanted, words[start:]) for start in range(len(words))), default=NO_MATCH)


def _match_here(wanted: Sequence[str], words: Sequence[str]) -> int:
    here = words[: len(wanted)]
    if tuple(here) == tuple(wanted) or _is_joined("".join(wanted), words):
        return WHOLE
    begins = len(here) == len(wanted) and all(word.startswith(part) for part, word in zip(wanted, here, strict=True))
    return BEGINNING if begins else NO_MATCH


def _is_joined(text: str, words: Sequence[str]) -> bool:
    """Say whether whole words, written without a space, are the text: ``hipthrust``."""
    joined = ""
    for word in words:
        joined += word
        if len(joined) >= len(text):
            return joined == text
    return False
