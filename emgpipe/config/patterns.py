"""File-name patterns: ``{participant}_{exercise}_{head_position}_{trial}.csv`` -> the fields of a file name.

Names of exercises and positions contain the underscore that also separates fields, so one file name can be split in
several ways. All splits are tried, and those count whose exercise, head position, target and role are known; of these
the ones whose free fields (participant, position, ...) hold the fewest separators, that is, the ones with the longest
known names. ``{trial}`` never holds an underscore.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal

from emgpipe.config.fieldnames import IN_PATTERN, misspelled

Known = Callable[[str, str], bool]
"""``known(field, text)`` tells whether a field of the vocabulary can hold a text."""
Fields = Mapping[str, str]
VOCABULARY_FIELDS = ("exercise", "head_position", "target", "role")
_TOKEN = re.compile(r"\{([^{}]*)\}|(\*)|([^{}*]+)")
_SEPARATORS = "_- "
_FIELD_PRICE = 1000
"""A separator in a field weighs more than any number of them in a ``*``, which is there to hold them."""
_MAX_SPLITS = 20_000


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a pattern: a literal text, a field in braces, or ``*``."""

    kind: Literal["literal", "field", "any"]
    text: str


@lru_cache(maxsize=256)
def parse_pattern(pattern: str) -> tuple[Token, ...]:
    """Split a pattern into its parts.

    Raises
    ------
    ValueError
        A brace is left open, a field's name is impossible, misspelled or misplaced; in words for the user.
    """
    tokens: list[Token] = []
    rest = pattern.replace("\\", "/")
    while rest:
        match = _TOKEN.match(rest)
        if match is None:
            raise ValueError(f"a brace is not closed in '{pattern}'; write fields as {{participant}}")
        field, star, literal = match.groups()
        if field is not None:
            tokens.append(Token("field", _checked(field)))
        else:
            tokens.append(Token("any", "*") if star else Token("literal", literal))
        rest = rest[match.end() :]
    for left, right in pairwise(tokens):
        if "literal" not in (left.kind, right.kind):
            raise ValueError(f"'{_written(left)}' and '{_written(right)}' need a character between them, such as _")
    return tuple(tokens)


def _written(token: Token) -> str:
    return f"{{{token.text}}}" if token.kind == "field" else token.text


def _checked(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"'{{{name}}}' is not a field; a field is a word in small letters, such as {{participant}}")
    meant = misspelled(name, IN_PATTERN)
    if meant:
        raise ValueError(f"'{{{name}}}' is not a known field; did you mean '{{{meant}}}'?")
    return name


def splits(pattern: str, name: str, known: Known) -> list[Fields]:
    """Return the best ways to read a file name.

    Parameters
    ----------
    pattern : str
    name : str
        Path relative to the folder of the recordings, with ``/``.
    known : callable
        Prunes the search: tells whether a vocabulary field can hold a text.

    Returns
    -------
    list of mapping
        Field -> text. Empty when the name does not fit; more than one when it is ambiguous.
    """
    if not fits(pattern, name):
        return []
    for tidy in (True, False):  # most names are tidy, and the search for those is short
        ways: dict[tuple[tuple[str, str], ...], int] = {}
        search = _Search(known, tidy=tidy)
        for fields, cost in islice(search.walk(parse_pattern(pattern), name, {}, 0), _MAX_SPLITS):
            way = tuple(fields.items())
            ways[way] = min(cost, ways.get(way, cost))
        if ways:
            least = min(ways.values())
            return [dict(way) for way, cost in ways.items() if cost == least]
    return []


def fits(pattern: str, name: str) -> bool:
    """Tell whether a file name has the shape of a pattern, whatever its fields hold."""
    return _shape(pattern).fullmatch(name) is not None


@lru_cache(maxsize=256)
def _shape(pattern: str) -> re.Pattern[str]:
    parts = {"field": "[^/]+", "any": "[^/]*"}
    return re.compile(
        "".join(parts.get(token.kind) or re.escape(token.text) for token in parse_pattern(pattern)), re.IGNORECASE
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """Assigns text to fields in every possible way; `tidy` allows no separators in free fields at all."""

    known: Known
    tidy: bool

    def walk(
        self, tokens: tuple[Token, ...], rest: str, fields: dict[str, str], cost: int
    ) -> Iterator[tuple[dict[str, str], int]]:
        """Yield every assignment of the remaining text to the remaining parts, and its separators in free fields."""
        if not tokens:
            if not rest:
                yield fields, cost
            return
        token, later = tokens[0], tokens[1:]
        if token.kind == "literal":
            if rest[: len(token.text)].casefold() == token.text.casefold():
                yield from self.walk(later, rest[len(token.text) :], fields, cost)
            return
        for end in _ends(token, later, rest):
            price = self._price(token, rest[:end], fields)
            if price is not None and not (self.tidy and price):
                known_already = token.kind == "any" or token.text in fields
                more = fields if known_already else {**fields, token.text: rest[:end]}
                yield from self.walk(later, rest[end:], more, cost + price)

    def _price(self, token: Token, text: str, fields: Fields) -> int | None:
        """Return the price of the separators in a free field, 0 for a known name, None for what cannot be."""
        if token.kind == "field" and token.text in fields:
            return 0 if fields[token.text].casefold() == text.casefold() else None
        if token.kind == "field" and token.text in VOCABULARY_FIELDS:
            return 0 if self.known(token.text, text) else None
        if token.text == "trial" and "_" in text:
            return None
        held = sum(text.count(separator) for separator in _SEPARATORS)
        return held if token.kind == "any" else held * _FIELD_PRICE


def _ends(token: Token, later: tuple[Token, ...], rest: str) -> Iterator[int]:
    """Yield where a field can end: before each place where the literal that follows it stands."""
    first = 0 if token.kind == "any" else 1
    reach = rest.find("/") if "/" in rest else len(rest)
    if not later:
        if reach == len(rest) >= first:
            yield reach
        return
    literal, size = later[0].text.casefold(), len(later[0].text)
    for end in range(first, reach + 1):
        if rest[end : end + size].casefold() == literal:
            yield end
