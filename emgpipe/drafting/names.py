"""One file name with its folders, taken apart: what it says with words of its own, in codes, and in the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from emgpipe.drafting.words import CODE, EXPLICIT, LAST_NUMBER, REPETITION_UNITS
from emgpipe.vocabulary import guess_words
from emgpipe.vocabulary.words import ROLE_WORDS, split_words

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from emgpipe.vocabulary import FoundWord, Vocabulary

SINGLE = ("exercise", "head_position", "role")
"""What a trial has one of."""
LONGEST_ENDING = 6


@dataclass(frozen=True, slots=True)
class Token:
    """One word nobody explained so far, or one that a trial with another role would not need."""

    word: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class NameParts:
    """What one name says.

    Attributes
    ----------
    name : str
        The whole name, relative to the folder.
    segments : tuple of str
        The file's own name without its ending, then its folders from the inside out; what was explained is cut out.
    fields : mapping of str to str
        Column -> text.
    evidence : mapping of str to str
        Column -> the words it was taken from.
    muscles : tuple of str
    tokens : tuple of Token
        Words that are left, in the order of the name, those of the folders first.
    doubts : tuple of str
        What could not be decided.
    """

    name: str
    segments: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    muscles: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()
    doubts: tuple[str, ...] = ()

    def having(self, column: str, text: str, evidence: str) -> NameParts:
        """Return the same with one more field, unless it is known already."""
        if column in self.fields:
            return self
        return replace(
            self, fields={**self.fields, column: text}, evidence={**self.evidence, column: evidence.strip(" _.-")}
        )

    def doubting(self, doubt: str) -> NameParts:
        """Return the same with one more doubt."""
        return replace(self, doubts=(*self.doubts, doubt))

    @property
    def rest(self) -> tuple[str, ...]:
        """The words nobody explained."""
        return tuple(token.word for token in self.tokens if not token.kind)

    def without(self, words: Sequence[str]) -> NameParts:
        """Return the same without some of the words that are left."""
        return replace(self, tokens=tuple(token for token in self.tokens if token.word not in words))


def explicit_parts(name: str) -> NameParts:
    """Take out what stands in the name with a word of its own: ``sub-01``, ``session 2``, ``60 kg``, ``rep3``."""
    path = PurePosixPath(name)
    stem = path.stem if len(path.suffix) <= LONGEST_ENDING else path.name
    parts = NameParts(name, (stem, *(parent.name for parent in path.parents if parent.name)))
    for place in range(len(parts.segments)):
        for said in EXPLICIT:
            parts = _cut_out(parts, place, said.field, said.pattern)
    return parts


def _cut_out(parts: NameParts, place: int, column: str, pattern: re.Pattern[str]) -> NameParts:
    text = parts.segments[place]
    numbers: list[str] = []
    words: list[str] = []
    while found := pattern.search(text):
        groups = found.groupdict()
        numbers.append(groups.get("value") or groups.get("word") or "")
        words.append(found.group())
        if (groups.get("unit") or "").casefold() in REPETITION_UNITS:
            parts = parts.having("one_repetition", "yes", found.group())
        text = f"{text[: found.start()]}_{text[found.end() :]}"
    if not numbers:
        return parts
    segments = (*parts.segments[:place], text, *parts.segments[place + 1 :])
    value = "_".join(numbers) if column == "trial" else numbers[0]
    return replace(parts, segments=segments).having(column, value, " ".join(words))


def codes(parts: NameParts, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Yield letters and whole text of every code (``P01``) whose letters mean nothing else."""
    for segment in parts.segments:
        for found in CODE.finditer(segment):
            letters = found["letters"].casefold()
            if not _means_something(letters, vocabulary):
                yield letters, found.group()


def _means_something(letters: str, vocabulary: Vocabulary) -> bool:
    indexes = (vocabulary.muscle_names, vocabulary.exercise_names, vocabulary.head_position_names)
    return letters in ROLE_WORDS or (len(letters) > 1 and any(letters in index.ids for index in indexes))


def with_code(parts: NameParts, letters: str, column: str, vocabulary: Vocabulary) -> NameParts:
    """Take the code with these letters for a column: the whole code for people, the number for the rest."""
    if column in parts.fields:
        return parts
    code = next((text for own, text in codes(parts, vocabulary) if own == letters), None)
    if code is None:
        return parts
    value = code if column == "participant" else code[len(letters) :]
    segments = tuple(
        CODE.sub(lambda found: "_" if found.group() == code else found.group(), segment) for segment in parts.segments
    )
    return replace(parts, segments=segments).having(column, value, code)


def with_last_number(parts: NameParts) -> NameParts:
    """Take the number at the end of the file's name for the number of the trial.

    ``seated-knee-60`` is no trial number where underscores part the fields of a name.
    """
    stem = parts.segments[0].rstrip(" _.-")
    found = LAST_NUMBER.search(stem)
    if "trial" in parts.fields or found is None or (found["gap"] == "-" and "_" in stem):
        return parts
    if not any(letter.isalpha() for letter in stem):
        return parts
    segments = (stem[: found.start()], *parts.segments[1:])
    return replace(parts, segments=segments).having("trial", found["number"].lstrip("0") or "0", found["number"])


def with_vocabulary(parts: NameParts, vocabulary: Vocabulary) -> NameParts:
    """Find muscles, exercises, head positions, sides and roles; the inner name goes before its folders."""
    tokens: list[Token] = []
    for segment in parts.segments:
        found = guess_words(segment, vocabulary)
        for kind in SINGLE:
            parts = _single(parts, kind, [word for word in found if word.kind == kind])
        sides = [word for word in found if word.kind == "side"]
        if len({word.id for word in sides}) == 1:
            parts = parts.having("working_side", sides[0].id, sides[0].text)
        muscles = [word for word in found if word.kind == "muscle"]
        if muscles and not parts.muscles:
            parts = replace(parts, muscles=tuple(dict.fromkeys(word.id for word in muscles))).having(
                "muscle", "", ", ".join(dict.fromkeys(word.text for word in muscles))
            )
        tokens[:0] = _tokens(segment, found)
    return replace(parts, tokens=tuple(tokens))


def _single(parts: NameParts, kind: str, found: Sequence[FoundWord]) -> NameParts:
    ids = {word.id for word in found}
    if len(ids) == 1:
        return parts.having(kind, found[0].id, found[0].text)
    if ids and kind not in parts.fields:
        meanings = " and ".join(f"'{word.text}'" for word in found)
        return parts.doubting(f"the name holds {meanings}: which {kind.replace('_', ' ')} is it?")
    return parts


def _tokens(segment: str, found: Sequence[FoundWord]) -> list[Token]:
    words = split_words(segment, camel=True)
    kinds = [""] * len(words)
    for word in found:
        wanted = split_words(word.text)
        for start in range(len(words) - len(wanted) + 1):
            span = range(start, start + len(wanted))
            if words[start : start + len(wanted)] == wanted and not any(kinds[place] for place in span):
                for place in span:
                    kinds[place] = word.kind
                break
    return [Token(word, kind) for word, kind in zip(words, kinds, strict=True)]
