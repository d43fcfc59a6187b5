"""Reading in a child: the same recordings, and no crash, hang or flood of memory that reaches the parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from emgpipe.errors import DamagedFileError, ReadError, UnknownFormatError
from emgpipe.readers import READERS, choose, read
from emgpipe.readers.parts.tables.options import DelimitedOptions
from emgpipe.reading import Supervisor, choose_supervised, read_supervised, supervisor
from emgpipe.reading.limits import GIB, Limits
from tests.readers.examples import write_example

DELIMITED = READERS[-1]


@pytest.fixture
def recording(tmp_path) -> Path:
    (name, content), *_ = DELIMITED.example().items()
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.fixture
def child_that(monkeypatch):
    """Make children whose `read` does what the given lines say, for files called bad.csv."""
    made: list[Supervisor] = []

    def make(lines: str, limits: Limits | None = None) -> Supervisor:
        body = "\n        ".join(lines.splitlines())
        script = (
            "import sys; sys.path[:0] = {paths!r}\n"
            "import emgpipe.reading.child as child\nread = child.read\n"
            "def patched(path, options):\n"
            f"    if path.name == 'bad.csv':\n        {body}\n"
            "    return read(path, options)\n"
            "child.read = patched\nchild.main()\n"
        )
        monkeypatch.setattr(supervisor, "_START", script)
        made.append(Supervisor(limits or Limits()))
        return made[-1]

    yield make
    for one in made:
        one.close()


def assert_same(first, second) -> None:
    assert first.labels == second.labels
    assert first.events == second.events
    assert first.findings == second.findings
    assert first.source == second.source
    for one, other in zip(first.channels, second.channels, strict=True):
        np.testing.assert_array_equal(one.read(), other.read())
        np.testing.assert_array_equal(one.read(3, 17), other.read(3, 17))
        assert (one.unit, one.kind, one.sampling_rate) == (other.unit, other.kind, other.sampling_rate)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_same_recording_as_in_this_process(reader, tmp_path):
    path = write_example(reader, tmp_path)
    assert_same(read_supervised(path), read(path))


def test_the_reader_is_chosen_in_the_child(recording, tmp_path):
    reader, why = choose_supervised(recording)
    assert (reader.name, why) == (choose(recording)[0].name, choose(recording)[1])
    with pytest.raises(ReadError, match="no such file"):
        choose_supervised(tmp_path / "nowhere.csv")


def test_options_reach_the_child(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("EMG\n" + "1.5\n2.5\n" * 5)
    options = [DelimitedOptions(sampling_rate=1500, units={"EMG": "uV"})]
    assert read_supervised(path, options).channels[0].sampling_rate == 1500


def test_errors_are_the_same_and_name_the_path_as_given(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("nothing to see\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownFormatError) as direct:
        read(Path("a.csv"))
    with pytest.raises(UnknownFormatError) as remote:
        read_supervised(Path("a.csv"))
    assert str(remote.value) == str(direct.value)
    assert str(remote.value).startswith("a.csv: ")


def test_a_file_changed_on_disk_is_read_anew(recording):
    assert len(read_supervised(recording).channels) == 3
    recording.write_text("time,EMG\n" + "".join(f"{i / 1000},{i}\n" for i in range(50)))
    assert read_supervised(recording).labels == ("EMG",)


@pytest.mark.parametrize(
    ("lines", "message"),
    [("import os; os.abort()", "signal 6"), ("import os; os._exit(3)", "exit code 3")],
)
def test_a_crash_is_one_error_and_the_next_file_is_read(child_that, recording, tmp_path, lines, message):
    one = child_that(lines)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(recording.read_bytes())
    before = one.read(recording)
    with pytest.raises(DamagedFileError, match=rf"bad.csv.*library crash \({message}\).*copy or export"):
        one.read(bad)
    assert_same(before, read(recording))  # a recording opened before the crash is opened again
    assert_same(one.read(recording), read(recording))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no signal 9")
def test_a_child_killed_from_outside_is_not_held_against_the_file(child_that, recording, tmp_path):
    flag = tmp_path / "killed"
    once = (
        f"import os, pathlib\nflag = pathlib.Path({str(flag)!r})\n"
        "if not flag.exists(): flag.touch(); os.kill(os.getpid(), 9)"
    )
    bad = tmp_path / "bad.csv"
    bad.write_bytes(recording.read_bytes())
    assert_same(child_that(once).read(bad), read(bad))
    assert flag.exists()
    with pytest.raises(MemoryError):
        child_that("import os; os.kill(os.getpid(), 9)").read(bad)


def test_a_hang_ends_in_time(child_that, recording, tmp_path):
    one = child_that("import time; time.sleep(60)", Limits(seconds=2.0))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(recording.read_bytes())
    begin = time.monotonic()
    with pytest.raises(DamagedFileError, match=r"took longer than the 2 s"):
        one.read(bad)
    assert time.monotonic() - begin < 50
    one.limits = Limits()  # another child needs time to start
    assert one.read(recording).channels


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_flood_of_memory_is_one_error(child_that, recording, tmp_path):
    one = child_that("bytearray(2 << 30)", Limits(memory=GIB // 2))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(recording.read_bytes())
    with pytest.raises(ReadError, match="needs more memory than there is"):
        one.read(bad)
    assert one.read(recording).channels


def test_what_a_library_prints_does_not_reach_the_pipe(child_that, recording, tmp_path, capfd):
    one = child_that("import os; os.write(1, b'HDF5-DIAG: error'); os.write(2, b'more'); print('x', flush=True)")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(recording.read_bytes())
    assert_same(one.read(bad), read(bad))
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_no_child_outlives_its_parent(recording):
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom emgpipe.reading import read_supervised, supervisor\n"
        f"read_supervised(Path({str(recording)!r}))\n"
        "(one,) = supervisor._supervisors.values()\nprint(one._child.pid, flush=True)\ntime.sleep(60)\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root}
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        state = Path(f"/proc/{child}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
        if state == "Z":  # ended; nobody has asked for its exit code yet
            return
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_limits_grow_with_the_file(tmp_path):
    small, folder = tmp_path / "small", tmp_path / "folder"
    small.write_bytes(bytes(10))
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "one").write_bytes(bytes(5_000_000))
    limits = Limits()
    assert limits.time_for(folder) == pytest.approx(limits.time_for(small) + 5, abs=0.1)
    assert limits.time_for(tmp_path / "nowhere") == limits.seconds
    assert 0 < limits.memory_for(small) <= limits.memory_for(folder) + 1


def test_samples_too_large_for_the_parent_are_one_error(recording, monkeypatch):
    reader = Supervisor()
    try:
        read_recording = reader.read(recording)
        real = supervisor.receive

        def receive(_stream: object) -> object:
            raise MemoryError

        monkeypatch.setattr(supervisor, "receive", receive)
        with pytest.raises(ReadError, match="its samples need more memory than there is") as caught:
            read_recording.channels[0].read()
        assert caught.value.path == recording
        monkeypatch.setattr(supervisor, "receive", real)
        assert read_recording.channels[0].read().size  # a new child answers; no rest of the old answer is in the pipe
    finally:
        reader.close()
