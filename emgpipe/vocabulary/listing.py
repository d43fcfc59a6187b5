"""The vocabulary as text: what a study file and a trials table may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.vocabulary.entries import Exercise, HeadPosition, Muscle
from emgpipe.vocabulary.lookup import normalize
from emgpipe.vocabulary.search import NO_MATCH, best_match, search_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emgpipe.vocabulary.entries import Entry
    from emgpipe.vocabulary.lookup import NameIndex, Vocabulary


def vocabulary_text(vocabulary: Vocabulary, word: str = "") -> str:
    """Return ids with their synonyms, one a line, under a heading for each kind.

    Parameters
    ----------
    vocabulary : Vocabulary
    word : str
        One word or several: only entries with a name that has these words, or words that begin like them, with
        everything known about each; names that have the whole words come first. Letter case, separators, accents and
        a plural s make no difference. Names with several meanings that equal it are listed with what they can mean.
    """
    kinds: tuple[tuple[str, Iterable[Entry], NameIndex], ...] = (
        ("muscles", vocabulary.muscles.values(), vocabulary.muscle_names),
        ("exercises", vocabulary.exercises.values(), vocabulary.exercise_names),
        ("head positions, most extended first", vocabulary.head_positions.values(), vocabulary.head_position_names),
    )
    parts = [
        "\n".join((heading, *lines))
        for heading, entries, index in kinds
        if (lines := [*_lines(entries, word), *_ambiguous(index, word)])
    ]
    return "\n\n".join(parts)


def _lines(entries: Iterable[Entry], word: str) -> Iterator[str]:
    wanted = search_words(word)
    if word and not wanted:
        return
    ranked = [(best_match(wanted, (entry.id, entry.name, *entry.synonyms)), entry) for entry in entries]
    for rank, entry in sorted(ranked, key=lambda pair: pair[0]):
        if rank < NO_MATCH:
            yield f"  {entry.id:<36} {', '.join(entry.synonyms)}".rstrip()
            if wanted:
                yield from (f"      {name + ':':<14} {text}" for name, text in _fields(entry) if text)


def _ambiguous(index: NameIndex, word: str) -> Iterator[str]:
    meanings = index.ids.get(normalize(word), ()) if word else ()
    if len(meanings) > 1:
        yield f"  '{word}' can mean {' or '.join(meanings)}: write the one that is meant"


def _fields(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Return what is known about an entry, in words; empty texts where nothing is."""
    if isinstance(entry, Muscle):
        return (
            ("part of", entry.part_of or ""),
            ("electrodes", entry.placement),
            ("source", entry.placement_source),
            ("near", ", ".join(entry.neighbors)),
        )
    if isinstance(entry, Exercise):
        return (
            ("family", _plain(entry.family)),
            ("legs", entry.laterality),
            ("load", _plain(entry.load_type)),
            ("force", _VECTORS.get(entry.vector or "", "")),
            ("contraction", entry.contraction),
            ("begins", f"with the {entry.start_phase} phase" if entry.contraction == "dynamic" else ""),
        )
    return (("cue", "; ".join(entry.cues)),) if isinstance(entry, HeadPosition) else ()


def _plain(name: str) -> str:
    return name.replace("_", " ")


_VECTORS = {
    "vertical": "along the body (vertical)",
    "horizontal_ap": "from front to back (horizontal_ap)",
    "horizontal_pa": "from back to front (horizontal_pa)",
}
