"""The parts of the page about curves and individual responses: everything there is gets drawn, nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgpipe.comparison import Curves, Individual, StudyTables
from emgpipe.report.comparisons import comparison_part
from emgpipe.report.comparisons.curves import curves_figure
from emgpipe.report.comparisons.individual import individual_figure, spread_out
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.contract_study import contract_study

WORDS = load_vocabulary()
GLUTEUS = ("gluteus_maximus_lower", "right", "")


@pytest.fixture(scope="module")
def study() -> StudyTables:
    return contract_study()


@pytest.fixture(scope="module")
def curves(study):
    asked = Curves(factor="head_position", within="exercise", against="neutral", channels=("neck_angle",))
    (one,) = asked.compare(study, WORDS)
    return one


@pytest.fixture(scope="module")
def individual(study):
    (one,) = Individual(factor="head_position", within="exercise", metrics=("mean",)).compare(study, WORDS)
    return one


def test_every_pair_has_its_means_and_its_ratio(curves):
    figure = curves_figure(curves, GLUTEUS)
    assert len(figure.axes) == 2 * 4
    means, ratio = figure.axes[:2]
    drawn = curves.tables["mean_curves"]
    own = drawn[drawn["muscle"].eq(GLUTEUS[0]) & drawn["level"].eq("hyperextension")]
    np.testing.assert_allclose(means.lines[0].get_ydata(), own["mean"])
    assert means.lines[0].get_linestyle() != means.lines[1].get_linestyle()
    difference = curves.tables["difference"]
    own = difference[difference["muscle"].eq(GLUTEUS[0]) & difference["level"].eq("hyperextension")]
    np.testing.assert_allclose(ratio.lines[0].get_ydata(), own["ratio"])
    assert ratio.get_yscale() == "log"
    assert {text.get_text() for text in ratio.texts} == {"max-t", "cluster"}


def test_bars_are_where_the_table_says(curves):
    table = curves.table.copy()
    pair = table["muscle"].eq(GLUTEUS[0]) & table["level"].eq("hyperextension") & table["form"].eq("cluster")
    table.loc[pair, ["from_percent", "to_percent"]] = 12, 40
    figure = curves_figure(replace(curves, table=table), GLUTEUS)
    (bar,) = figure.axes[1].patches
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == (11.5, 40.5)
    assert bar.get_hatch()


def test_angles_are_drawn_as_differences(curves):
    figure = curves_figure(curves, ("neck_angle", "", ""))
    assert figure.axes[1].get_yscale() == "linear"
    low, _ = figure.axes[1].get_ylim()
    assert min(figure.axes[1].get_yticks()) > low


def test_every_participant_has_a_line_and_a_name(individual):
    figure = individual_figure(individual, (*GLUTEUS, "mean"))
    values, changes = figure.axes
    people = sorted(set(individual.tables["profiles"]["participant"]))
    for axes in (values, changes):
        names = [text.get_text() for text in axes.texts if text.get_text() in people]
        assert sorted(names) == people
        heights = sorted(text.get_position()[1] for text in axes.texts if text.get_text() in people)
        assert min(np.diff(heights)) > 0.03
        assert heights[0] >= 0
        assert heights[-1] <= 1
    assert values.get_yscale() == changes.get_yscale() == "log"


def test_the_parts_hold_figures_and_tables(curves, individual):
    for comparison, figures in ((curves, 3), (individual, 2)):
        page = comparison_part(comparison)
        assert page.count("<img") == figures
        assert "<table" in page
        assert not re.search(r"\bnan\b", re.sub(r'src="[^"]*"', "", page), re.IGNORECASE)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_names_never_overlap_and_stay_inside(heights):
    found = spread_out(sorted(heights), 0.08)
    assert len(found) == len(heights)
    assert all(later - earlier > 0.08 - 1e-9 for earlier, later in pairwise(found))
    assert found[0] > 0.04 - 1e-9
    assert found[-1] < 0.96 + 1e-9
