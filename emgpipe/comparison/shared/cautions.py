"""What a reader must know before trusting a ranking: load bases, durations, the order of raw means."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.wording import level_words, listed

if TYPE_CHECKING:
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

PEAKS: Final = frozenset({"peak", "sustained_peak"})
"""Metrics that grow with the time in which a maximum is sought."""
LONGER: Final = 1.25


def load_bases(scope: Scope, factor: str) -> dict[str, str]:
    """Return level -> load basis as recorded (several joined by ``/``; empty where not recorded)."""
    rows = scope.rows
    if "load_basis" not in rows.columns:
        return {}
    bases: dict[str, str] = {}
    for level in scope.levels:
        stated = sorted(set(rows.loc[rows[factor] == level, "load_basis"]) - {""}, key=str.casefold)
        bases[level] = "/".join(dict.fromkeys(stated))
    return bases


def bases_differ(bases: Mapping[str, str]) -> bool:
    """Say whether more than one load basis is recorded, letter case and spaces aside."""
    spellings = {part.replace(" ", "").casefold() for basis in bases.values() for part in basis.split("/") if part}
    return len(spellings) > 1


def durations(scope: Scope, factor: str) -> dict[str, float]:
    """Return level -> repetition duration in seconds: each participant's median, averaged over participants."""
    rows = scope.rows[scope.rows["kind"] == "time"]
    own = rows.dropna(subset=["value"]).groupby([factor, "participant"])["value"].median()
    means = own.groupby(level=0).mean()
    return {level: float(means[level]) for level in scope.levels if level in means.index}


def duration_sentence(seconds: Mapping[str, float], factor: str, vocabulary: Vocabulary) -> str:
    """Say that peaks favor the longer repetitions, where durations differ by more than a quarter."""
    known = {level: value for level, value in seconds.items() if value > 0}
    if not known or max(known.values()) <= LONGER * min(known.values()):
        return ""
    said = listed(f"{level_words(vocabulary, factor, level)} {value:.1f} s" for level, value in known.items())
    return (
        f"Repetitions differ in length ({said}): a maximum sought over a longer time comes out higher, "
        "so peaks favor the longer repetitions."
    )


def duration_note(seconds: Mapping[str, float], level: str, first: str) -> str:
    """Compare a level's duration with the first level's."""
    mine, other = seconds.get(level, math.nan), seconds.get(first, math.nan)
    if mine > LONGER * other:
        return "repetitions are longer than in the first: peak favors this level"
    return "repetitions are shorter than in the first: peak favors the first" if other > LONGER * mine else ""
