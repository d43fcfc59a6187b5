"""Files are written whole or not at all, and read back as they were."""

from __future__ import annotations

import json
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest

from emgpipe.errors import StoreError
from emgpipe.model import (
    Comparison,
    Family,
    Outcome,
    Phase,
    ReferenceWindow,
    Repetition,
    SessionResult,
    Trace,
    Trial,
    TrialFile,
    TrialResult,
)
from emgpipe.store import (
    RunFile,
    earlier_outputs,
    file_hash,
    read_session_trials,
    read_table,
    remove_stale,
    replace_file,
    session_path,
    stored_tables,
    write_comparisons,
    write_run_file,
    write_session,
    write_table,
    write_text,
)


@pytest.fixture
def session(tmp_path) -> SessionResult:
    trial = Trial(
        "P01/1/back_squat.neutral.1", "P01", "1", "task", (TrialFile(tmp_path / "a b.csv", 0.5),),
        position="", factors={"exercise": "back_squat", "gym": "Zürich"},
    )  # fmt: skip
    trace = Trace("gluteus_maximus", "GMAX µV", "emg", "right", "", "V", 200.0, 0.25, np.array([1e-4, np.nan, 3e-4]))
    phases = (Phase("eccentric", 0.3, 0.5), Phase("concentric", 0.5, 0.9))
    done = TrialResult(
        trial, "processed", "", (trace,), (Repetition(0.3, 0.9, phases), Repetition(1.0, 1.5)),
        (ReferenceWindow("gluteus_maximus", "right", 0.1, 0.6, 2e-4),), {"GMAX µV": ("dc_offset", "rms")},
    )  # fmt: skip
    failed = TrialResult(Trial("P01/1/x.1", "P01", "1", "task", ()), "failed", "the file is empty")
    return SessionResult("P01", "1", (done, failed), (), (), pd.DataFrame(), pd.DataFrame())


def test_session_comes_back_as_it_was(tmp_path, session):
    path = session_path(tmp_path, "P01", "1")
    findings = pd.DataFrame({"id": ["a-1"], "value": [np.nan], "reason": ["größer"]})
    write_session(path, session, {"findings": findings}, {"name": "demo"})
    done, failed = read_session_trials(path)
    assert done.trial == session.trials[0].trial
    assert (done.repetitions, done.windows, done.history) == (
        session.trials[0].repetitions, session.trials[0].windows, session.trials[0].history,
    )  # fmt: skip
    assert np.array_equal(done.traces[0].values, session.trials[0].traces[0].values, equal_nan=True)
    assert done.traces[0].label == "GMAX µV"
    assert (failed.status, failed.reason) == ("failed", "the file is empty")
    with h5py.File(path) as file:
        assert json.loads(file["settings"][()]) == {"name": "demo"}
        assert file["findings"]["reason"][0].decode() == "größer"
        assert file.attrs["layout"] == 2


def test_same_session_gives_the_same_bytes(tmp_path, session):
    paths = [tmp_path / "one.h5", tmp_path / "two.h5"]
    for path in paths:
        write_session(path, session, {}, {})
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("content", [b"", b"not hdf5", None])
def test_damaged_or_missing_session_says_what_to_do(tmp_path, content):
    path = tmp_path / "broken.h5"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match="run the study again"):
        read_session_trials(path)


def test_other_layout_is_refused(tmp_path):
    with h5py.File(tmp_path / "new.h5", "w") as file:
        file.attrs["layout"] = 99
    with pytest.raises(StoreError, match="layout 99"):
        read_session_trials(tmp_path / "new.h5")


def test_names_a_file_system_refuses_are_coded(tmp_path):
    assert session_path(tmp_path, "P/01", "a:b").name == "P%2f01_a%3ab.h5"
    assert session_path(tmp_path, "P_1", "x") != session_path(tmp_path, "P", "1_x")


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


def test_file_held_open_by_a_spreadsheet_is_explained(tmp_path):
    def refuse(_temporary):
        raise PermissionError(13, "Permission denied")

    with pytest.raises(StoreError, match="close it if it is open in a spreadsheet"):
        replace_file(tmp_path / "ranking.csv", refuse)


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
    for name in ("old.csv", "kept.csv", "edited.csv", "sessions/a.h5"):
        write_text(inside / name, name)
    write_text(tmp_path / "beside.csv", "x")
    before = {path.relative_to(inside).as_posix(): file_hash(path) for path in inside.rglob("*.*")}
    before |= {"../beside.csv": file_hash(tmp_path / "beside.csv"), "gone.csv": "0"}
    write_text(inside / "edited.csv", "by hand")
    remove_stale(inside, before, ["kept.csv"])
    assert {path.name for path in inside.rglob("*.*")} == {"kept.csv", "edited.csv", "a.h5"}
    assert (tmp_path / "beside.csv").exists()


def test_an_unreadable_run_file_has_no_outputs(tmp_path):
    assert earlier_outputs(tmp_path / "run.json") == {}
