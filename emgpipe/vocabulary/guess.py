"""Guess muscle and side from the label of a channel; better no guess than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emgpipe.vocabulary.label_company import Company, forms, make_company, without_sides
from emgpipe.vocabulary.label_reading import Reading, core_words, joined, read_label
from emgpipe.vocabulary.load import load_vocabulary
from emgpipe.vocabulary.lookup import normalize
from emgpipe.vocabulary.words import SIDE_LETTERS, SIDE_WORDS, split_words

if TYPE_CHECKING:
    from emgpipe.model import Side
    from emgpipe.vocabulary.entries import Muscle
    from emgpipe.vocabulary.lookup import Vocabulary

_SIDES: Final = frozenset("lr")
_LEVEL: Final = re.compile(r"[clt](?:[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a label seems to say; empty where it says nothing certain."""

    muscle: str = ""
    side: Side = ""
    why: str = ""


def guess_channel(label: str, vocabulary: Vocabulary | None = None, others: Sequence[str] = ()) -> Guess:
    """Guess muscle and side from one channel's label.

    Parameters
    ----------
    label : str
    vocabulary : Vocabulary, optional
        The built-in one if left out; a study's own entries count like the others.
    others : sequence of str
        Labels of the recording's channels: a single ``L`` is a side beside a label with ``R``, and a part of the
        muscle beside one with ``U`` or ``M``.

    >>> guess_channel("LT GLUT MED (uV)"), guess_channel("Ultium EMG.EMG 3").muscle
    (Guess(muscle='gluteus_medius', side='left', why="'LT GLUT MED' in the label"), '')
    >>> guess_channel("GMax_L", others=["GMax_U", "GMax_L"]).muscle
    'gluteus_maximus_lower'
    """
    return guess_channels((label, *others), vocabulary)[0]


def guess_channels(labels: Sequence[str], vocabulary: Vocabulary | None = None) -> tuple[Guess, ...]:
    """Guess muscle and side of all channels of a file, each beside the others.

    Every word of a label must be understood (as muscle, side, device word, unit, processing word or number), otherwise
    there is no guess. ``LT``, ``links``, ``sx`` are sides wherever they stand. A single ``L`` or ``R`` is one if the
    file has the same name with the other letter; if it has the name with U, M, A, P, T, B, S or I, the letter is a part
    of the muscle. An ``L`` with no such company is no side where the muscle has lower, lateral, long or lumbar parts.

    Parameters
    ----------
    labels : sequence of str
    vocabulary : Vocabulary, optional
    """
    known = vocabulary or load_vocabulary()
    company = make_company(labels)
    readings = tuple(read_label(label, known.muscle_names, company.paired) for label in labels)
    file = _File(known, company, readings)
    return tuple(_guess(label, reading, file) for label, reading in zip(labels, readings, strict=True))


def is_spelled_out(label: str, muscle: Muscle) -> bool:
    """Say whether a label writes the muscle's full name and no side, or a side that is more than one letter.

    >>> muscle = load_vocabulary().muscles["gluteus_medius"]
    >>> [is_spelled_out(label, muscle) for label in ("LT GLUTEUS MEDIUS (uV)", "L GLUTEUS MEDIUS", "LT GLUT MED")]
    [True, False, False]
    """
    words = without_sides(core_words(split_words(label)))
    return normalize(" ".join(words)) in {normalize(muscle.id), normalize(muscle.name)}


@dataclass(frozen=True, slots=True)
class _File:
    vocabulary: Vocabulary
    company: Company
    readings: tuple[Reading, ...]

    def has_part_of(self, muscle: str) -> bool:
        """Say whether another channel is a part of this muscle by its name."""
        parts = set(self.vocabulary.parts(muscle)) - {muscle}
        return any(reading.muscle in parts for reading in self.readings)

    def pairs_letters(self, place: str, apart_from: str) -> bool:
        """Say whether all other names with a letter of a side have both, and some have them at this place."""
        lettered = [one for one in self.readings if one.letter and one.name != apart_from]
        paired = all(self.company.beside(one.name) == _SIDES for one in lettered)
        return paired and any(one.place == place for one in lettered)


def _guess(label: str, reading: Reading, file: _File) -> Guess:
    rules = file.vocabulary.label_letters
    words = split_words(label)
    if rules.no_names & {first + second for first, second in pairwise(words)}:
        return Guess()
    part = _part(label, file)
    if part is not None:
        return part
    if not reading.muscle:
        return Guess("", reading.side, f"'{reading.text}' in the label") if reading.side else Guess()
    elsewhere = rules.not_beside.get(reading.name, frozenset())
    if elsewhere & (file.company.names | {one.muscle for one in file.readings}):
        return Guess()
    levels = {word for word in words if _LEVEL.fullmatch(word)}
    guess = _with_side(reading, file, has_level=bool(levels))
    return _at_level(guess, {word[0] for word in levels}, file) if levels else guess


def _part(label: str, file: _File) -> Guess | None:
    """Return the part of the muscle that a letter means beside other letters; an empty guess if it is not certain.

    None: there is no such letter, or it is a side.
    """
    known = file.vocabulary
    whole = joined(without_sides(core_words(split_words(label))))
    if len(known.muscle_names.ids.get(whole, ())) == 1:  # a name of its own, such as ESL
        return None
    for letter, name, _ in forms(label):
        company = file.company.beside(name)
        if name not in known.label_letters.parts or company == _SIDES or len(company) < 2:
            continue
        parts = {line[letter] for line in known.label_letters.parts[name] if company <= line.keys()}
        muscle = next(iter(parts)) if len(parts) == 1 else ""
        beside = " and ".join(sorted(company - {letter})).upper()
        return Guess(muscle, _side_by_word(label), f"'{letter.upper()}' beside {beside}") if muscle else Guess()
    return None


def _side_by_word(label: str) -> Side:
    words = core_words(split_words(label))
    sides = {SIDE_WORDS.get(word) or SIDE_LETTERS[word] for word in words if _is_side(word)}
    return next(iter(sides)) if len(sides) == 1 else ""


def _is_side(word: str) -> bool:
    return word in SIDE_WORDS or (len(word) > 1 and word in SIDE_LETTERS)


def _with_side(reading: Reading, file: _File, *, has_level: bool) -> Guess:
    """Decide whether the letter of a reading is a side."""
    why = f"'{reading.text}' in the label"
    guess = Guess(reading.muscle, reading.side, why)
    if not reading.letter or file.company.beside(reading.name) == _SIDES:
        return guess
    if file.company.beside(reading.name) - {reading.letter}:
        return Guess()
    if reading.letter == "l" and file.has_part_of(reading.muscle):
        return Guess()
    names = (reading.name, normalize(reading.muscle))
    may_be_part = file.vocabulary.label_letters.may_be_part(reading.letter, names, reading.place)
    if may_be_part and not has_level and not file.pairs_letters(reading.place, reading.name):
        letter = reading.letter.upper()
        return Guess(reading.muscle, "", f"{why}; its {letter} may be a side or a part of the muscle")
    return guess


def _at_level(guess: Guess, levels: Iterable[str], file: _File) -> Guess:
    """Return the part of the muscle at the vertebrae the label names; a level it has no part at says another muscle."""
    parts = file.vocabulary.label_letters.levels.get(guess.muscle)
    if parts is None:
        return guess
    found = {parts.get(level, "") for level in levels}
    muscle = next(iter(found)) if len(found) == 1 else ""
    return Guess(muscle, guess.side, guess.why) if muscle else Guess()
