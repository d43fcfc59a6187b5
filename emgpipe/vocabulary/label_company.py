"""The labels of one file together: which letters stand beside the same name, and which short labels are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from emgpipe.vocabulary.label_letters import BEHIND
from emgpipe.vocabulary.label_reading import core_words
from emgpipe.vocabulary.lookup import normalize
from emgpipe.vocabulary.words import SIDE_LETTERS, SIDE_WORDS, split_words

LETTERS: Final = frozenset("lrumaptbsicof")
"""Left, right; upper, medial or middle, anterior, posterior, thoracic, brevis, short or superior, inferior, cervical or
clavicular, oblique, front."""
LONGEST_PAIRED: Final = 4
"""So short a name is no name where it is there with L and with R: beside ``LF``, ``RF`` is a foot."""
_OTHER: Final = {"l": "r", "r": "l"}


class Form(NamedTuple):
    """A label as one letter and the rest, which is a normalized name."""

    letter: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Company:
    """What the labels of a file say about each other.

    Attributes
    ----------
    letters : mapping of str to frozenset of str
        Normalized rest of labels -> the letters that stand before or behind it.
    names : frozenset of str
        All labels in short: without device words, numbers and sides.
    paired : frozenset of str
        Short ones that are there with L and with R.
    """

    letters: Mapping[str, frozenset[str]]
    names: frozenset[str]
    paired: frozenset[str]

    def beside(self, name: str) -> frozenset[str]:
        """Return the letters that stand beside a name in this file."""
        return self.letters.get(name, frozenset())


def make_company(labels: Iterable[str]) -> Company:
    """Look at all labels of a file.

    >>> sorted(make_company(["GMax_U (uV)", "GMax_L (uV)", "VL"]).beside("gmax"))
    ['l', 'u']
    """
    letters: dict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for label in labels:
        for form in forms(label):
            letters[form.name].add(form.letter)
        for words in _spellings(label):
            short = "".join(without_sides(words))
            names |= {short, short[1:]} if short[0] in _OTHER and len(short) > 2 else {short}
    paired = frozenset(name for name in names if 1 < len(name) <= LONGEST_PAIRED and _others(name) & names)
    return Company({name: frozenset(found) for name, found in letters.items()}, frozenset(names), paired)


def forms(label: str) -> set[Form]:
    """Return every way to see a label as one letter and a name."""
    return {form for words in _spellings(label) for form in _forms(without_sides(words))}


def without_sides(words: Sequence[str]) -> list[str]:
    """Drop words and longer abbreviations of sides, unless nothing else is there."""
    rest = [word for word in words if word not in SIDE_WORDS and not (len(word) > 1 and word in SIDE_LETTERS)]
    return rest or list(words)


def _spellings(label: str) -> Iterator[list[str]]:
    """Yield the words that count, read with and without capital letters as borders."""
    for camel in (False, True):
        words = core_words(split_words(label, camel=camel))
        if words:
            yield words
        if words[2:] and words[0] == "m":  # M. gluteus maximus
            yield words[1:]


def _forms(words: Sequence[str]) -> Iterator[Form]:
    text = "".join(words)
    if len(text) < 3:
        return
    if text[0] in LETTERS:
        yield Form(text[0], normalize(text[1:]), "before")
    is_plural = text[-1] == "s" and words[-1] != "s" and len(text) > 3
    if text[-1] in LETTERS and not is_plural:
        yield Form(text[-1], normalize(text[:-1]), BEHIND)


def _others(name: str) -> set[str]:
    """Return the same name with the other side's letter before or behind."""
    swapped = {_OTHER[name[0]] + name[1:]} if name[0] in _OTHER else set()
    return swapped | ({name[:-1] + _OTHER[name[-1]]} if name[-1] in _OTHER else set())
