"""One label by itself: which muscle its words name, and the letter or word that may be a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emgpipe.vocabulary.label_letters import BEHIND
from emgpipe.vocabulary.lookup import normalize
from emgpipe.vocabulary.words import (
    DEVICE_WORDS,
    PROCESSING_WORDS,
    RAW_WORDS,
    SIDE_LETTERS,
    SIDE_WORDS,
    is_number_or_code,
    split_words,
)

if TYPE_CHECKING:
    from emgpipe.model import Side
    from emgpipe.vocabulary.lookup import NameIndex

CUT_LENGTHS: Final = (16, 32)
"""Labels of exactly this length may have lost their end: EDF keeps 16 characters, many C3D writers 32."""
SHORTEST_JOINED: Final = 5
"""Words are only joined to a name this long: ``glut max`` is ``glutmax``, but ``S T`` is not ``ST``."""
SHORTEST_CUT: Final = 8
"""A name whose end is missing must keep this many letters."""
_NOISE: Final = DEVICE_WORDS | PROCESSING_WORDS | RAW_WORDS | {"mvc", "mvic"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a label says by itself.

    Attributes
    ----------
    muscle : str
    side : str
        By a word or an abbreviation of two letters and more; or what `letter` would mean as a side.
    name : str
        The normalized name that was understood as the muscle.
    letter : str
        ``l`` or ``r`` where the side is this single letter, which can mean something else.
    place : str
        Where the letter stands: ``before`` or ``behind`` the name.
    text : str
        The words that count.
    """

    muscle: str = ""
    side: Side = ""
    name: str = ""
    letter: str = ""
    place: str = ""
    text: str = ""


def core_words(words: Sequence[str]) -> list[str]:
    """Drop what devices, software and numbering add to a label."""
    return [word for word in words if word not in _NOISE and not is_number_or_code(word)]


def read_label(label: str, index: NameIndex, paired: frozenset[str] = frozenset()) -> Reading:
    """Read a label; nothing where a word is not understood or where it can be read in two ways.

    Parameters
    ----------
    label : str
    index : NameIndex
        Names of muscles.
    paired : frozenset of str
        Short labels that are there with L and with R, such as ``res`` and ``les``: their letter is a side.
    """
    whole = "".join(split_words(label))
    if (found := index.certain(joined(split_words(label)))) and whole not in paired:
        return Reading(found, name=normalize(whole), text=label)
    readings = {
        reading
        for camel in (False, True)
        if (reading := _read(split_words(label, camel=camel), index, label, paired)) != Reading()
    }
    muscles = {reading.muscle for reading in readings if reading.muscle}
    sides = {reading.side for reading in readings if reading.side}
    if len(muscles) > 1 or len(sides) > 1:
        return Reading()
    return max(readings, key=lambda reading: (reading.muscle, reading.side, reading.letter), default=Reading())


def joined(words: Sequence[str]) -> str:
    """Return the words as a normalized name, or nothing where too little would be joined."""
    name = normalize(" ".join(words))
    return name if len([word for word in words if word]) == 1 or len(name) >= SHORTEST_JOINED else ""


def _read(words: Sequence[str], index: NameIndex, label: str, paired: frozenset[str]) -> Reading:
    """Read words as one muscle and at most one side, everything else being noise."""
    is_cut = len(label) in CUT_LENGTHS
    kept = core_words(words)
    if kept[1:] and kept[0] == "m":
        del kept[0]
    may_be_name = is_cut and any(name.startswith("".join(kept)) for name in index.ids)
    rest, letter, place = _without_letter(kept, words, may_be_name=may_be_name)
    sides: set[Side] = {SIDE_WORDS[word] for word in rest if word in SIDE_WORDS}
    rest = [word for word in rest if word not in SIDE_WORDS]
    if letter:
        sides.add(SIDE_LETTERS[letter])
    if len(sides) > 1:
        return Reading()
    side: Side = next(iter(sides), "")
    text = " ".join(kept).upper()
    if not rest:
        return Reading(side=side, text=text) if side and not letter else Reading()
    muscle = _named(rest, index, paired) or (_completed(rest, index) if is_cut else "")
    if muscle:
        single = letter if len(letter) == 1 else ""
        return Reading(muscle, side, normalize(" ".join(rest)), single, place if single else "", text)
    return Reading() if side else _read_glued(rest, index, paired, text)


def _without_letter(kept: list[str], words: Sequence[str], *, may_be_name: bool) -> tuple[list[str], str, str]:
    """Take the letter of a side off the beginning or the end; ``L 3`` is a level of the spine, no side.

    A last letter with which a longer name begins is none either where the label may have lost its end.
    """
    numbered = {word for word, after in pairwise(words) if after.isdigit()}
    letters = SIDE_LETTERS.keys() - numbered
    if kept and kept[0] in letters:
        return kept[1:], kept[0], "before"
    if kept and kept[-1] in letters and not may_be_name:
        return kept[:-1], kept[-1], BEHIND
    return kept, "", ""


def _named(rest: Sequence[str], index: NameIndex, paired: frozenset[str]) -> str:
    name = joined(rest)
    return "" if name in paired else index.certain(name)


def _read_glued(rest: list[str], index: NameIndex, paired: frozenset[str], text: str) -> Reading:
    """Read a letter that is part of the first or the last word as a side."""
    name = joined(rest)
    if not name or (name in index.not_guessed and name not in paired):
        return Reading()
    first, last = rest[0], rest[-1]
    found: list[Reading] = []
    if first[0] in "lr":
        found.append(_with_letter([first[1:], *rest[1:]], first[0], "before", index))
    is_beginning = any(known.startswith(name) for known in index.ids)
    if last[-1] in "lr" and len(last) > 4 and not is_beginning:
        found.append(_with_letter([*rest[:-1], last[:-1]], last[-1], BEHIND, index))
    readings = [reading for reading in found if reading.muscle]
    if len(readings) != 1:
        return Reading()
    only = readings[0]
    return Reading(only.muscle, only.side, only.name, only.letter, only.place, text)


def _with_letter(words: Sequence[str], letter: str, place: str, index: NameIndex) -> Reading:
    name = joined(words)
    return Reading(index.certain(name), SIDE_LETTERS[letter], name, letter, place)


def _completed(rest: Sequence[str], index: NameIndex) -> str:
    """Return the only muscle of which a name begins like this."""
    begin = "".join(rest)
    if len(begin) < SHORTEST_CUT or len(rest[-1]) < 3:  # a last ``L`` may be a side or the long head
        return ""
    meanings = {ids for name, ids in index.ids.items() if name.startswith(begin)}
    return next(iter(meanings))[0] if len(meanings) == 1 and len(next(iter(meanings))) == 1 else ""
