"""Tables and `run.json` are written whole or not at all, and read back as they were."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emgpipe import atomic
from emgpipe.errors import DiskError, StoreError
from emgpipe.model import Comparison, Family, Outcome
from emgpipe.store import (
    RunFile,
    earlier_outputs,
    file_hash,
    read_table,
    remove_stale,
    replace_file,
    stored_tables,
    write_comparisons,
    write_run_file,
    write_table,
    write_text,
)


def test_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    target = tmp_path / "table.csv"
    write_text(target, "old")

    def fail(temporary):
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match=r"No space left.*unchanged"):
        replace_file(target, fail)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (errno.ENOSPC, DiskError, "No space left on device; make room for it, or choose another folder"),
        (errno.EROFS, DiskError, "Read-only file system; look after the disk, or choose another folder"),
        (errno.EACCES, StoreError, "close it if it is open in a spreadsheet"),
    ],
)
def test_a_file_that_cannot_be_written_is_explained(tmp_path, code, kind, words):
    def refuse(_temporary):
        raise OSError(code, os.strerror(code))

    with pytest.raises(StoreError, match=words) as caught:
        replace_file(tmp_path / "ranking.csv", refuse)
    assert type(caught.value) is kind
    assert "unchanged" not in str(caught.value)  # there was no file


@pytest.fixture
def held(monkeypatch):
    """Let another program hold every file open; count the tries."""
    tries = []

    def refuse(_self, target):
        tries.append(target)
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(atomic, "_WAITS", (0, 0))
    return tries


def test_a_file_that_is_held_open_is_tried_again_then_explained(tmp_path, held):
    with pytest.raises(StoreError, match=r"ranking\.csv cannot be written .*close it if it is open in a spreadsheet"):
        write_text(tmp_path / "ranking.csv", "new")
    assert len(held) == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("held")
def test_what_a_held_file_should_hold_is_laid_aside(tmp_path):
    (tmp_path / "ranking.csv").write_text("old")
    with atomic.going_on() as aside:
        write_text(tmp_path / "ranking.csv", "new")
        write_text(tmp_path / "ranking.csv", "newer")
        assert {path.name: laid.read_text() for path, laid in aside.items()} == {"ranking.csv": "newer"}
    assert [path.name for path in tmp_path.iterdir()] == ["ranking.csv"]
    assert (tmp_path / "ranking.csv").read_text() == "old"
    assert not any(laid.exists() for laid in aside.values())
    with pytest.raises(StoreError):
        write_text(tmp_path / "ranking.csv", "new")


def test_table_has_empty_cells_for_missing_numbers(tmp_path):
    write_table(pd.DataFrame({"a": [1 / 3, np.nan], "b": ["x", "y,z"]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == 'a,b\n0.3333333333,x\n,"y,z"\n'


def test_run_file_counts_outcomes_and_keeps_hashes(tmp_path):
    outcomes = (Outcome("trial", "a", "processed"), Outcome("trial", "b", "failed", "empty"))
    (tmp_path / "in.csv").write_bytes(b"abc")
    inputs = {"in.csv": file_hash(tmp_path / "in.csv"), "gone": file_hash(tmp_path / "gone")}
    write_run_file(tmp_path / "run.json", RunFile("demo", {}, {}, outcomes, inputs, {}, {"seconds": 1.0}))
    stored = json.loads((tmp_path / "run.json").read_text())
    assert stored["outcome_counts"] == {"processed": 1, "failed": 1}
    assert stored["inputs"]["in.csv"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert stored["inputs"]["gone"] == "unreadable"


def test_tables_come_back_as_they_were_written(tmp_path):
    metrics = pd.DataFrame(
        {
            "participant": ["01", "NA", "", 'a "b", c'],
            "rank": ["", "2", "nan", "1e5"],  # a factor, and so text
            "repetition": [0, 1, 2, 30],
            "value": [0.1, np.nan, 1 / 3, 123456789.123456],
            "amplitude": [1e-7, 2.5e-308, np.nan, 1e300],
            "findings": ["", "a-1 b-2", "", "ü"],
            "excluded": [False, True, False, True],
        }
    )
    write_table(metrics, tmp_path / "metrics.csv")
    back = read_table(tmp_path / "metrics.csv")
    pd.testing.assert_frame_equal(back, metrics, rtol=1e-9)
    write_table(back, tmp_path / "again" / "metrics.csv")
    assert file_hash(tmp_path / "again" / "metrics.csv") == file_hash(tmp_path / "metrics.csv")
    assert [str(kind) for kind in back.dtypes] == ["object", "object", "int64", *["float64"] * 2, "object", "bool"]


def test_stored_tables_are_those_a_run_wrote(tmp_path):
    write_table(pd.DataFrame({"participant": ["01"], "age": ["030"]}), tmp_path / "participants.csv")
    write_table(pd.DataFrame({"repetition": [1], "unit": ["V"], "0": [0.5], "100": [np.nan]}), tmp_path / "curves.csv")
    paths = [tmp_path / "participants.csv", tmp_path / "curves.csv", tmp_path / "run.json"]
    with pytest.raises(StoreError, match=r"left no metrics\.csv"):
        stored_tables(paths)
    write_table(pd.DataFrame({"repetition": [1], "value": [0.5]}), tmp_path / "metrics.csv")
    tables = stored_tables([*paths, tmp_path / "metrics.csv"])
    assert tables.participants.to_dict("list") == {"participant": ["01"], "age": ["030"]}
    assert tables.curves["0"].tolist() == [0.5]
    assert tables.references.empty


@pytest.mark.parametrize("text", [None, "", "repetition,value\n1,high\n", "repetition,value\nx,1\n"])
def test_a_table_that_is_none_says_what_to_do(tmp_path, text):
    if text is not None:
        (tmp_path / "metrics.csv").write_text(text, "utf-8")
    with pytest.raises(StoreError, match="make it again with: emgpipe run"):
        read_table(tmp_path / "metrics.csv")


def comparison(kind, title, **changes):
    table = pd.DataFrame({"comparison": title, "level": ["a"], "p": [0.123456789012], "tie": [True]})
    cells = pd.DataFrame({"participant": ["01"], "value": [1.0]})
    return replace(Comparison(kind, title, table, cells, ("A is higher.",), {"n_of": "2"}), **changes)


def test_comparisons_of_a_kind_stand_in_one_table(tmp_path):
    more = pd.DataFrame({"comparison": "two", "level": ["b"], "n": [3]})
    further = {"order": pd.DataFrame({"comparison": ["two"], "x": [1]}), "none": pd.DataFrame()}
    family = (Family("mean", 3, "Holm"),)
    pair = [comparison("paired", "one"), comparison("paired", "two", table=more, tables=further, families=family)]
    files = write_comparisons(tmp_path, pair, ["comparison 3: too few"])
    texts = {path.name: path.read_text("utf-8") for path in files}
    assert texts.pop("sentences.txt") == (
        "one\n---\n- A is higher.\nWhat this rests on:\n  n of: 2\n\n"
        "two\n---\n- A is higher.\nWhat this rests on:\n  n of: 2\n\n"
        "Not made\n--------\n- comparison 3: too few\n"
    )
    assert texts == {
        "paired.csv": "comparison,level,p,tie,n\none,a,0.123456789,True,\ntwo,b,,,3\n",
        "paired_cells.csv": "comparison,participant,value\none,01,1\ntwo,01,1\n",
        "paired_order.csv": "comparison,x\ntwo,1\n",
        "families.csv": "comparison,kind,family,tests,correction\ntwo,paired,mean,3,Holm\n",
    }


def test_no_comparison_is_said_in_words(tmp_path):
    (only,) = write_comparisons(tmp_path, [])
    assert only.read_text("utf-8") == "No comparison was made.\n"


def test_stale_files_go_unless_they_were_changed_or_lie_elsewhere(tmp_path):
    inside = tmp_path / "results"
    for name in ("old.csv", "kept.csv", "edited.csv", "sessions/a.h5", "sessions/gone.h5", "inputs/trials.tsv"):
        write_text(inside / name, name)
    write_text(tmp_path / "beside.csv", "x")
    before = {path.relative_to(inside).as_posix(): file_hash(path) for path in inside.rglob("*.*")}
    before |= {"../beside.csv": file_hash(tmp_path / "beside.csv"), "gone.csv": "0"}
    write_text(inside / "edited.csv", "by hand")
    remove_stale(inside, before, ["kept.csv", "sessions/a.h5"])
    assert {path.name for path in inside.rglob("*.*")} == {"kept.csv", "edited.csv", "a.h5"}
    assert (tmp_path / "beside.csv").exists()
    assert not (inside / "inputs").exists()


def test_a_stale_file_that_cannot_be_removed_is_told(tmp_path, monkeypatch):
    write_text(tmp_path / "old.csv", "old")

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "held open")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match=r"old\.csv is of an earlier run, .* \(held open\); close it"):
        remove_stale(tmp_path, {"old.csv": file_hash(tmp_path / "old.csv")}, [])


def test_an_unreadable_run_file_has_no_outputs(tmp_path):
    assert earlier_outputs(tmp_path / "run.json") == {}
