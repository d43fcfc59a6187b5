"""``emgpipe convert``: the command, and what it must not write to."""

from __future__ import annotations

import os

import numpy as np
import pytest

from emgpipe.cli import main
from emgpipe.errors import ReadError, StoreError
from emgpipe.model import Recording
from emgpipe.readers import read
from emgpipe.readers.delimited import DelimitedReader
from emgpipe.writers import conversion
from emgpipe.writers.conversion import convert
from tests.readers.examples import BY_NAME, write_example
from tests.writers.recordings import everything
from tests.writers.recordings import read as read_plain


@pytest.fixture
def source(tmp_path):
    return write_example(DelimitedReader(), tmp_path)


@pytest.mark.parametrize("extension", [".csv", ".edf", ".bdf", ".h5", ".mat"])
def test_command(source, tmp_path, capsys, extension):
    target = tmp_path / f"out{extension}"
    assert main(["convert", str(source), str(target)]) == 0
    said = capsys.readouterr().out
    assert "3 channels" in said
    assert str(target) in said
    assert ("everything is in it as it was" in said) == (extension in {".h5", ".mat"})
    before, after = read(source), read(target)
    assert after.labels == before.labels
    for new, old in zip(after.channels, before.channels, strict=True):
        assert (new.sampling_rate, new.unit, new.muscle) == (old.sampling_rate, old.unit, old.muscle)
        np.testing.assert_allclose(new.read(), old.read(), atol=np.abs(old.read()).max() * 2e-5)


def test_command_refuses(source, tmp_path, capsys):
    target = tmp_path / "out.edf"
    target.write_bytes(b"mine")
    assert main(["convert", str(source), str(target)]) == 2
    assert "--force" in capsys.readouterr().err
    assert target.read_bytes() == b"mine"
    assert main(["convert", str(source), str(target), "--force"]) == 0
    assert main(["convert", str(tmp_path / "absent.csv"), str(tmp_path / "new.edf")]) == 2
    assert main(["convert", str(source), str(tmp_path / "new.xls")]) == 2
    assert "chooses the format" in capsys.readouterr().err


def test_source_is_never_the_target(source, tmp_path):
    content = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    os.link(source, tmp_path / "hard.csv")
    (tmp_path / "folder").symlink_to(tmp_path)
    for target in (source, tmp_path / "link.csv", tmp_path / "hard.csv", tmp_path / "folder" / source.name):
        with pytest.raises(StoreError, match="belongs to the recording"):
            convert(source, target, force=True)
    for given in (tmp_path / "link.csv", tmp_path / "folder" / source.name):
        with pytest.raises(StoreError, match="belongs to the recording"):
            convert(given, source, force=True)
    assert source.read_bytes() == content


def test_companions_are_never_the_target(source, tmp_path, monkeypatch):
    companion = tmp_path / "signals.mat"
    companion.write_bytes(b"samples of the recording")
    monkeypatch.setattr(DelimitedReader, "companions", lambda _self, _path: (companion,))
    with pytest.raises(StoreError, match="belongs to the recording"):
        convert(source, companion, force=True)
    assert companion.read_bytes() == b"samples of the recording"


@pytest.mark.parametrize("name", [name for name, reader in BY_NAME.items() if reader.is_folder])
def test_nothing_is_written_into_a_recording_that_is_a_folder(name, tmp_path):
    folder = write_example(BY_NAME[name], tmp_path)
    with pytest.raises(StoreError, match="belongs to the recording"):
        convert(folder, folder / "new.csv")
    assert convert(folder, tmp_path / "new.csv").recording.channels


@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_can_be_converted(name, tmp_path):
    source = write_example(BY_NAME[name], tmp_path / "in")
    given = convert(source, tmp_path / "out.h5").recording
    back = read(tmp_path / "out.h5")
    assert back.labels == given.labels
    assert back.events == given.events
    for new, old in zip(back.channels, given.channels, strict=True):
        np.testing.assert_array_equal(new.read(), old.read())


def test_reading_is_injected_and_told_about_personal_data(source, tmp_path):
    asked = []

    def reading(path, options) -> Recording:
        asked.append((path, options))
        return everything()

    convert(source, tmp_path / "a.h5", read=reading)
    convert(source, tmp_path / "b.h5", read=reading, keep_personal_data=True)
    assert asked[0] == (source, [])
    assert all(option.keep_personal_data for option in asked[1][1])
    assert b"Muster" not in (tmp_path / "a.h5").read_bytes()
    assert b"Muster" in (tmp_path / "b.h5").read_bytes()
    assert read_plain(tmp_path / "b.h5").personal == ()


def test_a_source_that_cannot_be_read(tmp_path):
    bad = tmp_path / "bad.edf"
    bad.write_bytes(b"0       nothing")
    with pytest.raises(ReadError, match=r"bad\.edf"):
        convert(bad, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_link_that_leads_to_itself(source, tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    with pytest.raises(ReadError, match=r"loop\.csv"):
        convert(loop, tmp_path / "out.csv")
    assert convert(source, loop, force=True).path.is_file()
    assert conversion.Conversion  # the link was replaced by the file
