"""The numbers and the verdict of a pair against a margin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.statistics.equivalence import Verdict, verdict

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.pairs.pair import Pair
    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.statistics.equivalence import TwoOneSided


@dataclass(frozen=True, slots=True)
class Bounds:
    """The margin as stated, its scale, and the bounds of the difference on the analysis scale."""

    margin: float
    scale: Scale
    low: float
    high: float

    def shown(self) -> tuple[float, float]:
        """Return the bounds as ratios, or in the outcome's unit."""
        return (1 / self.margin, self.margin) if self.scale == "log" else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, its two one-sided tests, and the verdict by the p values adjusted in their families.

    Attributes
    ----------
    p, p_equivalence : float
        Of a difference and of equivalence, adjusted.
    in_family : int
        Tests of equivalence in the family.
    """

    pair: Pair
    tests: TwoOneSided
    bounds: Bounds
    p: float
    p_equivalence: float
    in_family: int
    confidence: float
    verdict: Verdict

    @property
    def effect(self) -> tuple[float, float, float]:
        """The ratio or the difference, with the interval that goes with the test of a difference."""
        t = self.tests.difference
        return (self._shown(t.mean), self._shown(t.low), self._shown(t.high))

    @property
    def narrow(self) -> tuple[float, float]:
        """The interval that lies inside the bounds where equivalence is shown."""
        return self._shown(self.tests.low), self._shown(self.tests.high)

    def _shown(self, value: float) -> float:
        return on_shown_scale(value, self.bounds.scale)


def judge(
    pair: Pair, tests: TwoOneSided, bounds: Bounds, adjusted: tuple[float, float], in_family: int, confidence: float
) -> Judged:
    """Return the verdict on a pair; `adjusted` are the p values of a difference and of equivalence."""
    alpha = round(1 - confidence, 12)
    return Judged(pair, tests, bounds, *adjusted, in_family, confidence, verdict(*adjusted, alpha))


def judged_table(judged: Sequence[Judged], factor: str, scope: str) -> pd.DataFrame:
    """Return one row per pair."""
    import pandas as pd

    front = {"factor": factor, "scope": scope}
    return pd.DataFrame([front | one.pair.key_columns() | _columns(one) for one in judged])


def _columns(one: Judged) -> dict[str, Any]:
    center, low, high = one.effect
    margin_low, margin_high = one.bounds.shown()
    ratio = one.bounds.scale == "log"
    none = math.nan
    return {
        "n": one.tests.difference.n,
        "verdict": one.verdict,
        "ratio": center if ratio else none,
        "ci_low": low if ratio else none,
        "ci_high": high if ratio else none,
        "difference": none if ratio else center,
        "difference_low": none if ratio else low,
        "difference_high": none if ratio else high,
        "confidence": one.confidence,
        "margin_low": margin_low,
        "margin_high": margin_high,
        "equivalence_low": one.narrow[0],
        "equivalence_high": one.narrow[1],
        "t": one.tests.difference.t,
        "df": one.tests.difference.df,
        "p": one.tests.difference.p,
        "p_adjusted": one.p,
        "p_lower_bound": one.tests.p_low,
        "p_upper_bound": one.tests.p_high,
        "p_equivalence": one.tests.p,
        "p_equivalence_adjusted": one.p_equivalence,
        "family_tests": one.in_family,
        "note": one.pair.why_not(),
    }
