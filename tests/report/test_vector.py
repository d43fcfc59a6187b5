"""Pictures written by hand: places, breaks, markers; and the pictures of a ranking show what its table says."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from emgpipe.report.own_lines import own_lines
from emgpipe.report.panels import OwnValues, by_scope, ranking_panels
from emgpipe.report.ranking_pictures import lines_picture, ratio_picture
from emgpipe.report.vector import Axis, line, markers, words
from tests.report.builder import Size, study


def ranking(small_study):
    comparison = small_study[0].comparisons[0]
    (panels,) = by_scope(ranking_panels(comparison)).values()
    return comparison, panels


def texts(picture: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(picture).iter("text")]  # noqa: S314 - our own picture


def test_axis_is_straight_or_logarithmic():
    assert Axis(0, 10, 100, 200).at(2.5) == 125
    assert Axis(1, 100, 0, 50, is_log=True).at(10) == pytest.approx(25)


def test_line_breaks_where_a_value_is_missing():
    assert line([(0, 1), (1, math.nan), (2, 3), (4, 5)]) == "M0 1M2 3L4 5"


@pytest.mark.parametrize("shape", "osD^vPX*")
def test_every_marker_is_one_path_around_its_place(shape):
    drawn = markers([(10, 20), (math.nan, 1)], shape, 6)
    assert drawn.startswith("M10 20")
    assert drawn.count("M") == 1


def test_text_from_files_is_escaped():
    assert words(1, 2, "<script>") == '<text x="1" y="2">&lt;script&gt;</text>'


def test_ratios_lie_where_the_table_says(small_study):
    comparison, panels = ranking(small_study)
    first = panels[0]
    picture = ratio_picture([first], "x")
    spots = [float(x) for x in re.findall(r'd="M([\d.]+) [\d.]+m[^"]*" fill', picture)]
    ratios = [row.ratio for row in first.rows]
    steps, expected = np.diff(spots), np.diff(np.log(ratios))
    np.testing.assert_allclose(steps / steps.sum(), expected / expected.sum(), atol=0.01)
    table = comparison.table.query(f"muscle == '{first.muscle}' and metric == '{first.metric}'")
    names = [name.partition("\N{NO-BREAK SPACE}")[0] for name in texts(picture) if "\N{NO-BREAK SPACE}" in name]
    assert names == [level.replace("_", " ").capitalize() for level in table["level"]]


def test_who_has_no_reference_is_drawn_dashed_at_the_mean_of_the_others(small_study):
    comparison, panels = ranking(small_study)
    panel = next(one for one in panels if one.muscle == "biceps_femoris" and one.metric == "mean")
    values = OwnValues(comparison).of(panel)
    levels = sorted(set(values["level"]))
    lines, has_unit = own_lines(values, ["P01", "P02", "P03"], levels)
    assert has_unit
    assert [one.is_relative for one in lines] == [False, False, True]
    others = values.loc[values["participant"] != "P03", "value"]
    np.testing.assert_allclose(np.log(lines[2].heights).mean(), np.log(others).mean())
    own = values[values["participant"] == "P03"].set_index("level").loc[levels, "amplitude"]
    np.testing.assert_allclose(np.diff(np.log(lines[2].heights)), np.diff(np.log(own)))
    assert lines_picture([panel], OwnValues(comparison), "x").count("stroke-dasharray") == 1


def test_marks_stand_over_the_points_and_in_the_legend(small_study):
    comparison, panels = ranking(small_study)
    cells = comparison.cells.assign(worst="")
    cells.loc[cells.index[0], "worst"] = "warn"
    cells.loc[cells.index[1], "worst"] = "fail"
    marked = texts(lines_picture(panels, OwnValues(replace(comparison, cells=cells)), "x"))
    assert {"△ warning", "✕ failed check", "P01", "P02", "P03"} <= set(marked)
    assert "△ warning" not in texts(lines_picture(panels, OwnValues(comparison), "x"))


def test_a_crowd_is_one_line_in_the_picture_and_nobody_is_named():
    result, _ = study(Size(participants=60, levels=8, muscles=1, seconds=5))
    comparison, panels = ranking((result,))
    picture = lines_picture(panels, OwnValues(comparison), "x")
    assert picture.count("<path") < 60
    assert "P60" not in texts(picture)
    assert len(picture) < 40_000


def test_one_value_alone_can_be_drawn(small_study):
    comparison, panels = ranking(small_study)
    lonely = replace(panels[0], rows=panels[0].rows[:1])
    cells = comparison.cells[
        (comparison.cells["participant"] == "P01") & (comparison.cells["level"] == lonely.rows[0].level)
    ]
    assert "<svg" in lines_picture([lonely], OwnValues(replace(comparison, cells=cells)), "x")
    assert "<svg" in ratio_picture([lonely], "x")
    assert "<svg" in lines_picture([lonely], OwnValues(replace(comparison, cells=cells.iloc[:0])), "x")
