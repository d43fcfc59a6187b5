"""Two levels of one outcome along the curve: difference curve, tests, and the stretches in which they differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.comparison.waveforms.outcomes import enough, mean_there
from emgpipe.statistics.curve_flips import stretches
from emgpipe.statistics.curve_tests import curve_tests

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
    stretches: tuple[Stretch, ...]
    smallest: dict[Form, tuple[float, float]]


def pair_curves(
    outcome: CurveOutcome, levels: Iterable[tuple[str, str]], scale: Scale, tested: Tested
) -> list[PairCurves]:
    """Return the pairs of one outcome and their tests, which are one family."""
    pairs = list(levels)
    differences = [outcome.differences(*pair, scale) for pair in pairs]
    kept = [enough(one) for one in differences]
    tests = curve_tests(
        [np.where(own[:, None], one, np.nan) for one, own in zip(differences, kept, strict=True)],
        alpha=tested.alpha,
        cluster_alpha=tested.cluster_alpha,
        resamples=tested.resamples,
        seed=tested.seed,
    )
    people = np.array(outcome.participants)
    made = []
    for (level, other), one, own, test in zip(pairs, differences, kept, tests, strict=True):
        some = np.isfinite(one).any(axis=1)
        center, half = _interval(one[own], tested.alpha)
        named = (tuple(people[own].tolist()), tuple(people[some & ~own].tolist()))
        made.append(PairCurves(outcome, level, other, scale, *named, center, center - half, center + half, test))
    return made


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
    """Return the pairs of one outcome with the stretches in which they differ."""
    tests = sum(bool(pair.test.flips) for pair in pairs)
    return tuple(_in_outcome(pair, tests, tested) for pair in pairs)


def _in_outcome(pair: PairCurves, tests: int, tested: Tested) -> InOutcome:
    found: list[Stretch] = []
    smallest: dict[Form, tuple[float, float]] = {}
    test = pair.test
    if "max_t" in tested.forms:
        found += _by_max_t(pair, tested.alpha)
        smallest["max_t"] = (_least(test.p), _least(test.p_family))
    if "cluster" in tested.forms:
        found += _by_cluster(pair, tested.alpha)
        # A curve without a cluster was tested, too.
        none = 1.0 if test.flips else math.nan
        own = min((one.p for one in test.clusters), default=none)
        smallest["cluster"] = (own, min((one.p_family for one in test.clusters), default=none))
    return InOutcome(pair, tests, tuple(found), smallest)


def _least(p_values: NDArray[np.float64]) -> float:
    return float(np.nanmin(p_values)) if np.isfinite(p_values).any() else math.nan


def _by_max_t(pair: PairCurves, alpha: float) -> Iterator[Stretch]:
    test = pair.test
    side = np.where(test.p_family <= alpha, np.sign(test.t), 0.0)
    for first, last in stretches(np.nan_to_num(side).astype(int)):
        span = slice(first, last + 1)
        p, p_adjusted = float(test.p[span].min()), float(test.p_family[span].min())
        yield Stretch("max_t", first, last, int(side[first]), p, p_adjusted, _peak(pair, first, last))


def _by_cluster(pair: PairCurves, alpha: float) -> Iterator[Stretch]:
    for one in pair.test.clusters:
        if one.p_family <= alpha:
            peak = _peak(pair, one.first, one.last)
            yield Stretch("cluster", one.first, one.last, one.sign, one.p, one.p_family, peak)


def _peak(pair: PairCurves, first: int, last: int) -> int:
    return first + int(np.argmax(np.abs(pair.center[first : last + 1])))
