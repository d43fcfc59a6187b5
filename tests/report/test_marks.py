"""Points that carry a warning or a failed check have a mark of their own, and are counted under the comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from emgpipe.report.decisions import decisions_part, marks_sentence
from emgpipe.report.figures import participants_figure
from emgpipe.report.marks import draw_marks, marked_part
from emgpipe.session_tables import findings_table
from emgpipe.verdicts import judge
from tests.comparison.tables import AT_NEUTRAL, row, table
from tests.comparison.tables import StudyTables as Tables
from tests.decisions.test_verdicts import EXCLUDE, SIGNAL, decide, metrics


@pytest.fixture
def ranked():
    from emgpipe.comparison import compare_all
    from emgpipe.vocabulary import load_vocabulary

    rows = [row(person, "back_squat", size * 1e-4) for size, person in enumerate("CDEFGH", start=2)]
    rows += [row(person, "barbell_hip_thrust", size * 2e-4) for size, person in enumerate("CDEFGH", start=2)]
    numbers = table([*metrics(squat=[SIGNAL]).to_dict("records"), *rows])
    (found,), problems = compare_all(
        [replace_metrics()], Tables(numbers, findings=findings_table([SIGNAL])), load_vocabulary()
    )
    assert problems == ()
    return found


def replace_metrics():
    return AT_NEUTRAL.model_copy(update={"metrics": ("mean",)})


def markers(figure):
    return [line.get_marker() for axes in figure.axes for line in axes.lines]


def test_a_failed_value_is_crossed_out_and_counted(ranked):
    figure = participants_figure(ranked)
    assert markers(figure).count("x") == 1
    names = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert "failed check" in names
    assert "warning" not in names
    said = marked_part(ranked)
    assert "Of 16 values 0 carry a warning and 1 a failed check (clipped 1;" in said
    assert "✖" in said


def test_without_marks_nothing_is_drawn_over(ranked):
    clean = replace(ranked, cells=ranked.cells.assign(worst="", findings=""))
    assert "x" not in markers(participants_figure(clean))
    assert "✖" not in marked_part(clean)


def test_levels_differ_in_shape_and_missing_points_have_none():
    axes = Figure().subplots()
    draw_marks(axes, [(0, 1.0, "fail"), (1, 1.0, "warn"), (2, 1.0, ""), (3, float("nan"), "fail")])
    assert [line.get_marker() for line in axes.lines] == ["x", "^"]


def test_decisions_and_marks_in_words():
    verdict = judge(metrics(squat=[SIGNAL]), findings_table([SIGNAL]), (decide("keep", muscle="<b>"),), EXCLUDE)
    page = decisions_part(verdict.decisions)
    assert "&lt;b&gt;" in page
    assert "quality: on_fail: exclude" in page
    assert marks_sentence(verdict.metrics) == (
        "Of 8 numbers of tasks 2 carry a failed check, 2 are left out by decisions."
    )
    assert marks_sentence(metrics()) == ""
    assert "Nothing was excluded" in decisions_part(verdict.decisions.iloc[:0])
