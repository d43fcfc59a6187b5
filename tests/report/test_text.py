"""The ranking on a terminal, and the words numbers become."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pandas as pd
import pytest

from emgpipe.model import Comparison
from emgpipe.report import ranking_text, words
from emgpipe.report.panels import level_sequence, ranking_panels
from emgpipe.report.words import count, interval, number, shortened, span
from tests.report.builder import Size, study


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_no_line_is_wider_than_asked(small_study, width):
    text = ranking_text(small_study[0].comparisons, width)
    assert max(map(len, text.splitlines())) <= width
    assert "ratio: to the first intervals are each" in " ".join(text.split()), "notes are broken, not cut"


def test_columns_align_and_both_metrics_stand_side_by_side(small_study):
    lines = ranking_text(small_study[0].comparisons).splitlines()
    head = next(index for index, line in enumerate(lines) if "rank" in line)
    assert lines[head - 1].split() == ["mean", "peak"]
    rows = lines[head + 1 : head + 6]
    ends = [position + 4 for position in range(len(lines[head])) if lines[head].startswith("rank", position)]
    assert len(ends) == 2
    for row in rows:
        assert row[ends[0] - 1].isdigit()
        assert row[ends[1] - 1].isdigit()
    assert [row[ends[0] - 1] for row in rows] == ["1", "2", "3", "4", "5"]


def test_what_is_left_out_stands_below_the_title(small_study):
    first = small_study[0].comparisons[0]
    assert "excluded" not in ranking_text([replace(first, basis={**first.basis, "excluded": "nothing"})])
    lines = ranking_text([replace(first, basis={**first.basis, "excluded": "7 numbers of P03"})], 80).splitlines()
    assert lines[2] == "excluded: 7 numbers of P03"


def test_narrow_terminal_puts_peak_below_mean(small_study):
    text = ranking_text(small_study[0].comparisons[:1], 62)
    assert text.count("rank ") == 2 * 3


def test_star_marks_exactly_the_levels_that_may_be_the_highest():
    comparison = study(Size(participants=8, muscles=3, seconds=5))[0].comparisons[0]
    table = comparison.table
    unsure = ((table["rank"] > 1) & table["in_best_set"]).sum()
    assert 0 < unsure < (table["rank"] > 1).sum()
    body = ranking_text([comparison]).split("value: geometric")[0]
    assert body.count(")*") == unsure


def test_nothing_to_rank():
    empty = Comparison("ranking", "Exercises", pd.DataFrame(), pd.DataFrame(), ("one level only",), {})
    assert "one level only" in ranking_text([empty])
    assert ranking_text([]) == ""


def test_control_characters_do_not_reach_the_terminal(small_study):
    comparison = small_study[0].comparisons[0]
    nasty = replace(comparison, table=comparison.table.assign(level="a\x1b[31mb\nc"), title="x\x1b")
    assert "\x1b" not in ranking_text([nasty])


def test_volts_are_shown_as_microvolts():
    result, _ = study(Size(participants=2, muscles=1, seconds=5))
    comparison = result.comparisons[0]
    columns = ["mean", "sd", "geometric_mean", "adjusted_geometric_mean"]
    table = comparison.table.assign(unit="V", **{name: comparison.table[name] * 1e-6 for name in columns})
    (panel, _) = ranking_panels(replace(comparison, table=table))
    (plain, _) = ranking_panels(comparison)
    assert panel.unit == "µV"
    assert panel.rows[0].mean == pytest.approx(plain.rows[0].mean)


def test_ordered_levels_keep_their_order_and_others_follow_rank(small_study):
    exercises, heads = (ranking_panels(comparison) for comparison in small_study[0].comparisons)
    assert level_sequence(heads)[0] == "hyperextension"
    assert level_sequence(heads)[-1] == "hyperflexion"
    assert sorted(level_sequence(exercises)) == sorted(row.level for row in exercises[0].rows)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"in_best_set": ["True", "False", "False", "False", "False"]}, "clear"),
        ({"in_best_set": [True, False, True, False, False]}, "not shown"),
        ({"in_best_set": [False, False, True, False, False]}, "not shown"),
        ({"in_best_set": True, "smallest_p": 0.0625}, "too few"),
        ({"in_best_set": None}, "not shown"),
        ({"rank": 1, "tie": True}, "tie"),
        ({"rank": [1, None, None, None, None]}, "alone"),
    ],
)
def test_verdict_follows_the_best_set_and_not_the_interval_of_the_second(changes, verdict):
    comparison = study(Size(participants=8, muscles=1, seconds=5))[0].comparisons[0]
    table = comparison.table.head(5).assign(ci_low=0.7, ci_high=0.9, **changes)
    (panel,) = ranking_panels(replace(comparison, table=table))
    assert panel.verdict == verdict


def test_doctests_of_words():
    assert doctest.testmod(words).failed == 0


def test_numbers():
    assert [number(value) for value in (0, 1234.4, 99.96, 1e-9, float("nan"))] == [
        "0",
        "1234",
        "100.0",
        "1.00e-09",
        "–",
    ]
    assert interval(0.8, None, None) == "0.80 (no interval)"
    assert interval(0.79, 0.62, 0.9996) == "0.79 (0.62 to 0.9996)"
    assert interval(1.0, 1.0, 1.0) == "1.00 (1.00 to 1.00)"
    assert count(0, "repetition") == "0 repetitions"
    assert shortened("abcdef", 4) == "abc…"
    assert span(-0.004, 85, "deg") == "0.0 to 85.0 °"
