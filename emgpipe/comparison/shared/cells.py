"""The participants' own values: from one row per repetition to one row per participant and condition.

Repetitions are averaged within the trial, trials within the block, blocks within the participant, in this order, so
that nobody counts twice for having done more. A *block* is what stays the same while the levels change:
the participant's session, and the held factors (two exercises are compared inside one head position).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from emgpipe.statistics.additive import fit_additive

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

PANEL: Final = ("muscle", "side", "placement", "metric")
"""What is ranked apart from the rest."""
_NUMBERS: Final = ("value", "amplitude")
_LARGEST: Final = 700.0
"""Logarithms beyond this have no exponential among the numbers."""


def block_cells(emg: pd.DataFrame, factor: str, held: Sequence[str]) -> pd.DataFrame:
    """Return one row per block, level and panel.

    Returns
    -------
    DataFrame
        `PANEL`, ``participant``, ``session``, the held factors, ``level``; ``value`` (in ``unit``) and ``amplitude``
        (in ``amplitude_unit``), NaN where no repetition has one; ``trials``, ``repetitions`` and ``unmeasured``, the
        number of repetitions without an amplitude.
    """
    cell = [*PANEL, "participant", "session", *held, factor]
    # A number that is not there has no unit either: the first unit is then that of a number.
    units = {
        name: emg[name].where(emg[of].notna()) for name, of in (("unit", "value"), ("amplitude_unit", "amplitude"))
    }
    emg = emg.assign(**units, unmeasured=emg["amplitude"].isna(), repetitions=1)
    counted = {
        "unit": ("unit", "first"), "amplitude_unit": ("amplitude_unit", "first"),
        "repetitions": ("repetitions", "sum"), "unmeasured": ("unmeasured", "sum"),
    }  # fmt: skip
    means = {name: (name, "mean") for name in _NUMBERS}
    trials = emg.groupby([*cell, "trial"], sort=True).agg(**means, **counted).reset_index()
    blocks = trials.groupby(cell, sort=True).agg(**means, **counted, trials=("trial", "size")).reset_index()
    return blocks.rename(columns={factor: "level"}).fillna({"unit": "", "amplitude_unit": ""})


def own_values(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return one row per participant, level and panel: the mean over held factors, then over sessions."""
    counts = {name: (name, "sum") for name in ("trials", "repetitions", "unmeasured")}
    units = {name: blocks[name].where(blocks[name] != "") for name in ("unit", "amplitude_unit")}
    blocks = blocks.assign(**units)
    kept = {name: (name, "first") for name in units}
    means = {name: (name, "mean") for name in _NUMBERS}
    person = [*PANEL, "participant", "level"]
    sessions = blocks.groupby([*person, "session"], sort=True).agg(**means, **kept, **counts).reset_index()
    whole = sessions.groupby(person, sort=True).agg(**means, **kept, **counts, sessions=("session", "size"))
    return whole.reset_index().fillna(dict.fromkeys(units, ""))


Scale = Literal["log", "raw"]
"""EMG is compared on the log scale (ratios), angles and the like as they are (differences)."""


def usable(amplitude: pd.Series[float], scale: Scale = "log") -> pd.Series[bool]:
    """Say which amplitudes have a place on the scale: zero and negative ones have no logarithm."""
    return amplitude.notna() & (amplitude.gt(0) | (scale == "raw"))


def on_shown_scale(score: float, scale: Scale) -> float:
    """Return a difference of scores as it is shown: a log ratio as a ratio, finite and above zero; NaN stays."""
    if scale == "raw" or not math.isfinite(score):
        return score if scale == "raw" else math.nan
    return math.exp(min(max(score, -_LARGEST), _LARGEST))


def own_scores(
    blocks: pd.DataFrame, levels: Sequence[str], held: Sequence[str], scale: Scale = "log"
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return every participant's own scores of one panel, made from their blocks.

    A participant with one block has the (logarithms of the) amplitudes. Several blocks are joined by the additive
    model, because amplitudes in volts of two sessions are not on one scale; a participant whose blocks share no level
    has one row per connected part.

    Returns
    -------
    participants : tuple of str
        Of each row.
    scores : array, shape (n_rows, n_levels)
        NaN where there is none; differences inside a row have a meaning, differences between rows have not.
    """
    good = usable(blocks["amplitude"], scale).to_numpy() & blocks["level"].isin(levels).to_numpy()
    keys = list(zip(*(blocks[name].to_numpy()[good] for name in ("participant", "session", *held)), strict=True))
    known = {key: row for row, key in enumerate(sorted(set(keys)))}
    table = np.full((len(known), len(levels)), np.nan)
    columns = [levels.index(level) for level in blocks["level"].to_numpy()[good]]
    table[[known[key] for key in keys], columns] = blocks["amplitude"].to_numpy(dtype=float)[good]
    table = np.log(table) if scale == "log" else table
    names: list[str] = []
    rows: list[NDArray[np.float64]] = []
    for person, own in groupby(known, key=itemgetter(0)):
        parts = _joined(table[[known[key] for key in own]])
        rows += parts
        names += [str(person)] * len(parts)
    return tuple(names), np.array(rows).reshape(len(rows), len(levels))


def _joined(logs: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    if len(logs) == 1:
        return [logs[0]]
    fit = fit_additive(logs)
    parts = range(int(fit.components.max()) + 1)
    return [np.where(fit.components == part, fit.effects, np.nan) for part in parts]
