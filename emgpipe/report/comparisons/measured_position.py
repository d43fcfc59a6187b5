"""Instructed against measured head positions: the confusion table, and every trial's angle with the bins' edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.report.comparisons.plain import numbers_part
from emgpipe.report.drawing import BLUE, INK, ORANGE, SOFT, plain_frame, printable
from emgpipe.report.markup import escape, image, numeric, table
from emgpipe.report.words import MISSING, finite, label, percent, shortened, with_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from emgpipe.model import Comparison

_CAPTION: Final = (
    "Every dot is a trial, at the mean of its repetitions: ● held as instructed, ○ measured elsewhere or mixed, with "
    "the participant. ◆ mean and SD of participants. Dashed: edges of the bins, named above; shaded: too near an edge "
    "to tell."
)
_MOST_NAMES: Final = 16
_BAND: Final = 0.72
"""Share of a row's height over which the participants are spread."""


def part(comparison: Comparison) -> str:
    """Return the confusion table, the figure and the further tables."""
    about = f"{comparison.title}: angle of every trial by instructed position; numbers in the tables"
    figure = image(position_figure(comparison), about)
    parts = [_confusion(comparison), f'<figure class="panning">{figure}<p class="caption">{_CAPTION}</p></figure>']
    parts.append(numbers_part(comparison))
    return "\n".join(parts)


def _confusion(comparison: Comparison) -> str:
    """One row per instructed position, one column per measured one; the diagonal is bold."""
    rows, positions = comparison.table, comparison.tables["positions"]
    told, found = list(dict.fromkeys(rows["instructed"])), _measured_labels(comparison)
    counts = {(row["instructed"], row["measured"]): row for row in rows.to_dict("records")}
    head = ["Instructed", *(f'<th class="n" scope="col">{escape(label(name))}</th>' for name in found)]
    head += [f'<th class="n" scope="col">{name}</th>' for name in ("Held", "Mean angle ± SD (°)")]
    body = []
    for name, about in zip(told, positions.to_dict("records"), strict=True):
        cells = [_count(counts.get((name, other)), held=name == other) for other in found]
        angle = with_spread(finite(about["mean_angle"]), finite(about["sd"]))
        body.append([escape(label(name)), *cells, numeric(percent(about["share_held"])), numeric(angle)])
    return table(head, body, caption="Trials by instructed (rows) and measured (columns) head position")


def _measured_labels(comparison: Comparison) -> list[str]:
    order = [*dict.fromkeys(comparison.tables["bins"]["measured"]), "mixed"]
    return [name for name in order if name in set(comparison.table["measured"])]


def _count(row: Mapping[Any, Any] | None, *, held: bool) -> str:
    if row is None or not row["trials"]:
        return numeric("0" if held else MISSING)
    number = escape(row["trials"])
    return f'<td class="n">{f"<strong>{number}</strong>" if held else number}</td>'


def position_figure(comparison: Comparison) -> Figure:
    """Draw every trial's angle by instructed position, with the edges of the bins."""
    from matplotlib.figure import Figure

    trials, bins, positions = (comparison.tables[name] for name in ("trials", "bins", "positions"))
    told = list(positions["instructed"])
    height = 0.62 * len(told)
    figure = Figure(figsize=(8.2, height + 1.25))
    axes = figure.add_axes((0.17, 0.6 / (height + 1.25), 0.81, height / (height + 1.25)))
    _limits(axes, trials, bins)
    _edges(axes, bins)
    for place, name in enumerate(told):
        own = trials[trials["instructed"] == name]
        _trials(axes, own, place, names=(~trials["held"]).sum() <= _MOST_NAMES)
        _mean(axes, own, place)
    axes.set_yticks(range(len(told)), [printable(shortened(label(name), 22)) for name in told])
    axes.set_ylim(len(told) - 0.45, -0.55)
    unit = "°" if bins["unit"].iloc[0] == "deg" else bins["unit"].iloc[0]
    axes.set_xlabel(printable(f"measured angle ({unit}), flexion positive"), fontsize=8.5)
    plain_frame(axes)
    return figure


def _limits(axes: Axes, trials: pd.DataFrame, bins: pd.DataFrame) -> None:
    """Give room to all trials and, beyond the outer edges, to the names of the outer bins."""
    edges = bins["above"].dropna().to_numpy(dtype=float)
    known = np.concatenate([trials["on_scale"].dropna().to_numpy(dtype=float), edges])
    width = max(float(np.ptp(known)), 20.0)
    low, high = (float(edges.min()), float(edges.max())) if edges.size else (float(known.min()), float(known.max()))
    axes.set_xlim(min(float(known.min()) - 0.04 * width, low - 0.16 * width),
                  max(float(known.max()) + 0.1 * width, high + 0.16 * width))  # fmt: skip


def _edges(axes: Axes, bins: pd.DataFrame) -> None:
    low, high = axes.get_xlim()
    for name, above, up_to, near in bins[["measured", "above", "up_to", "ambiguous"]].itertuples(index=False):
        left, right = low if math.isnan(above) else above, high if math.isnan(up_to) else up_to
        words = "\n".join(printable(shortened(word, 14)) for word in label(name).split())
        middle = ((left + right) / 2, 1.02)
        axes.annotate(
            words, middle, xycoords=("data", "axes fraction"), ha="center", va="bottom", fontsize=7.5, color=SOFT
        )
        if math.isnan(up_to):
            continue
        axes.axvline(up_to, color=SOFT, linewidth=0.9, linestyle="--", zorder=1)
        if not math.isnan(near):
            axes.axvspan(up_to - near, up_to + near, color="#eef0f2", zorder=0, linewidth=0)


def _trials(axes: Axes, trials: pd.DataFrame, place: int, *, names: bool) -> None:
    """Spread the trials over the row in the order of participants, so that dots do not cover each other."""
    ordered = trials.sort_values(["participant", "trial"])
    heights = place + _BAND * (np.linspace(-0.5, 0.5, len(ordered)) if len(ordered) > 1 else np.zeros(1))
    rows = ordered[["participant", "on_scale", "held"]].itertuples(index=False, name=None)
    for height, (person, angle, held) in zip(heights, rows, strict=True):
        color, face = (BLUE, BLUE) if held else (ORANGE, "white")
        axes.plot(angle, height, "o", color=color, markerfacecolor=face, markersize=4.5, zorder=3)
        if names and not held:
            axes.annotate(printable(shortened(str(person), 12)), (angle, height), xytext=(5, 0),
                          textcoords="offset points", fontsize=7.5, va="center", color=ORANGE)  # fmt: skip


def _mean(axes: Axes, trials: pd.DataFrame, place: int) -> None:
    own = trials.groupby("participant")["on_scale"].mean()
    spread = float(own.std(ddof=1)) if len(own) > 1 else 0.0
    mean = float(own.mean())
    axes.plot((mean - spread, mean + spread), (place, place), color=INK, linewidth=1.6, zorder=4)
    axes.plot(mean, place, "D", color=INK, markersize=5.5, markeredgecolor="white", markeredgewidth=0.8, zorder=5)
