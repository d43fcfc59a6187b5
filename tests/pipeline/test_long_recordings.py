"""A session in one long recording: each trial from its piece gives what it gives from the whole."""

from __future__ import annotations

import mmap
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.long_recording import CHAIN, RATE, Layout, write_study
from emgpipe.chain import STEPS, whole_record_steps
from emgpipe.loading import long_recordings
from emgpipe.memory import Aside, holds_aside
from emgpipe.pipeline import process_session
from emgpipe.preparation import prepare_session
from emgpipe.reading.supervisor import RemoteLoader
from emgpipe.run.opened import open_study
from tests.chain.test_contract import example

LAYOUT = Layout(seconds=60.0, channels=2, trials=4, trial=8.0)
MORE = """
derived:
  - {kind: difference, name: twice, channels: [hip_angle, hip_angle]}
normalization: {kind: mvic, noise: {kind: subtract_rest}}
variants:
  - {name: linear, chain: [{kind: dc_offset}, {kind: bandpass}, {kind: linear_envelope}]}
  - {name: heart, chain: [{kind: dc_offset}, {kind: bandpass}, {kind: ecg_template}, {kind: rms}]}
"""


def opened(folder, chain: str = CHAIN + MORE):
    return open_study(write_study(folder, LAYOUT, chain))


def processed(study, trials=None):
    return process_session(study.study, study.vocabulary, trials or study.sessions[0])


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("long") / "study")


@pytest.fixture(scope="module")
def whole(study):
    return processed(study)


@pytest.fixture
def in_pieces(monkeypatch):
    take_pieces(monkeypatch)


def take_pieces(monkeypatch):
    monkeypatch.setattr(long_recordings, "LONG", 0)
    monkeypatch.setattr(long_recordings, "AROUND", 2.0)


@pytest.fixture(scope="module")
def pieces(study):
    with pytest.MonkeyPatch.context() as patch:
        take_pieces(patch)
        return processed(study)


def numbers(result) -> pd.DataFrame:
    keys = ["variant", "trial", "repetition", "phase", "muscle", "side", "metric"]
    table = result.metrics.set_index(keys).sort_index()
    assert table.index.is_unique
    return table


def test_every_number_is_that_of_the_whole(pieces, whole):
    made, expected = numbers(pieces), numbers(whole)
    assert list(made.index) == list(expected.index)
    assert len(made) > 100
    assert set(made.index.get_level_values("variant")) == {"main", "linear", "heart"}
    for column in ("value", "amplitude"):
        assert np.allclose(made[column], expected[column], rtol=1e-7, atol=1e-12, equal_nan=True)
    for column in ("reference", "unit", "worst", "onset"):
        assert made[column].equals(expected[column])


def test_signals_are_those_of_the_whole(study, monkeypatch):
    def signals():
        prepared = prepare_session(study.study, study.vocabulary, study.sessions[0])
        return {(step.trial.id, one.label): one for step in prepared.steps for one in step.loaded.signals.signals}

    expected = signals()
    take_pieces(monkeypatch)
    made = signals()
    assert made.keys() == expected.keys()
    for key, one in made.items():
        other = expected[key]
        first = round((one.start - other.start) * one.sampling_rate)
        assert one.raw.size < other.raw.size / 3
        assert one.start == pytest.approx(other.start + first / one.sampling_rate, abs=1e-9)
        assert np.array_equal(one.raw, other.raw[first : first + one.raw.size])
        if one.kind == "emg":
            peak = np.abs(other.raw).max()
            assert np.abs(one.filtered - other.filtered[first : first + one.raw.size]).max() <= 1e-9 * peak
            assert (one.history, one.chain_hash) == (other.history, other.chain_hash)


@pytest.mark.usefixtures("in_pieces")
def test_the_order_of_trials_changes_nothing(study, pieces):
    forth, back = numbers(pieces), numbers(processed(study, study.sessions[0][::-1]))
    pd.testing.assert_frame_equal(forth, back, check_exact=True)


@pytest.mark.usefixtures("in_pieces")
def test_no_channel_is_read_whole_and_nothing_is_left_behind(study, monkeypatch):
    asked: list[int] = []
    load = RemoteLoader.__call__

    def watched(self, start, stop):
        asked.append(stop - start)
        return load(self, start, stop)

    monkeypatch.setattr("emgpipe.reading.supervisor.RemoteLoader.__call__", watched)
    monkeypatch.setattr("emgpipe.chain.blocks.BLOCK", 8192)
    plain = study.study.model_copy(update={"variants": study.study.variants[:1]})
    before = sorted(study.file.parent.rglob("*"))
    process_session(plain, study.vocabulary, study.sessions[0])
    piece = (LAYOUT.trial + 2 * long_recordings.AROUND) * RATE
    assert 8192 < max(asked) <= piece + 2
    assert sorted(study.file.parent.rglob("*")) == before
    assert not holds_aside()


def test_short_recordings_are_taken_whole(study, whole):
    assert not any(one.kind == "whole_recording_needed" for one in whole.findings)
    prepared = prepare_session(study.study, study.vocabulary, study.sessions[0])
    assert all(not step.loaded.pieces for step in prepared.steps)


@pytest.mark.usefixtures("in_pieces")
def test_a_step_that_needs_the_whole_record_says_so_once_a_trial(tmp_path):
    chain = "chain: [{kind: dc_offset}, {kind: bandpass}, {kind: ecg_gating}, {kind: rms}]"
    study = opened(tmp_path / "study", chain)
    made = processed(study)
    told = [one for one in made.findings if one.kind == "whole_recording_needed"]
    assert len(told) == LAYOUT.trials
    assert {one.level for one in told} == {"note"}
    assert "ecg_gating" in told[0].reason
    assert "long.edf" in told[0].reason
    assert told[0].value == pytest.approx(8 * 2000 * LAYOUT.seconds / 1e6)
    assert all(one.status == "processed" for one in made.trials)


def test_a_span_beyond_the_recording_says_the_same(study, monkeypatch):
    trials = study.sessions[0]
    odd = (replace(trials[-2], start=54.0, stop=70.0), replace(trials[-1], start=100.0, stop=120.0))

    def said():
        made = processed(study, odd)
        return [(one.trial.id, one.status, one.reason) for one in made.trials], sorted(
            (one.trial, one.kind, one.reason) for one in made.findings if one.kind in ("span_cut", "trial_failed")
        )

    expected = said()
    assert sorted(kind for _, kind, _ in expected[1]) == ["span_cut", "trial_failed"]
    take_pieces(monkeypatch)
    assert said() == expected


def test_spans_begin_at_even_samples_and_lie_in_the_channel():
    from emgpipe.model import channel_from_array

    channel = replace(channel_from_array("one", np.zeros(1001), 100.0), start=0.5)
    assert long_recordings.span_of(channel, None, None) == slice(0, 1001)
    middle = long_recordings.span_of(channel, 6.013, 7.0)
    assert (middle.start % 2, middle.start <= 51, middle.stop) == (0, True, 1001)
    assert long_recordings.span_of(channel, 99.0, 120.0) == slice(1001, 1001)


class TestAside:
    def test_gives_the_same_values_back_after_they_left_memory(self, tmp_path):
        rng = np.random.default_rng(1)
        arrays = [rng.normal(size=size) for size in (10, 0, 70_000, 3)]
        aside = Aside((tmp_path,))
        laid = [aside.lay(one) for one in arrays]
        aside.release()
        assert all(np.array_equal(one, other) for one, other in zip(arrays, laid, strict=True))
        assert not laid[2].flags.writeable
        assert list(tmp_path.iterdir()) == []

    def test_takes_arrays_larger_than_its_window(self, tmp_path, monkeypatch):
        monkeypatch.setattr("emgpipe.memory.WINDOW", mmap.PAGESIZE)
        aside = Aside((tmp_path,))
        arrays = [np.arange(size, dtype=np.float64) for size in (100, 5000, 20, 900, 513)]
        laid = [aside.lay(one) for one in arrays]
        assert all(np.array_equal(one, other) for one, other in zip(arrays, laid, strict=True))

    def test_keeps_arrays_in_memory_where_the_disk_is_full(self, tmp_path, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.pwrite", full)
        values = np.arange(5.0)
        assert Aside((tmp_path,)).lay(values) is values

    def test_takes_another_folder_where_one_cannot_be_written_to(self, tmp_path):
        laid = Aside((tmp_path / "missing", tmp_path)).lay(np.arange(5.0))
        assert np.array_equal(laid, np.arange(5.0))


def test_the_page_about_long_recordings_lists_every_step():
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "long-recordings.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = {
        member.model_fields["kind"].default: "whole recording"
        if whole_record_steps((example(member),), "", 1000.0)
        else "pieces"
        for member in STEPS
    }
    assert {row.split("`")[1]: row.split("|")[2].strip() for row in rows} == expected
