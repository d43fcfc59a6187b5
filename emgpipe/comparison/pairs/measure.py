"""The numbers of a pair: ratio or difference, tests, effect sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.comparison.shared.ratios import RAW_UNITS
from emgpipe.statistics.effect_sizes import (
    NO_AVERAGE_EFFECTS,
    AverageEffects,
    DifferenceEffects,
    EffectSize,
    average_effects,
    difference_effects,
)
from emgpipe.statistics.normality import shapiro_wilk
from emgpipe.statistics.paired_tests import PairedT, SignedRanks, paired_t, sign_flip_p, signed_ranks, smallest_p
from emgpipe.statistics.sign_flips import SignFlips, sign_flips

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.pairs.pair import Pair

TESTED_BY: Final = {"log": "paired t of log values", "raw": "paired t of values"}


@dataclass(frozen=True)
class Flips:
    """Sign flips by number of participants, each made once."""

    resamples: int
    seed: int
    made: dict[int, SignFlips] = field(default_factory=dict)

    def of(self, n: int) -> SignFlips:
        """Return the signs for `n` participants."""
        if n not in self.made:
            self.made[n] = sign_flips(n, self.resamples, self.seed)
        return self.made[n]

    def smallest(self, n: int) -> float:
        """Return the smallest p the sign-flip test can give."""
        return max(smallest_p(n), 1 / len(self.of(n).signs))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found about one pair; NaN where there is nothing.

    Attributes
    ----------
    t : PairedT
        On the analysis scale.
    shown : PairedT
        Of the values in the outcome's unit; `means` are those of level and other.
    shapiro : (float, float)
        W and p of the differences on the analysis scale.
    smallest : float
        The smallest p the sign-flip test can give with so many participants.
    """

    pair: Pair
    t: PairedT
    shown: PairedT
    means: tuple[float, float]
    p_sign_flip: float
    smallest: float
    ranks: SignedRanks
    effects: DifferenceEffects
    average: AverageEffects
    shapiro: tuple[float, float]


@dataclass(frozen=True, slots=True)
class InFamily:
    """A pair's numbers, and its p values adjusted in a family of `tests` tests."""

    found: Measured
    tests: int
    p: float
    p_sign_flip: float
    p_smallest: float
    confidence: float

    @property
    def shown(self) -> bool:
        """Whether the adjusted p of the t test reaches 1 - confidence."""
        return self.p <= round(1 - self.confidence, 12)

    @property
    def ratio(self) -> tuple[float, float, float]:
        """The ratio of geometric means and its interval; NaN on the raw scale."""
        t = self.found.t
        if self.found.pair.scale != "log":
            return math.nan, math.nan, math.nan
        return on_shown_scale(t.mean, "log"), on_shown_scale(t.low, "log"), on_shown_scale(t.high, "log")


def measure(pair: Pair, flips: Flips, confidence: float) -> Measured:
    """Return the numbers of a pair."""
    differences = pair.differences
    n = differences.size
    t = paired_t(differences, confidence)
    level, other = pair.shown.T
    return Measured(
        pair=pair,
        t=t,
        shown=t if pair.scale == "raw" else paired_t(level - other, confidence),
        means=(float(level.mean()), float(other.mean())) if level.size else (math.nan, math.nan),
        p_sign_flip=sign_flip_p(differences, flips.of(n)) if n > 1 else math.nan,
        smallest=flips.smallest(n) if n > 1 else math.nan,
        ranks=signed_ranks(differences if n > 1 else differences[:0]),
        effects=difference_effects(differences, confidence),
        average=_average(pair, confidence),
        shapiro=shapiro_wilk(differences),
    )


def _average(pair: Pair, confidence: float) -> AverageEffects:
    """Participants must be on one scale to speak of the spread between them: %MVIC or degrees, never volts."""
    values = pair.shown
    if pair.outcome.unit in RAW_UNITS or (pair.scale == "log" and (values <= 0).any()):
        return NO_AVERAGE_EFFECTS
    level, other = (np.log(values) if pair.scale == "log" else values).T
    return average_effects(level, other, confidence)


def measured_table(rows: Sequence[InFamily], factor: str, scope: str) -> pd.DataFrame:
    """Return one row per pair."""
    import pandas as pd

    front = {"factor": factor, "scope": scope}
    return pd.DataFrame([front | row.found.pair.key_columns() | _columns(row) for row in rows])


def _columns(row: InFamily) -> dict[str, Any]:
    found = row.found
    ratio, low, high = row.ratio
    return {
        "n": found.t.n,
        "ratio": ratio,
        "ci_low": low,
        "ci_high": high,
        "mean_level": found.means[0],
        "mean_other": found.means[1],
        "difference": found.shown.mean,
        "difference_low": found.shown.low,
        "difference_high": found.shown.high,
        "n_difference": found.shown.n,
        "n_higher": int((found.pair.differences > 0).sum()),
        "confidence": row.confidence,
        "shown": row.shown,
        "test": TESTED_BY[found.pair.scale],
        "t": found.t.t,
        "df": found.t.df,
        "p": found.t.p,
        "p_adjusted": row.p,
        "family_tests": row.tests,
        "p_sign_flip": found.p_sign_flip,
        "p_sign_flip_adjusted": row.p_sign_flip,
        "p_wilcoxon": found.ranks.p,
        "wilcoxon_v": found.ranks.v if found.t.n > 1 else math.nan,
        "rank_biserial": found.ranks.rank_biserial,
        "p_smallest": row.p_smallest,
        **_effect("dz", found.effects.dz),
        **_effect("gz", found.effects.gz),
        **_effect("dav", found.average.dav),
        "dav_mean_sd": found.average.dav_mean_sd,
        **_effect("gav", found.average.gav),
        "drm": found.average.drm,
        "r": found.average.r,
        "shapiro_w": found.shapiro[0],
        "p_shapiro": found.shapiro[1],
        "note": _note(found),
    }


def _effect(name: str, effect: EffectSize) -> dict[str, float]:
    return {name: effect.value, f"{name}_low": effect.low, f"{name}_high": effect.high}


def _note(found: Measured) -> str:
    notes = [found.pair.why_not()]
    if 0 < found.shown.n < found.t.n:
        notes.append(f"the difference rests on {found.shown.n} participants: the others have no reference")
    return "; ".join(note for note in notes if note)
