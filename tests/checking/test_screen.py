"""The table and the list below it: what a technician reads in ten seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgpipe.checking.as_json import as_json
from emgpipe.checking.screen import screen
from emgpipe.checking.verdict import Checked, CheckVerdict
from emgpipe.inspection import Terminal
from emgpipe.inspection.terminal import columns
from emgpipe.model import make_finding

MUSCLES = (
    "gluteus_maximus_upper", "gluteus_maximus_lower", "gluteus_medius", "biceps_femoris", "erector_spinae",
    "vastus_lateralis",
)  # fmt: skip


def keys(n):
    return tuple((MUSCLES[number % 6], ("left", "right")[number // 6 % 2], "") for number in range(n))


def finding(person, key, level="fail", kind="clipped", trial="mvic.1", **more):
    muscle, side, placement = key
    return make_finding(
        kind, level, f"'{muscle}' is cut off", "lower the gain", participant=person, session="1",
        trial=f"{person}/1/{trial}", channel=muscle, muscle=muscle, side=side, placement=placement, **more,
    )  # fmt: skip


def lacking(person, what, level="warn"):
    return make_finding("protocol_missing", level, f"others have it: {what}", participant=person, session="1")


def study(n_people=3, n_channels=4, findings=(), missing=(), seen=None):
    people = [f"P{number:02d}" for number in range(1, n_people + 1)]
    verdicts = tuple(
        CheckVerdict(person, "1", seen=keys(n_channels) if seen is None else seen, n_trials=20,
                findings=tuple(one for one in findings if one.participant == person))
        for person in people
    )  # fmt: skip
    return Checked("a study", keys(n_channels), verdicts, missing=tuple(missing), has_protocol=True)


def rows(text):
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line[:1] == "P" and ":" not in line}


def test_words_in_the_cells():
    found = (finding("P01", keys(4)[1]), finding("P02", keys(4)[0], "warn"), finding("P02", keys(4)[2], "note"))
    text = screen(study(findings=found, missing=[lacking("P03", "a"), lacking("P03", "b")]), Terminal(90, 40))
    assert rows(text) == {
        "P01": ["ok", "FAIL", "ok", "ok", "ok", "0"],
        "P02": ["WARN", "ok", "ok", "ok", "ok", "0"],
        "P03": ["ok", "ok", "ok", "ok", "ok", "2"],
    }
    assert "P03 missing: a; b" in text
    assert text.splitlines()[-1] == "1 failed, 1 to look at, 2 missing (1 note: --all)"
    assert "\033" not in text


def test_what_was_not_recorded_is_no_ok():
    text = screen(study(seen=keys(4)[:3]), Terminal(90, 40))
    assert rows(text)["P01"] == ["ok", "ok", "ok", "-", "ok", "0"]
    assert "-  no such channel was recorded" in text.splitlines()
    assert "no such channel" not in screen(study(), Terminal(90, 40))


def test_findings_about_no_channel_stand_under_other():
    failed = make_finding(
        "trial_failed", "fail", "the file is empty", participant="P01", session="1", trial="P01/1/a.1"
    )
    assert rows(screen(study(findings=[failed]), Terminal(90, 40)))["P01"] == ["ok"] * 4 + ["FAIL", "0"]


def test_a_finding_of_one_side_leaves_the_other_alone():
    left = next(key for key in keys(12) if key[1] == "left")
    text = screen(study(n_channels=12, findings=[finding("P01", left)]), Terminal(200, 60))
    assert rows(text)["P01"].count("FAIL") == 1


def test_colors_come_on_top_of_the_words():
    one = study(findings=[finding("P01", keys(4)[1])])
    plain, colored = (screen(one, Terminal(90, 40, has_color=color)) for color in (False, True))
    for code in ("\033[31;1m", "\033[33m", "\033[32m", "\033[0m"):
        colored = colored.replace(code, "")
    assert colored == plain


def test_same_thing_in_several_places_is_told_once_with_the_worst_figure():
    found = [finding("P01", keys(4)[0], trial=f"mvic.{number}", value=number / 10) for number in range(1, 8)]
    text = screen(study(findings=[*found, finding("P02", keys(4)[1], value=0.2)]), Terminal(90, 60))
    assert text.count("lower the gain") == 1
    assert "FAIL P01/1/mvic.7, gluteus maximus upper L:" in text
    assert "also P01/1/mvic.1" in text
    assert "and 3 more" in " ".join(text.split())


def test_many_participants_are_folded():
    found = [finding("P57", keys(4)[1]), finding("P99", keys(4)[2], "warn")]
    many = study(100, findings=found, missing=[lacking("P31", "rest trial")])
    text = screen(many, Terminal(80, 24))
    assert sorted(rows(text)) == ["P31", "P57", "P99"]
    assert "and 97 without trouble: --all" in text
    assert len(rows(screen(many, Terminal(80, 24, everything=True)))) == 100


@pytest.mark.parametrize("n_people", [1, 5, 100])
@pytest.mark.parametrize(("width", "height"), [(60, 20), (80, 24), (80, 40), (160, 50)])
def test_fits_one_screen_however_much_is_wrong(n_people, width, height):
    found = [
        finding(f"P{number:02d}", keys(4)[number % 4], "fail" if number % 2 else "warn", kind=f"kind{number % 9}")
        for number in range(1, n_people + 1)
    ]
    missing = [lacking(f"P{number:02d}", "MVIC of " + "something long " * 9) for number in range(1, n_people + 1)]
    lines = screen(study(n_people, findings=found, missing=missing), Terminal(width, height)).splitlines()
    assert len(lines) <= max(height, 30)
    assert max(columns(line) for line in lines) <= width
    everything = screen(study(n_people, findings=found, missing=missing), Terminal(width, height, everything=True))
    assert all(f"P{number:02d} missing:" in everything for number in range(1, n_people + 1))


@given(n=st.integers(1, 24), width=st.integers(60, 200))
def test_no_line_is_wider_than_the_terminal_and_no_channel_is_lost(n, width):
    unique = tuple(dict.fromkeys((f"muscle_{number}", "left", "") for number in range(n)))
    verdict = CheckVerdict("P01", "1", seen=unique, findings=(finding("P01", unique[-1]),))
    text = screen(Checked("x", unique, (verdict,), has_protocol=True), Terminal(width, 40))
    assert max(columns(line) for line in text.splitlines()) <= width
    cells = [word for line in text.splitlines() if line[:4] == "P01 " for word in line.split()[1:]]
    assert cells.count("ok") == n  # the channels but the last, and `other`
    assert cells.count("FAIL") == 1


def test_ascii_terminal():
    text = screen(study(findings=[finding("P01", keys(4)[1])]), Terminal(80, 24, encoding="ascii"))
    text.encode("ascii")
    assert "-> lower the gain" in text


def test_labels_do_not_steer_the_terminal():
    evil = ("\033[2Jmuscle", "left", "")
    verdict = CheckVerdict("P\0331", "1", seen=(evil,), findings=(finding("P\0331", evil),))
    text = screen(Checked("\033[2J", (evil,), (verdict,), has_protocol=True), Terminal(80, 24))
    assert "\033" not in text


def test_json_has_the_same_levels():
    found = (finding("P01", keys(4)[1], value=float("nan")), finding("P02", keys(4)[0], "note"))
    plain = as_json(study(findings=found, missing=[lacking("P03", "rest trial")]))
    first, second, third = plain["rows"]
    assert [one["level"] for one in first["channels"]] == ["ok", "fail", "ok", "ok"]
    assert [one["level"] for one in second["channels"]] == ["ok"] * 4
    assert third["missing"] == ["others have it: rest trial"]
    assert plain["failed"] is True
    assert plain["findings"][0]["value"] is None
    assert as_json(study())["failed"] is False
