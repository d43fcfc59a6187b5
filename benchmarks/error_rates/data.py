"""Studies with a known truth: log amplitudes of participants in several levels.

A participant's log amplitude is the participant's own height + the level's effect + an error of mean zero. What varies
is the shape of the errors, and whether all levels have the same spread (then the levels are spherical and, without an
effect, exchangeable).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = Literal["log-normal", "skewed", "uneven"]
HEIGHT: Final = 0.5
"""SD of the participants' own heights, on the log scale."""
EQUAL: Final = 0.25
"""SD of the errors where all levels have the same."""
UNEQUAL: Final = (0.1, 0.5)
"""SD of the errors of the first and the last level where they have not; the others lie between, in equal ratios."""
TILT: Final = 0.15
"""SD of a participant's own trend over the levels, from the middle to either end; only where spreads are unequal."""
RARE, WIDER = 0.25, 3.0
"""Uneven participants: this share has errors so many times as wide as the others'."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of data.

    Attributes
    ----------
    shape : {"log-normal", "skewed", "uneven"}
        Errors of the logarithms: normal; gamma (skewness 1.4, so that amplitudes are more skewed than log-normal);
        normal with a spread that differs between participants (heavy tails).
    equal : bool
        All levels have the same spread, errors independent: spherical.
    """

    shape: Shape
    equal: bool

    @property
    def words(self) -> str:
        """Name of the case."""
        return f"{self.shape}, {'equal' if self.equal else 'unequal'}"


SHAPES: Final[tuple[Shape, ...]] = ("log-normal", "skewed", "uneven")
CASES: Final = tuple(Case(shape, equal) for shape in SHAPES for equal in (True, False))
NORMAL: Final = frozenset(case for case in CASES if case.shape == "log-normal")
"""Differences of logs are normal."""
EXCHANGEABLE: Final = frozenset(case for case in CASES if case.equal)
SYMMETRIC: Final = EXCHANGEABLE | frozenset(case for case in CASES if case.shape != "skewed")
"""Differences of logs are as likely as their negatives."""
SPHERICAL_NORMAL: Final = NORMAL & EXCHANGEABLE


def errors(rng: np.random.Generator, shape: Shape, size: tuple[int, ...]) -> NDArray[np.float64]:
    """Return independent errors of mean 0 and variance 1; the second axis are the participants."""
    if shape == "skewed":
        return (rng.gamma(2.0, size=size) - 2.0) / math.sqrt(2.0)
    normal = rng.normal(size=size)
    if shape == "log-normal":
        return normal
    wide = rng.random((*size[:2], *[1] * (len(size) - 2))) < RARE
    return normal * np.where(wide, WIDER, 1.0) / math.sqrt(1 + RARE * (WIDER**2 - 1))


def spreads(k: int, case: Case) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each level's SD of the errors and the weight of the participant's own trend in it."""
    if case.equal:
        return np.full(k, EQUAL), np.zeros(k)
    return np.geomspace(*UNEQUAL, k), TILT * np.linspace(-1, 1, k)


def draw(rng: np.random.Generator, studies: int, n: int, k: int, case: Case) -> NDArray[np.float64]:
    """Return log amplitudes without any effect of the levels, shape (studies, n, k)."""
    spread, tilt = spreads(k, case)
    every = errors(rng, case.shape, (studies, n, k + 1))
    return rng.normal(0, HEIGHT, (studies, n, 1)) + every[:, :, :k] * spread + every[:, :, k:] * tilt


def epsilon(k: int, case: Case) -> float:
    """Return how spherical the levels are in truth: 1 is spherical, 1 / (k - 1) the least possible (Box)."""
    spread, tilt = spreads(k, case)
    center = np.eye(k) - 1 / k
    covariance = center @ (np.diag(spread**2) + np.outer(tilt, tilt)) @ center
    return float(np.trace(covariance) ** 2 / ((k - 1) * (covariance**2).sum()))


def mean_amplitude(k: int, case: Case) -> NDArray[np.float64]:
    """Return the mean of exp(log amplitude) of each level, shape (k,)."""
    spread, tilt = spreads(k, case)

    def moment(a: NDArray[np.float64]) -> NDArray[np.float64]:
        if case.shape == "skewed":
            return np.exp(-math.sqrt(2) * a) * (1 - a / math.sqrt(2)) ** -2
        return np.exp(a**2 / 2)

    if case.shape != "uneven":
        return math.exp(HEIGHT**2 / 2) * moment(spread) * moment(tilt)
    unit = 1 / math.sqrt(1 + RARE * (WIDER**2 - 1))
    parts = [
        share * moment(unit * width * spread) * moment(unit * width * tilt)
        for share, width in ((1 - RARE, 1.0), (RARE, WIDER))
    ]
    return math.exp(HEIGHT**2 / 2) * (parts[0] + parts[1])
