"""Files are written whole or not at all, and read back as they were."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pandas as pd
import pytest

from emgpipe.errors import StoreError
from emgpipe.model import (
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
    file_hash,
    read_session_trials,
    replace_file,
    session_path,
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
        assert file.attrs["layout"] == 1


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
