"""Forest plots of paired comparisons and of equivalence: what is drawn, and what is too much to draw."""

from __future__ import annotations

import math

import numpy as np
import pytest

from emgpipe.comparison import Equivalence, Paired, StudyTables
from emgpipe.model import Comparison
from emgpipe.report.comparisons import comparison_part
from emgpipe.report.comparisons.equivalence import equivalence_figure
from emgpipe.report.comparisons.paired import paired_figures
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.tables import cells, row, table

HEADS = ("neutral", "slight_flexion", "hyperflexion")


def study(people: int = 6) -> StudyTables:
    rng = np.random.default_rng(1)
    angle = {"kind": "angle", "muscle": "lumbar_angle", "side": "", "metric": "lockout", "unit": "deg", "mvic": None,
             "amplitude_unit": ""}  # fmt: skip
    rows = []
    for i in range(people):
        for k, head in enumerate(HEADS):
            at = {"head_position": head}
            for muscle in ("gluteus_maximus", "erector_$pinae"):
                amount = 2e-4 * math.exp(0.4 * (k == 2) + 0.05 * rng.standard_normal())
                rows.append(row(f"P{i}", "glute_bridge", amount, muscle=muscle, **at))
            rows.append(row(f"P{i}", "glute_bridge", math.nan, **at, **angle) | {"value": 5.0 * k + rng.normal()})
    return StudyTables(table(rows))


def paired(tables: StudyTables, **changes) -> Comparison:
    asked = Paired(factor="head_position", metrics=("mean",), **changes)
    (comparison,) = asked.compare(tables, load_vocabulary())
    return comparison


def test_ratios_and_differences_are_drawn_apart():
    ratios, differences = paired_figures(paired(study(), against="neutral", channels=("lumbar_angle",)))
    assert [axes.get_xscale() for axes in ratios.axes] == ["log", "log"]
    assert ratios.axes[0].get_xlim() == ratios.axes[1].get_xlim()
    assert ratios.axes[0].get_xlabel() == "ratio to neutral, 95 % interval"
    assert [text.get_text() for text in ratios.axes[0].get_yticklabels()] == ["Slight flexion", "Hyperflexion"]
    assert [axes.get_xlabel() for axes in differences.axes] == ["difference from neutral, 95 % interval (°)"]


def test_filled_marks_are_shown_differences():
    comparison = paired(study(), against="neutral")
    (figure,) = paired_figures(comparison)
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [True, False]
    assert [mark.get_xdata()[0] for mark in marks] == pytest.approx(comparison.table["ratio"][:2].tolist())


def test_pairs_are_named_by_both_levels_where_all_are_compared():
    (figure,) = paired_figures(paired(study()))
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names == ["Slight flexion / Neutral", "Hyperflexion / Neutral", "Hyperflexion / Slight flexion"]


def test_an_interval_beyond_the_axis_ends_in_arrows():
    wild = {"A": {"back_squat": 1e-9, "front_squat": 1e9}, "B": {"back_squat": 1e9, "front_squat": 2e-9}}
    (comparison,) = Paired(factor="exercise", metrics=("mean",)).compare(StudyTables(cells(wild)), load_vocabulary())
    (figure,) = paired_figures(comparison)
    assert {line.get_marker() for line in figure.axes[0].lines} >= {"<", ">"}
    low, high = figure.axes[0].get_xlim()
    assert high / low < 1000


def test_the_margin_is_shaded_and_the_verdict_printed():
    asked = Equivalence(factor="head_position", metrics=("mean",), against="neutral", margin=1.25)
    (comparison,) = asked.compare(study(), load_vocabulary())
    figure = equivalence_figure(comparison)
    assert figure is not None
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert [text.split("  ")[1] for text in texts] == ["equivalent", "different"]
    assert figure.axes[0].get_xlabel() == "ratio to neutral, 90 % and 95 % interval"
    low, high = figure.axes[0].get_xlim()
    assert low < 0.8
    assert high > 1.25


@pytest.mark.parametrize("people", [1, 2, 6])
def test_the_page_says_what_is_there(people):
    html = comparison_part(paired(study(people), channels=("lumbar_angle",)))
    assert "All numbers" in html
    assert "<svg" not in html
    assert html.count("<img") == 2
    assert "Slight flexion / Neutral" in html
    assert (">nan" in html, "inf " in html) == (False, False)


def test_too_many_pairs_are_in_the_table_only():
    levels = [f"v{k}" for k in range(12)]
    metrics = table(row(f"P{i}", level, 1e-4 * (1 + k + i % 2)) for i in range(3) for k, level in enumerate(levels))
    (comparison,) = Paired(factor="exercise", metrics=("mean",)).compare(StudyTables(metrics), load_vocabulary())
    assert paired_figures(comparison) == []
    html = comparison_part(comparison)
    assert "<img" not in html
    assert "21 more pairs below" in html
