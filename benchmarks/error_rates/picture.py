"""The rates as dots: one line per method, one panel per kind and n."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.error_rates.catalogue import EXPERIMENTS
from benchmarks.error_rates.data import SHAPES
from benchmarks.error_rates.measure import ALPHA, verdict
from benchmarks.error_rates.table import Rates, place

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.error_rates.data import Case
    from benchmarks.error_rates.measure import Experiment, Rate, Row

SIZES: Final = (8, 20)
_MARKERS: Final = dict(zip(SHAPES, "os^", strict=True))
_INSIDE, _LIBERAL, _OUTSIDE = "#0072b2", "#d55e00", "#8a8a8a"
_LEFT_OUT: Final = ("above_", "ahead_", "trend_t", "trend_flip", "dose_flip", "linear_flip", "holm_4", "equal_3")
_NOTES: Final = (" (not in the package)", " (the one quoted)", " (the headline)")
Method = tuple["Experiment", "Row"]


def draw(path: Path, rates: Rates) -> None:
    """Draw wrong rejections, and below them what intervals miss."""
    from matplotlib.figure import Figure

    there = {(experiment, key) for experiment, key, *_ in rates}
    methods = [
        (experiment, row)
        for experiment in EXPERIMENTS
        for row in experiment.rows
        if (experiment.name, row.key) in there and not row.key.startswith(_LEFT_OUT)
    ]
    kinds = [[one for one in methods if one[1].kind == kind] for kind in ("rejects", "covers")]
    kinds = [group for group in kinds if group]
    figure = Figure(figsize=(11.5, 1.9 + 0.27 * len(methods)), layout="constrained")
    panels = figure.subplots(len(kinds), len(SIZES), squeeze=False, height_ratios=[len(group) for group in kinds])
    for line, group in zip(panels, kinds, strict=True):
        for axes, n in zip(line, SIZES, strict=True):
            _panel(axes, group, n, rates)
        line[-1].tick_params(labelleft=False)
        line[0].set_yticks(range(len(group)), [_label(one) for one in group], fontsize=8.5)
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4, frameon=False, fontsize=8.5)
    figure.savefig(path, dpi=110)


def _label(method: Method) -> str:
    experiment, row = method
    short = (
        row.words.replace(" (not in the package)", "").replace(" (the one quoted)", "").replace(" (the headline)", "")
    )
    many = experiment.name.startswith(("best", "mixed", "groups", "curves"))
    return f"{experiment.words.replace(', random', '')}: {short}" if many else short


def _panel(axes: Any, methods: list[Method], n: int, rates: Rates) -> None:
    covers = methods[0][1].kind == "covers"
    axes.axvline(ALPHA, color="#333333", linewidth=1)
    for height, (experiment, row) in enumerate(methods):
        for case in experiment.cases:
            rate = rates.get(place(experiment, row.key, n, case))
            if rate is not None:
                axes.plot(min(rate.rate, 0.25), height, **_style(row, case, rate))
    axes.set(xlim=(0, 0.26), ylim=(len(methods) - 0.4, -0.6), yticks=range(len(methods)))
    axes.set_title(f"{n} participants", fontsize=10)
    axes.set_xlabel("intervals that miss the truth" if covers else "true null hypotheses rejected at .05", fontsize=9)
    axes.grid(axis="both", color="#e9ecef", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _style(row: Row, case: Case, rate: Rate) -> dict[str, Any]:
    said = verdict(row, case, rate)
    color = _LIBERAL if "liberal" in said else _INSIDE if case in row.holds else _OUTSIDE
    return {
        "marker": _MARKERS[case.shape], "markersize": 6, "linestyle": "none", "markeredgecolor": color,
        "markerfacecolor": color if case.equal else "none", "markeredgewidth": 1.3, "alpha": 0.9,
        "zorder": {_OUTSIDE: 3, _LIBERAL: 4, _INSIDE: 5}[color],
    }  # fmt: skip


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    def dot(label: str, marker: str = "D", color: str = "#333333", *, filled: bool = True) -> Line2D:
        face = color if filled else "none"
        return Line2D([], [], marker=marker, linestyle="none", color=color, markerfacecolor=face, label=label)

    shapes = [dot(shape, marker) for shape, marker in _MARKERS.items()]
    return [
        *shapes,
        dot("equal spread: filled"),
        dot("unequal spread: hollow", filled=False),
        dot("inside the stated domain", "_", _INSIDE),
        dot("labelled liberal", "_", _LIBERAL),
        dot("assumption does not hold", "_", _OUTSIDE),
    ]
