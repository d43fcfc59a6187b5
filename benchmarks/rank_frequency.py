"""How far a bootstrap frequency of "first" is from how often the level truly is first.

    python benchmarks/rank_frequency.py [PICTURE.png]

Studies are simulated with level effects drawn anew each time (normal, SD as stated), so that every study has a true
first; participants' logs have normal errors. For every level of every study the bootstrap frequency of rank 1 is
noted together with whether the level truly is first. Printed: per stated frequency, the share that truly was first.
Were the frequency a calibrated probability, the two would agree whatever the spread of the effects.
"""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from emgpipe.statistics.bootstrap_ranks import bootstrap_ranks

LEVELS, STUDIES, RESAMPLES, ERROR = 5, 4000, 1000, 0.2
PARTICIPANTS = (8, 12, 20)
EFFECTS = {"levels nearly equal (SD 0.03)": 0.03, "small effects (SD 0.1)": 0.1, "large effects (SD 0.3)": 0.3}
EDGES = np.array([0, 0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.0001])


def reliability(n: int, spread: float, studies: int = STUDIES, seed: int = 0) -> tuple[NDArray[np.float64], ...]:
    """Return per bin of `EDGES` the mean stated frequency, the share truly first, and the number of levels."""
    rng = np.random.default_rng(seed)
    stated, true = [], []
    for _ in range(studies):
        effects = rng.normal(0, spread, LEVELS)
        scores = effects + rng.normal(0, ERROR, (n, LEVELS))
        stated.append(bootstrap_ranks(scores, resamples=RESAMPLES, seed=1).frequency[:, 0])
        true.append(np.arange(LEVELS) == effects.argmax())
    said, was = np.concatenate(stated), np.concatenate(true)
    bins = np.digitize(said, EDGES) - 1
    counts = np.bincount(bins, minlength=len(EDGES) - 1)
    each = np.maximum(counts, 1)
    return (
        np.bincount(bins, said, len(EDGES) - 1) / each,
        np.bincount(bins, was.astype(float), len(EDGES) - 1) / each,
        counts.astype(float),
    )


def main() -> None:
    """Print the table and, where asked, draw it."""
    ranges = [f"{low:g} to {min(high, 1):g}" for low, high in pairwise(EDGES)]
    print(f"| effects | n | {' | '.join(ranges)} |")
    print(f"|---|---|{'---|' * len(ranges)}")
    found = {}
    for words, spread in EFFECTS.items():
        for n in PARTICIPANTS:
            found[words, n] = reliability(n, spread)
            _, was, counts = found[words, n]
            cells = [f"{w:.2f}" if c >= 30 else "–" for w, c in zip(was, counts, strict=True)]
            print(f"| {words} | {n} | {' | '.join(cells)} |")
    if len(sys.argv) > 1:
        draw(found, sys.argv[1])


def draw(found: dict[tuple[str, int], tuple[NDArray[np.float64], ...]], path: str) -> None:
    """Draw stated frequency against the share truly first, one panel per number of participants."""
    from matplotlib.figure import Figure

    styles = (("o", "-", "#0072b2"), ("s", "--", "#d55e00"), ("^", ":", "#009e73"))
    figure = Figure(figsize=(10.2, 3.9), layout="constrained")
    panels = figure.subplots(1, len(PARTICIPANTS), sharey=True)
    for axes, n in zip(panels, PARTICIPANTS, strict=True):
        axes.plot((0, 1), (0, 1), color="#8a8a8a", linewidth=1)
        for words, (marker, line, color) in zip(EFFECTS, styles, strict=True):
            said, was, counts = found[words, n]
            enough = counts >= 30
            axes.plot(said[enough], was[enough], line, marker=marker, color=color, markersize=5, label=words)
        axes.set_title(f"{n} participants, {LEVELS} levels", fontsize=10)
        axes.set_xlabel("stated bootstrap frequency of first")
        axes.grid(color="#e3e6e9", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("truly first")
    panels[0].legend(frameon=False, fontsize=8.5, loc="upper left")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
