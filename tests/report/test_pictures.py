"""Figures and traces show what the numbers say."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from emgpipe.errors import ComparisonError, SignalError
from emgpipe.report import participants_figure, ranking_figure, trial_figure
from emgpipe.report.markup import image
from emgpipe.report.traces import gaps, path, trial_svg
from tests.report.builder import Size, bursts, study, trace


def points(text: str) -> list[np.ndarray]:
    """Read a path of relative moves back into absolute points, one array per stretch."""
    stretches = []
    for piece in re.findall(r"M[^M]+", text):
        head, _, moves = piece[1:].partition("l")
        start = [int(number) for number in re.findall(r"-?\d+", head.split("h")[0])]
        steps = np.array([int(number) for number in re.findall(r"-?\d+", moves)], dtype=int).reshape(-1, 2)
        stretches.append(np.vstack([start, start + np.cumsum(steps, axis=0)]))
    return stretches


def test_thinned_path_keeps_every_extreme_within_a_pixel():
    rng = np.random.default_rng(1)
    x = np.linspace(0, 1400, 40_000)
    y = 40 + 20 * np.sin(x / 90) + rng.normal(0, 5, x.size)
    y[12_345] = 900
    (drawn,) = points(path(x, y))
    assert len(drawn) < 2 * 701
    assert drawn[:, 1].max() == 900
    for left in range(0, 1400, 2):
        inside = y[(x >= left) & (x < left + 2)]
        shown = drawn[drawn[:, 0] == left, 1]
        if shown.size:
            assert shown.min() >= np.floor(inside.min()) - 1
            assert shown.max() <= np.ceil(inside.max()) + 1


def test_path_of_few_points_is_exact_and_gaps_break_it():
    x = np.arange(0, 60, 10.0)
    y = np.array([0, 5, np.nan, 7, 1, 4.0])
    first, second = points(path(x, y))
    np.testing.assert_array_equal(first, [[0, 0], [10, 5]])
    np.testing.assert_array_equal(second, [[30, 7], [40, 1], [50, 4]])


@pytest.mark.parametrize("values", [[], [1.0], [np.nan, np.nan], [2.0, 2.0, 2.0]])
def test_path_of_hardly_anything(values):
    drawn = path(np.arange(len(values)) * 3.0, np.array(values))
    assert drawn.count("M") == int(np.isfinite(values).any()) if values else drawn == ""


def test_gaps_are_stretches_of_missing_samples():
    values = np.ones(100)
    values[20:30] = np.nan
    (gap,) = gaps(replace(trace("a", values, rate=10.0), start=5.0))
    assert gap == pytest.approx((7.0, 8.0))


def test_trial_picture_shows_repetitions_phases_window_and_gap(small_study):
    _, sessions = small_study
    trials = {result.trial.id: result for result in sessions[0].trials}
    task = trial_svg(trials["P01/1/back_squat.neutral.1"])
    tree = ET.fromstring(task)  # noqa: S314 - written by this test's own call
    kinds = [node.get("class") for node in tree.iter() if node.tag == "rect"]
    n = len(trials["P01/1/back_squat.neutral.1"].repetitions)
    assert n > 0
    assert [kinds.count(kind) for kind in ("rep", "phase-hold", "gap", "window")] == [n, n, 1, 0]
    mvic = trial_svg(trials["P01/1/mvic.gluteus_maximus_upper.prone.1"])
    assert mvic.count('class="window"') == 1
    assert "MVIC 312 µV" in mvic


def test_trial_without_samples():
    _, (session, *_) = study(Size(participants=1, muscles=1, seconds=8))
    failed = session.trials[-1]
    assert "No signals to draw" in trial_svg(failed)
    with pytest.raises(SignalError, match="has no signals to draw"):
        trial_figure(failed)
    missing = replace(session.trials[0], traces=(trace("a", np.full(100, np.nan)), trace("b", np.zeros(0))))
    assert trial_svg(missing).count("no samples") == 2


def test_trial_figure_draws_one_line_per_trace(small_study):
    result = small_study[1][0].trials[-2]
    (axes,) = trial_figure(result).axes
    curves = [line for line in axes.lines if len(line.get_xdata()) > 10]
    assert len(curves) == len(result.traces)
    assert [text.get_text() for text in axes.get_yticklabels()][-2:] == ["Hip angle", "Neck angle"]


def test_ranking_figure_shows_the_table(small_study):
    comparison = small_study[0].comparisons[0]
    axes = ranking_figure(comparison).axes[0]
    table = comparison.table.query("muscle == 'gluteus_maximus_upper' and metric == 'mean'")
    drawn = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in {"o", "D"}]
    np.testing.assert_allclose(drawn, table["ratio_to_first"])
    labels = [text.get_text().split("  ")[0] for text in axes.get_yticklabels()]
    assert labels == [level.replace("_", " ").capitalize() for level in table["level"]]


def test_participants_figure_dashes_those_without_reference(small_study):
    comparison = small_study[0].comparisons[0]
    figure = participants_figure(comparison)
    titles = {axes.get_title("left"): axes for axes in figure.axes}
    lines = titles["Biceps femoris, right · mean"].lines
    assert [line.get_linestyle() for line in lines] == ["-", "-", "--"]
    cells = comparison.cells.query("muscle == 'biceps_femoris' and metric == 'mean'")
    wide = cells.pivot_table(index="participant", columns="level", values="amplitude")
    order = [text.get_text().replace("\n", "_").replace(" ", "_").lower() for text in
             titles["Biceps femoris, right · mean"].get_xticklabels()]  # fmt: skip
    own = np.log(wide.loc["P03", order].to_numpy())
    np.testing.assert_allclose(np.diff(np.log(lines[2].get_ydata())), np.diff(own))
    others = cells[cells["participant"] != "P03"]["value"]
    np.testing.assert_allclose(np.log(lines[2].get_ydata()).mean(), np.log(others).mean())


def test_figures_say_what_they_cannot_draw(small_study):
    comparison = small_study[0].comparisons[0]
    with pytest.raises(ComparisonError, match="has no scope 'x'"):
        ranking_figure(comparison, "x")
    with pytest.raises(ComparisonError, match="has no ranking"):
        participants_figure(replace(comparison, table=comparison.table.iloc[:0]))


def test_forty_levels_and_thirty_participants_fit():
    result, _ = study(Size(participants=30, levels=40, muscles=1, seconds=5))
    comparison = result.comparisons[0]
    assert len(ranking_figure(comparison).axes[0].get_yticklabels()) == 40
    figure = participants_figure(comparison)
    assert len(figure.axes[0].lines) == 30
    assert figure.legends == []
    assert image(ranking_figure(comparison), "x") == image(ranking_figure(comparison), "x")


def test_a_trace_stays_small_on_the_page():
    rng = np.random.default_rng(0)
    values = bursts(30.0, [2.0, 8.0, 14.0, 20.0], 4.0, rng)
    assert len(path(np.linspace(380, 1700, values.size), 84 - values / values.max() * 84)) < 9000
