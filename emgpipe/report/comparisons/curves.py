"""Curves: mean and SD of two levels over the repetition, their ratio below, and where they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.report.comparisons.plain import numbers_part
from emgpipe.report.comparisons.stretches import FORM_WORDS, stretches_table
from emgpipe.report.drawing import BLUE, INK, SOFT, plain_frame, printable
from emgpipe.report.markup import details, escape, image
from emgpipe.report.words import label, muscle_label, plain, shortened, shown_unit

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_SITE: Final = ["muscle", "side", "placement"]
_OTHER: Final = "#6b4a00"
_BANDS: Final = (BLUE, "#e69f00")
_COLUMNS: Final = 4
_MOST: Final = 8
"""Pairs drawn per outcome: those with a stretch first; the others are in the tables."""
_WIDTH, _LEFT, _TOP, _UPPER, _LOWER, _FOOT = 2.95, 0.62, 0.58, 1.35, 1.2, 0.5
"""Inches of a panel pair and the room for words around it; stated, because a layout engine takes a second."""
_LABEL_AT: Final = -0.19
_TICKS: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50)
_CAPTION: Final = (
    "Above: mean of the participants (solid: the level, dashed: what it is compared with) and SD band. Below: ratio or "
    "difference with its pointwise interval, which decides nothing; bars mark where levels differ, {forms}. Dotted "
    "vertical lines: where phases end on average."
)
_FORM_CAPTION: Final = {
    "max_t": "max-t (filled: each point counts)",
    "cluster": "cluster (hatched: that there is a difference is tested, not where it begins and ends)",
}


def part(comparison: Comparison) -> str:
    """Return a figure per outcome, then the stretches and phases."""
    rows = comparison.table
    pictures = []
    for place, (site, own) in enumerate(rows.groupby(_SITE, sort=False)):
        name = muscle_label(*(plain(one) for one in site))
        figure = curves_figure(comparison, (str(site[0]), str(site[1]), str(site[2])))
        if figure is not None:
            described = f"{comparison.title}, {name}: mean curves and their {_effect(own)}; stretches in the table"
            drawn = f'<figure class="panning">{image(figure, described)}</figure>'
            left = own[["level", "other"]].drop_duplicates().shape[0] - _MOST
            more = f"<p>{left} further pairs are in the table.</p>" if left > 0 else ""
            pictures.append(details(escape(name), drawn + more, opened=place < 2))
    forms = " and ".join(_FORM_CAPTION[form] for form in dict.fromkeys(rows["form"]))
    caption = f'<p class="caption">{escape(_CAPTION.format(forms=forms))}</p>' if pictures else ""
    return "\n".join((*pictures, caption, stretches_table(rows), numbers_part(comparison)))


def curves_figure(comparison: Comparison, site: tuple[str, str, str]) -> Figure | None:
    """Draw the pairs of one muscle or channel; None where nobody has any curve of a pair.

    Parameters
    ----------
    comparison : Comparison
        Of kind ``curves``.
    site : (muscle, side, placement)
    """
    from matplotlib.figure import Figure

    pairs = _pairs(comparison, site)
    if not pairs:
        return None
    columns = min(_COLUMNS, len(pairs))
    lines = math.ceil(len(pairs) / columns)
    line = _TOP + _UPPER + 0.12 + _LOWER + _FOOT
    width, height = columns * _WIDTH + 0.1, lines * line
    figure = Figure(figsize=(width, height))
    for place, pair in enumerate(pairs):
        left = (place % columns * _WIDTH + _LEFT) / width
        wide = (_WIDTH - _LEFT - 0.1) / width
        bottom = height - (place // columns + 1) * line + _FOOT
        upper = figure.add_axes((left, (bottom + _LOWER + 0.12) / height, wide, _UPPER / height))
        lower = figure.add_axes((left, bottom / height, wide, _LOWER / height))
        _draw_means(upper, pair)
        _draw_difference(lower, pair)
        for axes in (upper, lower):
            _mark_phases(axes, pair, named=axes is upper)
    return figure


@dataclass(frozen=True, slots=True)
class _Pair:
    """One level against another: curves by percent, stretches, ends of phases in percent."""

    level: str
    other: str
    unit: str
    log: bool
    means: tuple[pd.DataFrame, pd.DataFrame]
    difference: pd.DataFrame
    stretches: tuple[tuple[str, float, float], ...]
    forms: tuple[str, ...]
    phases: tuple[tuple[str, float, float], ...]


def _of_site(table: pd.DataFrame, site: Sequence[str]) -> pd.DataFrame:
    mine = np.logical_and.reduce([table[name].eq(value) for name, value in zip(_SITE, site, strict=True)])
    return table[mine]


def _pairs(comparison: Comparison, site: tuple[str, str, str]) -> list[_Pair]:
    rows = _of_site(comparison.table, site)
    means = _of_site(comparison.tables["mean_curves"], site)
    differences = _of_site(comparison.tables["difference"], site)
    made = []
    for key, own in rows.groupby(["level", "other"], sort=False):
        level, other = (str(name) for name in key)
        difference = differences[differences["level"].eq(level) & differences["other"].eq(other)]
        found = own[own["from_percent"].notna()]
        made.append(
            _Pair(
                level=level,
                other=other,
                unit=plain(own["unit"].iloc[0]),
                log=bool(own["scale"].iloc[0] == "log"),
                means=(means[means["level"].eq(level)], means[means["level"].eq(other)]),
                difference=difference,
                stretches=tuple(
                    (str(form), float(first), float(last))
                    for form, first, last in zip(found["form"], found["from_percent"], found["to_percent"], strict=True)
                ),
                forms=tuple(dict.fromkeys(own["form"])),
                phases=_phases(comparison.tables["phases"], (level, other)),
            )
        )
    drawn = [pair for pair in made if pair.difference[["ratio", "difference"]].notna().any(axis=None)]
    kept = sorted(drawn, key=lambda pair: not pair.stretches)[:_MOST]
    return [pair for pair in drawn if pair in kept] if len(drawn) <= _MOST else kept


def _phases(table: pd.DataFrame, levels: tuple[str, str]) -> tuple[tuple[str, float, float], ...]:
    own = table[table["level"].isin(levels)]
    means = own.groupby("phase", sort=True)[["from_percent", "to_percent"]].mean().sort_values("from_percent")
    return tuple((str(name), float(first), float(last)) for name, first, last in means.itertuples(name=None))


def _effect(rows: pd.DataFrame) -> str:
    return "ratio" if rows["scale"].iloc[0] == "log" else "difference"


def _draw_means(axes: Axes, pair: _Pair) -> None:
    factor, unit = shown_unit(pair.unit)
    for table, color, band, style in zip(pair.means, (BLUE, _OTHER), _BANDS, ("-", (0, (4, 2))), strict=True):
        percent, mean, spread = (table[name].to_numpy(dtype=float) for name in ("percent", "mean", "sd"))
        axes.fill_between(
            percent, factor * (mean - spread), factor * (mean + spread), color=band, alpha=0.22, linewidth=0
        )
        axes.plot(percent, factor * mean, color=color, linestyle=style, linewidth=1.6)
    if np.nanmin([0.0, *axes.dataLim.intervaly]) >= 0 and np.isfinite(axes.dataLim.y1):
        axes.set_ylim(0, 1.12 * axes.dataLim.y1)
    level, other = (printable(shortened(label(name), 30)) for name in (pair.level, pair.other))
    title = f"{level} (solid)\n{other} (dashed)"
    axes.text(0.0, 1.12, title, transform=axes.transAxes, fontsize=8.5, va="bottom", linespacing=1.15)
    axes.set_ylabel(printable(unit if len(unit) > 1 else f"({unit})"), fontsize=8)
    axes.yaxis.set_label_coords(_LABEL_AT, 0.5)
    _frame(axes)
    axes.set_xticklabels([])


def _draw_difference(axes: Axes, pair: _Pair) -> None:
    table = pair.difference
    factor, unit = (1.0, "ratio") if pair.log else shown_unit(pair.unit)
    column = "ratio" if pair.log else "difference"
    percent, center, low, high = (table[name].to_numpy(dtype=float) for name in ("percent", column, "low", "high"))
    if np.isfinite(low).any():
        axes.fill_between(percent, factor * low, factor * high, color=SOFT, alpha=0.2, linewidth=0)
    axes.plot(percent, factor * center, color=INK, linewidth=1.4)
    axes.axhline(1.0 if pair.log else 0.0, color=SOFT, linewidth=0.8, linestyle=":")
    bottom, top = _limits(factor * np.concatenate((center, low, high)), log=pair.log)
    _ticks(axes, (bottom, top), log=pair.log)
    _draw_bars(axes, pair, (bottom, top))
    axes.set_ylabel("ratio" if pair.log else printable(f"difference ({unit})"), fontsize=8)
    axes.yaxis.set_label_coords(_LABEL_AT, 0.62)
    axes.set_xlabel("% of the repetition" if pair.phases else "%", fontsize=8)
    _frame(axes)


def _limits(values: Any, *, log: bool) -> tuple[float, float]:
    """Return the limits of the data with 1 or 0 in it, none of it farther than a factor of 20 for a wild interval."""
    known = values[np.isfinite(values)]
    if log:
        low, high = max(min(known.min(), 0.9), 0.05), min(max(known.max(), 1.1), 20.0)
        return low / 1.05, high * 1.05
    low, high = min(known.min(), 0.0), max(known.max(), 0.0)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _ticks(axes: Axes, limits: tuple[float, float], *, log: bool) -> None:
    """Set ticks inside the limits only: the lanes below them have no scale."""
    from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

    low, high = limits
    if log:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_locator(NullLocator())
        kept = _thinned(low, high)
    else:
        kept = [float(tick) for tick in MaxNLocator(4).tick_values(low, high) if low <= tick <= high]
    axes.yaxis.set_major_locator(FixedLocator(kept))


def _thinned(low: float, high: float) -> list[float]:
    apart = math.log(high / low) / 6
    kept: list[float] = []
    for tick in sorted(_TICKS, key=lambda value: abs(math.log(value))):
        if low * 1.02 <= tick <= high and all(abs(math.log(tick / other)) >= apart for other in kept):
            kept.append(tick)
    return kept


def _draw_bars(axes: Axes, pair: _Pair, limits: tuple[float, float]) -> None:
    """Draw the stretches in lanes under the curve, each lane named on its left."""
    low, high = limits
    share = 0.13 * len(pair.forms)
    below = low / (high / low) ** (share / (1 - share)) if pair.log else low - (high - low) * share / (1 - share)
    axes.set_ylim(below, high)
    across = axes.get_xaxis_transform()
    for lane, form in enumerate(pair.forms):
        middle = share - 0.13 * (lane + 0.5)
        axes.text(-2.5, middle, FORM_WORDS[form], transform=across, ha="right", va="center", fontsize=7, color=SOFT)
        for first, last in _bars(pair, form):
            hatched = form == "cluster"
            axes.bar(
                first - 0.5, 0.085, last - first + 1, bottom=middle - 0.0425, align="edge", transform=across,
                edgecolor=INK, linewidth=0.6, hatch="/////" if hatched else None, facecolor="white" if hatched else INK,
            )  # fmt: skip
    axes.set_ylim(below, high)
    axes.axhline(low, color="#c8cdd2", linewidth=0.6)


def _bars(pair: _Pair, form: str) -> Iterator[tuple[float, float]]:
    return ((first, last) for name, first, last in pair.stretches if name == form)


def _mark_phases(axes: Axes, pair: _Pair, *, named: bool) -> None:
    for place, (name, first, last) in enumerate(pair.phases):
        if place:
            axes.axvline(first, color=SOFT, linewidth=0.8, linestyle=(0, (1, 2)))
        if named and (last - first) > 12:
            axes.text(
                (first + last) / 2, 1.01, printable(shortened(name, 12)), transform=axes.get_xaxis_transform(),
                ha="center", va="bottom", fontsize=6.5, color=SOFT,
            )  # fmt: skip


def _frame(axes: Axes) -> None:
    axes.set_xlim(-0.5, 100.5)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.grid(axis="y", color="#e3e6e9", linewidth=0.7)
    axes.set_axisbelow(True)
    plain_frame(axes)
    axes.tick_params(labelsize=7.5)
