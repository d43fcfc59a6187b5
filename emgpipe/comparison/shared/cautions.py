"""What a reader must know before trusting a comparison: loads that differ, and durations where peaks are compared."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.loads import bases_differ, load_bases, load_basis_words, load_caution, load_words
from emgpipe.comparison.shared.wording import COMPARED_MUSCLE, level_words, listed

if TYPE_CHECKING:
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

__all__ = [
    "PEAKS", "bases_differ", "cautions_for", "condition_basis", "duration_note", "duration_sentence", "durations",
    "load_bases",
]  # fmt: skip

PEAKS: Final = frozenset({"peak", "sustained_peak"})
"""Metrics that grow with the time in which a maximum is sought."""
LONGER: Final = 1.25


def cautions_for(scope: Scope, factor: str, metrics: Collection[str], vocabulary: Vocabulary) -> list[str]:
    """Return one sentence per thing that bends a comparison of these levels: loads, and durations where peaks are in.

    Parameters
    ----------
    factor : str
        The column of the levels.
    metrics : collection of str
        The EMG metrics compared.
    """
    said = [load_caution(scope, factor, vocabulary)]
    if PEAKS & set(metrics):
        said.append(duration_sentence(durations(scope, factor), factor, vocabulary))
    return [sentence for sentence in said if sentence]


def condition_basis(scope: Scope, factor: str) -> dict[str, str]:
    """Return loads and durations of the levels, for the basis of a comparison."""
    loads = {"load_basis": load_basis_words(scope, factor), "load": load_words(scope, factor)}
    if factor == COMPARED_MUSCLE:
        return loads  # muscles are compared in the same repetitions
    seconds = ", ".join(f"{level}: {value:.2f} s" for level, value in durations(scope, factor).items())
    return loads | {"repetition_duration": seconds or "NOT RECORDED"}


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
