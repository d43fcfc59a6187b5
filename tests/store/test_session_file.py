"""A session's file holds everything a session gave: what is read back equals what was written, bit by bit."""

from __future__ import annotations

import json
import string
from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgpipe.errors import StoreError
from emgpipe.model import (
    Cleaned,
    Decision,
    Finding,
    LeftOut,
    MvicAttempt,
    Phase,
    Reference,
    ReferenceWindow,
    Removed,
    Repetition,
    SessionResult,
    Trace,
    Trial,
    TrialFile,
    TrialResult,
)
from emgpipe.session_tables import curves_table, metrics_table
from emgpipe.store import LAYOUT, read_made_of, read_session, read_session_trials, write_session
from emgpipe.store.records import read_frame, read_records, write_frame, write_records

MADE_OF = {"version": {"numpy": "2.0"}, "file": {"raw/ä.csv": "ab" * 32}}


def full_session() -> SessionResult:
    """Return a session in which every field of every part is set, and one trial in which none is."""
    task = Trial(
        "P01/1/back_squat.neutral.1", "P01", "1", "task", (TrialFile("a b.csv", 0.5), TrialFile("c.csv", 1.0, False)),  # type: ignore[arg-type]
        start=0.1, stop=9.9, targets=("gluteus_maximus",), position="", repetitions=3, comment="größer, \"quoted\"",
        factors={"exercise": "back_squat", "gym": "Zürich"},
    )  # fmt: skip
    trace = Trace("gluteus_maximus", "GMAX µV", "emg", "right", "", "V", 200.0, 0.25, np.array([1e-4, np.nan, 3e-4]))
    removed = Removed("mains_notch", 1.1e-4, 1e-4, 3e-5, 7)
    done = TrialResult(
        task, "processed", "", (trace,),
        (Repetition(0.3, 0.9, (Phase("eccentric", 0.3, 0.5), Phase("concentric", 0.5, 0.9))), Repetition(1.0, 1.5)),
        (ReferenceWindow("gluteus_maximus", "right", 0.1, 0.6, 2e-4, "lower", is_contiguous=False),),
        {"GMAX µV": ("dc_offset", "rms"), "BF": ("rms",)}, {"gain": "500 | 2"},
        (Cleaned("gluteus_maximus", "right", "", "V", (removed, replace(removed, step="ecg_gating"))),),
    )  # fmt: skip
    failed = TrialResult(Trial("P01/1/x.1", "P01", "1", "mvic", ()), "failed", "the file is empty")
    attempt = MvicAttempt(
        "P01/1/m.1", "prone", 2e-4, 1.0, 1.5, 1e-6, 0.0, None, 0.1, -0.2, 0.93, 0.0, is_contiguous=False
    )
    decision = Decision("reference", "AB", "2026-01-02", "strong", "P01", "1", "P01/1/m.1", value=2e-4, source="table")
    reference = Reference(
        "P01", "1", "gluteus_maximus", "right", "", 2e-4 / 3, "%MVIC", "mean", (attempt, attempt), 0.1, None, "abc", 2,
        True, 1e-6, ("r1", "r2"), None, attempt, (LeftOut("t", "p", "why", None, "d"),), decision, 1.9e-4,
    )  # fmt: skip
    findings = (
        Finding("clipped", "fail", 'reason, with "quotes"\nand lines', "remedy", "P01", "1", start=0.1, value=1 / 3),
        Finding("noise", "note", "größer", onset=0.3, placement="lower", stage="raw"),
    )
    row = {
        "repetition": 1, "onset": 0.3, "phase": "repetition", "kind": "emg", "muscle": "gluteus_maximus",
        "side": "right", "placement": "", "metric": "mean", "stage": "envelope", "value": 100 / 3, "unit": "%MVIC",
        "amplitude": 1e-4 / 3, "amplitude_unit": "V", "reference": reference.id,
    }  # fmt: skip
    curve = {key: row[key] for key in ("repetition", "onset", "phase", "kind", "muscle", "side", "placement", "stage")}
    points = {str(point): point / 7 for point in range(101)}
    return SessionResult(
        "P01", "1", (done, failed), (reference,), findings,
        metrics_table([(task, [row, row | {"value": np.nan, "repetition": 2}])]),
        curves_table([(task, [curve | {"unit": "%MVIC"} | points])]),
    )  # fmt: skip


@pytest.fixture
def session(tmp_path) -> SessionResult:
    session = full_session()
    trials = [
        replace(one, trial=replace(one.trial, files=tuple(replace(f, path=tmp_path / f.path) for f in one.trial.files)))
        for one in session.trials
    ]
    return replace(session, trials=tuple(trials))


def test_a_session_comes_back_as_it_was(tmp_path, session):
    write_session(tmp_path / "s.h5", session, {"chain": []}, MADE_OF)
    stored = read_session(tmp_path / "s.h5")
    assert stored.made_of == read_made_of(tmp_path / "s.h5") == MADE_OF
    back = stored.result
    assert back.trials == tuple(replace(one, traces=()) for one in session.trials)
    assert (back.references, back.findings) == (session.references, session.findings)
    pd.testing.assert_frame_equal(back.metrics, session.metrics, check_exact=True)
    pd.testing.assert_frame_equal(back.curves, session.curves, check_exact=True)
    with_traces = read_session_trials(tmp_path / "s.h5")
    (trace,), (before,) = with_traces[0].traces, session.trials[0].traces
    assert replace(trace, values=None) == replace(before, values=None)
    assert trace.values.tobytes() == before.values.tobytes()
    assert with_traces[1] == session.trials[1]


def test_a_session_without_anything_comes_back(tmp_path):
    empty = SessionResult("P", "1", (), (), (), metrics_table([]), curves_table([]))
    write_session(tmp_path / "s.h5", empty, {}, {})
    back = read_session(tmp_path / "s.h5").result
    assert (back.trials, back.references, back.findings) == ((), (), ())
    assert list(back.metrics.columns) == list(empty.metrics.columns)
    assert read_session_trials(tmp_path / "s.h5") == ()


def test_written_twice_it_has_the_same_bytes(tmp_path, session):
    for name in ("one.h5", "two.h5"):
        write_session(tmp_path / name, session, {"a": 1}, MADE_OF)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_a_thousand_trials_keep_their_order(tmp_path):
    trials = tuple(
        TrialResult(
            Trial(f"P/1/{number}", "P", "1", "task", ()), "processed",
            traces=(Trace("m", "l", "emg", "", "", "V", 10.0, 0.0, np.array([float(number)])),),
        )
        for number in range(1200)
    )  # fmt: skip
    write_session(
        tmp_path / "s.h5", SessionResult("P", "1", trials, (), (), metrics_table([]), curves_table([])), {}, {}
    )
    back = read_session_trials(tmp_path / "s.h5")
    assert [one.trial.id for one in back] == [one.trial.id for one in trials]
    assert [one.traces[0].values[0] for one in back] == list(range(1200))


def test_documented_paths_open_with_h5py_alone(tmp_path, session):
    """As the manual says for other programs: plain datasets, text of a fixed length, numbers as they are."""
    write_session(tmp_path / "s.h5", session, {"chain": []}, MADE_OF)
    with h5py.File(tmp_path / "s.h5") as file:
        assert file.attrs["layout"] == LAYOUT
        assert sorted(file) == [
            "channels", "cleaning", "curves", "findings", "histories", "made_of", "metrics", "phases", "references",
            "references_json", "repetitions", "settings", "traces", "trials", "windows",
        ]  # fmt: skip
        assert json.loads(file["settings"][()]) == {"chain": []}
        assert file["metrics"]["value"][0] == 100 / 3
        assert file["metrics"]["metric"][0] == b"mean"
        assert all(h5py.check_string_dtype(file["trials"].dtype[name]).length for name in ("id", "role", "reason"))
        trace = file["traces/00001/001"]
        assert (trace.attrs["trial"], trace.attrs["label"], trace.attrs["sampling_rate"]) == (
            "P01/1/back_squat.neutral.1", "GMAX µV", 200.0,
        )  # fmt: skip


@pytest.mark.parametrize("layout", [1, 2, LAYOUT + 1])
def test_another_layout_is_refused_with_the_command(tmp_path, layout):
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file.attrs["layout"] = layout
    for read in (read_session, read_session_trials, read_made_of):
        with pytest.raises(StoreError, match=rf"layout {layout}, this version reads {LAYOUT}.*emgpipe run"):
            read(tmp_path / "s.h5")


def test_a_flipped_bit_in_a_signal_is_noticed(tmp_path, session):
    (first, second) = session.trials
    trace = replace(first.traces[0], values=np.sin(np.arange(50000.0)))
    trials = (replace(first, traces=(trace,)), second)
    write_session(tmp_path / "s.h5", replace(session, trials=trials), {}, {})
    with h5py.File(tmp_path / "s.h5") as file:
        chunk = file["traces/00001/001"].id.get_chunk_info(0)
    content = bytearray((tmp_path / "s.h5").read_bytes())
    content[chunk.byte_offset + chunk.size // 2] ^= 1
    (tmp_path / "s.h5").write_bytes(content)
    with pytest.raises(StoreError, match=r"s\.h5 cannot be read"):
        read_session_trials(tmp_path / "s.h5")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NUMBER = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(TEXT, NUMBER, st.integers(-(2**62), 2**62), st.booleans()), max_size=100))
def test_records_of_any_content_come_back(rows):
    columns = {name: [row[index] for row in rows] for index, name in enumerate(("text", "number", "count", "flag"))}
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        write_records(file, "table", columns)
        back = read_records(file["table"])
    assert back["text"] == columns["text"]
    assert np.array_equal(back["number"], columns["number"], equal_nan=True)
    assert (back["count"], back["flag"]) == (columns["count"], columns["flag"])


@given(st.lists(TEXT, min_size=1, max_size=5, unique=True), st.integers(0, 130))
def test_frames_of_any_columns_come_back(names, length):
    letters = string.ascii_letters
    table = pd.DataFrame({name: [letters[(i * k) % 52] for i in range(length)] for k, name in enumerate(names)})
    table = table.rename(columns={name: f"c{name}" for name in names})  # HDF5 knows no empty name
    with h5py.File("memory", "w", driver="core", backing_store=False) as file:
        write_frame(file, "table", table)
        back = read_frame(file["table"])
    assert list(back.columns) == list(table.columns)
    assert (back.to_numpy() == table.to_numpy()).all()
