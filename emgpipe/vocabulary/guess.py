"""Guess muscle and side from the label of a channel; better no guess than a wrong one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emgpipe.vocabulary.load import load_vocabulary
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
    from collections.abc import Sequence

    from emgpipe.model import Side
    from emgpipe.vocabulary.lookup import NameIndex, Vocabulary

CUT_LENGTHS: Final = (16, 32)
"""Labels of exactly this length may have lost their end: EDF keeps 16 characters, many C3D writers 32."""
SHORTEST_JOINED: Final = 5
"""Words are only joined to a name this long: ``glut max`` is ``glutmax``, but ``S T`` is not ``ST``."""
SHORTEST_CUT: Final = 8
"""A name whose end is missing must keep this many letters."""
_NOISE: Final = DEVICE_WORDS | PROCESSING_WORDS | RAW_WORDS | {"mvc", "mvic"}


@dataclass(frozen=True, slots=True)
class Guess:
    """What a label seems to say; empty where it says nothing certain."""

    muscle: str = ""
    side: Side = ""
    why: str = ""


def guess_channel(label: str, vocabulary: Vocabulary | None = None, others: Sequence[str] = ()) -> Guess:
    """Guess muscle and side from a channel's label.

    Every word of the label must be understood (as muscle, side, device word, unit, processing word or number),
    otherwise there is no guess.

    Parameters
    ----------
    label : str
    vocabulary : Vocabulary, optional
        The built-in one if left out; a study's own entries count like the others.
    others : sequence of str
        Labels of the recording's channels: beside ``UGMAX``, ``LGMAX`` is the lower and not the left one.

    >>> guess_channel("LT GLUT MED (uV)"), guess_channel("Ultium EMG.EMG 3").muscle
    (Guess(muscle='gluteus_medius', side='left', why="'LT GLUT MED' in the label"), '')
    """
    known = vocabulary or load_vocabulary()
    index = known.muscle_names
    if whole := index.certain(_joined(split_words(label))):
        return Guess(whole, "", f"'{label}' is a name of it")
    found = {
        guess
        for camel in (False, True)
        if (guess := _reading(split_words(label, camel=camel), index, is_cut=len(label) in CUT_LENGTHS)) != Guess()
    }
    best = _agreed(found)
    if best.muscle and _has_upper_twin(label, index, others):
        part = f"{best.muscle}_lower"
        return Guess(part, "", f"'{label}' beside a channel of the upper part") if part in known.muscles else Guess()
    return best


def _agreed(found: set[Guess]) -> Guess:
    """Return the one reading; the one that also tells the side where two readings tell the same muscle."""
    muscles = {guess.muscle for guess in found if guess.muscle}
    sides = {guess.side for guess in found if guess.side}
    if len(muscles) > 1 or len(sides) > 1:
        return Guess()
    return max(found, key=lambda guess: (guess.muscle, guess.side), default=Guess())


def _has_upper_twin(label: str, index: NameIndex, others: Sequence[str]) -> bool:
    """Say whether ``L`` in a label that can mean left or lower has a partner with ``U``."""
    words = {word for word in split_words(label) if f"{word}" in index.ids and len(index.ids[word]) > 1}
    twins = {f"u{word[1:]}" for word in words if word.startswith("l")}
    return bool(twins) and any(not twins.isdisjoint(split_words(other)) for other in others)


def _reading(words: Sequence[str], index: NameIndex, *, is_cut: bool) -> Guess:
    """Read words as one muscle and at most one side, everything else being noise."""
    kept = [word for word in words if word not in _NOISE and not is_number_or_code(word)]
    if kept[1:] and kept[0] == "m":
        del kept[0]
    may_be_name = is_cut and any(name.startswith("".join(kept)) for name in index.ids)
    rest, letter = _without_letter(kept, words, may_be_name=may_be_name)
    sides: set[Side] = {SIDE_WORDS[word] for word in rest if word in SIDE_WORDS}
    rest = [word for word in rest if word not in SIDE_WORDS]
    if letter:
        sides.add(letter)
    if len(sides) > 1:
        return Guess()
    side: Side = next(iter(sides), "")
    text = " ".join(kept).upper()
    if not rest:
        return Guess("", side, f"'{text}' in the label") if side and not letter else Guess()
    muscle, glued = _muscle(rest, index, may_be_glued=not side)
    if not muscle and is_cut:
        muscle = _completed(rest, index)
    return Guess(muscle, side or glued, f"'{text}' in the label") if muscle else Guess()


def _without_letter(kept: list[str], words: Sequence[str], *, may_be_name: bool) -> tuple[list[str], Side]:
    """Take a side letter off the beginning or the end; ``L 3`` is a level of the spine, no side.

    A last letter with which a longer name begins is none either where the label may have lost its end.
    """
    numbered = {word for word, after in pairwise(words) if after.isdigit()}
    letters = SIDE_LETTERS.keys() - numbered
    if kept and kept[0] in letters:
        return kept[1:], SIDE_LETTERS[kept[0]]
    if kept and kept[-1] in letters and not may_be_name:
        return kept[:-1], SIDE_LETTERS[kept[-1]]
    return kept, ""


def _muscle(rest: list[str], index: NameIndex, *, may_be_glued: bool) -> tuple[str, Side]:
    """Return the muscle that the words name together, and the side of a letter that is part of the first or last."""
    name = _joined(rest)
    if found := index.certain(name):
        return found, ""
    if not may_be_glued or not name or name in index.not_guessed:
        return "", ""
    first, last = rest[0], rest[-1]
    candidates: list[tuple[str, Side]] = []
    if first[0] in "lr":
        candidates.append((index.certain(_joined([first[1:], *rest[1:]])), SIDE_LETTERS[first[0]]))
    is_beginning = any(known.startswith(name) for known in index.ids)
    if last[-1] in "lr" and len(last) > 4 and not is_beginning:
        candidates.append((index.certain(_joined([*rest[:-1], last[:-1]])), SIDE_LETTERS[last[-1]]))
    found_both = [candidate for candidate in candidates if candidate[0]]
    return found_both[0] if len(found_both) == 1 else ("", "")


def _joined(words: Sequence[str]) -> str:
    """Return the words as a normalized name, or nothing where too little would be joined."""
    name = normalize(" ".join(words))
    return name if len([word for word in words if word]) == 1 or len(name) >= SHORTEST_JOINED else ""


def _completed(rest: Sequence[str], index: NameIndex) -> str:
    """Return the only muscle of which a name begins like this."""
    begin = "".join(rest)
    if len(begin) < SHORTEST_CUT or len(rest[-1]) < 3:  # a last ``L`` may be a side or the long head
        return ""
    meanings = {ids for name, ids in index.ids.items() if name.startswith(begin)}
    return next(iter(meanings))[0] if len(meanings) == 1 and len(next(iter(meanings))) == 1 else ""
