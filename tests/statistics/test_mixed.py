"""Mixed models against the analysis of variance they become in balanced data, and how often their tests reject."""

from __future__ import annotations

import math
import os
import sys

import numpy as np
import pytest
from scipy import stats

from emgpipe.errors import ComparisonError, MissingPackageError
from emgpipe.statistics.mixed import MixedData, fit_mixed

ABDI = np.array(
    [[76, 64, 34, 26], [60, 48, 46, 30], [58, 34, 32, 28], [46, 46, 32, 28], [30, 18, 36, 28]], dtype=float
)  # fmt: skip
GROCERIES = np.array(
    [[1.17, 1.78, 1.29, 1.29], [1.77, 1.98, 1.99, 1.99], [1.49, 1.69, 1.79, 1.59], [0.65, 0.99, 0.69, 1.09],
     [1.58, 1.7, 1.89, 1.89], [3.13, 3.15, 2.99, 3.09], [2.09, 1.88, 2.09, 2.49], [0.62, 0.65, 0.65, 0.69],
     [5.89, 5.99, 5.99, 6.99], [4.46, 4.84, 4.99, 5.15]],
)  # fmt: skip
LONG = bool(os.environ.get("EMGPIPE_LONG"))


def long_form(cells: np.ndarray, *, block: bool = False, slopes: bool = False) -> MixedData:
    """Participants x levels (x repetitions), NaN where missing, as rows with treatment coding."""
    cells = cells[:, :, None] if cells.ndim == 2 else cells
    person, level, _ = np.nonzero(np.isfinite(cells))
    design = np.column_stack([np.ones(person.size), *(level == j for j in range(1, cells.shape[1]))]).astype(float)
    blocks = {"participant x condition": person * cells.shape[1] + level} if block else {}
    random = design[:, 1:] if slopes else np.empty((person.size, 0))
    terms = ("intercept", *(f"level {j}" for j in range(1, cells.shape[1])))
    return MixedData(cells[np.isfinite(cells)], design, terms, person, random, blocks)


def mean_squares(cells: np.ndarray) -> tuple[float, float]:
    """Participants and error of the repeated-measures analysis of variance."""
    n, k = cells.shape
    left = cells - cells.mean(axis=0) - cells.mean(axis=1, keepdims=True) + cells.mean()
    return k * cells.mean(axis=1).var(ddof=1), float((left**2).sum()) / ((n - 1) * (k - 1))


def minus_2_log_reml(data: MixedData, participant: float, residual: float) -> float:
    """The restricted likelihood written out with the whole covariance matrix."""
    covariance = residual * np.eye(data.response.size)
    covariance += participant * (data.participants[:, None] == data.participants[None, :])
    inverse = np.linalg.inv(covariance)
    information = data.fixed.T @ inverse @ data.fixed
    left = data.response - data.fixed @ np.linalg.solve(information, data.fixed.T @ inverse @ data.response)
    logs = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
    return float((data.response.size - data.fixed.shape[1]) * math.log(2 * math.pi) + logs + left @ inverse @ left)


@pytest.mark.parametrize(("cells", "error"), [(ABDI, 112.0), (GROCERIES, 0.0449533)])
def test_balanced_data_give_the_repeated_measures_anova(cells, error):
    data = long_form(cells)
    fit = fit_mixed(data)
    between, residual = mean_squares(cells)
    assert residual == pytest.approx(error, rel=1e-5)
    assert fit.residual == pytest.approx(residual, rel=1e-4)
    assert fit.variances["participant"] == pytest.approx((between - residual) / cells.shape[1], rel=1e-3)
    assert fit.minus_2_log_reml == pytest.approx(minus_2_log_reml(data, (between - residual) / 4, residual), abs=1e-5)
    assert [term.estimate for term in fit.terms[1:]] == pytest.approx(list(cells.mean(0)[1:] - cells.mean(0)[0]))
    assert fit.terms[1].error == pytest.approx(math.sqrt(2 * residual / len(cells)), rel=1e-4)
    assert fit.doubts == ()


def test_repetitions_with_responses_of_their_own_give_the_anova_of_the_means():
    rng = np.random.default_rng(5)
    cells = rng.normal(0, 0.5, (8, 1, 1)) + rng.normal(0, 0.2, (8, 4, 1)) + rng.normal(0, 0.1, (8, 4, 5))
    fit = fit_mixed(long_form(cells, block=True))
    _, error = mean_squares(cells.mean(axis=2))
    term = fit.terms[1]
    assert term.error == pytest.approx(math.sqrt(2 * error / 8), rel=1e-3)
    t = (cells.mean(axis=2)[:, 1] - cells.mean(axis=2)[:, 0]).mean() / math.sqrt(2 * error / 8)
    assert term.p(21) == pytest.approx(2 * stats.t.sf(abs(t), 21), rel=1e-2)
    assert term.p_wald == pytest.approx(2 * stats.norm.sf(abs(term.z)))
    low, high = term.interval(21)
    assert (low + high) / 2 == pytest.approx(term.estimate)
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 21) * term.error)


def test_what_is_missing_costs_no_participant():
    cells = ABDI.copy()
    cells[0, 1] = cells[3, 3] = np.nan
    fit = fit_mixed(long_form(cells))
    assert (fit.n, fit.rows) == (5, 18)
    assert all(term.error > 0 for term in fit.terms)


def test_the_unit_of_a_slope_changes_nothing_but_its_unit():
    rng = np.random.default_rng(1)
    person, x = np.repeat(np.arange(10), 8), np.tile(np.arange(8.0), 10)
    y = rng.normal(0, 1, 10)[person] + (0.3 + rng.normal(0, 0.2, 10)[person]) * x + rng.normal(0, 0.3, 80)
    fits = [
        fit_mixed(MixedData(y, np.column_stack([np.ones(80), u * x]), ("1", "x"), person, u * x[:, None], {}), ("x",))
        for u in (1.0, 1000.0)
    ]
    one, other = fits
    assert other.terms[1].estimate * 1000 == pytest.approx(one.terms[1].estimate)
    assert other.variances["participant: x"] * 1e6 == pytest.approx(one.variances["participant: x"])
    assert other.minus_2_log_reml - 2 * math.log(1000) == pytest.approx(one.minus_2_log_reml, abs=1e-6)


def test_a_variance_of_zero_is_said():
    cells = np.random.default_rng(3).normal(0, 1, (6, 3))
    fit = fit_mixed(long_form(cells - cells.mean(axis=1, keepdims=True)))
    assert fit.variances["participant"] == pytest.approx(0, abs=1e-4)
    assert fit.doubts == ("the variance of participant is estimated as zero (at the boundary)",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (long_form(ABDI[:1]), "needs at least 2 participants; there is 1"),
        (long_form(np.ones((5, 3))), "no spread is left"),
        (long_form(np.arange(5.0)[:, None] + np.array([0.0, 1.0, 3.0])), "no spread is left"),
        (long_form(ABDI[:2, :2]), "4 values are too few for 2 terms and 2 participants"),
    ],
)
def test_data_without_an_answer_are_refused_in_words(data, words):
    with pytest.raises(ComparisonError, match=words):
        fit_mixed(data)


def test_terms_that_say_the_same_are_named():
    data = long_form(ABDI)
    fixed = np.column_stack([data.fixed, data.fixed[:, 1] - 2 * data.fixed[:, 2]])
    doubled = MixedData(data.response, fixed, (*data.terms, "order"), data.participants, data.slopes, {})
    with pytest.raises(ComparisonError, match="order cannot be told apart"):
        fit_mixed(doubled)


def test_without_statsmodels_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'emgpipe\[models\]'"):
        fit_mixed(long_form(ABDI))


def rejections(
    fits: int, *, seed: int, random: str, missing: bool = False, levels: int = 3
) -> tuple[float, float, int]:
    """Share of fits in which Wald's z and the t test reject a true null hypothesis at .05, and how many fits."""
    rng = np.random.default_rng(seed)
    wald = t = done = 0
    for _ in range(fits):
        cells = rng.normal(0, 0.5, (8, 1, 1)) + rng.normal(0, 0.2, (8, levels, 1)) + rng.normal(0, 0.1, (8, levels, 3))
        if missing:
            cells[rng.permutation(8)[:3], rng.integers(0, levels, 3)] = np.nan
        try:
            fit = fit_mixed(long_form(cells, block=random == "condition", slopes=random == "slopes"))
        except ComparisonError:
            continue
        done += 1
        df = 7 if missing or random != "condition" else 7 * (levels - 1)
        wald += fit.terms[1].p_wald <= 0.05
        t += fit.terms[1].p(df) <= 0.05
    return wald / done, t / done, done


@pytest.mark.parametrize(
    ("random", "missing", "short"), [("condition", False, 20), ("condition", True, 20), ("slopes", False, 6)]
)
def test_error_rates_with_eight_participants(random, missing, short):
    fits = 1000 if LONG else short
    wald, t, done = rejections(fits, seed=11, random=random, missing=missing)
    assert done >= 0.9 * fits
    assert wald >= t
    assert t <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / done)
    if LONG:
        assert wald > 0.06  # liberal, as its column says


def test_repetitions_taken_as_independent_are_far_too_sure():
    fits = 1000 if LONG else 40
    wald, t, _ = rejections(fits, seed=2, random="intercept")
    assert wald > 0.05 + 3 * math.sqrt(0.05 * 0.95 / fits)
    if LONG:
        assert t > 0.15
