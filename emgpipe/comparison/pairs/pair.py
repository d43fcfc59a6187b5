"""Two levels of one outcome, participant by participant."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.comparison.shared.wording import MEASURED_POSITION, level_words, listed
from emgpipe.errors import ComparisonError, VocabularyError, suggest
from emgpipe.statistics.paired_tests import paired_differences

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

_LARGEST: Final = 700.0


@dataclass(frozen=True, slots=True)
class Pair:
    """`level` against `other` of one outcome; ratios are level / other, differences level - other.

    Attributes
    ----------
    scale : {"log", "raw"}
        Of `differences`.
    differences : array, shape (n,)
        On the analysis scale, of the participants who have both.
    participants : tuple of str
        Of each difference.
    shown : array, shape (n_shown, 2)
        Values of level and other in the outcome's unit, of the participants who have both.
    """

    outcome: OutcomeCells
    level: str
    other: str
    scale: Scale
    differences: NDArray[np.float64]
    participants: tuple[str, ...]
    shown: NDArray[np.float64]

    def words(self, vocabulary: Vocabulary, factor: str) -> tuple[str, str]:
        """Return the two levels as they read in a sentence."""
        return level_words(vocabulary, factor, self.level), level_words(vocabulary, factor, self.other)

    def key_columns(self) -> dict[str, Any]:
        """Return the columns that say which pair of which outcome a row is about."""
        muscle, side, placement, metric = self.outcome.key
        return {
            "muscle": muscle, "side": side, "placement": placement, "metric": metric, "unit": self.outcome.unit,
            "scale": self.scale, "level": self.level, "other": self.other,
        }  # fmt: skip

    def why_not(self) -> str:
        """Say why there is no test, or nothing where there is one."""
        if not len(self.differences):
            return "no participant has both"
        if len(self.differences) == 1:
            return "one participant: no interval and no test"
        if np.ptp(self.differences) == 0:
            what = "the same in both levels" if self.differences[0] == 0 else "changed alike"
            return f"every participant's value is {what}: no interval and no t test"
        return ""


def make_pair(outcome: OutcomeCells, level: str, other: str, scale: Scale) -> Pair:
    """Return the pair on a scale; EMG on the raw scale takes the values that are shown."""
    scores = outcome.scores if scale == outcome.scale else outcome.values
    columns = [outcome.levels.index(level), outcome.levels.index(other)]
    first, second = scores[:, columns].T
    both = np.isfinite(first) & np.isfinite(second)
    shown = outcome.values[:, columns]
    return Pair(
        outcome=outcome,
        level=level,
        other=other,
        scale=scale,
        differences=paired_differences(first, second),
        participants=tuple(person for person, there in zip(outcome.participants, both, strict=True) if there),
        shown=shown[np.isfinite(shown).all(axis=1) & both],
    )


def level_pairs(levels: Sequence[str], against: str | None) -> Iterator[tuple[str, str]]:
    """Yield (level, other): each against the named one, or all pairs, the later level against the earlier."""
    for place, other in enumerate(levels):
        if against is None:
            yield from ((level, other) for level in levels[place + 1 :])
        elif other != against and against in levels:
            yield other, against


def against_level(scope: Scope, against: str | None, vocabulary: Vocabulary) -> str | None:
    """Return the level to compare against as the scope has it; any of its names in the vocabulary will do.

    Raises
    ------
    ComparisonError
        The scope has no such level.
    """
    if against is None or against in scope.levels:
        return against
    heads = dict.fromkeys(("head_position", MEASURED_POSITION), vocabulary.head_position)
    find = {"exercise": vocabulary.exercise, **heads}.get(scope.factor)
    try:
        level = find(against).id if find is not None else against
    except VocabularyError as error:
        raise ComparisonError(f"against: {error}") from error
    if level not in scope.levels:
        there = ", ".join(scope.levels)
        raise ComparisonError(
            f"against: '{against}' is not among the levels of {scope.factor}"
            f"{suggest(against, scope.levels) or '.'} There are: {there}"
        )
    return level


def no_pair_words(outcome: OutcomeCells, scope: Scope, against: str | None, vocabulary: Vocabulary) -> str:
    """Say why no two levels of an outcome can be compared."""
    if against is not None and against not in outcome.levels:
        return f"not measured in {level_words(vocabulary, scope.factor, against)}"
    named = listed(level_words(vocabulary, scope.factor, level) for level in outcome.levels)
    if len(outcome.levels) < 2:
        return f"measured only in {named}" if named else "there is no usable value"
    return "no participant has a usable value in both levels of a pair"


def on_ratio_scale(log: float) -> float:
    """Return a log ratio as a ratio, finite and above zero; NaN stays."""
    return math.exp(min(max(log, -_LARGEST), _LARGEST)) if math.isfinite(log) else math.nan
