"""What every writer must do; a new writer is covered by being in the list."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from emgpipe.errors import ReadError, StoreError
from emgpipe.model import Recording, Source, channel_from_array
from emgpipe.readers import READERS
from emgpipe.writers import WRITERS, choose_writer, write
from tests.writers.recordings import assert_same_facts, everything, largest_error, read, recordings

EXTENSIONS = [extension for writer in WRITERS for extension in writer.extensions]
PRECISION = {"csv": 1e-15, "edf": 2.0**-15, "bdf": 2.0**-23, "hdf5": 0.0, "mat": 0.0}
"""Largest error relative to the largest sample: of 16 and 24 bits half a step of the whole range, doubled for the
eight characters of the range."""
KEEPING = [reader.Options(keep_personal_data=True) for reader in READERS]


@pytest.fixture(params=EXTENSIONS)
def path(request, tmp_path):
    return tmp_path / f"out{request.param}"


def test_everything_comes_back(path):
    given = everything()
    findings = write(given, path)
    back = read(path)
    assert_same_facts(back, given)
    writer = choose_writer(path)
    for new, old in zip(back.channels, given.channels, strict=True):
        assert largest_error(new, old) <= PRECISION[writer.name]
    assert given.findings[0] in back.findings
    assert all(finding.reason for finding in findings)
    assert (findings == ()) == (PRECISION[writer.name] == 0.0)


def test_slices_equal_the_whole(path):
    write(everything(), path)
    for channel in read(path).channels:
        whole = channel.read()
        for start, stop in [(0, 1), (699, 705), (701, 702), (350, 759), (5, 5), (300, None)]:
            np.testing.assert_array_equal(channel.read(start, stop), whole[start:stop])


def test_personal_data_is_written_and_read_only_where_asked_for(path):
    given = everything()
    write(given, path)
    assert b"Muster" not in path.read_bytes()
    assert "Muster" not in repr(read(path, KEEPING))
    write(given, path, force=True, keep_personal_data=True)
    assert read(path).personal == ()
    assert read(path, KEEPING).personal == given.personal


def test_random_recordings_come_back(path):
    name = choose_writer(path).name

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(given=recordings())
    def check(given: Recording) -> None:
        findings = write(given, path, force=True)
        back = read(path)
        assert_same_facts(back, given)
        said = {f.channel: f.value for f in findings if f.kind == "precision"}
        for new, old in zip(back.channels, given.channels, strict=True):
            error = largest_error(new, old)
            if name in {"edf", "bdf"} and error > 1e-12:
                largest = np.nanmax(np.abs(old.read())) or 1.0
                shown = error * largest * (1e6 if old.unit == "V" else 1.0)
                assert said[old.label] == pytest.approx(shown, rel=1e-6)
            elif name not in {"edf", "bdf"}:
                assert error <= PRECISION[name]

    check()


def test_units_that_are_no_base_units_become_base_units(path):
    samples = np.array([1.0, -2.0, 3.5, 0.25])
    write(Recording((channel_from_array("EMG", samples, 100.0, unit="mV"),), Source(path, "")), path)
    channel = read(path).channels[0]
    assert channel.unit == "V"
    np.testing.assert_allclose(channel.read(), samples * 1e-3, atol=4e-8)


@pytest.mark.parametrize("n", [1, 2])
def test_few_samples(path, n):
    given = Recording((channel_from_array("EMG", np.arange(n) * 1e-6, 1000.0),), Source(path, ""))
    write(given, path)
    assert read(path).channels[0].n_samples == n


def test_a_channel_without_samples(path):
    some, none = channel_from_array("EMG", np.arange(5) * 1e-6, 1000.0), channel_from_array("none", np.empty(0), 50.0)
    write(Recording((some, none), Source(path, "")), path)
    back = read(path)
    assert [channel.n_samples for channel in back.channels] == [5, 0]
    assert back.channels[1].read().size == 0


def test_labels_that_no_file_can_hold_are_changed_and_said(path):
    given = Recording(
        tuple(channel_from_array(label, np.arange(3.0), 10.0) for label in ("", "a", "a", "b\nc")), Source(path, "")
    )
    findings = write(given, path)
    assert read(path).labels == ("channel 1", "a", "a (2)", "b c")
    assert "labels_changed" in {finding.kind for finding in findings}


def test_nothing_is_replaced_unless_forced(path):
    path.write_bytes(b"mine")
    with pytest.raises(StoreError, match="--force"):
        write(everything(), path)
    assert path.read_bytes() == b"mine"
    write(everything(), path, force=True)
    assert read(path).channels


def test_what_fails_half_way_leaves_nothing_behind(path):
    def broken(start: int, stop: int):
        if stop > 100:
            raise ReadError("the file has become shorter")
        return np.zeros(stop - start)

    given = everything()
    bad = replace(given, channels=(*given.channels[:2], replace(given.channels[2], load=broken)))
    path.write_bytes(b"mine")
    with pytest.raises(ReadError, match="shorter"):
        write(bad, path, force=True)
    assert path.read_bytes() == b"mine"
    assert list(path.parent.iterdir()) == [path]


def test_same_recording_same_bytes(path):
    """Apart from MAT, whose header holds the time of day."""
    write(everything(), path)
    first = path.read_bytes()
    write(everything(), path, force=True)
    start = 128 if path.suffix == ".mat" else 0
    assert path.read_bytes()[start:] == first[start:]


def test_every_ending_belongs_to_one_writer():
    assert len(EXTENSIONS) == len(set(EXTENSIONS))


def test_unknown_ending(tmp_path):
    with pytest.raises(StoreError, match=r"'\.edff' is not known; did you mean '\.edf'.*\.csv \(CSV\)"):
        write(everything(), tmp_path / "out.edff")
    with pytest.raises(StoreError, match="no ending"):
        write(everything(), tmp_path / "out")


def test_a_folder_and_no_channels(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(StoreError, match="is a folder"):
        write(everything(), tmp_path / "a.csv", force=True)
    with pytest.raises(StoreError, match="no channels"):
        write(replace(everything(), channels=()), tmp_path / "b.csv")
