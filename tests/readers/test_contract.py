"""What every reader must do; a new reader is covered by being in the list."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from emgpipe.errors import ReadError, UnknownFormatError
from emgpipe.model import Recording
from emgpipe.readers import choose, read
from tests.readers.examples import ALONE, BY_NAME, PARTS, write_example


@pytest.fixture(params=list(BY_NAME))
def reader(request):
    return BY_NAME[request.param]


@pytest.fixture
def example(reader, tmp_path) -> Path:
    return write_example(reader, tmp_path)


@pytest.fixture(params=ALONE)
def alone(request, tmp_path) -> tuple[Path, bytes]:
    """A recording that is one file: where it lies, and its content."""
    reader = BY_NAME[request.param]
    (content,) = reader.example().values()
    return write_example(reader, tmp_path), content


@pytest.fixture(params=PARTS, ids="-".join)
def part(request, tmp_path) -> tuple[Path, Path, bytes]:
    """One file of a recording: what to open, where the file lies, and its content."""
    name, part_name = request.param
    opened = write_example(BY_NAME[name], tmp_path)
    folder = opened if BY_NAME[name].is_folder else opened.parent
    return opened, folder / part_name, BY_NAME[name].example()[part_name]


def outcome(path: Path) -> Recording | ReadError:
    """Read a file and all its samples; anything but a recording or a ReadError fails the test."""
    try:
        recording = read(path)
        for channel in recording.channels:
            assert channel.read().size == channel.n_samples
    except ReadError as error:
        assert str(path) in str(error)
        return error
    return recording


def test_recognized_by_this_reader_first(example, reader):
    assert choose(example)[0].name == reader.name


def test_example_is_read(example, reader):
    recording = read(example)
    assert recording.channels
    assert recording.source.reader == reader.name
    assert recording.source.path == example
    assert recording.source.why
    assert len(set(recording.labels)) == len(recording.labels)


def test_extension_does_not_matter(alone, tmp_path):
    renamed = tmp_path / "recording.xyz"
    alone[0].rename(renamed)
    assert read(renamed).channels


def test_channels_keep_their_promises(example):
    for channel in read(example).channels:
        whole = channel.read()
        assert whole.dtype == np.float64
        assert whole.shape == (channel.n_samples,)
        assert not whole.flags.writeable
        assert channel.sampling_rate > 0
        assert np.isfinite(whole).all()
        middle = channel.n_samples // 2
        for start, stop in [(0, 1), (3, middle), (middle - 1, middle + 7), (middle, None), (middle, middle)]:
            np.testing.assert_array_equal(channel.read(start, stop), whole[start:stop])
        assert channel.read(channel.n_samples - 2, channel.n_samples + 100).size == 2


def test_channels_can_be_pickled(example):
    recording = read(example)
    again = pickle.loads(pickle.dumps(recording))  # noqa: S301 - made by this test
    assert again.labels == recording.labels
    for first, second in zip(recording.channels, again.channels, strict=True):
        np.testing.assert_array_equal(first.read(), second.read())


@pytest.mark.parametrize("share", [0, 0.02, 0.25, 0.5, 0.75, 0.999])
def test_truncated(part, share):
    opened, path, content = part
    path.write_bytes(content[: int(len(content) * share)])
    outcome(opened)


def test_missing_part(part):
    opened, path, _ = part
    path.unlink()
    outcome(opened)


@pytest.mark.parametrize("size", range(1, 40))
def test_first_bytes_only(alone, size):
    example, content = alone
    whole = read(example).channels
    example.write_bytes(content[:size])
    result = outcome(example)
    if isinstance(result, Recording):  # a text format may end after any line: what is read must be what was there
        for cut, full in zip(result.channels, whole, strict=True):
            np.testing.assert_array_equal(cut.read()[:-1], full.read()[: cut.n_samples - 1])


def test_empty(alone):
    example, _ = alone
    example.write_bytes(b"")
    with pytest.raises(ReadError, match="empty"):
        read(example)


FOREIGN = {
    "a PNG image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "a PDF document": b"%PDF-1.7\n" + bytes(range(256)) * 4,
    "a ZIP archive": b"PK\x03\x04" + bytes(range(256)) * 4,
    "a web page": b"<!DOCTYPE html><html><body>1,2\n3,4\n5,6\n</body></html>",
    "a JSON document": b'{"a": [\n1,2,\n3,4,\n5,6\n]}',
    "zero bytes": bytes(5000),
    "binary data": bytes(range(256)) * 20,
    "text without a table": b"Dear colleague,\nthe recordings follow tomorrow.\nKind regards\n" * 9,
}


@pytest.mark.parametrize("what", FOREIGN)
def test_foreign_content_is_named(alone, what):
    example, _ = alone
    example.write_bytes(FOREIGN[what])
    with pytest.raises(UnknownFormatError, match=what):
        read(example)
