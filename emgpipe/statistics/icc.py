"""Reliability of repeated measurements: intraclass correlations, error of measurement, coefficient of variation.

Models and forms are those of Shrout and Fleiss 1979 (Psychol Bull 86:420), intervals those of McGraw and Wong 1996
(Psychol Methods 1:30). The participants are the targets, the trials (repetitions, sessions) the judges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.errors import ComparisonError
from emgpipe.statistics.log_ratio import CONFIDENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MDC_FACTOR: Final = 1.96 * math.sqrt(2)
"""Smallest detectable change (95 %) over the standard error of measurement."""
_TAIL: Final = (1 + CONFIDENCE) / 2
_ROUNDING: Final = 1e-12
"""A sum of squares below this share of the values' own squares is rounding."""


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of the two-way layout of `n` participants by `k` trials, in the square of the values' unit.

    Attributes
    ----------
    between : float
        Between participants (BMS), n - 1 degrees of freedom.
    within : float
        Within participants (WMS), n (k - 1).
    trials : float
        Between trials (JMS), k - 1.
    error : float
        What is left (EMS), (n - 1)(k - 1).
    """

    n: int
    k: int
    between: float
    within: float
    trials: float
    error: float

    def scaled(self, size: float) -> MeanSquares:
        """Return the mean squares of values `size` times as large."""
        parts = (part * size * size for part in (self.between, self.within, self.trials, self.error))
        return MeanSquares(self.n, self.k, *parts)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An intraclass correlation and its 95 % interval; NaN where there is none.

    Negative values are kept: they say that participants differ less than their own trials do.
    """

    value: float
    low: float
    high: float

    def averaged(self, k: int) -> Coefficient:
        """Return the coefficient of the mean of `k` trials (Spearman and Brown)."""
        return Coefficient(*(_averaged(part, k) for part in (self.value, self.low, self.high)))


@dataclass(frozen=True, slots=True)
class Reliability:
    """What `reliability` finds.

    Attributes
    ----------
    squares : MeanSquares
    one_way : Coefficient
        ICC(1,1): trials in no order.
    agreement : Coefficient
        ICC(2,1): two-way random, a shift between trials counts as error.
    consistency : Coefficient
        ICC(3,1): two-way mixed, a shift that all share does not count.
    sem_consistency, sem_agreement : float
        Standard error of measurement of one trial, in the unit of the values.
    mdc_consistency, mdc_agreement : float
        Smallest detectable change (95 %): 1.96 sqrt(2) times the standard error of measurement.
    cv, cv_log : float
        Within-participant coefficient of variation as a fraction: the mean of the participants' SD / mean, and from
        the SD of the logarithms. NaN where a mean or a value is not above 0.
    """

    squares: MeanSquares
    one_way: Coefficient
    agreement: Coefficient
    consistency: Coefficient
    sem_consistency: float
    sem_agreement: float
    mdc_consistency: float
    mdc_agreement: float
    cv: float
    cv_log: float


def reliability(values: NDArray[np.float64]) -> Reliability:
    """Return how well trials agree.

    Parameters
    ----------
    values : array, shape (n_participants, n_trials)
        Complete: no NaN.

    Raises
    ------
    ComparisonError
        Fewer than two participants or trials, or a value is missing.
    """
    # In units of the largest value, so that no square leaves the range of numbers.
    size = float(np.abs(values).max(initial=0.0)) or 1.0
    shares = values / size
    squares = mean_squares(shares)
    error, within = size * math.sqrt(squares.error), size * math.sqrt(squares.within)
    return Reliability(
        squares=squares.scaled(size),
        one_way=_one_way(squares),
        agreement=_agreement(squares),
        consistency=_consistency(squares),
        sem_consistency=error,
        sem_agreement=within,
        mdc_consistency=MDC_FACTOR * error,
        mdc_agreement=MDC_FACTOR * within,
        cv=_mean_cv(shares),
        cv_log=_log_cv(shares),
    )


def mean_squares(values: NDArray[np.float64]) -> MeanSquares:
    """Return the mean squares of participants by trials; see `reliability` for the errors."""
    n, k = values.shape
    if n < 2 or k < 2:
        raise ComparisonError(
            f"reliability needs at least 2 participants with at least 2 trials each; there are {n} with {k}"
        )
    if not np.isfinite(values).all():
        raise ComparisonError("reliability needs every trial of every participant; a value is missing")
    grand = values.mean()
    floor = _ROUNDING * float((values**2).sum())
    rows, columns = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    between = k * float(((rows - grand) ** 2).sum())
    trials = n * float(((columns - grand) ** 2).sum())
    error = float(((values - rows - columns + grand) ** 2).sum())
    between, trials, error = (0.0 if part <= floor else part for part in (between, trials, error))
    return MeanSquares(
        n, k, between / (n - 1), (trials + error) / (n * (k - 1)), trials / (k - 1), error / ((n - 1) * (k - 1))
    )


def _one_way(s: MeanSquares) -> Coefficient:
    df = (s.n - 1, s.n * (s.k - 1))
    return _by_f(s.between, s.within, df, s.k)


def _consistency(s: MeanSquares) -> Coefficient:
    df = (s.n - 1, (s.n - 1) * (s.k - 1))
    return _by_f(s.between, s.error, df, s.k)


def _by_f(between: float, error: float, df: tuple[int, int], k: int) -> Coefficient:
    """Return (F - 1) / (F + k - 1) of F = between / error and of the limits of F."""
    if between == 0 and error == 0:
        return Coefficient(math.nan, math.nan, math.nan)

    def of(share: float) -> float:
        return (between - share * error) / (between + (k - 1) * share * error)

    return Coefficient(of(1.0), of(_f(df[0], df[1])), of(1 / _f(df[1], df[0])))


def _agreement(s: MeanSquares) -> Coefficient:
    """ICC(2,1) with the approximate interval of McGraw and Wong 1996, table 7 (after Fleiss and Shrout 1978)."""
    n, k = s.n, s.k
    spread = s.between + (k - 1) * s.error + k * (s.trials - s.error) / n
    if spread <= 0:
        return Coefficient(math.nan, math.nan, math.nan)
    value = (s.between - s.error) / spread
    if s.error == 0 and s.trials == 0:
        return Coefficient(value, value, value)
    df = _satterthwaite(s, value)
    rest = k * s.trials + (k * n - k - n) * s.error

    def of(share: float) -> float:
        below = share * rest + n * s.between
        return n * (s.between - share * s.error) / below if below > 0 else math.nan

    return Coefficient(value, of(_f(n - 1, df)), of(1 / _f(df, n - 1)))


def _satterthwaite(s: MeanSquares, value: float) -> float:
    """Return the degrees of freedom of the denominator; both weights times (1 - ICC), so that ICC = 1 has some.

    A negative ICC counts as 0 here: it would leave next to no degrees of freedom and an interval without meaning.
    """
    value = max(value, 0.0)
    a = s.k * value * s.trials
    b = (s.n * (1 - value) + s.k * value * (s.n - 1)) * s.error
    below = a**2 / (s.k - 1) + b**2 / ((s.n - 1) * (s.k - 1))
    return (a + b) ** 2 / below if below > 0 and (a + b) ** 2 > 0 else float(s.k - 1)


def _f(numerator: float, denominator: float) -> float:
    from scipy.special import fdtri

    return float(fdtri(numerator, denominator, _TAIL))


def _averaged(single: float, k: int) -> float:
    below = 1 + (k - 1) * single
    return k * single / below if below > _ROUNDING else math.nan


def _mean_cv(values: NDArray[np.float64]) -> float:
    means = values.mean(axis=1)
    if (means <= 0).any():
        return math.nan
    return float((values.std(axis=1, ddof=1) / means).mean())


def _log_cv(values: NDArray[np.float64]) -> float:
    """Return sqrt(exp(s^2) - 1) with s^2 the mean variance of a participant's logarithms."""
    if (values <= 0).any():
        return math.nan
    variance = float(np.log(values).var(axis=1, ddof=1).mean())
    return math.sqrt(math.expm1(min(variance, 700.0)))


FORMS: Final[dict[str, Callable[[Reliability], Coefficient]]] = {
    "icc_1_1": lambda found: found.one_way,
    "icc_2_1": lambda found: found.agreement,
    "icc_3_1": lambda found: found.consistency,
    "icc_1_k": lambda found: found.one_way.averaged(found.squares.k),
    "icc_2_k": lambda found: found.agreement.averaged(found.squares.k),
    "icc_3_k": lambda found: found.consistency.averaged(found.squares.k),
}
"""The six forms of Shrout and Fleiss by name."""
