from __future__ import annotations

import csv

import pytest

from emgpipe.cli import main
from emgpipe.errors import ConfigError
from emgpipe.planning import Plan, order_sheet, plan_study, plan_text
from emgpipe.vocabulary import load_vocabulary

WORDS = load_vocabulary()


def text(**given):
    return plan_text(plan_study(Plan("head_position", (), **given), WORDS))


def test_five_positions_in_ten_pairs_can_never_reach_05_with_eight():
    printed = text(participants=8)
    assert "10 comparisons" in printed
    (line,) = [line for line in printed.splitlines() if line.endswith("<- planned")]
    assert line.split()[:1] == ["8"]
    assert "NEVER" in line
    assert "With 8 participants no exact test of this family can ever reach 0.05" in printed


def test_against_neutral_eight_are_enough():
    printed = text(participants=8, against="straight")  # a synonym of neutral
    assert "each level against neutral" in printed
    (line,) = [line for line in printed.splitlines() if line.endswith("<- planned")]
    assert line.split()[1] == "1.16"
    assert "yes" in line


def test_other_ways_out_are_named_only_where_they_help():
    assert "compare each level with one named by --against" in text(participants=8)
    assert "--against" not in text(participants=5)
    assert "--against" not in text(participants=5, against="neutral")


def test_one_comparison_needs_no_correction():
    printed = plan_text(plan_study(Plan("head_position", ("neutral", "hyperflexion"), participants=5), WORDS))
    assert "Holm" not in printed
    assert "1 comparison in one family" in printed
    assert "cannot reach 0.05 with fewer than 6 participants" in printed


def test_spread_turns_effects_into_ratios():
    (line,) = [one for one in text(participants=12, spread=0.2).splitlines() if "planned" in one]
    assert "0.89 (1.19)" in line  # exp(0.89 * 0.2)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (Plan("head_position", ("neutral", "straight")), "'neutral' is named twice"),
        (Plan("head_position", ("neutral",)), "1 level; a plan needs 2 to 40"),
        (Plan("load", ()), "name the levels of load with --levels"),
        (Plan("cue", ("Up", "up")), "'Up' is named twice"),
        (Plan("cue", (" ", "up")), "one of the --levels is empty"),
        (Plan("cue", ("up", "down"), participants=1), "needs 2 participants at least"),
        (Plan("head_position", ("neutral", "sideways")), "sideways"),
        (Plan("cue", ("up", "down"), against="left"), "--against 'left' is none of the levels: up, down"),
        (Plan("cue", ("up", "down"), participants=-1), "--participants -1 must lie between 0 and 10000"),
        (Plan("cue", ("up", "down"), power=1.0), "--power 1 must lie between"),
    ],
)
def test_impossible_plans_are_refused_in_words(plan, words):
    with pytest.raises(ConfigError, match=words.replace("(", r"\(")):
        plan_study(plan, WORDS)


def test_order_sheet_is_a_table_of_orders():
    plan = plan_study(Plan("head_position", (), participants=10), WORDS)
    rows = list(csv.DictReader(order_sheet(plan, [f"P{n:02d}" for n in range(1, 11)], seed=3).splitlines()))
    assert len(rows) == 50
    for name in {row["participant"] for row in rows}:
        own = [row for row in rows if row["participant"] == name]
        assert [row["order"] for row in own] == list("12345")
        assert {row["head_position"] for row in own} == set(plan.levels)


def test_command_writes_the_sheet_once(tmp_path, capsys):
    sheet = tmp_path / "orders.csv"
    asked = ["plan", "--participants", "10", "--order-sheet", str(sheet), "--seed", "4"]
    assert main(asked) == 0
    assert "balanced: 10 sequences (Williams)" in capsys.readouterr().out
    first = sheet.read_bytes()
    assert main(asked) == 2
    assert "an order sheet in use is not overwritten" in capsys.readouterr().err
    sheet.unlink()
    assert main(asked) == 0
    assert sheet.read_bytes() == first
    capsys.readouterr()
    assert main(["plan", "--order-sheet", str(tmp_path / "other.csv")]) == 2
    said = capsys.readouterr()
    assert "needs --participants" in said.err
    assert said.out == ""
    assert main(["plan", "--participants", "4", "--order-sheet", str(tmp_path)]) == 2
    assert "is a folder; name a file in it" in capsys.readouterr().err
    assert main([*asked[:-3], str(tmp_path / "odd.csv"), "--participants", "12"]) == 0
    assert "NOT fully balanced" in capsys.readouterr().out
