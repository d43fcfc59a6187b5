"""Exercises the vocabulary does not have, by their place in the names: the same words in files of several people."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from emgpipe.vocabulary import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emgpipe.drafting.names import NameParts
    from emgpipe.drafting.rows import Row
    from emgpipe.vocabulary import Vocabulary

_WORDS = "static baseline warmup warm test noise cal stand standing quiet sync check impedance practice pre post pilot"
_NO_EXERCISE = frozenset(_WORDS.split())
_ID = re.compile(r"[a-z][a-z0-9_]*")


def with_new_exercises(rows: Sequence[Row], names: Sequence[NameParts], vocabulary: Vocabulary) -> list[Row]:
    """Fill in an exercise that is not in the vocabulary, where several participants have it; left out all the same.

    Parameters
    ----------
    rows, names : sequence
        In the same order.
    vocabulary : Vocabulary
    """
    people: dict[str, set[str]] = defaultdict(set)
    ids = {place: _id(names[place], vocabulary) for place, row in enumerate(rows) if not row.role}
    for place, exercise in ids.items():
        people[exercise].add(rows[place].fields.get("participant", ""))
    return [
        _filled(row, ids[place]) if ids.get(place) and len(people[ids[place]] - {""}) > 1 else row
        for place, row in enumerate(rows)
    ]


def _id(parts: NameParts, vocabulary: Vocabulary) -> str:
    words = [word for word in parts.rest if not word.isdigit()]
    name = "_".join(words)
    is_usable = _ID.fullmatch(name) and not _NO_EXERCISE.intersection(words)
    return name if is_usable and normalize(name) not in vocabulary.exercise_names.ids else ""


def _filled(row: Row, exercise: str) -> Row:
    words = exercise.replace("_", " ")
    missing = (
        f"'{words}' is not in the vocabulary; if it is an exercise, which the study file then adds, write yes in "
        "include; otherwise correct role and exercise"
    )
    return replace(
        row, fields={**row.fields, "role": "task", "exercise": exercise}, doubts=(), missing=missing, is_new=True
    )


def vocabulary_lines(rows: Sequence[Row]) -> list[str]:
    """Return the section of the study file that adds the new exercises."""
    new: Mapping[str, None] = dict.fromkeys(row.fields["exercise"] for row in rows if row.is_new)
    if not new:
        return []
    doubt = "  # CONFIRM: is this an exercise, and does it begin by rising (concentric)?"
    return [
        "# Exercises that are not in the vocabulary of emgpipe.",
        "vocabulary:",
        "  exercises:",
        *(f"    - {{id: {name}, start_phase: concentric}}{doubt}" for name in new),
    ]
