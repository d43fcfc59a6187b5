"""What single letters and very short names mean in labels: the data of ``label_letters.yaml``, made quick to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.vocabulary.lookup import normalize

if TYPE_CHECKING:
    from emgpipe.vocabulary.lookup import NameIndex

BEHIND = "behind"
"""Place of a letter that ends the label; ``before`` is the other one."""


@dataclass(frozen=True, slots=True)
class LabelLetters:
    """The rules, with names instead of ids.

    Attributes
    ----------
    parts : mapping of str to tuple of mapping
        Normalized name -> alternatives; each says which part every letter means.
    l_is_part, l_behind_is_part : frozenset of str
        Normalized names whose ``L`` may be a part of the muscle; anywhere, or only behind the name.
    r_is_part : frozenset of str
        The same for ``R``, which is seldom anything but right.
    levels : mapping of str to mapping
        Muscle -> ``c``, ``t`` or ``l`` -> muscle at these vertebrae.
    not_beside : mapping of str to frozenset of str
        Short name -> labels and muscles beside which it means something else.
    no_names : frozenset of str
        A name and a number that are no muscle together.
    """

    parts: Mapping[str, tuple[Mapping[str, str], ...]]
    l_is_part: frozenset[str]
    l_behind_is_part: frozenset[str]
    r_is_part: frozenset[str]
    levels: Mapping[str, Mapping[str, str]]
    not_beside: Mapping[str, frozenset[str]]
    no_names: frozenset[str]

    def may_be_part(self, letter: str, names: Iterable[str], place: str) -> bool:
        """Say whether ``l`` or ``r`` beside one of these normalized names may be a part of the muscle, not a side."""
        if letter == "r":
            return any(name in self.r_is_part for name in names)
        behind = self.l_behind_is_part if place == BEHIND else frozenset()
        return any(name in self.parts or name in self.l_is_part or name in behind for name in names)


def make_letters(content: Mapping[str, Any], index: NameIndex) -> LabelLetters:
    """Build the rules from the content of the file; an id of a muscle stands for all its names.

    Parameters
    ----------
    content : mapping
        What ``label_letters.yaml`` holds.
    index : NameIndex
        The names of all muscles.
    """
    parts = {name: tuple(lines) for key, lines in content["parts"].items() for name in _names(key, index)}
    return LabelLetters(
        parts=parts,
        l_is_part=frozenset(name for key in content["l_is_a_part"] for name in _names(key, index)),
        l_behind_is_part=frozenset(name for key in content["l_behind_is_a_part"] for name in _names(key, index)),
        r_is_part=frozenset(name for key in content["r_is_a_part"] for name in _names(key, index)),
        levels=content["levels"],
        not_beside={name: frozenset(others) for name, others in content["not_beside"].items()},
        no_names=frozenset(content["no_names"]),
    )


def _names(key: str, index: NameIndex) -> set[str]:
    return {normalize(key), *(name for name, ids in index.ids.items() if ids == (key,))}
