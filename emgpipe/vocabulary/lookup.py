"""Find an entry by any of its names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emgpipe.errors import VocabularyError
from emgpipe.vocabulary.words import without_accents

if TYPE_CHECKING:
    from emgpipe.vocabulary.entries import Entry, Exercise, HeadPosition, Muscle
    from emgpipe.vocabulary.label_letters import LabelLetters

_SEPARATORS: Final = re.compile(r"[\s_\-/.+,()]+")
SUGGESTIONS: Final = 3


def normalize(text: str) -> str:
    """Return the form in which names are compared: no case, no separators, no accents, no plural s.

    >>> normalize("Barbell Hip-Thrusts"), normalize("barbell_hip_thrust"), normalize("Glúteo")
    ('barbellhipthrust', 'barbellhipthrust', 'gluteo')
    """
    joined = _SEPARATORS.sub("", without_accents(text).casefold())
    return joined[:-1] if len(joined) > 3 and joined.endswith("s") else joined


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Every normalized name of one kind of entry, with the ids it can mean (more than one: ambiguous).

    `not_guessed` are normalized names that are right where somebody writes them on purpose, but too short or too
    common to be taken out of a label or a file name.
    """

    kind: str
    section: str
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_guessed: frozenset[str] = frozenset()

    def certain(self, name: str) -> str:
        """Return the id a normalized name stands for, or an empty string if a guess from it could be wrong."""
        found = self.ids.get(name, ())
        return found[0] if len(found) == 1 and name not in self.not_guessed else ""

    def find(self, text: str) -> str:
        """Return the id a name stands for; `VocabularyError` if it stands for none or for several."""
        found = self.ids.get(normalize(text), ())
        if len(found) == 1:
            return found[0]
        if found:
            meanings = ", ".join(f"'{name}'" for name in found)
            raise VocabularyError(f"{self.kind} '{text}' can mean {meanings}; write the one that is meant")
        raise VocabularyError(
            f"{self.kind} '{text}' is not in the vocabulary{self._suggestion(text)} "
            f"If it is a new one, add it to the study file under 'vocabulary: {self.section}:'."
        )

    def _suggestion(self, text: str) -> str:
        near = difflib.get_close_matches(normalize(text), list(self.ids), n=4 * SUGGESTIONS, cutoff=0.6)
        ids = list(dict.fromkeys(name for match in near for name in self.ids[match]))[:SUGGESTIONS]
        return f"; did you mean {' or '.join(repr(name) for name in ids)}?" if ids else "."


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Muscles, exercises and head positions by id, in their order; the three lookups take any name.

    Attributes
    ----------
    muscles, exercises, head_positions : mapping of str to entry
        The order of `head_positions` is the order of the factor, from hyperextension to hyperflexion.
    label_letters : LabelLetters
        What single letters mean in the labels of channels.
    """

    muscles: Mapping[str, Muscle]
    exercises: Mapping[str, Exercise]
    head_positions: Mapping[str, HeadPosition]
    muscle_names: NameIndex
    exercise_names: NameIndex
    head_position_names: NameIndex
    label_letters: LabelLetters

    def muscle(self, text: str) -> Muscle:
        """Return the muscle called `text`.

        Raises
        ------
        VocabularyError
            Nothing is called that (the nearest names are suggested), or several muscles are.
        """
        return self.muscles[self.muscle_names.find(text)]

    def exercise(self, text: str) -> Exercise:
        """Return the exercise called `text`; raises as `muscle` does."""
        return self.exercises[self.exercise_names.find(text)]

    def head_position(self, text: str) -> HeadPosition:
        """Return the head position called `text`; raises as `muscle` does."""
        return self.head_positions[self.head_position_names.find(text)]

    def parts(self, muscle_id: str) -> tuple[str, ...]:
        """Return the muscle itself and every part of it, which is what an MVIC aimed at it counts for.

        Raises
        ------
        VocabularyError
            There is no muscle of that name.
        """
        whole = self.muscle(muscle_id).id
        below = [muscle.id for muscle in self.muscles.values() if muscle.part_of == whole]
        return (whole, *(part for name in below for part in self.parts(name)))

    def is_leg_muscle(self, muscle_id: str) -> bool:
        """Say whether a muscle, or the one it is a part of, is known as a muscle of the hip or leg."""
        muscle = self.muscles.get(muscle_id)
        return muscle is not None and (muscle.leg or self.is_leg_muscle(muscle.part_of or ""))

    def order(self, factor: str, levels: tuple[str, ...]) -> tuple[str, ...]:
        """Return levels of a factor in the vocabulary's order; unknown ones last, as they came."""
        entries: Mapping[str, Entry] = {
            "exercise": self.exercises, "head_position": self.head_positions,
        }.get(factor, {})  # fmt: skip
        place = {name: number for number, name in enumerate(entries)}
        return tuple(sorted(levels, key=lambda level: place.get(level, len(place))))

    def words(self, factor: str, level: str) -> str:
        """Return what a level of a factor, or a muscle, is called inside a sentence; unknown ones as they are."""
        entries: Mapping[str, Entry] = {
            "muscle": self.muscles, "exercise": self.exercises, "head_position": self.head_positions,
        }.get(factor, {})  # fmt: skip
        return entries[level].name if level in entries else level.replace("_", " ")
