"""Five faults in a small study: `check` finds all of them, and says of nothing else that it failed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from emgpipe.checking.screen import screen
from emgpipe.checking.study import OpenStudy, check_study
from emgpipe.checking.verdict import CheckVerdict
from emgpipe.cli import main
from emgpipe.config.listing import Problem
from emgpipe.inspection import Terminal
from tests.checking.faulty_study import CLIPPED, DEAD, FILTERED, MISSING, SWAPPED


@pytest.fixture(scope="module")
def checked(faulty):
    return check_study(faulty)


def bad(checked):
    return [one for one in checked.findings if one.level != "note"]


def test_clipped_mvic(checked):
    found = [one for one in bad(checked) if one.kind == "clipped"]
    assert [(one.trial, one.muscle) for one in found] == [CLIPPED]
    assert found[0].level == "fail"
    assert found[0].remedy


def test_dead_channel(checked):
    found = [one for one in bad(checked) if one.kind == "constant_channel"]
    assert [(one.trial, one.muscle) for one in found] == [DEAD]
    assert found[0].level == "fail"


def test_swapped_pair(checked):
    found = [one for one in bad(checked) if "swapped" in one.kind]
    assert {one.participant for one in found} == {SWAPPED[0]}
    assert {one.muscle for one in found} <= SWAPPED[1]


def test_file_filtered_before(checked):
    trials = {one.trial for one in bad(checked) if "filter" in one.kind}
    assert trials == {FILTERED}


def test_missing_head_position(checked):
    told = [(one.participant, one.reason.rpartition(": ")[2]) for one in checked.missing]
    assert told == [MISSING]


def test_table_shows_where(checked):
    by_participant = {one.participant: one for one in checked.verdicts}
    cells = {name: {key[0]: one.cell(key) for key in checked.columns} for name, one in by_participant.items()}
    assert cells["P01"][CLIPPED[1]] == "fail"
    assert cells["P02"][DEAD[1]] == "fail"
    assert by_participant["P04"].repetitions[FILTERED] == 3
    assert checked.is_bad
    text = screen(checked, Terminal(width=80, height=40))
    rows = {line.split()[0]: line.split()[1:] for line in text.split("missing:")[0].splitlines() if line[:2] == "P0"}
    assert rows["P01"][0] == "FAIL"
    assert rows["P02"][3] == "FAIL"
    assert rows["P03"][-1] == "0"
    assert "P04 missing: barbell hip thrust, hyperflexion" in text


def test_one_participant_alone(faulty, capsys):
    assert main(["check", str(faulty), "--participant", "P02", "--json"]) == 1
    (checked,) = json.loads(capsys.readouterr().out)["checked"]
    assert [row["participant"] for row in checked["rows"]] == ["P02"]
    assert checked["rows"][0]["missing"] == []
    levels = {one["muscle"]: one["level"] for one in checked["rows"][0]["channels"]}
    assert levels[DEAD[1]] == "fail"


def test_unknown_participant_is_refused(faulty, capsys):
    assert main(["check", str(faulty), "--participant", "P77"]) == 2
    assert "P01, P02, P03, P04" in capsys.readouterr().err


def test_study_can_go_to_another_process(faulty):
    import pickle

    opened = pickle.loads(pickle.dumps(OpenStudy.at(faulty)))  # noqa: S301 - our own
    assert opened.columns[0] == ("gluteus_maximus_upper", "right", "")


def test_a_row_that_is_no_trial_names_its_participant(faulty):
    opened = OpenStudy.at(faulty)
    first, other = sorted({trial.participant for trial in opened.listing.trials})[:2]
    problem = Problem("trial", "x.csv", "trials.csv, row 9", "no such file", participant=other)
    listing = replace(opened.listing, problems=(problem,))
    opened = replace(opened, listing=listing)
    verdict = CheckVerdict(participant=first, session="1")
    assert not opened.checked([verdict]).about_all
    (row,) = opened.checked([verdict, replace(verdict, participant=other)]).about_all
    assert (row.participant, row.level) == (other, "fail")
    lost = replace(opened, listing=replace(listing, problems=(replace(problem, participant="P99"),)))
    (row,) = lost.checked([verdict]).about_all
    assert row.participant == "P99"
