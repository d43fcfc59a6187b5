"""From rows of the metrics table to the design of a mixed model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.comparison.shared.cells import usable
from emgpipe.comparison.shared.outcomes import Key, scale_of
from emgpipe.errors import ComparisonError
from emgpipe.statistics.additive import connected_levels
from emgpipe.statistics.mixed import MixedData

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale

Random = Literal["intercept", "condition", "slopes"]
INTERCEPT: Final = "intercept"
CONDITION: Final = "participant x condition"
LEVEL: Final = "participant x level"
SESSION: Final = "participant x session"
_REPETITION: Final = ["participant", "session", "trial", "repetition"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the model holds.

    Attributes
    ----------
    factor : str
        The column of the levels.
    against : str
        The level the others are compared with.
    held : tuple of str
        Factors of which several levels are in; fixed effects of their own.
    covariates : tuple of str
        Numeric columns.
    dose : DataFrame or None
        ``dose`` by participant, session, trial and repetition; takes the place of the levels.
    dose_name : str
    random : {"intercept", "condition", "slopes"}
    """

    factor: str
    against: str
    held: tuple[str, ...]
    covariates: tuple[str, ...]
    dose: pd.DataFrame | None
    dose_name: str
    random: Random


@dataclass(frozen=True, slots=True)
class Design:
    """One outcome, ready to be fitted.

    Attributes
    ----------
    levels : mapping of str to str
        Term -> level, for the terms that are levels of the factor.
    held : tuple of str
        Terms of the held factors, which are there to be adjusted for.
    slope_names : tuple of str
        Of the random slopes.
    df : int
        Degrees of freedom of the t tests.
    df_words : str
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
    slope_names: tuple[str, ...]
    df: int
    df_words: str
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
    scale = scale_of(kind := str(rows["kind"].iloc[0]))
    good, left_out = _good_rows(rows, scale, wanted)
    there = [level for level in levels if (good[wanted.factor] == level).any()]
    participants = _codes(good, "participant")
    main = _main_terms(good, there, participants, wanted)
    held = {name: column for factor in wanted.held for name, column in _dummies(good, factor).items()}
    covariates = {name: _centered(good, name, name, participants) for name in wanted.covariates}
    fixed = {INTERCEPT: np.ones(len(good))} | main | held | covariates
    blocks = _blocks(good, participants, wanted)
    free = wanted.random == "slopes" or (wanted.random == "condition" and wanted.dose is not None)
    slopes = main if free else {}
    df, words = _degrees(participants, _cells(good, wanted), wanted, len(there), plain=SESSION not in blocks)
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
        slope_names=tuple(slopes),
        df=df,
        df_words=words,
        left_out=left_out,
        random_words=_random_words(wanted, blocks, free=free),
    )


def _main_terms(
    rows: pd.DataFrame, levels: Sequence[str], participants: NDArray[np.int64], wanted: Wanted
) -> dict[str, NDArray[np.float64]]:
    """Return the terms the question is about: the levels, or the dose in their place."""
    if wanted.dose is not None:
        return {wanted.dose_name: _centered(rows, "dose", wanted.dose_name, participants)}
    _require_levels(rows, levels, participants, wanted)
    return _dummies(rows, wanted.factor, levels, wanted.against)


def _cells(rows: pd.DataFrame, wanted: Wanted) -> NDArray[np.int64]:
    return _codes(rows, "participant", *wanted.held, wanted.factor)


def _blocks(rows: pd.DataFrame, participants: NDArray[np.int64], wanted: Wanted) -> dict[str, NDArray[np.int64]]:
    """Return the random intercepts inside participants that the rows can tell from the rest.

    A single session each needs none, neither does a condition with one value per participant. Over several held
    conditions a participant's response to a level is partly the same in all of them: a component of its own.
    """
    sessions = _codes(rows, "participant", "session")
    blocks = {SESSION: sessions} if sessions.max() > participants.max() else {}
    if wanted.random == "condition":
        cells = _cells(rows, wanted)
        if wanted.held:
            blocks[LEVEL] = _codes(rows, "participant", wanted.factor)
        if len(cells) > cells.max() + 1:
            blocks[CONDITION] = cells
    return blocks


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


def _codes(rows: pd.DataFrame, *columns: str) -> NDArray[np.int64]:
    """Return the number of each row's combination of these columns."""
    return np.asarray(rows.groupby(list(columns), sort=True).ngroup(), dtype=np.int64)


def _require_levels(
    rows: pd.DataFrame, levels: Sequence[str], participants: NDArray[np.int64], wanted: Wanted
) -> None:
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
        f"{factor} = {level}": rows[factor].eq(level).to_numpy(dtype=float) for level in levels if level != against
    }


def _centered(
    rows: pd.DataFrame, column: str, name: str, participants: NDArray[np.int64]
) -> NDArray[np.float64]:
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


def _degrees(
    participants: NDArray[np.int64], cells: NDArray[np.int64], wanted: Wanted, levels: int, *, plain: bool
) -> tuple[int, str]:
    """Return the degrees of freedom: exact where the design is balanced, else few enough to be safe."""
    n = int(participants.max()) + 1
    counts = np.bincount(cells)
    complete = len(counts) == n * levels and len(set(counts.tolist())) == 1
    simple = plain and not wanted.held and not wanted.covariates and wanted.dose is None
    exact = wanted.random == "condition" or (wanted.random == "intercept" and counts.max() == 1)
    if complete and simple and exact:
        return (n - 1) * (levels - 1), "(participants - 1) x (levels - 1), exact in a balanced design"
    return n - 1, "participants - 1, the cautious choice where the design is not balanced or holds covariates"


def _random_words(wanted: Wanted, blocks: dict[str, NDArray[np.int64]], *, free: bool) -> str:
    parts = ["an intercept per participant"]
    parts += [f"one per {name.replace(' x ', ' and ')}" for name in blocks]
    if free:
        parts.append(f"free slopes of {wanted.dose_name or 'the levels'} per participant")
    if wanted.random == "intercept":
        parts.append(
            "which takes the repetitions of a participant as independent: far too sure wherever participants respond "
            "differently to the conditions"
        )
    return ", ".join(parts)
