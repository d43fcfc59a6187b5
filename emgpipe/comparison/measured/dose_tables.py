"""Amplitude against the measured angle as tidy tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.comparison.measured.doses import STEP
from emgpipe.comparison.shared.cells import on_shown_scale

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from emgpipe.comparison.measured.doses import DoseOutcome

_GRID: Final = 41
"""Angles of a mean curve."""


def dose_table(
    outcomes: Sequence[DoseOutcome], adjusted: NDArray[np.float64], where: Mapping[str, str]
) -> pd.DataFrame:
    """Return one row per outcome; slopes are ratios (log scale) or differences (raw) per 10 degrees.

    Parameters
    ----------
    adjusted : array, shape (n_outcomes, 4)
        Adjusted p of slope (t, sign-flip) and curvature (t, sign-flip).
    where : mapping
        The columns ``factor`` and ``scope``.
    """
    import pandas as pd

    return pd.DataFrame([
        _where(one, where) | _slope(one, adjusted[place]) | _curve(one, adjusted[place])
        | {"note": "; ".join(f"{person} left out: {why}" for person, why in one.left_out.items())}
        for place, one in enumerate(outcomes)
    ])  # fmt: skip


def _where(outcome: DoseOutcome, where: Mapping[str, str]) -> dict[str, Any]:
    muscle, side, placement, metric = outcome.key
    about = {"muscle": muscle, "side": side, "placement": placement, "metric": metric}
    return {**where, **about, "unit": outcome.unit, "scale": outcome.scale}


def _slope(outcome: DoseOutcome, adjusted: NDArray[np.float64]) -> dict[str, Any]:
    test = outcome.slope
    slopes = np.array([own.slope for own in outcome.own.values()])
    return {
        "n": test.n, "per_10_degrees": on_shown_scale(test.mean, outcome.scale),
        "ci_low": on_shown_scale(test.low, outcome.scale), "ci_high": on_shown_scale(test.high, outcome.scale),
        "t": test.t, "df": test.df, "p": test.p, "p_adjusted": adjusted[0], "p_sign_flip": test.p_sign_flip,
        "p_sign_flip_adjusted": adjusted[1], "exact": test.exact, "rising": int((slopes > 0).sum()),
        "from_angle": outcome.lowest, "to_angle": outcome.highest,
    }  # fmt: skip


def _curve(outcome: DoseOutcome, adjusted: NDArray[np.float64]) -> dict[str, Any]:
    test = outcome.curvature
    inner = sum(math.isfinite(own.inner_highest) for own in outcome.own.values())
    return {
        "n_curve": test.n, "curvature": on_shown_scale(test.mean, outcome.scale),
        "curvature_low": on_shown_scale(test.low, outcome.scale),
        "curvature_high": on_shown_scale(test.high, outcome.scale), "p_curvature": test.p,
        "p_curvature_adjusted": adjusted[2], "p_curvature_sign_flip": test.p_sign_flip,
        "p_curvature_sign_flip_adjusted": adjusted[3], "highest_at": outcome.highest_at,
        "n_highest_inside": inner,
    }  # fmt: skip


def own_table(outcomes: Sequence[DoseOutcome], where: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per outcome and participant with a slope: positions, range, slope per 10 degrees, curvature."""
    import pandas as pd

    return pd.DataFrame([
        _where(one, where) | {
            "participant": person, "positions": own.positions, "from_angle": own.lowest, "to_angle": own.highest,
            "per_10_degrees": on_shown_scale(STEP * own.slope, one.scale),
            "curvature": on_shown_scale(STEP**2 * own.curvature, one.scale), "highest_at": own.inner_highest,
        }
        for one in outcomes for person, own in one.own.items()
    ])  # fmt: skip


def points_table(outcomes: Sequence[DoseOutcome], where: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per outcome and point: angle, amplitude or value, and the same relative to the own mean."""
    import pandas as pd

    made = [one.points.assign(**_where(one, where)) for one in outcomes if one.own]
    return pd.concat(made, ignore_index=True).drop(columns="score")


def curve_table(outcomes: Sequence[DoseOutcome], where: Mapping[str, str]) -> pd.DataFrame:
    """Return the mean line and the mean parabola of every outcome over the angles, relative to own means."""
    import pandas as pd

    made = []
    for one in (outcome for outcome in outcomes if outcome.own):
        angles, line, curve = mean_curves(one)
        made.append(pd.DataFrame({"angle": angles, "line": line, "parabola": curve}).assign(**_where(one, where)))
    return pd.concat(made, ignore_index=True)


def mean_curves(outcome: DoseOutcome) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return angles, the mean line and the mean parabola over them, both relative to the participants' own means.

    The parabola is NaN where nobody has one.
    """
    if not outcome.own:
        return np.empty(0), np.empty(0), np.empty(0)
    grid = np.linspace(outcome.lowest, outcome.highest, _GRID)
    lines, curves = [], []
    for person, fit in outcome.own.items():
        angles = outcome.points.loc[outcome.points["participant"] == person, "angle"].to_numpy(dtype=float)
        lines.append(fit.slope * (grid - angles.mean()))
        if math.isfinite(fit.curvature):
            apart, squared = grid - angles.mean(), grid**2 - (angles**2).mean()
            curves.append(fit.linear * apart + fit.curvature * squared)
    line = np.mean(lines, axis=0)
    curve = np.mean(curves, axis=0) if curves else np.full(grid.size, np.nan)
    return (grid, np.exp(line), np.exp(curve)) if outcome.scale == "log" else (grid, line, curve)
