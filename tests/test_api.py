"""What a notebook gets wrong, and what it is told."""

from __future__ import annotations

import pytest

import emgpipe
from emgpipe.chain import Bandpass, DcOffset, Rms
from emgpipe.errors import ConfigError, SignalError
from tests.pipeline.small import write_recording


@pytest.fixture
def recording(tmp_path):
    write_recording(tmp_path / "a.csv", 0.5)
    return emgpipe.read(tmp_path / "a.csv")


def test_steps_in_an_impossible_order_are_refused(recording):
    with pytest.raises(SignalError, match=r"bandpass works on a signal that is .*; move it up"):
        emgpipe.apply_chain(recording, [Rms(), Bandpass()])


def test_a_chain_may_stop_at_the_filtered_signal(recording):
    emg = emgpipe.apply_chain(recording, [DcOffset(), Bandpass()])[0]
    assert emg.filtered is not None
    assert len(emg.filtered) == len(emg.raw)
    assert emg.envelope is None


def test_default_chain_gives_an_envelope_for_emg_and_leaves_angles_alone(recording):
    emg, _, angle = emgpipe.apply_chain(recording)
    assert emg.envelope.shape == emg.raw.shape
    assert angle.kind == "angle"
    assert (angle.filtered, angle.envelope) == (None, None)


@pytest.mark.parametrize(
    ("stated", "phrase"),
    [
        ({"sampling_rate": 1000}, "state the kind of file as well"),
        ({"kind": "delimited", "sampling_rat": 1000}, "did you mean 'sampling_rate'"),
        ({"kind": "delimited", "sampling_rate": -5}, "sampling_rate: "),
    ],
)
def test_what_cannot_be_stated_about_a_file(tmp_path, stated, phrase):
    write_recording(tmp_path / "a.csv", 0.5)
    with pytest.raises(ConfigError, match=phrase):
        emgpipe.read(tmp_path / "a.csv", **stated)
