"""Tests of analyses of variance as tidy tables, and the families they form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from emgpipe.comparison.shared.wording import CROSSED, listed
from emgpipe.model.results import Family

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.variance.analysis import Tested, Trend
    from emgpipe.statistics.rm_anova import Effect
    from emgpipe.statistics.slopes import MeanTest
    from emgpipe.vocabulary import Vocabulary


def omnibus_table(tested: Sequence[Tested], names: Sequence[str], scope: str) -> pd.DataFrame:
    """Return one row per outcome and effect; `names` are the factors as the study file has them."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for one in tested:
        n, everybody = len(one.participants), len(one.participants) + len(one.left_out)
        counts = {"n": n, "n_left_out": everybody - n}
        for effect, numbers in zip(_effect_names(one, names), one.effects, strict=True):
            row = _front(one, names, scope) | {"effect": effect} | _effect(numbers) | counts
            rows.append(row | {"note": listed(effect_notes(numbers, n))})
    return pd.DataFrame(rows)


def effect_notes(effect: Effect, n: int) -> Iterator[str]:
    """Yield why a number is empty, in words."""
    if math.isinf(effect.f):
        yield "participants agree exactly, so that there is no error to test against"
    elif math.isnan(effect.f):
        yield "all values are equal: nothing to test"
    if effect.df == 1:
        yield "1 degree of freedom: sphericity is no question"
    elif effect.ss_error > 0 and math.isnan(effect.sphericity.w):
        yield (
            f"Mauchly's test needs more than {effect.df} participants"
            if n <= effect.df
            else "Mauchly's test cannot be computed: some contrasts do not vary"
        )
    if effect.ss_error > 0 and math.isnan(effect.eta2_generalized):
        yield "no generalized eta squared: not every participant has a reference"


def omnibus_tables(tested: Sequence[Tested], names: Sequence[str], scope: str) -> dict[str, pd.DataFrame]:
    """Return the further tables: friedman (one factor), trend and page (ordered factors)."""
    import pandas as pd

    friedman: list[dict[str, Any]] = []
    trend: list[dict[str, Any]] = []
    page: list[dict[str, Any]] = []
    for one in tested:
        front, n = _front(one, names, scope), {"n": len(one.participants)}
        if one.friedman is not None:
            found = one.friedman
            numbers = {"chi2": found.chi2, "df": found.df, "p": found.p, "p_permutation": found.p_permutation}
            friedman.append(front | numbers | {"exact": found.exact, "kendall_w": found.w} | n)
        named = dict(zip(one.design.factors, names, strict=True))
        for way in one.trends:
            about = front | {"effect": named[way.factor]}
            trend.extend(about | row for row in _trend_rows(way, one.outcome.scale))
            found_page = way.page
            page.append(
                about
                | {"page_l": found_page.statistic, "expected": found_page.expected, "z": found_page.z}
                | {"p_normal": found_page.p_normal, "p_permutation": found_page.p_permutation}
                | {"exact": found_page.exact}
                | n
            )
    tables = {"friedman": friedman, "trend": trend, "page": page}
    return {name: pd.DataFrame(rows) for name, rows in tables.items() if rows}


def omnibus_families(tested: Sequence[Tested], vocabulary: Vocabulary) -> tuple[Family, ...]:
    """Return one family per outcome for the effects, and one for the trends where these are asked for."""
    families = [Family(one.outcome.words(vocabulary), len(one.effects), "none") for one in tested]
    for one in tested:
        tests = sum(1 + (way.quadratic is not None) for way in one.trends)
        if tests:
            families.append(Family(f"{one.outcome.words(vocabulary)}, trends", tests, "none"))
    return tuple(families)


def _effect_names(one: Tested, names: Sequence[str]) -> tuple[str, ...]:
    return (*names, CROSSED.join(names))[: len(one.effects)]


def _front(one: Tested, names: Sequence[str], scope: str) -> dict[str, Any]:
    muscle, side, placement, metric = one.outcome.key
    return {
        "factor": CROSSED.join(names), "scope": scope, "muscle": muscle, "side": side, "placement": placement,
        "metric": metric, "unit": one.outcome.unit, "scale": one.outcome.scale,
    }  # fmt: skip


def _effect(effect: Effect) -> dict[str, Any]:
    shape = effect.sphericity
    return {
        "f": effect.f, "df1": effect.df, "df2": effect.df_error, "epsilon_gg": shape.epsilon_gg,
        "df1_gg": shape.epsilon_gg * effect.df, "df2_gg": shape.epsilon_gg * effect.df_error, "p_gg": effect.p_gg,
        "epsilon_hf": shape.epsilon_hf, "p_hf": effect.p_hf, "p_lower_bound": effect.p_lower,
        "p_uncorrected": effect.p, "mauchly_w": shape.w, "mauchly_chi2": shape.chi2, "mauchly_df": shape.df,
        "p_sphericity": shape.p, "eta2_partial": effect.eta2_partial, "eta2_generalized": effect.eta2_generalized,
        "ss": effect.ss, "ss_error": effect.ss_error,
    }  # fmt: skip


def _trend_rows(way: Trend, scale: str) -> Iterator[dict[str, Any]]:
    yield {"contrast": "linear", "per": way.per} | _test(way.linear, scale)
    if way.quadratic is not None:
        yield {"contrast": "quadratic", "per": f"{way.per} squared"} | _test(way.quadratic, scale)


def _test(test: MeanTest, scale: str) -> dict[str, Any]:
    ends = (test.mean, test.low, test.high)
    ratios = tuple(ratio(end) if scale == "log" else math.nan for end in ends)
    return {
        **dict(zip(("slope", "slope_low", "slope_high"), ends, strict=True)),
        **dict(zip(("ratio", "ratio_low", "ratio_high"), ratios, strict=True)),
        "t": test.t, "df": test.df, "p": test.p, "p_sign_flip": test.p_sign_flip, "exact": test.exact, "n": test.n,
    }  # fmt: skip


def ratio(log: float) -> float:
    """Return the ratio a log difference stands for, kept finite."""
    return math.exp(min(max(log, -700.0), 700.0)) if math.isfinite(log) else math.nan
