"""Loads of the compared levels: equal relative load and equal absolute load are different questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from emgpipe.comparison.shared.wording import factor_words, level_words, listed

if TYPE_CHECKING:
    import pandas as pd

    from emgpipe.comparison.shared.scopes import Scope
    from emgpipe.vocabulary import Vocabulary

DIFFERENT_QUESTIONS: Final = "equal relative and equal absolute load are different questions"
_SAME_LOAD: Final = 1.01
_EFFORT: Final = re.compile(r"\d+(?:\.\d+)?%?(?:1?rm|bw|bodyweight)|(?:rpe|rir)\d+.*|bodyweight|bw|none", re.IGNORECASE)
"""Bases that state the load themselves, such as 10RM, 80%1RM, bodyweight; the column ``load`` is then in kg."""


def load_bases(scope: Scope, factor: str) -> dict[str, str]:
    """Return level -> load basis as recorded (several joined by ``/``; empty where not recorded)."""
    rows = scope.rows
    if "load_basis" not in rows.columns:
        return {}
    bases: dict[str, str] = {}
    for level in scope.levels:
        stated = sorted(set(rows.loc[rows[factor] == level, "load_basis"]) - {""}, key=str.casefold)
        bases[level] = "/".join(dict.fromkeys(stated))
    return bases


def bases_differ(bases: Mapping[str, str]) -> bool:
    """Say whether more than one load basis is recorded, letter case and spaces aside."""
    return len(_spellings(bases)) > 1


def _spellings(bases: Mapping[str, str]) -> set[str]:
    return {part.replace(" ", "").casefold() for basis in bases.values() for part in basis.split("/") if part}


def load_caution(scope: Scope, factor: str, vocabulary: Vocabulary) -> str:
    """Say that the compared levels differ in load basis or, in one basis, in load; empty if they do not.

    Where loads themselves are compared, nothing is to be said.
    """
    if factor in {"load", "load_basis"}:
        return ""
    bases = load_bases(scope, factor)
    compared = factor_words(factor, several=True)
    if bases_differ(bases):
        names = listed(f"{level_words(vocabulary, factor, x)} {basis or 'not recorded'}" for x, basis in bases.items())
        return f"Load bases differ ({names}): {DIFFERENT_QUESTIONS}, and this compares loads as well as {compared}."
    if _states_the_load(bases) or not _values_differ(scope.rows, factor):
        return ""
    basis = next(iter(bases.values()), "")
    values = listed(
        f"{level_words(vocabulary, factor, level)} {value:.4g}{f' {basis}' if basis else ''}"
        for level, value in _mean_loads(scope, factor).items()
    )
    return f"Loads differ (on average {values}): this compares loads as well as {compared}; {DIFFERENT_QUESTIONS}."


def load_basis_words(scope: Scope, factor: str) -> str:
    """Return the recorded load bases level by level; ``NOT RECORDED`` where there are none."""
    bases = load_bases(scope, factor)
    words = ", ".join(f"{level}: {basis or 'NOT RECORDED'}" for level, basis in bases.items())
    return words if any(bases.values()) else "NOT RECORDED"


def load_words(scope: Scope, factor: str) -> str:
    """Return what the column ``load`` says: the same for everybody in every level, or the mean of each level."""
    means = _mean_loads(scope, factor)
    if not means:
        return "NOT RECORDED"
    said = ", ".join(f"{level}: {value:.4g}" for level, value in means.items())
    absent = [level for level in scope.levels if level not in means]
    said += f"; NOT RECORDED in {', '.join(absent)}" if absent else ""
    if _values_differ(scope.rows, factor):
        return f"participants' loads differ between levels; mean of participants {said}"
    return f"every participant has one load in all levels where it is recorded; mean of participants {said}"


def _states_the_load(bases: Mapping[str, str]) -> bool:
    """Say whether the basis is the load, as in 10RM; with kg or %1RM the number stands in the column ``load``."""
    return any(_EFFORT.fullmatch(spelling) for spelling in _spellings(bases))


def _loads(rows: pd.DataFrame, factor: str) -> pd.Series[float]:
    """Return each participant's mean load of each level (level, participant), numbers only."""
    import numpy as np
    import pandas as pd

    if "load" not in rows.columns:
        return pd.Series(dtype=float)
    trials = rows.drop_duplicates(["participant", "session", "trial", factor])
    numbers = pd.to_numeric(trials["load"], errors="coerce").astype(float)
    known = trials.assign(load=numbers)[np.isfinite(numbers)]
    return known.groupby([factor, "participant"])["load"].mean()


def _mean_loads(scope: Scope, factor: str) -> dict[str, float]:
    loads = _loads(scope.rows, factor)
    if loads.empty:
        return {}
    means = loads.groupby(level=0).mean()
    return {level: float(means[level]) for level in scope.levels if level in means.index}


def _values_differ(rows: pd.DataFrame, factor: str) -> bool:
    """Say whether any participant's loads differ between levels by more than 1 %."""
    loads = _loads(rows, factor)
    if loads.empty:
        return False
    own = loads.groupby(level=1)
    return bool((own.max() > own.min() * _SAME_LOAD).any())
