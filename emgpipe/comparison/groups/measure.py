"""The numbers of a comparison between groups, as tidy tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.shared.cells import on_shown_scale
from emgpipe.statistics.multiplicity import Correction, adjust
from emgpipe.statistics.trend_on import RankCorrelation, Slope, slope_on, spearman
from emgpipe.statistics.two_groups import NO_P, Relabeled, Welch, WelchF, relabel, welch, welch_f

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.groups.membership import Membership
    from emgpipe.comparison.groups.questions import Asked

_FRONT: Final = (
    "factor", "scope", "muscle", "side", "placement", "metric", "unit", "scale", "level", "against", "group",
)  # fmt: skip
GROUP_COLUMNS: Final = (
    *_FRONT, "of", "to", "n", "n_of", "n_to", "mean_of", "mean_to", "estimate", "ratio", "ci_low", "ci_high", "t", "df",
    "p", "p_adjusted", "p_permutation", "p_permutation_adjusted", "permutation_exact", "note",
)  # fmt: skip
SLOPE_COLUMNS: Final = (
    *_FRONT, "n", "estimate", "ratio", "ci_low", "ci_high", "t", "df", "p", "p_adjusted", "spearman", "p_spearman",
    "p_spearman_adjusted", "permutation_exact", "note",
)  # fmt: skip
OMNIBUS_COLUMNS: Final = (
    *_FRONT, "groups", "n", "f", "df_between", "df_within", "p", "p_permutation", "permutation_exact",
)  # fmt: skip
CELL_COLUMNS: Final = (*_FRONT, "participant", "of", "value")


@dataclass(frozen=True, slots=True)
class Result:
    """Two groups compared, or the trend on a number; NaN where there is nothing.

    Attributes
    ----------
    asked : Asked
    of, to : str
        The groups; empty for a trend.
    values : tuple of array
        The scores of the two groups, or the numbers and the scores.
    test : Welch or Slope
        On the analysis scale.
    shuffled : Relabeled
        Permutation p of the test, or of Spearman's rho.
    rho : float
        Spearman's; NaN for groups.
    p_adjusted, p_shuffled_adjusted : float
        Within the family.
    tests : int
        Of the family.
    """

    asked: Asked
    of: str
    to: str
    values: tuple[NDArray[np.float64], NDArray[np.float64]]
    test: Welch | Slope
    shuffled: Relabeled
    rho: float = math.nan
    p_adjusted: float = math.nan
    p_shuffled_adjusted: float = math.nan
    tests: int = 0

    @property
    def estimate(self) -> float:
        """The difference of means, or the slope per unit, on the analysis scale."""
        return self.test.difference if isinstance(self.test, Welch) else self.test.slope

    @property
    def n(self) -> int:
        """Participants used."""
        return self.values[0].size + (self.values[1].size if self.of else 0)

    def back(self, value: float) -> float:
        """Return a number of the analysis scale as a ratio, or as it is."""
        return on_shown_scale(value, self.asked.scale)

    def note(self) -> str:
        """Say who is left out, and why there is no test."""
        parts = [f"left out: {', '.join(self.asked.unusable)}"] if self.asked.unusable else []
        if reason := self.why_not():
            parts.append(reason)
        return "; ".join(parts)

    def why_not(self) -> str:
        """Say why there is no interval, or nothing where there is one."""
        if math.isfinite(self.test.p):
            return ""
        if not self.of:
            few = self.n < 3
            return "fewer than 3 participants: no interval" if few else "no spread about the line: no interval"
        sizes = [part.size for part in self.values]
        if 0 in sizes:
            return "one group has no participant"
        return "one group has one participant: no interval" if 1 in sizes else "no spread in either group: no interval"


def measure_groups(asked: Asked, members: Membership, resamples: int, seed: int) -> list[Result]:
    """Return every two groups compared, the later with the earlier."""
    values = group_values(asked, members)
    made = []
    for to, of in combinations(members.groups, 2):
        pair = values[of], values[to]
        shuffled = relabel(list(pair), resamples, seed) if all(part.size > 1 for part in pair) else NO_P
        made.append(Result(asked, of, to, pair, welch(*pair), shuffled))
    return made


def measure_slope(asked: Asked, members: Membership, resamples: int, seed: int) -> Result:
    """Return the trend of the scores on the participants' numbers."""
    names = [name for name in asked.scores if math.isfinite(members.number(name))]
    x = np.array([members.number(name) for name in names])
    y = np.array([asked.scores[name] for name in names])
    found: RankCorrelation = spearman(x, y, resamples, seed)
    return Result(asked, "", "", (x, y), slope_on(x, y), found.p, found.rho)


def group_values(asked: Asked, members: Membership) -> dict[str, NDArray[np.float64]]:
    """Return the scores of each group's participants."""
    return {
        group: np.array([score for name, score in asked.scores.items() if members.of.get(name) == group], dtype=float)
        for group in members.groups
    }


def in_families(results: Sequence[Result], correction: Correction) -> list[Result]:
    """Return the results with p values adjusted over the tests of one outcome."""
    made = list(results)
    for key in dict.fromkeys(result.asked.key for result in results):
        places = [i for i, result in enumerate(results) if result.asked.key == key]
        p = [results[i].test.p for i in places]
        adjusted = adjust(p, correction), adjust([results[i].shuffled.p for i in places], correction)
        tests = int(np.isfinite(p).sum())
        for i, by_test, by_shuffle in zip(places, *adjusted, strict=True):
            made[i] = replace(made[i], p_adjusted=float(by_test), p_shuffled_adjusted=float(by_shuffle), tests=tests)
    return made


def result_table(results: Sequence[Result], factor: str, members: Membership) -> pd.DataFrame:
    """Return one row per result."""
    import pandas as pd

    rows = [_front(result.asked, factor, members.column) | _numbers(result) for result in results]
    return pd.DataFrame(rows, columns=list(SLOPE_COLUMNS if members.numeric else GROUP_COLUMNS))


def _numbers(result: Result) -> dict[str, Any]:
    test, log = result.test, result.asked.scale == "log"
    shuffled = "p_permutation" if result.of else "p_spearman"
    row: dict[str, Any] = {
        "n": result.n, "estimate": result.estimate, "ratio": result.back(result.estimate) if log else math.nan,
        "ci_low": result.back(test.low), "ci_high": result.back(test.high), "t": test.t, "df": test.df, "p": test.p,
        "p_adjusted": result.p_adjusted, shuffled: result.shuffled.p,
        f"{shuffled}_adjusted": result.p_shuffled_adjusted, "permutation_exact": result.shuffled.exact,
        "note": result.note(),
    }  # fmt: skip
    if not result.of:
        return row | {"spearman": result.rho}
    means = [result.back(float(part.mean())) if part.size else math.nan for part in result.values]
    return row | {
        "of": result.of, "to": result.to, "n_of": result.values[0].size, "n_to": result.values[1].size,
        "mean_of": means[0], "mean_to": means[1],
    }  # fmt: skip


def _front(asked: Asked, factor: str, column: str) -> dict[str, Any]:
    muscle, side, placement, metric = asked.key
    return {
        "factor": factor, "scope": asked.scope, "muscle": muscle, "side": side, "placement": placement,
        "metric": metric, "unit": asked.unit, "scale": asked.scale, "level": asked.level, "against": asked.against,
        "group": column,
    }  # fmt: skip


def omnibus_table(
    questions: Sequence[Asked], factor: str, members: Membership, resamples: int, seed: int
) -> pd.DataFrame:
    """Return Welch's analysis of variance of all groups together, one row per question."""
    import pandas as pd

    rows = []
    for asked in questions:
        values = [part for part in group_values(asked, members).values() if part.size > 1]
        whole: WelchF = welch_f(values)
        shuffled = relabel(values, resamples, seed) if len(values) > 1 else NO_P
        rows.append(
            _front(asked, factor, members.column)
            | {"groups": len(values), "n": sum(part.size for part in values), "f": whole.f}
            | {"df_between": whole.df_between, "df_within": whole.df_within, "p": whole.p}
            | {"p_permutation": shuffled.p, "permutation_exact": shuffled.exact}
        )
    return pd.DataFrame(rows, columns=list(OMNIBUS_COLUMNS))


def cell_table(questions: Sequence[Asked], factor: str, members: Membership) -> pd.DataFrame:
    """Return every participant's own amplitude or effect, one row each; ``of`` is the participant's group."""
    import pandas as pd

    rows = [
        _front(asked, factor, members.column)
        | {"participant": name, "of": members.of[name]}
        | {"value": on_shown_scale(score, asked.scale)}
        for asked in questions
        for name, score in asked.scores.items()
        if name in members.of
    ]
    return pd.DataFrame(rows, columns=list(CELL_COLUMNS))
