"""The beginning of a long text file."""

from __future__ import annotations

import numpy as np
import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import choose, read
from emgpipe.readers.parts.edf.example import edf_example
from emgpipe.readers.preview import preview

RATE = 1000.0


def table(n_rows: int) -> str:
    time = np.arange(n_rows) / RATE
    emg = 100 * np.random.default_rng(1).standard_normal(n_rows)
    rows = (f"{t:.3f},{value:.4f}" for t, value in zip(time, emg, strict=True))
    return "\n".join(["time (s),GMAX RT (uV)", *rows, ""])


@pytest.fixture
def long_csv(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(table(60_000), "utf-8")
    return path


def sampled(recording):
    return [finding for finding in recording.findings if finding.kind == "sampled"]


def test_the_beginning_is_the_beginning_of_the_whole(long_csv):
    whole, part = read(long_csv), preview(long_csv, most_bytes=200_000)
    (channel,) = part.channels
    assert 10_000 < channel.n_samples < 20_000
    np.testing.assert_array_equal(channel.read(), whole.channels[0].read(0, channel.n_samples))
    assert (channel.label, channel.unit, channel.sampling_rate) == (whole.labels[0], "V", RATE)
    assert part.source.path == long_csv
    assert part.source.reader == whole.source.reader
    (note,) = sampled(part)
    assert note.value == pytest.approx(60.0, rel=0.05)  # later rows have longer times
    assert "0.2 MB of" in note.reason


def test_a_file_within_the_limit_is_read_whole(long_csv):
    recording = preview(long_csv)
    assert recording.channels[0].n_samples == 60_000
    assert not sampled(recording)


def test_binary_formats_are_read_as_always(tmp_path):
    path = tmp_path / "a.edf"
    path.write_bytes(edf_example())
    assert not sampled(preview(path, most_bytes=100))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_lines_stay_whole_in_every_encoding(tmp_path, encoding, line_end):
    path = tmp_path / "long.csv"
    text = table(5000).replace("RT", "RÜ").replace("\n", line_end)
    path.write_bytes((b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding))
    whole = read(path).channels[0]
    for most in (40_000, 40_001, 40_002, 40_003, 40_010):
        part = preview(path, most_bytes=most).channels[0]
        assert part.n_samples > 900
        np.testing.assert_array_equal(part.read(), whole.read(0, part.n_samples))


def test_one_endless_line_is_read_whole(tmp_path):
    path = tmp_path / "line.csv"
    path.write_text(", ".join(str(number) for number in range(3000)) + "\n1, 2\n", "utf-8")
    seen = []

    def note(path, _):
        seen.append(path)
        raise ReadError("cannot be read", path=path)

    with pytest.raises(ReadError):
        preview(path, most_bytes=1000, read=note, choose=lambda _: (choose_text(), "text"))
    assert seen == [path]


def choose_text():
    from emgpipe.readers import READERS

    return next(reader for reader in READERS if reader.name == "delimited")


def test_errors_name_the_file_and_not_its_copy(long_csv):
    def fail(path, _):
        raise ReadError("is broken", path=path, reader="delimited")

    with pytest.raises(ReadError, match="is broken") as caught:
        preview(long_csv, most_bytes=10_000, read=fail)
    assert caught.value.path == long_csv
    assert "emgpipe-" not in str(caught.value)


def test_lower_counts_than_declared_are_no_finding_of_a_beginning(long_csv):
    from dataclasses import replace

    from emgpipe.model import make_finding

    def count(path, _):
        findings = (make_finding("declared_count", "warn", "few"), make_finding("unknown_unit", "note", "none"))
        return replace(read(path), findings=findings)

    assert [one.kind for one in preview(long_csv, most_bytes=10_000, read=count).findings] == [
        "sampled",
        "unknown_unit",
    ]


def test_small_companions_come_along(tmp_path, monkeypatch, long_csv):
    events = tmp_path / "long.events.csv"
    events.write_text("x", "utf-8")
    reader = choose(long_csv)[0]
    monkeypatch.setattr(type(reader), "companions", lambda *_: (events, tmp_path / "missing"))
    seen = []

    def look(path, _):
        seen.extend(sorted(one.name for one in path.parent.iterdir()))
        return read(path)

    preview(long_csv, most_bytes=10_000, read=look)
    assert seen == ["long.csv", "long.events.csv"]
