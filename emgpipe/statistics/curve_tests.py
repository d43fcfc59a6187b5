"""Where do two curves differ? Sign-flip tests over all points of paired difference curves at once.

Two forms, both two-sided and both made of the pointwise paired t:

- *max-t*: a point counts where its |t| is larger than the largest |t| that sign flips bring about anywhere.
  Every point that counts may be pointed at.
- *cluster*: neighboring points beyond a stated threshold form a cluster, which is as strong as the sum of its |t|; its
  p value is that of the strongest cluster under sign flips. Longer differences are found more readily, but only *that*
  there is a difference is tested: where a cluster begins and ends is a description.

Under the null hypothesis a participant's whole difference curve is as likely to have either sign, so that one sign per
participant holds the chance of any false finding on the curve at its level.

Sources: Nichols and Holmes 2002, Hum Brain Mapp 15:1 (max-t, clusters, sign flips); Maris and Oostenveld 2007,
J Neurosci Methods 164:177 (cluster sum); Bullmore et al. 1999, IEEE Trans Med Imaging 18:32 (cluster mass); Sassenhagen
and Draschkow 2019, Psychophysiology 56:e13335 (what a cluster does not say).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.statistics.sign_flips import DEFAULT_RESAMPLES, sign_flips

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK: Final = 512
"""Flips at a time: a chunk of 101 points stays inside the processor's cache."""
_TIE: Final = 1e-9
_ALL_ALIKE: Final = 1e-12
"""Differences that are all the same have no spread and an infinite t: it is held at sqrt((n - 1) / 1e-12)."""


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
    p : float
        Adjusted for the whole curve.
    """

    first: int
    last: int
    sign: int
    mass: float
    p: float


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
        How many were used.
    smallest_p : float
        The smallest p these flips can give.
    t : array, shape (n_points,)
        Paired t at each point; NaN at points that are not in the family.
    p : array, shape (n_points,)
        Adjusted for all points by max-t.
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
    """Test whether the mean difference is zero at every point of the curve.

    Parameters
    ----------
    differences : array, shape (n_participants, n_points)
        One difference curve per participant. A point at which anybody misses is left out of the family for all, so
        that every point rests on the same participants, and parts a cluster; leave out participants who miss too
        much before.
    alpha : float
        For `CurveTest.threshold`.
    cluster_alpha : float
        The cluster-forming threshold is the t quantile that a single point passes with this chance, two-sided.
    resamples, seed : int
        See `emgpipe.statistics.sign_flips.sign_flips`.

    Returns
    -------
    CurveTest
        With fewer than two participants, or no point that everybody has, everything is NaN and there is no cluster.
    """
    n, points = differences.shape
    family = np.isfinite(differences).all(axis=0)
    nothing = np.full(points, np.nan)
    if n < 2 or not family.any():
        return CurveTest(n, exact=False, flips=0, smallest_p=math.nan, t=nothing, p=nothing, threshold=math.nan,
                         cluster_threshold=math.nan, clusters=())  # fmt: skip
    signs, exact = _signs(n, resamples, seed)
    limit = _t_quantile(n, cluster_alpha)
    known = differences[:, family]
    edges = np.flatnonzero(np.diff(np.flatnonzero(family)) > 1) + 1
    highest, strongest = _null(known, signs, limit, edges)
    own = _t_values(signs[:1], known)[0]
    t, p = nothing, nothing.copy()
    t[family] = own
    p[family] = _share_at_least(highest, np.abs(own))
    masses = list(_clusters(t, limit))
    shares = _share_at_least(strongest, np.array([mass for *_, mass in masses]))
    clusters = tuple(Cluster(*one, p=float(share)) for one, share in zip(masses, shares, strict=True))
    smallest = 1 / len(signs)
    return CurveTest(
        n, exact, len(signs) * (2 if exact else 1), smallest, t, p, _critical(highest, alpha), limit, clusters
    )


def _signs(n: int, resamples: int, seed: int) -> tuple[NDArray[np.float64], bool]:
    """Return the flips; where all are used, one of each pair of opposites, which give the same |t| everywhere."""
    flips = sign_flips(n, resamples, seed)
    signs = flips.signs[flips.signs[:, 0] > 0] if flips.exact else flips.signs
    return signs, flips.exact


def _t_quantile(n: int, alpha: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(n - 1, 1 - alpha / 2))


def _t_values(signs: NDArray[np.float64], differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the paired t, shape (n_flips, n_points); the sum of squares is the same under every flip.

    With r = (sum d)^2 / (n sum d^2), t^2 = (n - 1) r / (1 - r). Where all differences are zero, t is zero.
    """
    n = len(differences)
    largest = np.abs(differences).max(axis=0)
    scaled = differences / np.where(largest > 0, largest, 1.0)
    squares = n * np.sum(scaled**2, axis=0)
    sums = signs @ scaled
    share = np.minimum(sums**2 / np.where(squares > 0, squares, 1.0), 1.0)
    spread = np.maximum(1 - share, _ALL_ALIKE)
    return np.asarray(np.sign(sums) * np.sqrt((n - 1) * share / spread))


def _null(
    differences: NDArray[np.float64], signs: NDArray[np.float64], limit: float, edges: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the largest |t| and the strongest cluster of every flip.

    Parameters
    ----------
    edges : array of int
        Places before which points are missing, so that no cluster reaches across.
    """
    highest, strongest = np.empty(len(signs)), np.empty(len(signs))
    for start in range(0, len(signs), _CHUNK):
        t = _t_values(signs[start : start + _CHUNK], differences)
        highest[start : start + _CHUNK] = np.abs(t).max(axis=1)
        strongest[start : start + _CHUNK] = _strongest(np.insert(t, edges, 0.0, axis=1), limit)
    return highest, strongest


def _strongest(t: NDArray[np.float64], limit: float) -> NDArray[np.float64]:
    """Return the mass of the strongest cluster of each row; 0 where there is none."""
    side = np.zeros((t.shape[0], t.shape[1] + 1), dtype=np.int8)  # a column of zeros parts the rows
    side[:, :-1] = (t > limit).astype(np.int8) - (t < -limit)
    flat = side.ravel()
    starts = np.flatnonzero((flat != 0) & np.diff(flat, prepend=np.int8(0)).astype(bool))
    strongest = np.zeros(len(t))
    if starts.size:
        mass = np.zeros(side.shape)
        mass[:, :-1] = np.where(side[:, :-1] != 0, np.abs(t), 0.0)
        np.maximum.at(strongest, starts // side.shape[1], np.add.reduceat(mass.ravel(), starts))
    return strongest


def _clusters(t: NDArray[np.float64], limit: float) -> Iterator[tuple[int, int, int, float]]:
    """Yield first, last, sign and mass of each cluster; NaN is outside."""
    with np.errstate(invalid="ignore"):
        side = (t > limit).astype(int) - (t < -limit).astype(int)
    for first, last in stretches(side):
        yield first, last, int(side[first]), float(np.abs(t[first : last + 1]).sum())


def stretches(labels: NDArray[np.int_] | NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield first and last place of every run of equal labels that are not zero."""
    padded = np.concatenate(([0], np.asarray(labels, dtype=int), [0]))
    changes = np.flatnonzero(np.diff(padded))
    for first, after in pairwise(changes):
        if padded[first + 1] != 0:
            yield int(first), int(after) - 1


def _share_at_least(null: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each value the share of the flips that reach it; equal within rounding counts as reached."""
    below = np.searchsorted(np.sort(null), values * (1 - _TIE), side="left")
    return np.asarray((null.size - below) / null.size)


def _critical(highest: NDArray[np.float64], alpha: float) -> float:
    """Return the largest |t| of the flips that more than a share of alpha reaches; what lies above it counts."""
    ordered = np.sort(highest)
    counts = _share_at_least(highest, ordered) <= alpha + 1e-12
    return float(ordered[~counts][-1]) if counts.any() else math.nan


def adjust_over_pairs(own: Sequence[NDArray[np.float64]]) -> list[NDArray[np.float64]]:
    """Adjust p values that hold for their own curve for the number of curves in the family (Holm 1979).

    Curves are taken in the order of their smallest p. A p value is multiplied by the number of curves that are left
    when its curve's turn comes, and is never below what a curve before it got.

    Parameters
    ----------
    own : sequence of array
        The p values of each curve, adjusted for its points; NaN and empty arrays are no tests.
    """
    smallest = np.array([np.nanmin(p) if np.isfinite(p).any() else np.nan for p in own], dtype=float)
    order = [int(place) for place in np.argsort(smallest, kind="stable") if np.isfinite(smallest[place])]
    adjusted = [np.full(p.shape, np.nan) for p in own]
    floor = 0.0
    for left, place in zip(range(len(order), 0, -1), order, strict=True):
        floor = max(floor, min(1.0, left * float(smallest[place])))
        adjusted[place] = np.where(np.isfinite(own[place]), np.clip(left * own[place], floor, 1.0), np.nan)
    return adjusted
