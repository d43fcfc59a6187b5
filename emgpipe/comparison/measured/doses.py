"""Amplitude against the measured angle: each participant's points and fits, and their mean over participants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from emgpipe.comparison.measured.labels import TRIAL
from emgpipe.comparison.shared.cells import PANEL, usable
from emgpipe.comparison.shared.outcomes import Key, require_one_unit, scale_of
from emgpipe.errors import ComparisonError
from emgpipe.statistics.dose_response import OwnDose, highest_inside, own_dose, within_blocks
from emgpipe.statistics.slopes import MeanTest, mean_test

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.shared.cells import Scale

STEP: Final = 10.0
"""Slopes are printed per 10 degrees."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a participant needs to have a slope: positions this far `apart`, and a range; and a parabola."""

    positions: int
    width: float
    apart: float
    for_curve: int


@dataclass(frozen=True, slots=True)
class DoseOutcome:
    """One outcome against the angle.

    Attributes
    ----------
    key : tuple of str
        Muscle, side, placement, metric.
    points : DataFrame
        Of participants with a slope: ``participant``, ``session``, ``trial``, ``angle``, ``score`` (log amplitude or
        value) and ``relative``: the amplitude over, or the value minus, the participant's own mean.
    own : mapping of str to OwnDose
        Participants with a slope.
    left_out : mapping of str to str
        Participant -> why there is no slope.
    slope, curvature : MeanTest
        Over participants, of the score per 10 degrees and per (10 degrees) squared.
    lowest, highest : float
        The range of angles that half of the participants or more have on either end.
    highest_at : float
        Where the mean parabola has its highest point, NaN unless inside the range.
    notes : tuple of str
        Numbers that could not be used.
    """

    key: Key
    kind: str
    unit: str
    scale: Scale
    points: pd.DataFrame
    own: dict[str, OwnDose]
    left_out: dict[str, str]
    slope: MeanTest
    curvature: MeanTest
    lowest: float
    highest: float
    highest_at: float
    notes: tuple[str, ...]


def dose_outcomes(
    rows: pd.DataFrame, angles: pd.DataFrame, by: Sequence[str], limits: Limits, flips: tuple[int, int]
) -> list[DoseOutcome]:
    """Return every outcome of the chosen rows against the angle.

    Parameters
    ----------
    rows : DataFrame
        Chosen rows, one per repetition and outcome.
    angles : DataFrame
        One row per repetition; see `measured_angles`.
    by : sequence of str
        Columns that make one point: the trial, or trial and repetition.
    flips : tuple of int
        Resamples and seed of the sign flips.
    """
    joined = rows.merge(angles, on=[*TRIAL, "repetition"], how="left")
    return [
        _outcome((str(key[0]), str(key[1]), str(key[2]), str(key[3])), own, by, limits, flips)
        for key, own in joined.groupby(list(PANEL), sort=False)
    ]


def _outcome(key: Key, rows: pd.DataFrame, by: Sequence[str], limits: Limits, flips: tuple[int, int]) -> DoseOutcome:
    kind, unit = str(rows["kind"].iloc[0]), str(rows["unit"].iloc[0])
    scale = scale_of(kind)
    mixed = ""
    try:
        require_one_unit(rows)
    except ComparisonError as error:
        mixed, rows = str(error), rows.assign(amplitude=np.nan)
    points, notes = _points(rows, by, scale)
    own, left_out, drawn = _fits(points, scale, limits)
    unseen = {str(person) for person in rows["participant"]} - set(own) - set(left_out)
    left_out |= dict.fromkeys(unseen, mixed or "no angle or no amplitude")
    slopes, curves = (np.array([getattr(fit, name) for fit in own.values()]) for name in ("slope", "curvature"))
    lowest, highest = (_middle([getattr(fit, name) for fit in own.values()]) for name in ("lowest", "highest"))
    return DoseOutcome(
        key=key, kind=kind, unit=unit, scale=scale, points=drawn, own=own, left_out=dict(sorted(left_out.items())),
        slope=mean_test(STEP * slopes, *flips), curvature=mean_test(STEP**2 * curves, *flips),
        lowest=lowest, highest=highest, highest_at=_peak(own, lowest, highest), notes=notes,
    )  # fmt: skip


def _fits(
    points: pd.DataFrame, scale: Scale, limits: Limits
) -> tuple[dict[str, OwnDose], dict[str, str], pd.DataFrame]:
    """Return the fits, who has none and why, and the points of those who have one."""
    own: dict[str, OwnDose] = {}
    left_out: dict[str, str] = {}
    parts = [points.iloc[:0].assign(relative=0.0)]
    for person, mine in points.groupby("participant", sort=True):
        fit, relative = _fit(mine, limits)
        if why := _refused(fit, limits):
            left_out[str(person)] = why
            continue
        own[str(person)] = fit
        shown = mine.assign(relative=np.exp(relative) if scale == "log" else relative)
        parts.append(shown.dropna(subset="relative"))
    return own, left_out, _joined(parts)


def _peak(own: Mapping[str, OwnDose], lowest: float, highest: float) -> float:
    """Return the angle of the mean parabola's highest point between the angles, NaN if there is none."""
    curved = [fit for fit in own.values() if math.isfinite(fit.curvature)]
    if not curved:
        return math.nan
    linear, curvature = (float(np.mean([getattr(fit, name) for fit in curved])) for name in ("linear", "curvature"))
    return highest_inside(linear, curvature, lowest, highest)


def _points(rows: pd.DataFrame, by: Sequence[str], scale: Scale) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Average repetitions within each point; leave out, and say, what has no place on the scale."""
    measured = rows[rows["angle"].notna() & rows["amplitude"].notna()]
    blocks = [name for name in _BLOCKS if name in rows.columns]
    keys = list(dict.fromkeys(["participant", *blocks, *by]))
    points = measured.groupby(keys, sort=True)[["angle", "amplitude"]].mean().reset_index()
    good = usable(points["amplitude"], scale)
    bad = points[~good]
    notes = tuple(
        f"{person} has amplitude {amount:g} in {trial}, left out"
        for person, trial, amount in bad[["participant", "trial", "amplitude"]].itertuples(index=False, name=None)
    )
    points = points[good].reset_index(drop=True)
    amounts = points["amplitude"].to_numpy(dtype=float)
    points["score"] = np.log(amounts) if scale == "log" else amounts
    return points, notes


_BLOCKS: Final = ("session", "exercise")


def _fit(points: pd.DataFrame, limits: Limits) -> tuple[OwnDose, NDArray[np.float64]]:
    """Return a participant's fit, and each score relative to the own mean; NaN for those alone in their block.

    Blocks are brought to one height by the slope, so that a session with more flexion is not drawn at another's height.
    """
    angles, scores = (points[name].to_numpy(dtype=float) for name in ("angle", "score"))
    names = [name for name in _BLOCKS if name in points.columns]
    block = points.groupby(names, sort=True).ngroup().to_numpy().astype(np.int64)
    fit = own_dose(angles, scores, block, limits.apart, limits.for_curve)
    kept = np.bincount(block)[block] > 1
    if not kept.any():
        return fit, np.full(len(points), np.nan)
    block_angle = angles - within_blocks(angles, block)
    relative = within_blocks(scores, block) + fit.slope * (block_angle - angles[kept].mean())
    return fit, np.where(kept, relative, np.nan)


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([part for part in parts if len(part)] or list(parts), ignore_index=True)


def _refused(fit: OwnDose, limits: Limits) -> str:
    if fit.positions < limits.positions:
        return f"{fit.positions} position{'' if fit.positions == 1 else 's'}, {limits.positions} needed"
    if not math.isfinite(fit.slope):
        return "one angle per session"
    return "" if fit.width >= limits.width else f"angles over {fit.width:.0f}°, {limits.width:g}° needed"


def _middle(values: list[float]) -> float:
    return float(np.median(values)) if values else math.nan
