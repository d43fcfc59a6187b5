"""What lies in a folder: recordings by content, each once; the rest with a reason; never a loop."""

from __future__ import annotations

import os

import pytest

from emgpipe.errors import ReadError
from emgpipe.readers import READERS, choose
from emgpipe.readers.folders import recordings_in
from emgpipe.readers.parts.c3d.example import c3d_example
from emgpipe.readers.parts.edf.example import edf_example

CSV = b"time,EMG\n" + b"".join(b"%.3f,%d\n" % (number / 1000, number % 7) for number in range(50))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "P01" / "deep").mkdir(parents=True)
    (tmp_path / "P01" / "squat.edf").write_bytes(edf_example())
    (tmp_path / "P01" / "deep" / "no ending").write_bytes(c3d_example())
    (tmp_path / "a.csv").write_bytes(CSV)
    (tmp_path / "notes.txt").write_text("Dear colleague,\nthe recordings follow.\n")
    (tmp_path / "empty.csv").touch()
    (tmp_path / ".hidden.csv").write_bytes(CSV)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.csv").write_bytes(CSV)
    (tmp_path / "~$lock.csv").write_bytes(CSV)
    (tmp_path / "Thumbs.db").write_bytes(CSV)
    return tmp_path


def names(paths, folder):
    return [path.relative_to(folder).as_posix() for path in paths]


def test_recordings_are_found_by_content_and_the_rest_has_a_reason(folder):
    listing = recordings_in(folder)
    assert names(listing.recordings, folder) == ["P01/deep/no ending", "P01/squat.edf", "a.csv"]
    reasons = {path.name: reason for path, reason in listing.others}
    assert set(reasons) == {"notes.txt", "empty.csv"}
    assert reasons["notes.txt"] == "text without a table of numbers, which no reader can read"
    assert "0 bytes" in reasons["empty.csv"]


def test_links_are_followed_to_files_but_never_round_in_circles(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "there.csv").write_bytes(CSV)
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "P01" / "up").symlink_to("..", target_is_directory=True)
    (folder / "shared").symlink_to(elsewhere, target_is_directory=True)
    (folder / "linked.csv").symlink_to(elsewhere / "there.csv")
    (folder / "broken.csv").symlink_to(folder / "nowhere.csv")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    listing = recordings_in(folder)
    assert names(listing.recordings, folder) == ["P01/deep/no ending", "P01/squat.edf", "a.csv", "linked.csv"]
    reasons = {path.name: reason for path, reason in listing.others}
    assert all("link to a folder" in reasons[name] for name in ("round", "up", "shared"))
    assert "does not exist" in reasons["broken.csv"]
    assert "leads back to itself" in reasons["loop.csv"]


def test_a_pipe_is_not_opened(folder):
    os.mkfifo(folder / "pipe.csv")
    assert "not an ordinary file" in dict(recordings_in(folder).others)[folder / "pipe.csv"]


def test_a_folder_that_is_a_recording_is_one_recording_and_not_entered(folder):
    def choose_folders(path):
        if path.is_dir():
            if path.name != "P01":
                raise ReadError("no recording", path=path)
            return READERS[0], "called P01"
        return choose(path)

    listing = recordings_in(folder, choose=choose_folders)
    assert names(listing.recordings, folder) == ["P01", "a.csv"]
    assert names(recordings_in(folder / "P01", choose=choose_folders).recordings, folder) == ["P01"]


def test_files_that_belong_to_a_recording_are_not_listed(folder, monkeypatch):
    (folder / "P01" / "squat.json").write_text('{"a": 1}')
    (folder / "P01" / "squat.tsv").write_bytes(CSV)
    reader = choose(folder / "P01" / "squat.edf")[0]
    sidecars = tuple(folder / "P01" / name for name in ("squat.json", "squat.tsv", "missing.tsv"))
    monkeypatch.setattr(type(reader), "companions", lambda _, path: sidecars if path.suffix == ".edf" else ())
    listing = recordings_in(folder)
    assert names(listing.recordings, folder) == ["P01/deep/no ending", "P01/squat.edf", "a.csv"]
    assert names([path for path, _ in listing.others], folder) == ["empty.csv", "notes.txt"]


def test_two_files_that_claim_each_other_do_not_both_vanish(folder, monkeypatch):
    (folder / "b.csv").write_bytes(CSV)
    reader = choose(folder / "a.csv")[0]
    pair = (folder / "a.csv", folder / "b.csv")
    monkeypatch.setattr(type(reader), "companions", lambda *_: pair)
    assert names(recordings_in(folder).recordings, folder) == ["P01/deep/no ending", "P01/squat.edf", "a.csv"]


def test_companions_that_cannot_be_told_do_not_stop_the_list(folder, monkeypatch):
    def fail(*_):
        raise ReadError("damaged")

    monkeypatch.setattr(type(choose(folder / "a.csv")[0]), "companions", fail)
    assert len(recordings_in(folder).recordings) == 3


def test_what_is_no_folder(folder):
    for path in (folder / "a.csv", folder / "missing"):
        with pytest.raises(ReadError, match="this is no folder"):
            recordings_in(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_a_closed_subfolder_is_named(folder):
    closed = folder / "P01" / "deep"
    closed.chmod(0)
    try:
        assert "cannot be opened" in dict(recordings_in(folder).others)[closed]
    finally:
        closed.chmod(0o700)
