"""The report's section about readings above 100 %MVIC."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from emgpipe.model import make_finding
from emgpipe.report.above_mvic import above_mvic_part
from tests.report.builder import Size, findings_table, study
from tests.report.page_check import PageCheck

WHERE = {"participant": "P01", "session": "1", "muscle": "gluteus_maximus_upper", "side": "right"}
REASON = (
    "peaks of repetitions up to 201 %MVIC, means up to 107 %. What explains it, most first: "
    "(1) a strong dynamic contraction, a factor of at least 1.54: <b>; (2) windows and search "
    "time, a factor of up to 1.31: a muscle that works steadily reads 89 %. Highest peak: P01/1/x, repetition at 8.0 s."
)


@pytest.fixture(scope="module")
def result():
    return study(Size(participants=1))[0]


def with_findings(result, *findings):
    return replace(result, findings=findings_table(list(findings)))


def explained(**changes):
    return make_finding("above_mvic", "warn", REASON, "-", value=201.2, unit="%MVIC", **(WHERE | changes))


def test_nothing_above(result):
    assert "No repetition of any muscle" in above_mvic_part(with_findings(result))
    assert "No repetition of any muscle" in above_mvic_part(replace(result, findings=pd.DataFrame()))


def test_other_normalizations_have_no_mvic(result):
    other = replace(result, settings={"normalization": {"kind": "task_peak"}})
    assert above_mvic_part(other) == ""


def test_one_row_per_muscle_with_figures_and_causes(result):
    bias = make_finding("window_bias", "note", "-", value=131.4, unit="%MVIC", **WHERE)
    clipped = make_finding("clipped", "fail", "-", trial="P01/1/x", **WHERE)
    elsewhere = make_finding("clipped", "fail", "-", trial="P01/1/x", **(WHERE | {"side": "left"}))
    part = above_mvic_part(with_findings(result, explained(), bias, clipped, elsewhere))
    text = PageCheck(f"<div>{part}</div>").text
    assert part.count("<tr><th") == 3  # head, participant, muscle
    assert "Gluteus maximus upper, right" in text
    assert " 201 " in text
    assert " 131 " in text
    assert "1 fail" in text
    assert part.index("a strong dynamic contraction") < part.index("windows and search time")
    assert "1. a strong" in text
    assert "2. windows" in text
    assert "Highest peak: P01/1/x, repetition at 8.0 s" in part.replace("<wbr>", "")
    assert "<b>" not in part


def test_highest_mean_is_that_of_a_repetition_of_the_main_analysis(result):
    base = {**WHERE, "placement": "", "role": "task", "metric": "mean", "unit": "%MVIC"}
    rows = [
        {**base, "phase": "repetition", "variant": "main", "value": 64.0},
        {**base, "phase": "repetition", "variant": "main", "value": 71.0},
        {**base, "phase": "hold", "variant": "main", "value": 99.0},
        {**base, "phase": "repetition", "variant": "wide", "value": 98.0},
        {**base, "phase": "repetition", "variant": "main", "value": 97.0, "side": "left"},
    ]
    text = PageCheck(
        f"<div>{above_mvic_part(replace(with_findings(result, explained()), metrics=pd.DataFrame(rows)))}</div>"
    ).text
    assert " 71 " in text
    assert not any(f" {other} " in text for other in (97, 98, 99))


def test_figures_that_are_not_there_are_left_open(result):
    part = above_mvic_part(replace(with_findings(result, explained()), metrics=pd.DataFrame(), references=()))
    assert part.count(">–<") == 5
