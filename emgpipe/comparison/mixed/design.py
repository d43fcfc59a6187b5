"""From rows of the metrics table to the design of a mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.comparison.mixed.random import (
    SESSION,
    Wanted,
    blocks_of,
    cells_of,
    codes,
    degrees_of_freedom,
    random_words,
)
from emgpipe.comparison.shared.cells import usable
from emgpipe.comparison.shared.outcomes import Key, require_one_unit, scale_of
from emgpipe.errors import ComparisonError
from emgpipe.statistics.additive import connected_levels
from emgpipe.statistics.mixed import MixedData

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale

INTERCEPT: Final = "intercept"
_REPETITION: Final = ["participant", "session", "trial", "repetition"]


@dataclass(frozen=True, slots=True)
class Design:
    """One outcome, ready to be fitted.

    Attributes
    ----------
    levels : mapping of str to str
        Term -> level, for the terms that are levels of the factor.
    held : tuple of str
        Terms of the held factors, which are there to be adjusted for.
    dose : str
        The term of an angle that takes the place of the levels; empty without one.
    slope_names : tuple of str
        Of the random slopes.
    df : int
        Degrees of freedom of the t tests.
    df_words : str
    people : tuple of str
        Participants in the model.
    left_out : str
        Which rows are not in, in words.
    random_words : str
        The random part, in words.
    """

    key: Key
    kind: str
    unit: str
    scale: Scale
    data: MixedData
    levels: dict[str, str]
    held: tuple[str, ...]
    dose: str
    slope_names: tuple[str, ...]
    df: int
    df_words: str
    people: tuple[str, ...]
    left_out: str
    random_words: str


def make_design(key: Key, rows: pd.DataFrame, levels: Sequence[str], wanted: Wanted) -> Design:
    """Return the design of one outcome.

    Parameters
    ----------
    rows : DataFrame
        Its repetitions, one row each.
    levels : sequence of str
        In their order.

    Raises
    ------
    ComparisonError
        The rows cannot answer.
    """
    require_one_unit(rows)
    scale = scale_of(kind := str(rows["kind"].iloc[0]))
    good, left_out = _good_rows(rows, scale, wanted)
    there = [level for level in levels if (good[wanted.factor] == level).any()]
    participants = codes(good, "participant")
    main = _main_terms(good, there, participants, wanted)
    held = {name: column for factor in wanted.held for name, column in _dummies(good, factor).items()}
    covariates = {name: _centered(good, name, name, participants) for name in wanted.covariates}
    fixed = {INTERCEPT: np.ones(len(good))} | main | held | covariates
    blocks = blocks_of(good, participants, wanted)
    free = wanted.random == "slopes" or (wanted.random == "condition" and wanted.dose is not None)
    slopes = main if free else {}
    df, words = degrees_of_freedom(
        participants, cells_of(good, wanted), wanted, len(there), plain=SESSION not in blocks
    )
    return Design(
        key=key,
        kind=kind,
        unit="ratio" if scale == "log" else str(good["unit"].iloc[0]),
        scale=scale,
        data=MixedData(
            response=_response(good, scale),
            fixed=np.column_stack(list(fixed.values())),
            terms=tuple(fixed),
            participants=participants,
            slopes=np.column_stack(list(slopes.values())) if slopes else np.empty((len(good), 0)),
            blocks=blocks,
        ),
        levels={} if wanted.dose is not None else {name: name.partition(" = ")[2] for name in main},
        held=tuple(held),
        dose=wanted.dose_name if wanted.dose is not None else "",
        slope_names=tuple(slopes),
        df=df,
        df_words=words,
        people=tuple(sorted(set(good["participant"]))),
        left_out=left_out,
        random_words=random_words(wanted, blocks, free=free),
    )


def _main_terms(
    rows: pd.DataFrame, levels: Sequence[str], participants: NDArray[np.int64], wanted: Wanted
) -> dict[str, NDArray[np.float64]]:
    """Return the terms the question is about: the levels, or the dose in their place."""
    if wanted.dose is not None:
        return {wanted.dose_name: _centered(rows, "dose", wanted.dose_name, participants)}
    _require_levels(rows, levels, participants, wanted)
    return _dummies(rows, wanted.factor, levels, wanted.against)


def _good_rows(rows: pd.DataFrame, scale: Scale, wanted: Wanted) -> tuple[pd.DataFrame, str]:
    """Return the rows that have everything, and what is left out in words."""
    good = rows[usable(rows["amplitude"], scale)].copy()
    lost = [f"{len(rows) - len(good)} without a usable amplitude"] if len(good) < len(rows) else []
    if wanted.dose is not None:
        good = good.merge(wanted.dose, on=_REPETITION, how="left")
    for name, column in [(wanted.dose_name, "dose")] * (wanted.dose is not None) + [(n, n) for n in wanted.covariates]:
        numbers = _numbers(good, column, name)
        if missing := int(numbers.isna().sum()):
            lost.append(f"{missing} without {name}")
        good = good.assign(**{column: numbers})[numbers.notna()]
    if good.empty:
        raise ComparisonError(f"no value is left ({', '.join(lost)})")
    return good.reset_index(drop=True), ", ".join(lost)


def _numbers(rows: pd.DataFrame, column: str, name: str) -> pd.Series[float]:
    import pandas as pd

    numbers = pd.to_numeric(rows[column], errors="coerce").astype(float)
    words = rows.loc[numbers.isna() & rows[column].notna() & rows[column].ne(""), column]
    if len(words):
        raise ComparisonError(f"covariate '{name}' holds '{words.iloc[0]}'; a covariate is a number without a unit")
    return numbers.where(np.isfinite(numbers))


def _require_levels(rows: pd.DataFrame, levels: Sequence[str], participants: NDArray[np.int64], wanted: Wanted) -> None:
    if wanted.against not in levels:
        raise ComparisonError(f"not measured in {wanted.against}, which the others are compared with")
    if len(levels) < 2:
        raise ComparisonError(f"measured only in {wanted.against}")
    there = np.zeros((participants.max() + 1, len(levels)), dtype=bool)
    there[participants, [levels.index(level) for level in rows[wanted.factor]]] = True
    apart = connected_levels(there)
    lost = [level for level, part in zip(levels, apart, strict=True) if part != apart[levels.index(wanted.against)]]
    if lost:
        raise ComparisonError(
            f"no participant or chain of participants has both {wanted.against} and {', '.join(lost)}; "
            "across participants amplitudes cannot be compared"
        )


def _dummies(
    rows: pd.DataFrame, factor: str, levels: Sequence[str] = (), against: str = ""
) -> dict[str, NDArray[np.float64]]:
    """Return one column per level but `against`; left out, per level but the first."""
    if not levels:
        against, *_ = levels = sorted(set(rows[factor]))
    return {
        f"{factor} = {level}": np.asarray(rows[factor] == level, dtype=np.float64)
        for level in levels
        if level != against
    }


def _centered(rows: pd.DataFrame, column: str, name: str, participants: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a covariate less each participant's own mean: what varies inside participants."""
    numbers = rows[column].to_numpy(dtype=float)
    means = np.bincount(participants, numbers) / np.bincount(participants)
    centered = numbers - means[participants]
    if np.abs(centered).max() <= 1e-12 * max(np.abs(numbers).max(), 1e-300):
        raise ComparisonError(f"'{name}' is the same in all trials of each participant; leave it out")
    return np.asarray(centered, dtype=np.float64)


def _response(rows: pd.DataFrame, scale: Scale) -> NDArray[np.float64]:
    amplitudes = rows["amplitude"].to_numpy(dtype=float)
    return np.log(amplitudes) if scale == "log" else amplitudes
