"""The vocabulary as text: what a study file and a trials table may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emgpipe.vocabulary.lookup import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emgpipe.vocabulary.entries import Entry
    from emgpipe.vocabulary.lookup import Vocabulary


def vocabulary_text(vocabulary: Vocabulary, word: str = "") -> str:
    """Return ids with their synonyms, one a line, under a heading for each kind.

    Parameters
    ----------
    vocabulary : Vocabulary
    word : str
        Only entries one of whose names contains it; letter case and separators make no difference.
    """
    kinds: dict[str, Iterable[Entry]] = {
        "muscles": vocabulary.muscles.values(),
        "exercises": vocabulary.exercises.values(),
        "head positions": vocabulary.head_positions.values(),
    }
    return "\n\n".join(
        "\n".join((heading, *lines)) for heading, entries in kinds.items() if (lines := list(_lines(entries, word)))
    )


def _lines(entries: Iterable[Entry], word: str) -> Iterator[str]:
    for entry in entries:
        if any(normalize(word) in normalize(name) for name in (entry.id, entry.name, *entry.synonyms)):
            yield f"  {entry.id:<36} {', '.join(entry.synonyms)}".rstrip()
