"""Repeated-measures analysis of variance: every participant has every condition.

Each effect is a set of d orthonormal contrasts over the conditions. A participant's d contrast scores hold all there is
to say about the effect, and participants differ in them only by the effect's own error, so that the one-way analysis
and each effect of the two-way one are the same computation.

Sources: Winer, Brown and Michels 1991, Statistical Principles in Experimental Design (sums of squares); Mauchly 1940,
Ann Math Stat 11:204, with the two-term tail of Box 1949, Biometrika 36:317; Greenhouse and Geisser 1959, Psychometrika
24:95; Huynh and Feldt 1976, J Educ Stat 1:69; Olejnik and Algina 2003, Psychol Methods 8:434 (generalized eta squared).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ROUNDING: Final = 1e-13
"""Sums of squares below the square of this times the largest number are rounding, not spread."""


@dataclass(frozen=True, slots=True)
class Sphericity:
    """How far the differences between conditions are from having one variance.

    Attributes
    ----------
    w, chi2, p : float
        Mauchly's test on `df` degrees of freedom; NaN where it cannot be computed: with two conditions there is
        nothing to test (W is 1), and n participants allow at most n conditions. The p value is Box's, as R and SPSS
        print it; the plain chi squared tail is smaller for few participants.
    df : int
    epsilon_gg, epsilon_hf, epsilon_lower : float
        Greenhouse-Geisser, Huynh-Feldt (at most 1; NaN for two participants and more than two conditions), and the
        lower bound 1 / df of the effect.
    """

    w: float
    chi2: float
    df: int
    p: float
    epsilon_gg: float
    epsilon_hf: float
    epsilon_lower: float


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: its F test uncorrected and with the degrees of freedom of each correction.

    Attributes
    ----------
    ss, ss_error : float
        Sums of squares of the effect and of its own error (effect x participant).
    df, df_error : int
        Before any correction; multiply both by an epsilon for the corrected ones.
    f : float
        Infinite where participants agree exactly in an effect, NaN where there is no spread at all.
    p, p_gg, p_hf, p_lower : float
        Uncorrected, Greenhouse-Geisser, Huynh-Feldt, lower bound; NaN where F is not a finite number.
    eta2_partial, eta2_generalized : float
        Shares of variance; the second has the spread between participants and all errors below the line.
    """

    ss: float
    ss_error: float
    df: int
    df_error: int
    f: float
    p: float
    p_gg: float
    p_hf: float
    p_lower: float
    eta2_partial: float
    eta2_generalized: float
    sphericity: Sphericity


def one_way(scores: NDArray[np.float64], heights: NDArray[np.float64] | None = None) -> Effect:
    """Return the effect of one factor.

    Parameters
    ----------
    scores : array, shape (n_participants, n_levels)
        Complete; at least two levels.
    heights : array, shape (n_participants,), optional
        Each participant's mean on a scale on which participants can be compared, for generalized eta squared; NaN
        leaves that empty. Left out, the mean of the participant's scores.
    """
    return _effects(scores, [orthonormal(scores.shape[1])], heights)[0]


def two_way(scores: NDArray[np.float64], heights: NDArray[np.float64] | None = None) -> tuple[Effect, Effect, Effect]:
    """Return the effects of two crossed factors and of their interaction.

    Parameters
    ----------
    scores : array, shape (n_participants, n_levels_a, n_levels_b)
        Complete; at least two levels of each.
    heights : array, shape (n_participants,), optional
        As for `one_way`.

    Returns
    -------
    tuple of Effect
        A, B, A x B, each with its own error and its own epsilon.
    """
    n, a, b = scores.shape
    of_a, of_b = orthonormal(a), orthonormal(b)
    flat_a, flat_b = np.full((a, 1), a**-0.5), np.full((b, 1), b**-0.5)
    contrasts = [np.asarray(np.kron(*pair)) for pair in ((of_a, flat_b), (flat_a, of_b), (of_a, of_b))]
    first, second, both = _effects(scores.reshape(n, a * b), contrasts, heights)
    return first, second, both


def orthonormal(k: int) -> NDArray[np.float64]:
    """Return k - 1 orthonormal contrasts (Helmert), shape (k, k - 1)."""
    contrasts = np.zeros((k, k - 1))
    for j in range(1, k):
        contrasts[:j, j - 1] = 1.0
        contrasts[j, j - 1] = -j
        contrasts[:, j - 1] /= math.sqrt(j * (j + 1))
    return contrasts


def _effects(
    scores: NDArray[np.float64], contrasts: Sequence[NDArray[np.float64]], heights: NDArray[np.float64] | None
) -> list[Effect]:
    """Return one effect per set of contrasts; together these share the error of generalized eta squared."""
    n, k = scores.shape
    centered = scores - scores.mean(axis=1, keepdims=True) if n else scores
    tiny = n * k * (_ROUNDING * float(np.abs(scores).max(initial=0.0))) ** 2
    parts = [_sums(centered @ one, tiny) for one in contrasts]
    means = scores.mean(axis=1) if heights is None else heights
    between = k * float(((means - means.mean()) ** 2).sum()) if n else math.nan
    spread = between + sum(error for _, error, _ in parts)
    return [_effect(ss, error, covariance, n, spread) for ss, error, covariance in parts]


def _sums(contrast_scores: NDArray[np.float64], tiny: float) -> tuple[float, float, NDArray[np.float64]]:
    """Return the sums of squares of effect and error, and the covariance of the contrast scores; rounding is 0."""
    n, d = contrast_scores.shape
    if n == 0:
        return math.nan, math.nan, np.full((d, d), math.nan)
    mean = contrast_scores.mean(axis=0)
    rest = contrast_scores - mean
    cross = rest.T @ rest
    ss, error = n * float(mean @ mean), float(np.trace(cross))
    if error <= tiny:
        error, cross = 0.0, np.zeros((d, d))
    covariance = cross / (n - 1) if n > 1 else np.full((d, d), math.nan)
    return (ss if ss > tiny else 0.0), error, covariance


def _effect(ss: float, error: float, covariance: NDArray[np.float64], n: int, spread: float) -> Effect:
    from scipy.special import fdtrc

    d = covariance.shape[0]
    df_error = max(n - 1, 0) * d
    f = _ratio(ss / d, error / df_error) if df_error else math.nan
    sphericity = _sphericity(covariance, n)
    ones = (1.0, sphericity.epsilon_gg, sphericity.epsilon_hf, sphericity.epsilon_lower)
    tails = [float(fdtrc(e * d, e * df_error, f)) if math.isfinite(f * e) else math.nan for e in ones]
    p, p_gg, p_hf, p_lower = tails
    partial, generalized = _ratio(ss, ss + error), _ratio(ss, ss + spread)
    return Effect(ss, error, d, df_error, f, p, p_gg, p_hf, p_lower, partial, generalized, sphericity)


def _ratio(above: float, below: float) -> float:
    if below:
        return above / below
    return math.inf if above > 0 else math.nan


def _sphericity(covariance: NDArray[np.float64], n: int) -> Sphericity:
    d = covariance.shape[0]
    df = d * (d + 1) // 2 - 1
    trace = float(np.trace(covariance))
    if not trace > 0:
        return Sphericity(math.nan, math.nan, df, math.nan, math.nan, math.nan, 1 / d)
    lower = 1 / d
    gg = min(max(trace**2 / (d * float((covariance**2).sum())), lower), 1.0)
    w, chi2, p = _mauchly(covariance, n)
    return Sphericity(w, chi2, df, p, gg, _huynh_feldt(gg, d, n), lower)


def _huynh_feldt(gg: float, d: int, n: int) -> float:
    if d == 1:
        return 1.0
    above, below = n * d * gg - 2, d * (n - 1 - d * gg)
    if n < 3:
        return math.nan  # 0 / 0
    return min(above / below, 1.0) if below * 1e9 > above else 1.0


def _mauchly(covariance: NDArray[np.float64], n: int) -> tuple[float, float, float]:
    """Return W, chi squared and p by Box's two-term series."""
    from scipy.special import chdtrc

    d = covariance.shape[0]
    if d == 1:
        return 1.0, math.nan, math.nan
    sign, log_determinant = np.linalg.slogdet(covariance) if n - 1 >= d else (0.0, -math.inf)
    log_w = float(log_determinant) - d * math.log(float(np.trace(covariance)) / d)
    if sign <= 0 or log_w < d * math.log(_ROUNDING):
        return math.nan, math.nan, math.nan
    log_w = min(log_w, 0.0)
    rho = 1 - (2 * d**2 + d + 2) / (6 * d * (n - 1))
    second = (d + 2) * (d - 1) * (d - 2) * (2 * d**3 + 6 * d**2 + 3 * d + 2) / (288 * ((n - 1) * d * rho) ** 2)
    chi2 = -(n - 1) * rho * log_w
    df = d * (d + 1) / 2 - 1
    first = float(chdtrc(df, chi2))
    p = first + second * (float(chdtrc(df + 4, chi2)) - first)
    return math.exp(log_w), chi2, min(max(p, 0.0), 1.0)
