"""Detection against dose: one panel per fault, the gross doses shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.detection.faults import FAULTS
from benchmarks.detection.page import LEAST, PLACES

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.detection.faults import Fault
    from benchmarks.detection.table import Figures

COLUMNS: Final = 6
_LINE, _GROSS, _LIMIT = "#0072b2", "#f2e3c6", "#8a8a8a"


def draw(path: Path, figures: Figures) -> None:
    """Draw every fault that has more than one dose."""
    from matplotlib.figure import Figure

    shown = [fault for fault in FAULTS if len(fault.doses) > 1 and (fault.key, fault.doses[0]) in figures.found]
    rows = -(-len(shown) // COLUMNS)
    figure = Figure(figsize=(15.0, 1.95 * rows), layout="constrained")
    panels = figure.subplots(rows, COLUMNS, squeeze=False, sharey=True).ravel()
    for axes, fault in zip(panels, shown, strict=False):
        _panel(axes, fault, figures)
    for axes in panels[len(shown) :]:
        axes.axis("off")
    for axes in panels[::COLUMNS]:
        axes.set_ylabel("found, %", fontsize=8)
    figure.savefig(path, dpi=110)


def _panel(axes: Any, fault: Fault, figures: Figures) -> None:
    places = range(len(fault.doses))
    shares = [100 * figures.found[fault.key, dose].share for dose in fault.doses]
    axes.axvspan(fault.doses.index(fault.gross) - 0.5, len(fault.doses) - 0.5, color=_GROSS, lw=0)
    axes.axhline(100 * LEAST, color=_LIMIT, lw=0.8, ls=":")
    axes.plot(places, shares, "o-", color=_LINE, ms=4, lw=1.3, clip_on=False, zorder=3)
    axes.set_xticks(places, [f"{dose:g}" if dose < 1e5 else "1e6" for dose in fault.doses], fontsize=7)
    axes.set_xlim(-0.5, len(fault.doses) - 0.5)
    axes.set_ylim(-3, 103)
    axes.set_yticks((0, 50, 100))
    axes.tick_params(axis="y", labelsize=7)
    axes.set_title(f"{fault.check} ({PLACES[fault.where]})\n{fault.words}", fontsize=7.5, loc="left")
    axes.set_xlabel(fault.unit, fontsize=7.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
