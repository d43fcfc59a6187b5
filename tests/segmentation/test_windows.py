"""Consecutive windows over the span that counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgpipe.segmentation import Windows, find_repetitions
from tests.segmentation.angles import make_signal, make_trial


def trial_of(seconds, start=0.0):
    return make_trial(
        make_signal("hip", np.zeros(max(round(100 * seconds), 1)), 100.0), start=start, stop=start + seconds
    )


@given(seconds=st.floats(0.2, 60), length=st.floats(0.1, 5), start=st.floats(-5, 100))
def test_windows_follow_one_another_and_leave_less_than_one(seconds, length, start):
    found = find_repetitions(Windows(length=length), trial_of(seconds, start)).repetitions
    edges = [edge for one in found for edge in (one.start, one.stop)]
    assert edges[1:-1:2] == edges[2::2]
    assert all(one.stop - one.start == pytest.approx(length, rel=1e-6) for one in found)
    assert start + seconds - (edges[-1] if edges else start) < length * (1 + 1e-6)


def test_ten_seconds_are_ten_seconds_also_where_rounding_is_unkind():
    assert len(find_repetitions(Windows(length=0.1), trial_of(1.0, start=0.7)).repetitions) == 10
    assert len(find_repetitions(Windows(), trial_of(10.0)).repetitions) == 10


def test_a_trial_shorter_than_a_window_has_none_and_says_so():
    found = find_repetitions(Windows(length=2), trial_of(1.5))
    assert [one.kind for one in found.findings] == ["no_repetition"]
