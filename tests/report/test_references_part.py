"""The account of references on the page: every trial, the winner by a symbol, decisions in words."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from emgpipe.model import Decision, LeftOut, MvicAttempt, Reference, ReferenceWindow, TrialResult, make_finding
from emgpipe.report.references import references_part
from emgpipe.report.traces import trial_svg
from emgpipe.session_tables import findings_table
from emgpipe.store import references_table
from tests.report.builder import Size, mvic_trial

MUSCLE = "vastus_lateralis"
BEST = MvicAttempt(
    "P01/1/mvic.seated.1", "seated", 300e-6, 2.0, 2.5, noise=3e-6, clipped=0.0, crest=9.5, variation=0.08,
    slope=-0.05, held=0.95, missing=0.0,
)  # fmt: skip
SECOND = replace(BEST, trial="P01/1/mvic.seated.2", value=240e-6, crest=3.5)
LOST = LeftOut("P01/1/mvic.seated.3", "seated", "the file is damaged")
DECISION = Decision("reference", "A. Reader", "2026-03-02", "the strap slipped", value=280e-6)


def reference(**changes):
    made = Reference(
        "P01", "1", MUSCLE, "right", "", 300e-6, "%MVIC", "100 % = highest mean", (BEST, SECOND), 0.1, 0.2, "abc",
        plateau=False, rest_noise=3e-6, task_best=replace(BEST, value=330e-6), left_out=(LOST,),
    )  # fmt: skip
    return replace(made, **changes)


def page(one, findings=()):
    result = SimpleNamespace(
        settings={"normalization": {"kind": "mvic"}},
        metrics=pd.DataFrame(),
        findings=findings_table(findings),
        references=(one,),
    )
    return references_part(result)


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_every_trial_is_listed_with_winner_loser_and_lost_one():
    said = text(page(reference()))
    for words in ("★ P01/1/mvic.seated.1", "○ P01/1/mvic.seated.2", "✕ P01/1/mvic.seated.3", "the file is damaged"):
        assert words in said
    for words in ("300 µV (100 %)", "240 µV (80 %)", "2.00 to 2.50", "3.00 µV (100 x)", "8 % (-5 %)", "9.5 x RMS"):
        assert words in said
    for words in ("● not reached", "40 dB", "110 %", "20 %", "1 left out"):
        assert words in said


def test_warnings_of_a_trial_stand_beside_it_and_not_beside_others():
    where = {"participant": "P01", "session": "1", "muscle": MUSCLE, "side": "right"}
    spike = make_finding("mvic_artifact", "warn", "a spike", trial=BEST.trial, **where)
    note = make_finding("mains", "note", "a hum", trial=SECOND.trial, **where)
    other = make_finding("clipped", "fail", "cut", trial=BEST.trial, **{**where, "muscle": "biceps_femoris"})
    html = page(reference(), (spike, note, other))
    rows = re.findall(r"<tr>.*?</tr>", html, re.S)
    flagged = [row for row in rows if "▲" in row]
    assert len(flagged) == 2  # the muscle's row and the trial's
    assert "mvic artifact" in text(flagged[1])
    assert "✖" not in html
    assert not any("seated.2" in row for row in flagged)


def test_decision_is_printed_with_who_when_why_and_what_the_rule_gives():
    decided = reference(value=280e-6, n_used=0, decision=DECISION, rule_value=300e-6)
    said = text(page(decided))
    for words in (
        "◆ 280 µV",
        "A. Reader, 2026-03-02",
        "the strap slipped",
        "The rule gives 300 µV",
        "stated as a value",
    ):
        assert words in said
    assert "★ P01" not in said
    alone = text(page(reference(value=280e-6, n_used=0, attempts=(), left_out=(), decision=DECISION)))
    assert "No trial gives a value by the rule" in alone
    assert "Every trial" not in alone


def test_table_has_a_row_for_every_trial_and_for_a_stated_value():
    table = references_table([reference(), reference(attempts=(), left_out=(), n_used=0, decision=DECISION)])
    assert table["rank"].tolist() == [1, 2, 0, 0]
    assert table["used"].tolist() == ["yes", "no", "no", "no"]
    assert table["left_out"].tolist() == ["", "", "the file is damaged", ""]
    assert table["plateau"].tolist() == ["not reached"] * 4
    assert table["decision"].tolist()[:3] == [""] * 3
    assert "A. Reader, 2026-03-02: the strap slipped" in table["decision"].iloc[3]
    assert table.loc[0, ["crest", "noise", "held"]].tolist() == [9.5, 3e-6, 0.95]


def test_window_is_drawn_in_the_lane_of_its_own_placement_only():
    result: TrialResult = mvic_trial("P01", MUSCLE, "prone", Size(), np.random.default_rng(1))
    trace = result.traces[0]
    two = (replace(trace, placement="a"), replace(trace, placement="b"))
    window = ReferenceWindow(trace.name, trace.side, 2.0, 2.5, 3e-4, placement="b")
    whole = trial_svg(replace(result, traces=two, windows=(window,)))
    assert whole.count('class="window"') == 1
    scattered = trial_svg(replace(result, traces=two, windows=(replace(window, is_contiguous=False),)))
    assert 'class="window scattered"' in scattered
    assert "(samples within)" in scattered


def test_a_missing_reference_has_the_reason_of_its_own_placement():
    row = {
        "participant": "P01", "session": "1", "role": "task", "kind": "emg", "muscle": MUSCLE, "side": "right",
        "metric": "mean", "amplitude_unit": "V",
    }  # fmt: skip
    metrics = pd.DataFrame(
        [row | {"placement": "distal", "reference": ""}, row | {"placement": "proximal", "reference": "made"}]
    )
    place = {"participant": "P01", "session": "1", "muscle": MUSCLE, "side": "right"}
    findings = [
        make_finding("mvic_trial_unusable", "warn", "all zero", placement="proximal", **place),
        make_finding("no_mvic", "warn", "never recorded", placement="distal", **place),
    ]
    result = SimpleNamespace(
        settings={"normalization": {"kind": "mvic"}}, metrics=metrics, findings=findings_table(findings), references=()
    )
    said = text(references_part(result))
    assert "Vastus lateralis, right, distal never recorded" in said
    assert "proximal" not in said
