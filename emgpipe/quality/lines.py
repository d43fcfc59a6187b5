"""Sharp lines in a spectrum, and the sampling rate at which they would be the mains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.quality.figures import Figures

RATES: Final = (
    500.0, 512.0, 1000.0, 1024.0, 1111.111, 1200.0, 1259.259, 1500.0, 1925.926, 2000.0, 2048.0, 2148.148, 2222.222,
    2400.0, 2500.0, 3000.0, 4000.0, 4096.0, 5000.0,
)  # fmt: skip
"""Samples per second that EMG devices have."""
LOWEST, HIGHEST = 15.0, 480.0
"""Hz: where lines are searched for."""
AROUND: Final = 8.0
"""Hz on either side of a line that tell the level around it."""
SHARPNESS: Final = 15.0
"""A line by the level around it; more than a peak of the mains needs, as lines are searched for everywhere."""
FEW: Final = 3
SHARPNESS_OF_FEW: Final = 30.0
"""The same where the spectrum is the mean of fewer segments."""
MOST_MULTIPLES: Final = 9
SLACK: Final = 0.004
"""Relative: mains and clocks seldom are further off; rates of devices are further apart."""
LEAST_SHARE: Final = 0.7
"""Of the power of all lines, that a family explains."""
COARSEST: Final = 1.05
"""Hz between frequencies that still place a line: segments of a second, whatever the rate."""
STRONG: Final = 0.2
"""Of the strongest line: the mains that is there; weaker ones may be even multiples of another family."""

ODD: Final = 2.0
"""Power of the third multiple of the mains by that of the second, at least."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A family of lines that would be the mains at another sampling rate.

    Attributes
    ----------
    rate : float
        Samples per second that would fit.
    mains : float
        50 or 60 Hz.
    line : float
        Where its fundamental stands at the stated rate, in Hz.
    count : int
        How many multiples are there.
    """

    rate: float
    mains: float
    line: float
    count: int


def other_rates(figures: Figures, rate: float, fundamentals: Sequence[float]) -> tuple[Fit, ...]:
    """Return the common sampling rates at which the lines of the spectrum would be the mains, the best first.

    Nothing where lines stand at the mains already, or where most of their power belongs to no family.
    """
    lines, powers = find_lines(figures)
    if not lines.size or any(_is_there(lines, powers, fundamental) for fundamental in fundamentals):
        return ()
    fits = []
    for fundamental in fundamentals:
        for true in RATES:
            line = fundamental * rate / true
            if abs(true / rate - 1.0) > 5 * SLACK and LOWEST <= line <= HIGHEST:
                count = _family(lines, powers, line)
                if count and not _is_ripple(lines, powers, line, fundamentals):
                    fits.append(Fit(true, fundamental, line, count))
    return tuple(sorted(fits, key=lambda fit: -fit.count))


def find_lines(figures: Figures) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies (Hz) and power densities of the sharp lines, both shape (n_lines,)."""
    none = np.zeros(0)
    if figures.frequencies.size < 2 or figures.frequencies[1] > COARSEST:
        return none, none
    step = float(figures.frequencies[1])
    half = round(AROUND / step)
    sharpness = SHARPNESS if figures.n_segments >= FEW else SHARPNESS_OF_FEW
    density = figures.density[: int(min(HIGHEST, figures.frequencies[-1] - AROUND) / step) + half]
    if density.size < 4 * half:
        return none, none
    around = np.lib.stride_tricks.sliding_window_view(density, 2 * half + 1)
    inner = density[half : density.size - half]
    beside = density[half - 1 : density.size - half - 1], density[half + 1 : density.size - half + 1]
    tops = np.flatnonzero((inner >= beside[0]) & (inner > beside[1]))
    tops = tops[inner[tops] > sharpness * np.min(around[tops], axis=1)]  # few are left of which the median is needed
    level = np.median(around[tops], axis=1)
    at = tops[(inner[tops] > sharpness * level) & (level > 0.0)] + half
    at = at[at * step >= LOWEST]
    return (at + _shift(density, at)) * step, density[at]


def _shift(density: NDArray[np.float64], at: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far, in bins, a peak lies from its largest bin: a parabola through the logarithms."""
    floor = float(np.finfo(np.float64).tiny)
    left, top, right = (np.log(np.maximum(density[at + by], floor)) for by in (-1, 0, 1))
    bend = left - 2.0 * top + right
    return np.where(bend < 0.0, 0.5 * (left - right) / np.where(bend < 0.0, bend, 1.0), 0.0)


def _near(lines: NDArray[np.float64], frequency: float) -> NDArray[np.bool_]:
    return np.abs(lines - frequency) <= max(SLACK * frequency, 0.15)


def _is_there(lines: NDArray[np.float64], powers: NDArray[np.float64], fundamental: float) -> bool:
    """Say whether the mains stands where it should: at its frequency, or at two of its odd multiples."""
    strong = lines[powers >= STRONG * powers.max()]
    first, *odd = (bool(np.any(np.abs(strong - k * fundamental) <= 0.015 * k * fundamental)) for k in (1, 3, 5, 7))
    return first or sum(odd) > 1


def _family(lines: NDArray[np.float64], powers: NDArray[np.float64], line: float) -> int:
    """Return how many multiples of a frequency are lines, 0 without the first or where other lines have the power."""
    members = [_near(lines, k * line) for k in range(1, MOST_MULTIPLES + 1)]
    if not members[0].any() or float(powers[np.any(members, axis=0)].sum()) < LEAST_SHARE * float(powers.sum()):
        return 0
    return sum(bool(member.any()) for member in members)


def _is_ripple(
    lines: NDArray[np.float64], powers: NDArray[np.float64], line: float, fundamentals: Sequence[float]
) -> bool:
    """Say whether a family at a multiple of the mains is what rectifiers make of it at the right rate.

    So do cameras and other devices that work at such a rate. Their multiples are alike or fall; those of the mains
    itself are odd before all, the third far above the second.
    """
    is_multiple = any(abs(line / one - round(line / one)) < SLACK * line / one for one in fundamentals)
    second, third = (float(np.max(powers[_near(lines, k * line)], initial=0.0)) for k in (2, 3))
    return is_multiple and third <= ODD * second
