"""Where do two curves differ? Sign-flip tests over all points of paired difference curves at once.

Two forms, both two-sided and both made of the pointwise paired t:

- *max-t*: a point counts where its |t| is larger than the largest |t| that sign flips bring about anywhere.
  Every point that counts may be pointed at.
- *cluster*: neighboring points beyond a stated threshold form a cluster, which is as strong as the sum of its |t|; its
  p value is that of the strongest cluster under sign flips. Longer differences are found more readily, but only *that*
  there is a difference is tested: where a cluster begins and ends is a description.

Under the null hypothesis a participant's whole difference curve is as likely to have either sign, so that one sign per
participant holds the chance of any false finding on the curve at its level. Where several pairs of conditions are
tested, the same sign flips all difference curves of a participant, and the largest statistic over all pairs holds the
chance of any false finding on any of them, also where some pairs differ and others do not. (Holm's steps over curves
would not: a curve that differs somewhere would hand on its share of the 5 % and go on being searched.)

Sources: Nichols and Holmes 2002, Hum Brain Mapp 15:1 (max-t, clusters, sign flips); Maris and Oostenveld 2007,
J Neurosci Methods 164:177 (cluster sum); Bullmore et al. 1999, IEEE Trans Med Imaging 18:32 (cluster mass); Westfall
and Young 1993, Resampling-Based Multiple Testing, ch. 2 (single-step maximum over a family); Sassenhagen and Draschkow
2019, Psychophysiology 56:e13335 (what a cluster does not say).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from emgpipe.statistics.curve_flips import (
    clusters_of,
    critical_t,
    null_of_flips,
    share_at_least,
    t_quantile,
    t_values,
)
from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES, sign_flips

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighboring points beyond the cluster-forming threshold, all in one direction.

    Attributes
    ----------
    first, last : int
        Places on the curve, both included.
    sign : int
        +1 where the mean difference is above zero, -1 where it is below.
    mass : float
        Sum of |t|.
    p, p_family : float
        Adjusted for the whole curve, and for all curves of the family.
    """

    first: int
    last: int
    sign: int
    mass: float
    p: float
    p_family: float


@dataclass(frozen=True, slots=True)
class CurveTest:
    """What both forms found.

    Attributes
    ----------
    n : int
        Participants.
    exact : bool
        All sign assignments were used.
    flips : int
        How many different ones were used.
    smallest_p : float
        The smallest p these flips can give, also in the family.
    t : array, shape (n_points,)
        Paired t at each point; NaN at points that are not in the family.
    p, p_family : array, shape (n_points,)
        Adjusted by max-t for all points, and for all points of all curves of the family.
    threshold : float
        A point counts by max-t where its |t| lies above; NaN where no |t| would do.
    cluster_threshold : float
        The |t| at which a point belongs to a cluster.
    clusters : tuple of Cluster
        In the order of the curve.
    """

    n: int
    exact: bool
    flips: int
    smallest_p: float
    t: NDArray[np.float64]
    p: NDArray[np.float64]
    p_family: NDArray[np.float64]
    threshold: float
    cluster_threshold: float
    clusters: tuple[Cluster, ...]


def curve_test(
    differences: NDArray[np.float64],
    *,
    alpha: float = 0.05,
    cluster_alpha: float = 0.05,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> CurveTest:
    """Test whether the mean difference is zero at every point of one curve; see `curve_tests`."""
    (found,) = curve_tests([differences], alpha=alpha, cluster_alpha=cluster_alpha, resamples=resamples, seed=seed)
    return found


def curve_tests(
    family: Sequence[NDArray[np.float64]],
    *,
    alpha: float = 0.05,
    cluster_alpha: float = 0.05,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> tuple[CurveTest, ...]:
    """Test whether the mean difference is zero at every point of each curve of a family.

    Parameters
    ----------
    family : sequence of array, shape (n_participants, n_points)
        One difference curve per participant; the same participants in the same rows everywhere. A row without any
        number is somebody who is not in this pair. A point at which any of the others misses is left out for all of
        them, so that every point rests on the same participants, and parts a cluster; leave out participants who miss
        too much before.
    alpha : float
        For `CurveTest.threshold`.
    cluster_alpha : float
        The cluster-forming threshold is the t quantile that a single point passes with this chance, two-sided.
    resamples, seed : int
        See `emgpipe.statistics.sign_flips.sign_flips`.

    Returns
    -------
    tuple of CurveTest
        One per curve. With fewer than two participants, or no point that everybody has, everything is NaN and there
        is no cluster; such a curve is no member of the family.

    Notes
    -----
    Curves differ in how many participants they rest on and in how smooth they are. Over the family each statistic is
    therefore taken relative to the value that a share of `alpha` of the flips reaches on its own curve: that value is
    the same whatever the signs, so that the test stays exact, and no curve sets the limit for all others.
    """
    rows = [np.asarray(np.isfinite(one).any(axis=1)) for one in family]
    points = [np.asarray(np.isfinite(one[own]).all(axis=0)) for one, own in zip(family, rows, strict=True)]
    tested = [int(own.sum()) > 1 and bool(at.any()) for own, at in zip(rows, points, strict=True)]
    if not any(tested):
        return tuple(_nothing(int(own.sum()), at.size)[0] for own, at in zip(rows, points, strict=True))
    anybody = np.asarray(np.any([own for own, yes in zip(rows, tested, strict=True) if yes], axis=0))
    signs, exact = _signs(int(anybody.sum()), resamples, seed)
    largest = _Largest(np.zeros(len(signs)), np.zeros(len(signs)))
    made = [
        _one(one[own], at, (signs[:, own[anybody]], exact), (alpha, cluster_alpha), largest)
        if yes
        else _nothing(int(own.sum()), at.size)
        for one, own, at, yes in zip(family, rows, points, tested, strict=True)
    ]
    return tuple(_in_family(test, units, largest) for test, units in made)


@dataclass(frozen=True, slots=True)
class _Largest:
    """Of every flip, over the curves so far, in units of each curve's own critical value."""

    point: NDArray[np.float64]
    mass: NDArray[np.float64]


_Units = tuple[float, float]


def _nothing(n: int, points: int) -> tuple[CurveTest, _Units]:
    nothing, nan = np.full(points, np.nan), math.nan
    test = CurveTest(n, exact=False, flips=0, smallest_p=nan, t=nothing, p=nothing, p_family=nothing, threshold=nan,
                     cluster_threshold=nan, clusters=())  # fmt: skip
    return test, (1.0, 1.0)


def _one(
    differences: NDArray[np.float64],
    there: NDArray[np.bool_],
    flips: tuple[NDArray[np.float64], bool],
    levels: tuple[float, float],
    largest: _Largest,
) -> tuple[CurveTest, _Units]:
    """Test one curve by itself and bring `largest` up to date; the second answer is the curve's units."""
    (signs, exact), (alpha, cluster_alpha) = flips, levels
    n = len(differences)
    limit = t_quantile(n, cluster_alpha)
    known = differences[:, there]
    edges = np.flatnonzero(np.diff(np.flatnonzero(there)) > 1) + 1
    highest, strongest = null_of_flips(known, signs, limit, edges)
    units = _unit(highest, alpha), _unit(strongest, alpha)
    np.maximum(largest.point, highest / units[0], out=largest.point)
    np.maximum(largest.mass, strongest / units[1], out=largest.mass)
    t, p = np.full(there.size, np.nan), np.full(there.size, np.nan)
    t[there] = t_values(np.ones((1, n)), known)[0]
    p[there] = share_at_least(highest, np.abs(t[there]))
    found = list(clusters_of(t, limit))
    shares = share_at_least(strongest, np.array([mass for *_, mass in found]))
    clusters = tuple(Cluster(*one, p=float(share), p_family=math.nan) for one, share in zip(found, shares, strict=True))
    used, smallest = (2**n, 2 / 2**n) if exact else (len(signs), max(2 / 2**n, 1 / len(signs)))
    return CurveTest(n, exact, used, smallest, t, p, p, critical_t(highest, alpha), limit, clusters), units


def _unit(null: NDArray[np.float64], alpha: float) -> float:
    """Return what a share of alpha of the flips reaches; where hardly any flip has a cluster, the strongest."""
    value = float(np.quantile(null, 1 - alpha, method="higher")) or float(null.max())
    return value or 1.0


def _in_family(test: CurveTest, units: _Units, largest: _Largest) -> CurveTest:
    """Adjust for all curves of the family."""
    if not test.flips:
        return test
    there = np.isfinite(test.t)
    p = test.p.copy()
    p[there] = np.maximum(p[there], share_at_least(largest.point, np.abs(test.t[there]) / units[0]))
    shares = share_at_least(largest.mass, np.array([one.mass / units[1] for one in test.clusters]))
    clusters = tuple(
        replace(one, p_family=max(one.p, float(share))) for one, share in zip(test.clusters, shares, strict=True)
    )
    return replace(test, p_family=p, clusters=clusters)


def _signs(n: int, resamples: int, seed: int) -> tuple[NDArray[np.float64], bool]:
    """Return the flips; where all are used, one of each pair of opposites, which give the same |t| everywhere."""
    flips = sign_flips(n, resamples, seed)
    signs = flips.signs[flips.signs[:, 0] > 0] if flips.exact else flips.signs
    return signs, flips.exact
