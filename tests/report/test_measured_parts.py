"""Measured head positions and doses on the page."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.comparison import Dose, MeasuredPosition, StudyTables
from emgpipe.report.comparisons import comparison_part
from emgpipe.report.comparisons.dose import dose_figure
from emgpipe.report.comparisons.measured_position import position_figure
from emgpipe.vocabulary import load_vocabulary
from tests.comparison.angles import angle_row, emg_row
from tests.comparison.tables import table
from tests.report.page_check import PageCheck

WORDS = load_vocabulary()
HEADS = {"hyperextension": -30.0, "neutral": 0.0, "slight_flexion": 18.0, "hyperflexion": 50.0}


def tables(people: int = 4) -> StudyTables:
    rows = []
    for number in range(people):
        for head, angle in HEADS.items():
            real = angle - 17 if (number, head) == (0, "hyperflexion") else angle + number
            rows += [angle_row(f"P{number}", head, real), emg_row(f"P{number}", head, 0.3 + 0.001 * angle + number / 9)]
    return StudyTables(table(rows))


@pytest.fixture(scope="module")
def position():
    return MeasuredPosition().compare(tables(), WORDS)[0]


@pytest.fixture(scope="module")
def dose():
    return Dose(metrics=("mean",)).compare(tables(), WORDS)[0]


def test_the_confusion_table_counts_trials(position):
    html = comparison_part(position)
    assert PageCheck(html).problems == []
    rows = html.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    (hyper,) = [row for row in rows if "Hyperflexion</th>" in row]
    assert '<td class="n">1</td><td class="n"><strong>3</strong></td>' in hyper
    assert "75 %" in hyper
    assert "Moderate flexion" in html.split("</thead>")[0]


def test_every_trial_is_a_dot_and_every_edge_a_line(position):
    (axes,) = position_figure(position).axes
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert len(dots) == 16
    assert sorted(line.get_markerfacecolor() == "white" for line in dots).count(True) == 1
    edges = [line.get_xdata()[0] for line in axes.get_lines() if line.get_linestyle() == "--"]
    assert edges == [-20, -10, 10, 25, 40]
    names = [text.get_text() for text in axes.texts]
    assert "P0" in names
    assert "Slight\nflexion" in names


def test_one_panel_per_outcome_with_points_and_means(dose):
    html = comparison_part(dose)
    assert PageCheck(html).problems == []
    assert "Per 10° (95 % interval)" in html
    (axes,) = dose_figure(dose).axes
    own = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in own] == [4, 4, 4, 4]
    (mean,) = [line for line in axes.get_lines() if line.get_linewidth() > 2]
    assert np.all(np.diff(mean.get_ydata()) > 0)
    assert axes.get_yscale() == "log"


def test_strange_names_are_drawn():
    study = tables(2)
    study.metrics["participant"] = study.metrics["participant"].replace({"P0": "$x$_<b>"})
    study.metrics["head_position"] = study.metrics["head_position"].replace({"hyperflexion": "a$b$_" + "long" * 9})
    for comparator in (MeasuredPosition(), Dose(metrics=("mean",))):
        html = comparison_part(comparator.compare(study, WORDS)[0])
        assert PageCheck(html).problems == []
        assert "<b>" not in html


def test_one_participant_and_one_position():
    study = tables(1)
    one = StudyTables(study.metrics[study.metrics["head_position"] == "neutral"])
    assert "Neutral" in comparison_part(MeasuredPosition().compare(one, WORDS)[0])
    assert "one participant: no interval" in comparison_part(Dose(metrics=("mean",)).compare(study, WORDS)[0])
