"""The decisions table: what is read, and what is said about rows that cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgpipe.config import KnownPlaces, placed, read_decisions
from emgpipe.config.decision_row import with_row
from emgpipe.config.decisions import COLUMNS, decision_of
from emgpipe.errors import ConfigError
from emgpipe.vocabulary import load_vocabulary

WORDS = load_vocabulary()
GOOD = {"who": "A", "when": "2025-03-31", "action": "exclude", "participant": "P01", "reason": "slipped"}


def table(folder, *rows, columns=COLUMNS):
    path = folder / "decisions.csv"
    lines = [";".join(columns), *(";".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_row_becomes_a_decision(tmp_path):
    row = GOOD | {"muscle": "Biceps femoris", "side": "right", "onset": "12,35", "finding": "clipped"}
    (found,), problems = read_decisions(table(tmp_path, row), WORDS)
    assert problems == ()
    assert (found.muscle, found.onset, found.source) == ("biceps_femoris", 12.35, "table")
    assert found.id.startswith("exclude-")


@pytest.mark.parametrize(
    ("changed", "phrase"),
    [
        ({"action": "exlude"}, "did you mean 'exclude'"),
        ({"action": "relabel"}, "Allowed: exclude, keep, reference"),
        ({"when": "31.3.2025"}, "year-month-day"),
        ({"who": ""}, "column 'who' is empty"),
        ({"reason": ""}, "column 'reason' is empty"),
        ({"side": "rihgt"}, "Allowed: left, right"),
        ({"muscle": "biceps femroris"}, "did you mean"),
        ({"onset": "soon"}, "write a number (seconds)"),
        ({"onset": "inf"}, "write a number (seconds)"),
        ({"value": "0.001"}, "for the action reference only"),
        ({"participant": ""}, "about the whole study"),
        ({"action": "reference"}, "one participant and one muscle"),
        ({"action": "reference", "muscle": "biceps femoris"}, "either an MVIC trial"),
        ({"action": "reference", "muscle": "biceps femoris", "value": "420"}, "given in volts"),
    ],
)
def test_a_bad_row_is_told_and_the_others_count(tmp_path, changed, phrase):
    found, (problem,) = read_decisions(table(tmp_path, GOOD | changed, GOOD), WORDS)
    assert len(found) == 1
    assert problem.status == "failed"
    assert problem.where == "decisions.csv, row 2"
    assert phrase in problem.message
    assert "NOT applied" in problem.message


def test_a_reference_is_a_trial_or_a_value():
    for more in ({"trial": "P01/1/mvic.1"}, {"value": "0.00042"}):
        decision, wrong = decision_of(GOOD | {"action": "reference", "muscle": "biceps femoris"} | more, WORDS)
        assert wrong == []
        assert decision is not None


def test_two_values_are_two_decisions():
    both = [
        decision_of(GOOD | {"action": "reference", "muscle": "biceps femoris", "value": value}, WORDS)[0].id
        for value in ("0.0004", "0.0005")
    ]
    assert len(set(both)) == 2


def test_the_same_row_twice_counts_once(tmp_path):
    found, (problem,) = read_decisions(table(tmp_path, GOOD, GOOD), WORDS)
    assert len(found) == 1
    assert problem.status == "note"


def test_a_table_with_other_columns_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="unknown column 'reasons'; did you mean 'reason'"):
        read_decisions(table(tmp_path, columns=(*COLUMNS, "reasons")), WORDS)
    with pytest.raises(ConfigError, match="no column 'who'"):
        read_decisions(table(tmp_path, columns=COLUMNS[1:]), WORDS)


def test_a_table_that_is_not_there_is_a_warning(tmp_path):
    found, (problem,) = read_decisions(tmp_path / "decisions.csv", WORDS)
    assert found == ()
    assert problem.status == "warn"


def test_names_are_spelled_as_in_the_trials_and_unknown_ones_are_told():
    known = KnownPlaces(frozenset({"01", "02"}), frozenset({"01/1/squat.1"}))
    one, _ = decision_of(GOOD | {"participant": "1"}, WORDS)
    other, _ = decision_of(GOOD | {"participant": "02", "trial": "01/1/sqat.1"}, WORDS)
    found, (problem,) = placed([one, other], known)
    assert [decision.participant for decision in found] == ["01", "02"]
    assert "did you mean '01/1/squat.1'" in problem.message
    assert problem.status == "warn"


def test_a_row_is_added_in_the_order_and_with_the_separator_of_the_table(tmp_path):
    path = tmp_path / "decisions.csv"
    assert with_row(path, GOOD).splitlines()[0] == ",".join(COLUMNS)
    path.write_text("reason;action;who;when;participant\nold;keep;B;2024-01-01;P09\n", "utf-8-sig")
    path.write_text(with_row(path, GOOD | {"reason": "a; b"}), "utf-8")
    found, problems = read_decisions(path, WORDS)
    assert problems == ()
    assert [(one.participant, one.reason) for one in found] == [("P09", "old"), ("P01", "a; b")]
    with pytest.raises(ConfigError, match="no column 'trial'"):
        with_row(path, GOOD | {"trial": "P01/1/x"})
    with pytest.raises(ConfigError, match="save the table as CSV"):
        with_row(tmp_path / "decisions.xlsx", GOOD)


def test_a_row_is_added_below_the_note_of_a_spreadsheet_program(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text("sep=;\nreason;action;who;when;participant\nold;keep;B;2024-01-01;P09\n", "utf-8")
    path.write_text(with_row(path, GOOD), "utf-8")
    found, problems = read_decisions(path, WORDS)
    assert problems == ()
    assert [one.participant for one in found] == ["P09", "P01"]


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=12)))
def test_whatever_is_typed_is_a_decision_or_told(cells):
    decision, wrong = decision_of(cells, WORDS)
    assert (decision is None) == bool(wrong)
