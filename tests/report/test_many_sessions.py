"""Studies of many sessions: a page per session, tables that can be read, and the same words as with few."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from emgpipe.model import Outcome, UsedChannel
from emgpipe.report import is_drawn_from, render_report, render_session
from emgpipe.report.findings import findings_part
from emgpipe.report.mvic_trials import Flags
from emgpipe.report.overview import outcome
from emgpipe.report.references import references_part
from emgpipe.session_tables import findings_table
from tests.report.page_check import PageCheck

SOURCE = hashlib.sha256(b"x").hexdigest()


def test_page_of_a_session_shows_its_trials_and_references(small_study):
    session = small_study[1][0]
    page = render_session(session, findings_table(session.findings), SOURCE)
    found = PageCheck(page)
    assert found.problems == []
    assert len(set(found.ids)) == len(found.ids)
    assert {link[1:] for link in found.addresses if link.startswith("#")} <= set(found.ids)
    assert page.count('class="traces"') == sum(bool(one.traces) for one in session.trials)
    assert 'href="../report.html#sessions"' in page
    assert render_session(session, findings_table(session.findings), SOURCE) == page


def test_a_page_says_which_file_it_was_drawn_from(small_study):
    session = small_study[1][0]
    page = render_session(session, findings_table(session.findings), SOURCE).encode()
    assert is_drawn_from(page, SOURCE)
    assert not is_drawn_from(page, hashlib.sha256(b"y").hexdigest())
    assert not is_drawn_from(page.replace(b"P01", b"P02", 1), SOURCE)
    assert not is_drawn_from(page[:-40], SOURCE)
    assert not is_drawn_from(b"", SOURCE)


def test_report_links_pages_and_draws_no_session(small_study):
    result, sessions = small_study
    pages = {f"{one.participant}/{one.session}": f"sessions/{one.participant}_1.html" for one in sessions[:-1]}
    report = render_report(result, sessions, pages=pages)
    assert 'class="traces"' not in report
    assert report.count('<a href="sessions/') == len(sessions) - 1
    assert f"Participant {sessions[-1].participant}" in report


def test_methods_are_the_same_words_without_signals(small_study):
    result, sessions = small_study
    light = [
        replace(
            one,
            trials=tuple(
                replace(
                    trial,
                    traces=(),
                    channels=tuple(
                        UsedChannel(t.label, t.name, t.kind, t.side, t.placement, t.unit, t.sampling_rate)
                        for t in trial.traces
                    ),
                )
                for trial in one.trials
            ),
        )
        for one in sessions
    ]

    def methods(page: str) -> str:
        return page.partition('<h2 id="methods">')[2].partition("</section>")[0]

    assert methods(render_report(result, light, pages={})) == methods(render_report(result, sessions))


def test_of_many_references_those_with_a_warning_are_shown(small_study):
    result = small_study[0]
    one = result.references[0]
    many = tuple(replace(one, participant=f"Q{number:04d}", attempts=()) for number in range(500))
    finding = {
        "id": "f", "level": "warn", "kind": "channels_swapped", "participant": "Q0444", "session": one.session,
        "trial": "", "muscle": one.muscle, "side": one.side, "placement": "", "reason": "",
    }  # fmt: skip
    part = references_part(replace(result, references=many, findings=pd.DataFrame([finding])))
    assert "200 of 500 references are shown" in part
    assert "Participant Q0444" in part
    assert "Participant Q0300" not in part


def test_flags_are_those_of_the_trial_and_the_muscle(small_study):
    one = small_study[0].references[0]
    about = {"participant": one.participant, "session": one.session, "side": "", "placement": ""}
    rows = [
        {**about, "level": "fail", "kind": "in_its_trial", "trial": one.used[0].trial, "muscle": ""},
        {**about, "level": "warn", "kind": "of_other_muscle", "trial": one.used[0].trial, "muscle": "soleus"},
        {**about, "level": "warn", "kind": "of_session", "trial": "", "muscle": one.muscle},
        {**about, "level": "note", "kind": "only_a_note", "trial": one.used[0].trial, "muscle": one.muscle},
        {**about, "level": "warn", "kind": "of_other_trial", "trial": "elsewhere", "muscle": one.muscle},
    ]
    flags = Flags(pd.DataFrame(rows))
    assert "in its trial" in flags.of(one, one.used)
    assert "of session" not in flags.of(one, one.used)
    whole = flags.of(one, one.used, whole_session=True)
    assert "in its trial" in whole
    assert "of session" in whole
    assert not any(words in whole for words in ("other muscle", "only a note", "other trial"))


def test_ten_thousand_findings_and_failures_stay_readable(small_study):
    result = small_study[0]
    rows = [
        {"level": "warn", "participant": f"P{n}", "session": "1", "trial": "", "muscle": "", "side": "", "kind": "k",
         "placement": "", "reason": "r", "remedy": "", "id": str(n)}
        for n in range(10_000)
    ]  # fmt: skip
    assert "9600 more stand in the findings table" in findings_part(pd.DataFrame(rows))
    failed = tuple(Outcome("trial", f"P{n}/1/x", "failed", "the same reason") for n in range(10_000))
    said = outcome(replace(result, outcomes=failed, findings=result.findings.iloc[:0]), {})
    assert "and 9950 more" in said
    assert len(said) < 5000
