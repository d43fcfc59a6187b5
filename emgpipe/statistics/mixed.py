"""Linear mixed models of repetitions within participants, by restricted maximum likelihood (statsmodels).

What statsmodels says by warnings is returned as words, and a model that has no answer is refused in words. Its Wald z
takes the number of participants as large; the tests here take t with few degrees of freedom instead, because the
participants and not the repetitions are the sample.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.errors import ComparisonError, MissingPackageError
from emgpipe.statistics.log_ratio import CONFIDENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OPTIMIZERS: Final = ("bfgs", "lbfgs", "powell", "nm")
"""Tried in this order until one converges."""
_BOUNDARY: Final = 1e-5
"""A variance below this share of the residual variance counts as zero."""
_NOTHING: Final = 1e-10
"""A spread below this share of the responses counts as none."""


@dataclass(frozen=True, slots=True)
class MixedData:
    """Rows of a mixed model.

    Attributes
    ----------
    response : array, shape (n_rows,)
    fixed : array, shape (n_rows, n_terms)
        The design, the column of ones first.
    terms : tuple of str
        Names of its columns.
    participants : array of int, shape (n_rows,)
    slopes : array, shape (n_rows, n_slopes)
        Columns whose effects differ between participants, freely correlated with one another and the intercept.
    blocks : mapping of str to array of int, shape (n_rows,)
        Further random intercepts inside participants, such as participant by condition, by name.
    """

    response: NDArray[np.float64]
    fixed: NDArray[np.float64]
    terms: tuple[str, ...]
    participants: NDArray[np.int64]
    slopes: NDArray[np.float64]
    blocks: dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Term:
    """A fixed effect on the scale of the response; NaN where the fit gives none."""

    name: str
    estimate: float
    error: float

    @property
    def z(self) -> float:
        """Wald's z."""
        return self.estimate / self.error if self.error > 0 else math.nan

    @property
    def p_wald(self) -> float:
        """Two-sided p by the normal distribution: too small with few participants."""
        return math.erfc(abs(self.z) / math.sqrt(2))

    def p(self, df: int) -> float:
        """Two-sided p by t with `df` degrees of freedom."""
        from scipy.special import stdtr

        return 2 * float(stdtr(df, -abs(self.z)))

    def interval(self, df: int) -> tuple[float, float]:
        """Return the 95 % interval by t with `df` degrees of freedom."""
        from scipy.special import stdtrit

        half = float(stdtrit(df, (1 + CONFIDENCE) / 2)) * self.error
        return self.estimate - half, self.estimate + half


@dataclass(frozen=True, slots=True)
class MixedFit:
    """A fitted mixed model.

    Attributes
    ----------
    terms : tuple of Term
    variances : mapping of str to float
        Of ``participant`` and every block; of slopes and their covariances ``participant: a x b``.
    residual : float
        Residual variance.
    minus_2_log_reml : float
        With the constants of lme4 and statsmodels.
    n, rows : int
        Participants and rows.
    doubts : tuple of str
        What makes the fit less than it looks, in words.
    """

    terms: tuple[Term, ...]
    variances: dict[str, float]
    residual: float
    minus_2_log_reml: float
    n: int
    rows: int
    doubts: tuple[str, ...]


def fit_mixed(data: MixedData, slope_names: Sequence[str] = ()) -> MixedFit:
    """Fit the model by restricted maximum likelihood.

    Raises
    ------
    ComparisonError
        The data do not determine the model, or no optimizer converges; says why.
    MissingPackageError
        statsmodels is not installed.
    """
    _require_determined(data)
    # Slopes in units of their own size, so that degrees and kilograms converge alike and "zero" means the same.
    sizes = np.sqrt((data.slopes**2).mean(axis=0))
    fitted, caught = _fitted(replace(data, slopes=data.slopes / sizes))
    if fitted is None:
        raise ComparisonError("the mixed model could not be fitted: its likelihood is singular; use fewer terms")
    if not fitted.converged:
        raise ComparisonError(
            f"the mixed model did not converge with any of {len(_OPTIMIZERS)} optimizers; use fewer terms, or random: "
            "intercept"
        )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a singular information gives errors that are not finite, checked below
        errors = np.asarray(fitted.bse_fe, dtype=float)
    if not np.isfinite(errors).all():
        raise ComparisonError("the mixed model gives no standard errors: its information is singular; use fewer terms")
    effects = np.asarray(fitted.fe_params, dtype=float)
    terms = tuple(Term(n, float(e), float(se)) for n, e, se in zip(data.terms, effects, errors, strict=True))
    return MixedFit(
        terms=terms,
        variances=_variances(fitted, slope_names, sizes),
        residual=float(fitted.scale),
        minus_2_log_reml=-2 * float(fitted.llf),
        n=len(set(data.participants)),
        rows=data.response.size,
        doubts=tuple(_doubts(fitted, _variances(fitted, slope_names, np.ones_like(sizes)), caught)),
    )


def _require_determined(data: MixedData) -> None:
    n = len(set(data.participants))
    if n < 2:
        raise ComparisonError(f"a mixed model needs at least 2 participants; there is {n or 'none'}")
    confounded = _confounded(data)
    if confounded:
        raise ComparisonError(
            f"{', '.join(confounded)} cannot be told apart from the other terms in these trials; leave out one of them"
        )
    if data.response.size <= data.fixed.shape[1] + n:
        raise ComparisonError(
            f"{data.response.size} values are too few for {data.fixed.shape[1]} terms and {n} participants"
        )
    own = _within(data.response, data.participants)
    inside = _within(data.fixed, data.participants)
    left = own - inside @ np.linalg.lstsq(inside, own, rcond=None)[0]
    if np.abs(left).max() <= _NOTHING * max(float(np.abs(data.response).max()), 1.0):
        raise ComparisonError("the values are the same, or change alike in every participant: no spread is left")


def _confounded(data: MixedData) -> list[str]:
    """Return the terms that are combinations of those before them."""
    found: list[str] = []
    kept: list[NDArray[np.float64]] = []
    for name, column in zip(data.terms, data.fixed.T, strict=True):
        size = float(np.linalg.norm(column))
        tried = np.column_stack([*kept, column / size if size else column])
        if size == 0 or np.linalg.svd(tried, compute_uv=False)[-1] < 1e-7:
            found.append(name)
        else:
            kept.append(column / size)
    return found


def _within(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return values less the means of their groups."""
    centered = np.array(values, dtype=float)
    for group in np.unique(groups):
        mine = groups == group
        centered[mine] -= centered[mine].mean(axis=0)
    return centered


def _fitted(data: MixedData) -> tuple[Any, list[str]]:
    """Return the fit of statsmodels and the texts of its warnings; None where the likelihood is singular."""
    try:
        from statsmodels.regression.mixed_linear_model import MixedLM
    except ImportError as error:
        raise MissingPackageError("statsmodels", "models", "a mixed model") from error
    # With the participants' rows together, statsmodels need not search for them.
    order = np.argsort(data.participants, kind="stable")
    own = data.participants[order]
    random = np.column_stack([np.ones(own.size), data.slopes[order]])
    blocks = {name: codes[order] for name, codes in data.blocks.items()}
    best: Any = None
    for method in _OPTIMIZERS:
        with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
            warnings.simplefilter("always")  # caught whole: what the optimizer says is read, not printed
            try:
                model = MixedLM(
                    data.response[order], data.fixed[order], own, exog_re=random, exog_vc=_components(blocks, own)
                )
                best = model.fit(reml=True, method=method)
            except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
                continue
        if best.converged and np.isfinite(best.llf):
            return best, [str(warning.message) for warning in caught]
    return best, []


def _components(blocks: dict[str, NDArray[np.int64]], participants: NDArray[np.int64]) -> Any:
    """Return the indicator matrices of each block in each participant, as statsmodels wants them."""
    from statsmodels.regression.mixed_linear_model import VCSpec

    if not blocks:
        return None
    names, labels, matrices = [], [], []
    for name, codes in sorted(blocks.items()):
        inside = [codes[participants == person] for person in np.unique(participants)]
        names.append(name)
        labels.append([[str(code) for code in np.unique(own)] for own in inside])
        matrices.append([(own[:, None] == np.unique(own)[None, :]).astype(float) for own in inside])
    return VCSpec(names, labels, matrices)


def _variances(fitted: Any, slope_names: Sequence[str], sizes: NDArray[np.float64]) -> dict[str, float]:
    """Return the variances by name; slopes per unit of their column, which was divided by its size."""
    per_unit = 1 / np.concatenate([[1.0], sizes])
    covariance = np.atleast_2d(np.asarray(fitted.cov_re, dtype=float)) * np.outer(per_unit, per_unit)
    names = ["participant", *(f"participant: {name}" for name in slope_names)]
    found = {name: float(covariance[i, i]) for i, name in enumerate(names)}
    for i, j in zip(*np.triu_indices(len(names), 1), strict=True):
        found[f"covariance of {names[i]} and {names[j].removeprefix('participant: ')}"] = float(covariance[i, j])
    blocks = np.asarray(fitted.vcomp, dtype=float)
    return found | {str(name): float(value) for name, value in zip(fitted.model.exog_vc.names, blocks, strict=True)}


def _doubts(fitted: Any, variances: dict[str, float], caught: Sequence[str]) -> list[str]:
    floor = _BOUNDARY * float(fitted.scale)
    doubts = [
        f"the variance of {name} is estimated as zero (at the boundary)"
        for name, value in variances.items()
        if not name.startswith("covariance") and value <= floor
    ]
    covariance = np.atleast_2d(np.asarray(fitted.cov_re, dtype=float))
    if len(covariance) > 1 and np.linalg.eigvalsh(covariance)[0] <= floor and not doubts:
        doubts.append("the random effects are perfectly correlated (singular covariance)")
    if any("Hessian" in text for text in caught) and not doubts:
        doubts.append("the likelihood is flat at its maximum: the variances are poorly determined")
    return doubts
