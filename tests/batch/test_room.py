"""How many at once: as processors and memory allow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emgpipe.batch import default_jobs, memory_needed, processors, room

GIB = 1 << 30


@pytest.fixture
def machine(monkeypatch):
    def make(count: int, memory: int) -> None:
        monkeypatch.setattr(room, "processors", lambda: count)
        monkeypatch.setattr(room, "available_memory", lambda: memory)

    return make


@pytest.mark.parametrize(
    ("count", "memory", "needs", "jobs"),
    [
        (8, 100 * GIB, [GIB] * 20, 8),  # as many as there are processors,
        (8, 100 * GIB, [GIB] * 3, 3),  # or sessions;
        (8, 10 * GIB, [GIB, GIB, 2 * GIB, GIB], 4),  # four of the largest fit in 80 % of the memory,
        (8, 10 * GIB, [GIB, GIB, 4 * GIB, GIB], 2),  # two,
        (8, 10 * GIB, [GIB, 50 * GIB], 1),  # none, and one is tried
        (8, 0, [GIB], 1),
        (8, 10 * GIB, [], 1),
    ],
)
def test_as_many_as_processors_and_memory_allow(machine, count, memory, needs, jobs):
    machine(count, memory)
    assert default_jobs(needs) == jobs


def test_need_follows_the_samples_in_the_files(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x" * 1000)
    (tmp_path / "b.EDF").write_bytes(b"x" * 1000)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "c.bin").write_bytes(b"x" * 500)
    nothing = memory_needed([tmp_path / "nowhere.csv"])
    assert nothing == memory_needed([]) == room.BASE
    assert memory_needed([tmp_path / "a.csv"]) - nothing == 3 * 1000
    assert memory_needed([tmp_path / "b.EDF"]) - nothing == 3 * 4 * 1000
    assert memory_needed([tmp_path / "a.csv", tmp_path / "folder"]) - nothing == 3 * (1000 + 4 * 500)


def test_this_machine_answers():
    assert 1 <= processors() <= (os.cpu_count() or 1)
    assert room.available_memory() > 0


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, "ascii")


def test_limits_of_containers_count_and_what_can_be_given_back_does_not(tmp_path):
    meminfo, own, groups = tmp_path / "meminfo", tmp_path / "own", tmp_path / "cgroup"
    meminfo.write_text("MemTotal: 999 kB\nMemAvailable:    9000 kB\n", "ascii")
    assert room.available_memory(meminfo, groups, own) == 9000 * 1024
    own.write_text("0::/slurm/job7\n4:memory:/docker/x\n2:cpu,cpuacct:/\n", "utf-8")
    assert room.available_memory(meminfo, groups, own) == 9000 * 1024
    write(groups / "slurm" / "job7", memory__max="max", memory__current="5", memory__stat="inactive_file 0")
    assert room.available_memory(meminfo, groups, own) == 9000 * 1024
    write(groups / "slurm", memory__max="8000000", memory__current="5000000", memory__stat="anon 1\ninactive_file 700")
    assert room.available_memory(meminfo, groups, own) == 8000000 - 5000000 + 700
    version_1 = {"memory__limit_in_bytes": "2000", "memory__usage_in_bytes": "1500"}
    write(groups / "memory" / "docker" / "x", **version_1, memory__stat="total_inactive_file 100")
    assert room.available_memory(meminfo, groups, own) == 2000 - 1500 + 100


def test_a_system_that_does_not_say_is_not_taken_for_a_large_one(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert room.available_memory(tmp_path / "nothing", tmp_path, tmp_path / "nothing") == 4 * GIB
