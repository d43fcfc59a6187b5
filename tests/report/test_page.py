"""The page: well formed, self-contained, safe, complete, and the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from emgpipe.model import Comparison, Outcome, make_finding
from emgpipe.report import render_report
from emgpipe.report.overview import outcome
from tests.report.builder import SMALL, Size, findings_table, study
from tests.report.page_check import PageCheck

EVIL = '<script>alert("x")</script>&\'$x$\x00'


def check(text: str) -> PageCheck:
    found = PageCheck(text)
    assert found.problems == []
    assert found.scripts == 1
    assert len(found.ids) == len(set(found.ids))
    inner = {address[1:] for address in found.addresses if address.startswith("#")}
    assert inner <= set(found.ids)
    outer = [address for address in found.addresses if not address.startswith(("#", "data:image/"))]
    assert outer == []
    return found


def test_well_formed_and_self_contained(page):
    check(page)
    bare = re.sub(r"data:image/[^\"]*", "", page)
    assert "@import" not in bare
    assert "url(" not in bare
    assert "http" not in bare.replace("http-equiv", "")
    assert "default-src 'none'" in page


def test_contents_in_order(page):
    headings = re.findall(r'<h2 id="([\w-]+)">', page)
    assert headings == [
        "comparisons",
        "references",
        "above-mvic",
        "findings",
        "decisions",
        "sessions",
        "methods",
        "settings",
    ]
    text = check(page).text
    for words in ("3 participants", "Outcome:", "Gluteus maximus upper, right", "NOT RECORDED", "312 µV", "98"):
        assert words in text
    assert text.index("Outcome:") < text.index("All numbers") < text.index("Settings in full")


def test_same_input_gives_same_text(page):
    assert render_report(*study(SMALL)) == page


def test_sessions_may_be_functions(small_study, page):
    result, sessions = small_study
    assert render_report(result, [lambda one=one: one for one in sessions]) == page


def test_failures_come_first_and_in_words(page):
    text = check(page).text
    assert "the file is empty; export it again : recording P09_back_squat_neutral_1.c3d" in text
    levels = re.findall(
        r'class="level (fail|warn|note)">. (?:Fail|Warning|Note)</span>', page[page.index('id="findings"') :]
    )
    first_table = levels[: levels.index("note")]
    assert first_table == sorted(first_table)


def test_missing_reference_is_named_with_its_reason(page):
    section = page[page.index('id="references"') : page.index('id="findings"')]
    text = PageCheck(f"<p>{section}").text
    assert "Without a reference" in text
    assert "P03 1 Biceps femoris, right no MVIC trial is targeted at it" in text


def test_everything_from_files_is_escaped():
    result, sessions = study(replace(SMALL, participants=1))
    trial = replace(sessions[0].trials[0].trial, id=EVIL, position=EVIL, targets=(EVIL,), comment=EVIL)
    trace = replace(sessions[0].trials[0].traces[0], name=EVIL, label=EVIL, placement=EVIL)
    bad = replace(sessions[0].trials[0], trial=trial, traces=(trace,), reason=EVIL, history={EVIL: (EVIL,)})
    finding = make_finding(EVIL, "fail", EVIL, EVIL, participant=EVIL, channel=EVIL, unit=EVIL, value=1.0)
    session = replace(sessions[0], participant=EVIL, session=EVIL, trials=(bad,), findings=(finding,))
    table = result.comparisons[0].table.assign(muscle=EVIL, level=EVIL, note=EVIL, scope=EVIL, unit=EVIL, metric=EVIL)
    cells = result.comparisons[0].cells.assign(participant=EVIL, level=EVIL, scope=EVIL, muscle=EVIL, metric=EVIL)
    attempts = tuple(replace(one, trial=EVIL, position=EVIL) for one in result.references[0].attempts)
    nasty = replace(
        result, name=EVIL, title=EVIL, folder=Path("a<b>"), findings=findings_table([finding]),
        comparisons=(Comparison("ranking", EVIL, table, cells, (EVIL,), {EVIL: EVIL}),),
        references=(replace(result.references[0], participant=EVIL, muscle=EVIL, rule=EVIL, attempts=attempts),),
        outcomes=(Outcome("trial", EVIL, "failed", EVIL), Outcome("trial", EVIL, "left out", EVIL)),
        settings={EVIL: EVIL, "chain": [{"kind": EVIL, EVIL: EVIL}]}, versions={EVIL: EVIL},
        sessions={EVIL: Path("<i>.h5")},
    )  # fmt: skip
    text = render_report(nasty, [session])
    found = check(text)
    assert "<script>alert" not in text
    assert "\x00" not in text
    assert text.count(escape('<script>alert("x")')) > 20
    assert '<script>alert("x")</script>' in found.text
    assert "b" not in found.tags


def empty_study():
    result, _ = study(replace(SMALL, participants=1))
    return replace(
        result, metrics=pd.DataFrame(), findings=pd.DataFrame(), comparisons=(), references=(),
        outcomes=(Outcome("recording", "a.csv", "failed", "the file is empty"),), sessions={}, settings={}, versions={},
    )  # fmt: skip


def test_study_in_which_everything_failed():
    text = check(render_report(empty_study(), [])).text
    assert "No repetition could be measured" in text
    assert "1 file: 1 file failed; 0 failed checks" in text
    assert "the file is empty" in text
    assert "No comparison could be made" in text


def test_files_and_trials_are_counted_in_one_sentence():
    states = [Outcome("recording", "a.csv", "processed"), Outcome("trial", "a", "processed")]
    states += [Outcome("trial", "b", "processed"), Outcome("trial", "c", "processed")]
    roles = {"a": "task", "b": "mvic", "c": "task"}
    result = replace(empty_study(), outcomes=tuple(states))
    assert "1 file, 3 trials (2 task, 1 MVIC): all processed; 0 failed checks" in outcome(result, roles)
    states += [Outcome("trial", "d", "left out", "no"), Outcome("recording", "b.csv", "failed", "empty")]
    said = outcome(replace(result, outcomes=tuple(states)), roles)
    assert "2 files, 4 trials (2 task, 1 MVIC, 1 not read): 1 file, 3 trials processed; 1 file failed;" in said
    assert "1 trial left out; 0 failed checks" in said
    assert "nothing to process: nothing processed;" in outcome(replace(result, outcomes=()), {})


def test_comparison_without_rows_says_so():
    result = replace(
        empty_study(), comparisons=(Comparison("ranking", "Nothing", pd.DataFrame(), pd.DataFrame(), (), {}),)
    )
    assert "There is nothing to rank." in check(render_report(result, [])).text


def test_no_normalization_is_said():
    result = replace(empty_study(), settings={"normalization": {"kind": "none"}})
    assert "asks for no normalization" in check(render_report(result, [])).text


def test_one_participant_has_no_interval_and_is_too_few():
    result, sessions = study(Size(participants=1, muscles=1, seconds=8, without_reference=()))
    text = check(render_report(result, sessions)).text
    assert "no interval" in text
    assert "● too few participants" in text
    assert "nan" not in text.lower()


def test_reference_in_an_unknown_unit_is_not_called_microvolts():
    result, _ = study(replace(SMALL, participants=1, muscles=1))
    result = replace(result, metrics=result.metrics.assign(amplitude_unit="unknown"), comparisons=())
    section = render_report(result, [])
    assert "0.000312 unknown unit" in section
    assert "312 µV" not in section


def test_many_findings_are_counted_not_dropped():
    many = [make_finding("clipping", "warn", f"span {index}", participant="P01") for index in range(450)]
    text = check(render_report(replace(empty_study(), findings=findings_table(many)), [])).text
    assert "450 findings" in text
    assert "50 more stand in the findings table" in text


@pytest.mark.parametrize("width", ["session", "trial"])
def test_links_lead_to_every(width, page):
    assert re.findall(rf'href="#{width}-', page)
