"""Two levels of one outcome along the curve: difference curve, tests, and the stretches in which they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.comparison.waveforms.outcomes import enough, mean_there
from emgpipe.statistics.curve_tests import adjust_over_pairs, curve_test, stretches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale
    from emgpipe.comparison.waveforms.outcomes import CurveOutcome
    from emgpipe.statistics.curve_tests import CurveTest

Form = Literal["max_t", "cluster"]
_LARGEST: Final = 700.0


@dataclass(frozen=True, slots=True)
class Tested:
    """How curves are tested."""

    forms: tuple[Form, ...]
    alpha: float
    cluster_alpha: float
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighboring points in which two levels differ; `first` and `last` in percent, `peak` where most.

    `p` is adjusted for the points of the curve, `p_adjusted` also for the pairs of the outcome.
    """

    form: Form
    first: int
    last: int
    sign: int
    p: float
    p_adjusted: float
    peak: int


@dataclass(frozen=True, slots=True)
class PairCurves:
    """`level` against `other`.

    Attributes
    ----------
    participants : tuple of str
        Who has both, with enough of the curve.
    left_out : tuple of str
        Who has both but lacks too much.
    center, low, high : array, shape (n_points,)
        Mean difference on the scale and its pointwise t interval (1 - alpha), at the points everybody has.
    """

    outcome: CurveOutcome
    level: str
    other: str
    scale: Scale
    participants: tuple[str, ...]
    left_out: tuple[str, ...]
    center: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    test: CurveTest

    @property
    def points(self) -> int:
        """How many points everybody has."""
        return int(np.isfinite(self.test.t).sum())

    def effect(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return numbers of the scale as ratios (log scale) or differences."""
        return np.exp(np.clip(values, -_LARGEST, _LARGEST)) if self.scale == "log" else values


@dataclass(frozen=True, slots=True)
class InOutcome:
    """A pair with its p values adjusted among the `tests` pairs of its outcome.

    Attributes
    ----------
    smallest : mapping of form to (p, p_adjusted)
        The smallest of the curve; NaN where nothing could be tested, 1 where there is no cluster.
    """

    pair: PairCurves
    tests: int
    p_max_t: NDArray[np.float64]
    stretches: tuple[Stretch, ...]
    smallest: dict[Form, tuple[float, float]]

    @property
    def p_attainable(self) -> float:
        """The smallest adjusted p these flips can give at Holm's first step."""
        return min(1.0, self.pair.test.smallest_p * max(self.tests, 1))


def pair_curves(outcome: CurveOutcome, level: str, other: str, scale: Scale, tested: Tested) -> PairCurves:
    """Return a pair and its test."""
    differences = outcome.differences(level, other, scale)
    kept = enough(differences)
    some = np.isfinite(differences).any(axis=1)
    own = differences[kept]
    test = curve_test(
        own, alpha=tested.alpha, cluster_alpha=tested.cluster_alpha, resamples=tested.resamples, seed=tested.seed
    )
    center, half = _interval(own, tested.alpha)
    return PairCurves(
        outcome=outcome,
        level=level,
        other=other,
        scale=scale,
        participants=tuple(np.array(outcome.participants)[kept].tolist()),
        left_out=tuple(np.array(outcome.participants)[some & ~kept].tolist()),
        center=center,
        low=center - half,
        high=center + half,
        test=test,
    )


def _interval(own: NDArray[np.float64], alpha: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.special import stdtrit

    everybody = np.isfinite(own).all(axis=0) & (len(own) > 0)
    center = np.where(everybody, mean_there(own), np.nan)
    if len(own) < 2:
        return center, np.full(center.shape, np.nan)
    known = np.where(everybody, own, 0.0)
    spread = np.sqrt(np.sum((known - known.mean(axis=0)) ** 2, axis=0) / (len(own) - 1) / len(own))
    return center, np.where(everybody, float(stdtrit(len(own) - 1, 1 - alpha / 2)) * spread, np.nan)


def in_outcome(pairs: Sequence[PairCurves], tested: Tested) -> tuple[InOutcome, ...]:
    """Return the pairs of one outcome, their p values adjusted for how many they are."""
    max_t = [pair.test.p for pair in pairs]
    clusters = [np.array([one.p for one in pair.test.clusters]) for pair in pairs]
    # A curve without a cluster is a test, too: it counts in the family with p = 1.
    counted = [
        own if own.size or not pair.points or pair.test.n < 2 else np.ones(1)
        for own, pair in zip(clusters, pairs, strict=True)
    ]
    by_points, by_clusters = adjust_over_pairs(max_t), adjust_over_pairs(counted)
    tests = sum(bool(np.isfinite(p).any()) for p in max_t)
    made = []
    for place, pair in enumerate(pairs):
        found: list[Stretch] = []
        smallest: dict[Form, tuple[float, float]] = {}
        if "max_t" in tested.forms:
            found += _by_max_t(pair, by_points[place], tested.alpha)
            smallest["max_t"] = (_least(max_t[place]), _least(by_points[place]))
        if "cluster" in tested.forms:
            found += _by_cluster(pair, by_clusters[place], tested.alpha)
            smallest["cluster"] = (_least(counted[place]), _least(by_clusters[place]))
        made.append(InOutcome(pair, tests, by_points[place], tuple(found), smallest))
    return tuple(made)


def _least(p_values: NDArray[np.float64]) -> float:
    return float(np.nanmin(p_values)) if np.isfinite(p_values).any() else float("nan")


def _by_max_t(pair: PairCurves, adjusted: NDArray[np.float64], alpha: float) -> Iterator[Stretch]:
    side = np.where(adjusted <= alpha, np.sign(pair.test.t), 0.0)
    for first, last in stretches(np.nan_to_num(side).astype(int)):
        span = slice(first, last + 1)
        p, p_adjusted = float(pair.test.p[span].min()), float(adjusted[span].min())
        yield Stretch("max_t", first, last, int(side[first]), p, p_adjusted, _peak(pair, first, last))


def _by_cluster(pair: PairCurves, adjusted: NDArray[np.float64], alpha: float) -> Iterator[Stretch]:
    for cluster, p_adjusted in zip(pair.test.clusters, adjusted, strict=False):
        if p_adjusted <= alpha:
            peak = _peak(pair, cluster.first, cluster.last)
            yield Stretch("cluster", cluster.first, cluster.last, cluster.sign, cluster.p, float(p_adjusted), peak)


def _peak(pair: PairCurves, first: int, last: int) -> int:
    return first + int(np.argmax(np.abs(pair.center[first : last + 1])))
