"""The first screen says what failed, where, and how many numbers rest on it; marks name people without running over."""

from __future__ import annotations

import re

import pandas as pd

from emgpipe.model import make_finding
from emgpipe.report.doubts import doubtful_count, doubtful_people, doubts_part, incomplete_people
from emgpipe.session_tables import findings_table

WHERE = {"participant": "P01", "session": "1", "side": "right"}
DEAD = make_finding("flat", "fail", "no <signal>", trial="P01/1/squat.1", muscle="biceps_femoris", **WHERE)
OTHER = make_finding("flat", "fail", "no signal", trial="P01/1/squat.1", muscle="erector_spinae", **WHERE)
HUM = make_finding("mvic_clipped", "warn", "a rail", trial="P01/1/mvic.1", muscle="biceps_femoris", **WHERE)


def metrics(*carried, excluded=False):
    rows = [
        {"role": "task", "variant": "main", "trial": f"P01/1/squat.{place}", "findings": ids, "excluded": excluded}
        for place, ids in enumerate(carried)
    ]
    return pd.DataFrame(rows, columns=["role", "variant", "trial", "findings", "excluded"])


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("<wbr>", ""))).strip()


def test_one_line_for_one_kind_in_one_trial_with_the_numbers_that_rest_on_it():
    html = doubts_part(findings_table([DEAD, OTHER]), metrics(f"{DEAD.id} x", OTHER.id, ""))
    assert html.count("<li>") == 1
    assert "Biceps femoris, right and Erector spinae, right: no &lt;signal&gt;" in text(html)
    assert "2 numbers in 2 sets rest on it." in text(html)


def test_what_is_excluded_and_what_no_number_rests_on():
    found = findings_table([DEAD])
    assert "1 number in 1 set rests on it. Left out" not in text(doubts_part(found, metrics(DEAD.id)))
    assert "Left out by decisions." in text(doubts_part(found, metrics(DEAD.id, excluded=True)))
    assert "No number rests on it." in text(doubts_part(found, metrics("other")))
    assert doubts_part(findings_table([]), metrics()) == ""


def test_warnings_are_folded_and_named():
    both = doubts_part(findings_table([DEAD, HUM]), metrics())
    assert "<details><summary>" in both
    assert "MVIC clipped" in both
    assert "<li>" not in doubts_part(findings_table([HUM]), metrics()).partition("<details>")[0]


def test_many_are_counted():
    many = [make_finding("flat", "fail", "none", participant="P01", trial=f"P01/1/{i}") for i in range(12)]
    assert "4 more under Findings" in text(doubts_part(findings_table(many), metrics()))


def test_people_are_named_once_by_their_worst_mark():
    marks = [("P01", "warn"), ("P01", "fail"), ("P02", "warn"), ("P03", ""), ("P02", "warn")]
    assert text(doubtful_people(marks)) == "✖ P01 ▲ P02"
    assert text(doubtful_people([(f"P{i}", "fail") for i in range(6)])) == "✖ P0, P1, P2 +3"
    assert doubtful_people([("P01", "")]) == ""
    assert text(doubtful_count(["fail", "warn", "warn", ""])) == "✖ 1 ▲ 2"
    assert doubtful_count([]) == incomplete_people([]) == ""
    assert text(incomplete_people(["P<4"])) == "○ P&lt;4"
