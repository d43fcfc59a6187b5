"""How close the formula for the maximum of a steady muscle's envelope is to the package's simulator.

    python benchmarks/peak_bias.py [docs/above-100.md]

EMG of constant amplitude is simulated with spectra of four bandwidths, its moving RMS and moving means of that are
taken, and the maxima of stretches are averaged. Printed: what `emgpipe.statistics.peak_bias` expects, and how far that
is from the simulation. With a page named, its part between the marks is written anew. Some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emgpipe.chain.moving import odd_window, window_sums
from emgpipe.simulate.emg import Spectrum, simulate_emg
from emgpipe.statistics.peak_bias import Smoother, equivalent_bandwidth, expected_highest

RATE = 2000.0
BANDWIDTHS = (60.0, 120.0, 189.0, 300.0)
WINDOWS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
MEANS = (0.0, 0.25, 0.5, 1.0)
SEARCHES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
SECONDS, ROUNDS = 600, 20
BEGIN, END = "<!-- benchmark -->", "<!-- end of benchmark -->"
Cell = tuple[float, float, float, float]
"""Bandwidth, window, mean over, search."""
# Another simulation, at 189 Hz: window -> highest of 2 s and of 5 s.
ELSEWHERE = {0.025: (1.668, 1.763), 0.05: (1.441, 1.508), 0.1: (1.283, 1.334), 0.25: (1.152, 1.186),
             0.5: (1.091, 1.115), 1.0: (1.050, 1.069)}  # fmt: skip


def spectrum_of(bandwidth: float) -> Spectrum:
    """Return the spectrum, of the shape of the typical one, with this equivalent bandwidth up to half the rate."""
    low, high = 5.0, 400.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if _bandwidth(Spectrum(middle, 2 * middle)) < bandwidth else (low, middle)
    return Spectrum(low, 2 * low)


def _bandwidth(spectrum: Spectrum) -> float:
    frequencies = np.linspace(0.0, RATE / 2, 20001)
    return equivalent_bandwidth(frequencies, spectrum.power(frequencies), smooth=0.0)


def simulated(bandwidth: float, seconds: int = SECONDS, rounds: int = ROUNDS, seed: int = 0) -> dict[Cell, float]:
    """Return the mean of the maxima for every window, mean and search at one bandwidth."""
    rng, spectrum = np.random.default_rng([seed, round(bandwidth)]), spectrum_of(bandwidth)
    found: dict[Cell, list[NDArray[np.float64]]] = {}
    for _ in range(rounds):
        power = np.square(simulate_emg(np.ones(round(seconds * RATE)), RATE, rng, spectrum))
        for window, mean_over, envelope in _envelopes(power):
            for search in SEARCHES:
                if search > mean_over:
                    maxima = _maxima(envelope, round((search - mean_over) * RATE))
                    found.setdefault((bandwidth, window, mean_over, search), []).append(maxima)
    return {cell: float(np.mean(np.concatenate(each))) for cell, each in found.items()}


def _envelopes(power: NDArray[np.float64]) -> Iterator[tuple[float, float, NDArray[np.float64]]]:
    for window in WINDOWS:
        width = odd_window(window, RATE)
        rms = np.sqrt(window_sums(power, width) / width)
        for mean_over in MEANS:
            longer = odd_window(mean_over, RATE) if mean_over else 1
            yield window, mean_over, window_sums(rms, longer) / longer


def _maxima(envelope: NDArray[np.float64], room: int) -> NDArray[np.float64]:
    highest: NDArray[np.float64] = envelope[: envelope.size // room * room].reshape(-1, room).max(axis=1)
    return highest


def expected(cell: Cell) -> float:
    """Return what the formula says."""
    bandwidth, window, mean_over, search = cell
    return expected_highest(Smoother(bandwidth, window, mean_over), [search]).mean


def page(found: dict[Cell, float]) -> str:
    """Return both tables and the largest errors as Markdown."""
    errors = {cell: expected(cell) / value - 1 for cell, value in found.items()}
    lines = [
        f"Largest error over {len(errors)} cells: {100 * max(map(abs, errors.values())):.1f} %; root mean square "
        f"{100 * float(np.sqrt(np.mean(np.square(list(errors.values()))))):.1f} %. Error in brackets, formula over "
        f"simulator; {SECONDS * ROUNDS} s of EMG per bandwidth.",
        "",
        "Highest value of the moving RMS:",
        "",
        *_table([(b, w, 0.0) for b, w in product(BANDWIDTHS, WINDOWS)], errors),
        "",
        "Highest mean over M of the moving RMS of 0.1 s, as in an MVIC (the search is the length of the trial):",
        "",
        *_table([(b, 0.1, m) for b, m in product(BANDWIDTHS, MEANS[1:])], errors),
        "",
        "At 189 Hz against an independent simulation (highest of 2 s and of 5 s):",
        "",
        "| window (s) | 2 s, formula | elsewhere | 5 s, formula | elsewhere |",
        "|---|---|---|---|---|",
    ]
    for window, (two, five) in ELSEWHERE.items():
        first, second = (expected((189.0, window, 0.0, search)) for search in (2.0, 5.0))
        lines.append(f"| {window:g} | {first:.3f} | {two:.3f} | {second:.3f} | {five:.3f} |")
    return "\n".join(lines)


def _table(rows: list[tuple[float, float, float]], errors: dict[Cell, float]) -> list[str]:
    has_mean = rows[0][2] > 0
    head = f"| bandwidth (Hz) | {'M (s)' if has_mean else 'window (s)'} | " + " | ".join(f"{s:g} s" for s in SEARCHES)
    lines = [f"{head} |", "|---|---|" + "---|" * len(SEARCHES)]
    for bandwidth, window, mean_over in rows:
        cells = [(bandwidth, window, mean_over, search) for search in SEARCHES]
        shown = [f"{expected(one):.3f} ({100 * errors[one]:+.1f} %)" if one in errors else "–" for one in cells]
        lines.append(f"| {bandwidth:g} | {mean_over if has_mean else window:g} | {' | '.join(shown)} |")
    return lines


def main() -> None:
    """Simulate, print, and write the page where one is named."""
    found = {cell: value for bandwidth in BANDWIDTHS for cell, value in simulated(bandwidth).items()}
    text = page(found)
    print(text)
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
