"""Find muscles, exercises, head positions, sides and roles inside the name of a file or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from emgpipe.vocabulary.guess import guess_channel
from emgpipe.vocabulary.lookup import normalize
from emgpipe.vocabulary.words import ROLE_WORDS, SIDE_LETTERS, SIDE_WORDS, is_number_or_code, split_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emgpipe.vocabulary.entries import Entry
    from emgpipe.vocabulary.lookup import NameIndex, Vocabulary

WordKind = Literal["muscle", "exercise", "head_position", "side", "role"]
MOST_WORDS: Final = 8
SHORTEST_JOINED: Final = 5
SHORTEST_MUSCLE: Final = 4
"""Two and three letters in a file name are as often somebody's initials."""


class FoundWord(NamedTuple):
    """One thing a name says: its kind, its id in the vocabulary (or the side, or the role), and the words found."""

    kind: WordKind
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    stop: int
    word: FoundWord | None


def guess_words(text: str, vocabulary: Vocabulary) -> list[FoundWord]:
    """Find what a file or folder name says, in the order of the text; longest names first, nothing uncertain.

    A name with several meanings gives nothing, nor do the shorter names inside it. An exercise or muscle beside an
    unexplained word that elsewhere changes the name (``single_leg_barbell_hip_thrust``, ``glute_bridge_band``) gives
    nothing either. ``L`` and ``R`` count only beside a muscle or a one-legged exercise.

    Parameters
    ----------
    text : str
        A name without its folders and extension.
    vocabulary : Vocabulary

    >>> from emgpipe.vocabulary import load_vocabulary
    >>> [tuple(word) for word in guess_words("P01_BarbellHipThrust_slight-flexion_2", load_vocabulary())]
    [('exercise', 'barbell_hip_thrust', 'barbell hip thrust'), ('head_position', 'slight_flexion', 'slight flexion')]
    """
    words = split_words(text, camel=True)
    matches = _matches(words, vocabulary)
    matches += _glued(words, matches, vocabulary)
    kept = [match for match in matches if not _is_changed(match, words, matches, vocabulary)]
    kept += _side_letters(words, matches, kept, vocabulary)
    return [match.word for match in sorted(kept, key=lambda match: match.start) if match.word]


def _matches(words: Sequence[str], vocabulary: Vocabulary) -> list[_Match]:
    """Return the longest names that do not overlap; the ones with several meanings without a word."""
    matches: list[_Match] = []
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            stop = start + length
            if any(start < other.stop and other.start < stop for other in matches):
                continue
            name = normalize(" ".join(words[start:stop]))
            if length > 1 and len(name) < SHORTEST_JOINED:
                continue
            meanings = list(_meanings(name, vocabulary))
            if meanings:
                said = meanings[0] if len(meanings) == 1 else None
                found = FoundWord(*said, " ".join(words[start:stop])) if said else None
                matches.append(_Match(start, stop, found))
    return matches


def _meanings(name: str, vocabulary: Vocabulary) -> Iterator[tuple[WordKind, str]]:
    indexes: tuple[tuple[WordKind, NameIndex], ...] = (
        ("muscle", vocabulary.muscle_names),
        ("exercise", vocabulary.exercise_names),
        ("head_position", vocabulary.head_position_names),
    )
    for kind, index in indexes:
        if name not in index.not_guessed and not (kind == "muscle" and len(name) < SHORTEST_MUSCLE):
            yield from ((kind, meaning) for meaning in index.ids.get(name, ()))
    if name in ROLE_WORDS:
        yield "role", ROLE_WORDS[name]
    side = SIDE_WORDS.get(name) or SIDE_WORDS.get(f"{name}s")  # a normalized name has lost its plural s: rechts
    if side:
        yield "side", side


def _is_changed(match: _Match, words: Sequence[str], matches: Iterable[_Match], vocabulary: Vocabulary) -> bool:
    """Say whether an unexplained neighbor is a word that makes another muscle or exercise of it."""
    if match.word is None or match.word.kind not in {"muscle", "exercise"}:
        return False
    taken = {place for other in matches for place in range(other.start, other.stop)}
    entries = vocabulary.muscles if match.word.kind == "muscle" else vocabulary.exercises
    changing = _words_of(tuple(entries.values()))
    told = [place for place in range(len(words)) if not is_number_or_code(words[place])]
    before = [place for place in told if place < match.start][-1:]
    after = [place for place in told if place >= match.stop][:1]
    return any(place not in taken and words[place] in changing for place in (*before, *after))


@lru_cache(maxsize=16)
def _words_of(entries: tuple[Entry, ...]) -> frozenset[str]:
    names = (name for entry in entries for name in (entry.id, entry.name, *entry.synonyms))
    parts = (split_words(name) for name in names)
    return frozenset(word for part in parts if len(part) > 1 for word in part if not word.isdigit() and len(word) > 1)


def _glued(words: Sequence[str], matches: Sequence[_Match], vocabulary: Vocabulary) -> list[_Match]:
    """Return muscles with their side in one word (``RGMAX``)."""
    taken = {place for match in matches for place in range(match.start, match.stop)}
    found: list[_Match] = []
    for place, word in enumerate(words):
        guess = guess_channel(word, vocabulary) if place not in taken and len(word) > SHORTEST_MUSCLE else None
        if guess and guess.muscle and guess.side:
            found.append(_Match(place, place + 1, FoundWord("muscle", guess.muscle, word)))
            found.append(_Match(place, place + 1, FoundWord("side", guess.side, word)))
    return found


def _side_letters(
    words: Sequence[str], matches: Sequence[_Match], kept: Sequence[_Match], vocabulary: Vocabulary
) -> list[_Match]:
    """Return the letters that stand beside something that has a side, unless a side is known already."""
    if any(match.word and match.word.kind == "side" for match in kept):
        return []
    taken = {place for match in matches for place in range(match.start, match.stop)}
    beside = {place for match in kept if _has_side(match, vocabulary) for place in (match.start - 1, match.stop)}
    return [
        _Match(place, place + 1, FoundWord("side", SIDE_LETTERS[word], word))
        for place, word in enumerate(words)
        if place in beside - taken and word in SIDE_LETTERS
    ]


def _has_side(match: _Match, vocabulary: Vocabulary) -> bool:
    if match.word is None:
        return False
    if match.word.kind == "exercise":
        return vocabulary.exercises[match.word.id].laterality == "unilateral"
    return match.word.kind == "muscle"
