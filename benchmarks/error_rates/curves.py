"""Curve tests on smooth curves of 101 points without any difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.error_rates.data import SYMMETRIC, Case, errors
from benchmarks.error_rates.measure import Experiment, Outcomes, Row
from emgpipe.statistics.curve_tests import curve_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS: Final = 101
FLIPS: Final = 500
_WAVES: Final = 24


def smooth(*, equal: bool) -> NDArray[np.float64]:
    """Return overlapping bell-shaped waves, shape (n_waves, n_points).

    Full width at half height 20 points; unequal: 8 to 40 points, and five times as high at the end as at the start.
    """
    places, points = np.linspace(-10, 110, _WAVES)[:, None], np.arange(POINTS)[None, :]
    widths = 20.0 if equal else np.linspace(8, 40, _WAVES)[:, None]
    heights = 1.0 if equal else np.linspace(0.4, 2.0, _WAVES)[:, None]
    return np.asarray(heights * np.exp(-4 * np.log(2) * ((points - places) / widths) ** 2))


def run_curves(rng: np.random.Generator, n: int, case: Case, studies: int) -> Outcomes:
    """Look for differences between two levels' curves."""
    both = errors(rng, case.shape, (studies, n, 2, _WAVES))
    differences = both[:, :, 1] @ smooth(equal=case.equal) - both[:, :, 0] @ smooth(equal=True)
    maximum, cluster = [], []
    for one in differences:
        found = curve_test(one, resamples=FLIPS)
        maximum.append(float(np.nanmin(found.p)))
        cluster.append(min((each.p for each in found.clusters), default=1.0))
    return {"max_t": np.array(maximum), "cluster": np.array(cluster)}


CURVES: Final = Experiment(
    "curves",
    "Curves of 101 points",
    run_curves,
    (
        Row("max_t", "max-t: any point", SYMMETRIC, exact=True),
        Row("cluster", "clusters: any cluster", SYMMETRIC),
    ),
    studies=2500,
)
