"""A mixed model as tidy tables and in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from emgpipe.comparison.mixed.design import INTERCEPT
from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.comparison.shared.numbers import difference_words, number_words, p_words, ratio_center, ratio_words
from emgpipe.comparison.shared.wording import factor_words, level_words, panel_words, people

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.mixed.design import Design
    from emgpipe.statistics.mixed import MixedFit, Term
    from emgpipe.vocabulary import Vocabulary

Fitted = tuple["Design", "MixedFit"]
ALPHA: Final = 0.05
TERM_COLUMNS: Final = (
    "factor", "scope", "muscle", "side", "placement", "metric", "unit", "scale", "term", "level", "against", "n",
    "n_rows", "estimate", "ratio", "ci_low", "ci_high", "t", "df", "p", "se", "z", "p_wald", "note",
)  # fmt: skip
FIT_COLUMNS: Final = ("factor", "scope", "muscle", "side", "placement", "metric", "scale", "quantity", "value")
LIBERAL: Final = (
    "p_wald takes z as normal, as statsmodels prints it; it is liberal (rejects too often) with as few participants as "
    "EMG studies have, and is shown for comparison with other software only"
)
HEADLINE: Final = (
    "a mixed model is a check beside the paired comparison, which is the headline: its t interval needs no model of "
    "the variances"
)


def term_table(fits: Sequence[Fitted], factor: str, against: str, scope: str) -> pd.DataFrame:
    """Return one row per outcome and term; the intercept is in the table of the fit."""
    import pandas as pd

    rows = [
        _where(design, factor, scope) | {"unit": design.unit} | _numbers(design, fit, term, against)
        for design, fit in fits
        for term in fit.terms
        if term.name != INTERCEPT
    ]
    return pd.DataFrame(rows, columns=list(TERM_COLUMNS))


def _where(design: Design, factor: str, scope: str) -> dict[str, Any]:
    muscle, side, placement, metric = design.key
    return {
        "factor": factor, "scope": scope, "muscle": muscle, "side": side, "placement": placement, "metric": metric,
        "scale": design.scale,
    }  # fmt: skip


def _numbers(design: Design, fit: MixedFit, term: Term, against: str) -> dict[str, Any]:
    low, high = (_back(design, end) for end in term.interval(design.df))
    level = design.levels.get(term.name, "")
    return {
        "term": term.name, "level": level, "against": against if level else "", "n": fit.n, "n_rows": fit.rows,
        "estimate": term.estimate, "ratio": _back(design, term.estimate) if design.scale == "log" else math.nan,
        "ci_low": low, "ci_high": high, "t": term.z, "df": design.df, "p": term.p(design.df), "se": term.error,
        "z": term.z, "p_wald": term.p_wald, "note": "; ".join(fit.doubts),
    }  # fmt: skip


def _back(design: Design, value: float) -> float:
    return on_shown_scale(value, design.scale)


def fit_table(fits: Sequence[Fitted], factor: str, scope: str) -> pd.DataFrame:
    """Return intercept, variances, residual SD and -2 log REML, one row each, on the scale of the analysis."""
    import pandas as pd

    rows = []
    for design, fit in fits:
        values = {"intercept": fit.terms[0].estimate}
        values |= {name if "covariance" in name else f"variance of {name}": v for name, v in fit.variances.items()}
        values |= {"residual variance": fit.residual, "residual SD": math.sqrt(fit.residual)}
        values |= {"-2 log REML": fit.minus_2_log_reml}
        rows += [_where(design, factor, scope) | {"quantity": name, "value": value} for name, value in values.items()]
    return pd.DataFrame(rows, columns=list(FIT_COLUMNS))


def term_sentences(fitted: Fitted, factor: str, against: str, vocabulary: Vocabulary) -> list[str]:
    """Say what levels and covariates of an outcome show, and what is doubtful about the fit."""
    design, fit = fitted
    start = panel_words(vocabulary, design.key, design.kind)
    said = []
    for term in fit.terms:
        if level := design.levels.get(term.name):
            clause = _level(term, design, (level, against), factor, vocabulary)
        elif term.name in design.held or term.name == INTERCEPT:
            continue
        else:
            clause = _trend(term, design)
        numbers = f"{_interval(term, design)}, {people(fit.n)}, {fit.rows} values; p {p_words(term.p(design.df))}"
        said.append(f"{start}: {clause} ({numbers}).")
    return [*said, f"{start}: mind the fit, {'; '.join(fit.doubts)}."] if fit.doubts else said


def _level(term: Term, design: Design, levels: tuple[str, str], factor: str, vocabulary: Vocabulary) -> str:
    level, against = (level_words(vocabulary, factor, name) for name in levels)
    if not term.p(design.df) <= ALPHA:
        return f"no difference shown between {level} and {against}"
    return f"{'higher' if term.estimate > 0 else 'lower'} in {level} than in {against}"


def _trend(term: Term, design: Design) -> str:
    words = factor_words(term.name)
    if not term.p(design.df) <= ALPHA:
        return f"no trend on {words} shown"
    return f"{'higher' if term.estimate > 0 else 'lower'} with higher {words}"


def _interval(term: Term, design: Design) -> str:
    center, *ends = (_back(design, value) for value in (term.estimate, *term.interval(design.df)))
    per = "" if term.name in design.levels else " per degree" if term.name == design.dose else " per unit"
    if design.scale == "log":
        text, between = f"ratio {ratio_center(center, *ends)}{per}", " to ".join(map(ratio_words, ends))
    else:
        text = f"difference {difference_words(center, design.unit)}{per}"
        between = f"{number_words(ends[0])} to {difference_words(ends[1], design.unit)}"
    return f"{text}, 95 % interval {between}"


def doubts_words(fits: Sequence[Fitted], vocabulary: Vocabulary) -> str:
    """Say what was checked about the fits and found."""
    found = [
        f"{panel_words(vocabulary, design.key, design.kind)}: {'; '.join(fit.doubts)}"
        for design, fit in fits
        if fit.doubts
    ]
    start = (
        "random effects and residuals are taken as normally distributed, residuals as independent and equally "
        "spread, responses to all levels too unless random is slopes (where they are not, the tests reject too often); "
        "not tested. Convergence, variances at the boundary and singular covariances were looked for: "
    )
    return start + (" | ".join(found) if found else "none")
