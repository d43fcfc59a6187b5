"""Two levels of one outcome, participant by participant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.comparison.shared.numbers import p_words
from emgpipe.comparison.shared.wording import level_words
from emgpipe.statistics.paired_tests import paired_differences

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.shared.outcomes import OutcomeCells
    from emgpipe.vocabulary import Vocabulary

_DOUBTFUL: Final = 0.05
_MOST_NAMED: Final = 5


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


def normality_words(checked: Sequence[tuple[Pair, float]], factor: str, vocabulary: Vocabulary) -> str:
    """Say what Shapiro and Wilk's test finds in the differences; pairs come with its p, NaN where there is none."""
    known = sorted(((pair, p) for pair, p in checked if math.isfinite(p)), key=lambda one: one[1])
    if not known:
        return "not checked, which needs three participants whose differences are not all the same"
    doubtful = [(pair, p) for pair, p in known if p < _DOUBTFUL]
    named = []
    for pair, p in doubtful[:_MOST_NAMED]:
        level, other = pair.words(vocabulary, factor)
        named.append(f"{pair.outcome.words(vocabulary)}: {level} against {other}, p {p_words(p)}")
    more = f" and {len(doubtful) - _MOST_NAMED} more" if len(doubtful) > _MOST_NAMED else ""
    words = f"Shapiro-Wilk p below .05 in {len(doubtful)} of {len(known)} pairs"
    words += f" ({'; '.join(named)}{more})" if named else ""
    return f"{words}. Said so that it can be judged; no test was chosen by it"
