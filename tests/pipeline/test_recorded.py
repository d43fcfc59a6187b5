from __future__ import annotations

import numpy as np
import pytest

from emgpipe.loading.recorded import recorded_facts
from emgpipe.model import Acquisition, Recording, Source, channel_from_array


def recording(tmp_path, **about) -> Recording:
    channels = tuple(
        channel_from_array(f"EMG {rate}", np.zeros(10), rate, unit="V", kind="emg") for rate in (1000.0, 2148.148)
    )
    return Recording(channels, Source(tmp_path / "a.csv", "delimited"), acquisition=Acquisition(**about))


def test_facts_of_the_recordings_are_joined_and_said_once(tmp_path):
    one = recording(tmp_path, gain=500.0, hardware_filters="HP 10 Hz, LP 500 Hz", inter_electrode_distance=0.02)
    facts = recorded_facts([(one, one.channels), (one, one.channels[:1])])
    assert facts == {
        "sampling_rate": "1000 Hz; 2148.148 Hz",
        "inter_electrode_distance": "20 mm",
        "gain": "500",
        "hardware_filter": "HP 10 Hz, LP 500 Hz",
    }


@pytest.mark.parametrize("text", ["", "recorded by Jane Doe <jane@lab.org> at 1000 Hz", "x Hz" * 40, "none"])
def test_free_text_of_a_header_is_not_taken_for_a_filter(tmp_path, text):
    one = recording(tmp_path, hardware_filters=text)
    assert "hardware_filter" not in recorded_facts([(one, one.channels)])
