"""Damaged files: the right recording, a recording with findings, or one `ReadError`; never anything else.

`EMGPIPE_MUTATIONS` sets how many inputs each file of each example gives; `make mutations` runs many and counts them.
Formats that a C library parses are read in a supervised child, as the commands do.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgpipe.errors import ReadError
from emgpipe.readers import READERS, read
from emgpipe.reading import read_supervised
from emgpipe.simulate.damage import ABSURD, KINDS, Change, damaged
from tests.readers.examples import BY_NAME, PARTS, write_example

INPUTS = int(os.environ.get("EMGPIPE_MUTATIONS", "40"))
CHANGES = st.lists(
    st.builds(
        Change,
        kind=st.sampled_from(KINDS),
        place=st.floats(0, 1, exclude_max=True),
        in_header=st.booleans(),
        data=st.one_of(st.sampled_from(ABSURD), st.binary(min_size=1, max_size=8)),
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize(("name", "part"), PARTS, ids=lambda value: value)
def test_damage_ends_in_a_recording_or_one_error(name, part, tmp_path):
    reader = BY_NAME[name]
    opened = write_example(reader, tmp_path)
    path = (opened if reader.is_folder else opened.parent) / part
    content = reader.example()[part]
    one = read_supervised if reader.is_fragile else read

    @settings(
        max_examples=INPUTS, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(changes=CHANGES)
    def check(changes: list[Change]) -> None:
        path.write_bytes(damaged(content, changes))
        try:
            recording = one(opened)
            for channel in recording.channels:
                samples = channel.read()
                assert samples.size == channel.n_samples
                assert not np.isinf(samples).any()
                assert channel.sampling_rate > 0
                assert np.isfinite(channel.sampling_rate)
        except ReadError as error:
            assert str(opened) in str(error)

    check()


def test_every_reader_is_tried():
    assert {name for name, _ in PARTS} == {reader.name for reader in READERS}


def test_changes_change():
    content = np.random.default_rng(1).bytes(5000)
    for kind in KINDS:
        for data in (b"\x05", b"abc", *ABSURD):
            assert Change(kind, 0.37, False, data).apply(content) != content
            assert isinstance(Change(kind, 0.0, True, data).apply(b""), bytes)
    with pytest.raises(ValueError, match="not known"):
        Change("melt", 0.1, False, b"x").apply(content)
