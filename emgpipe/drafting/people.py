"""Who it is, seen over all names at once: the code or the word that repeats with other conditions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from emgpipe.drafting.names import NameParts, codes, with_code
from emgpipe.drafting.words import FIRST_NUMBER, NEVER_A_PERSON, SAYS_NOTHING
from emgpipe.vocabulary.words import split_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emgpipe.vocabulary import Vocabulary

USUAL = ("p", "s", "vp", "pp", "tn", "id", "sub", "n", "m", "f", "w")
NAME = "may be the name of a person: put a code instead, in the table and in the file names"


def with_codes(names: Sequence[NameParts], vocabulary: Vocabulary) -> list[NameParts]:
    """Take the codes for participants, sessions and trials, by what repeats over all names."""
    person = _person_letters(names, vocabulary)
    known = [with_code(parts, person, "participant", vocabulary) if person else parts for parts in names]
    known = [with_code(parts, "t", "trial", vocabulary) for parts in known]
    return known if person == "s" else [with_code(parts, "s", "session", vocabulary) for parts in known]


def _person_letters(names: Sequence[NameParts], vocabulary: Vocabulary) -> str:
    """Return the letters of the code that most names have, or nothing where people are named in words."""
    if 2 * sum("participant" in parts.fields for parts in names) >= len(names):
        return ""
    counts = Counter(letters for parts in names for letters in {own for own, _ in codes(parts, vocabulary)})
    often = {letters for letters, count in counts.items() if 2 * count >= len(names)} - NEVER_A_PERSON
    usual = [letters for letters in USUAL if letters in often]
    return usual[0] if usual else max(sorted(often), key=lambda letters: counts[letters], default="")


def with_people(names: Sequence[NameParts]) -> list[NameParts]:
    """Find the participant where no name has a code: a folder each, a number in front, or a word that repeats."""
    if any("participant" in parts.fields for parts in names):
        return [_one_spelling(parts, names) for parts in names]
    for found in (_by_folder(names), _by_first_number(names), _by_word(names)):
        if found:
            return [
                parts
                if who is None
                else parts.without(split_words(who, camel=True)).having("participant", who, who).doubting(doubt)
                for parts, (who, doubt) in zip(names, found, strict=True)
            ]
    doubt = "no participant in the names: everything is taken as one participant, P01"
    return [parts.having("participant", "P01", "").doubting(doubt) for parts in names]


Guessed = list[tuple[str | None, str]]


def _by_folder(names: Sequence[NameParts]) -> Guessed:
    """Every outermost folder is a participant where there are several and none of them says anything else."""
    outer = [parts.name.split("/")[0] if "/" in parts.name else "" for parts in names]
    untouched = all(not folder or folder == parts.segments[-1] for folder, parts in zip(outer, names, strict=True))
    explained = any(
        folder and not set(parts.rest) & set(split_words(folder, camel=True))
        for folder, parts in zip(outer, names, strict=True)
    )
    if len(set(filter(None, outer))) < 2 or not untouched or explained:
        return []
    doubt = f"the participant is taken from the folder and {NAME}"
    return [(folder or None, doubt if folder else "no folder of a participant") for folder in outer]


def _by_first_number(names: Sequence[NameParts]) -> Guessed:
    """Numbers in front of the names are participants where they repeat; otherwise they count the files."""
    found = [FIRST_NUMBER.match(parts.segments[0]) for parts in names]
    numbers = [match["number"] for match in found if match]
    if 2 * len(numbers) < len(names) or len(set(numbers)) == len(numbers):
        return []
    return [
        (match["number"], f"the participant is taken from the number '{match['number']}' in front")
        if match
        else (None, "no number in front of the name")
        for match in found
    ]


def _by_word(names: Sequence[NameParts]) -> Guessed:
    """Return the first unexplained word of each name where these words repeat over the names."""
    constant = set.intersection(*(set(parts.rest) for parts in names)) if len(names) > 2 else set()
    firsts = [
        next((word for word in parts.rest if word.isalpha() and word not in constant | SAYS_NOTHING), None)
        for parts in names
    ]
    given = [word for word in firsts if word is not None]
    if 2 * len(given) < len(names) or len(set(given)) == len(given) > 1:
        return []
    return [
        (_as_written(word, parts.name), f"'{_as_written(word, parts.name)}' is taken as the participant and {NAME}")
        if word
        else (None, "no participant in the name")
        for word, parts in zip(firsts, names, strict=True)
    ]


def _as_written(word: str, name: str) -> str:
    start = name.casefold().find(word)
    return name[start : start + len(word)] if start >= 0 else word


def _one_spelling(parts: NameParts, names: Sequence[NameParts]) -> NameParts:
    """Give ``p01`` the spelling of the first name that has ``P01``; a name without one is a doubt."""
    own = parts.fields.get("participant")
    if own is None:
        return parts.doubting("no participant in the name, though the others have one")
    first = next(text for other in names if (text := other.fields.get("participant", "")).casefold() == own.casefold())
    return NameParts(
        parts.name, parts.segments, {**parts.fields, "participant": first}, parts.evidence, parts.muscles, parts.tokens,
        parts.doubts,
    )  # fmt: skip
