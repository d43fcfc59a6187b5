"""A study on a Dask cluster: the same bytes as on one machine, also where a worker is killed in the middle."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from emgpipe.batch.cluster import Cluster
from emgpipe.commands.run import engine_of
from emgpipe.errors import EmgpipeError, MissingPackageError
from emgpipe.run import run_study
from emgpipe.run.how import How
from emgpipe.run.opened import open_study
from emgpipe.run.probe import Probe
from emgpipe.run.todo import plan_run
from tests.pipeline.small import write_small_study

pytest.importorskip("distributed", reason="needs the extra 'cluster'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@dataclass
class Machines:
    """A scheduler and its workers, each in a process of its own."""

    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)
    address: str = ""

    def start(self) -> None:
        self._run(
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            self.folder / "scheduler.json",
        )
        until = time.monotonic() + 60
        while not self.address and time.monotonic() < until:
            with suppress(OSError, ValueError, KeyError):
                self.address = json.loads((self.folder / "scheduler.json").read_text())["address"]
            time.sleep(0.1)

    def add_worker(self) -> subprocess.Popen:
        return self._run("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                         "--local-directory", self.folder)  # fmt: skip

    def _run(self, what: str, *options: object) -> subprocess.Popen:
        code = f"from distributed.cli.dask_{what} import main; main()"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "OMP_NUM_THREADS": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, *map(str, options)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    found = Machines(tmp_path_factory.mktemp("cluster"))
    try:
        found.start()
        assert found.address, "the scheduler did not start"
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_small_study(tmp_path_factory.mktemp("study"), participants=3)


def hashes(folder: Path) -> dict[str, str]:
    files = (
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and "kept" not in path.parts
    )
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "run.json"
    }


def outputs_of(study: Path, how: How) -> dict[str, str]:
    result = run_study(study, how=how)
    assert not result.failed
    found = hashes(result.folder)
    for path in sorted(result.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return found


def on(machines: Machines, **changed: object) -> How:
    return How(choose=lambda due: Cluster(machines.address, 60, replace(Probe.of(due), **changed)))


def test_no_scheduler_is_an_error_in_time():
    with pytest.raises(EmgpipeError, match=r"no scheduler answers at tcp://127\.0\.0\.1:9 within"):
        list(Cluster("tcp://127.0.0.1:9", 1).run(len, ["job"]))


@pytest.mark.parametrize("address", ["node01", "http://node01:8786", "tcp://node01", "node01:8786 tcp"])
def test_what_is_no_address_is_told_before_anything_is_tried(address, capfd):
    with pytest.raises(EmgpipeError, match=r"this is not the address of a scheduler; .* tcp://node01:8786"):
        list(Cluster(address, 1).run(len, ["job"]))
    gc.collect()
    assert capfd.readouterr().err == ""


def test_no_worker_is_an_error_in_time(machines):
    with pytest.raises(EmgpipeError, match=r"had no worker for 0\.5 s; start some \(dask worker tcp"):
        list(Cluster(machines.address, 0.5).run(len, ["job"]))


def test_the_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPackageError, match=r"emgpipe\[cluster\]"):
        list(Cluster("tcp://127.0.0.1:9").run(len, ["job"]))


class KillsItsWorker:
    """Stops the process of the first worker that gets the work, once; the file says that it has happened."""

    def __init__(self, work, mark: Path) -> None:
        self.work, self.mark = work, mark

    def __call__(self, job):
        try:
            self.mark.touch(exist_ok=False)
        except FileExistsError:
            return self.work(job)
        os.kill(os.getpid(), signal.SIGKILL)
        return None


@dataclass
class Killing:
    """The cluster, one of whose workers is killed while it processes a session."""

    cluster: Cluster
    mark: Path
    jobs: int = 1

    def run(self, work, jobs, stop=lambda: False):
        return self.cluster.run(KillsItsWorker(work, self.mark), jobs, stop)


def test_a_worker_that_differs_is_refused_by_name(machines, study):
    machines.add_worker()
    other = (("numpy", "0.1"),)
    with pytest.raises(EmgpipeError, match=r"worker tcp\S+: it has numpy \S+, this machine has 0\.1.*same environment"):
        run_study(study, how=on(machines, versions=other))
    with pytest.raises(EmgpipeError, match="same version and another source"):
        run_study(study, how=on(machines, code="another"))
    with pytest.raises(EmgpipeError, match="does not see the recording"):
        run_study(study, how=on(machines, recordings=((Path("/nowhere/a.csv"), 1),)))
    with pytest.raises(EmgpipeError, match="does not see the folder of results"):
        run_study(study, how=on(machines, folder=Path("/nowhere")))


def test_a_worker_killed_in_the_middle_costs_nothing(machines, study, tmp_path):
    machines.add_worker()
    alone = outputs_of(study, How())
    mark = tmp_path / "killed"
    killing = How(choose=lambda due: Killing(Cluster(machines.address, 60, Probe.of(due)), mark))
    assert outputs_of(study, killing) == alone
    assert mark.exists()
    ended = [process for process in machines.processes if process.poll() is not None]
    assert len(ended) == 1


def test_an_error_of_the_work_is_told_and_not_tried_again(machines):
    (lost,) = Cluster(machines.address, 60).run(int, ["no number"])
    assert "ValueError" in lost.reason
    assert lost.job == "no number"


def test_equal_jobs_are_all_done(machines):
    assert [done.result for done in Cluster(machines.address, 60).run(len, ["same"] * 5)] == [4] * 5


def test_stopping_begins_no_further_job(machines):
    asked = iter([False, False])
    ended = list(Cluster(machines.address, 60).run(len, ["job"] * 50, lambda: next(asked, True)))
    assert 1 <= len(ended) < 10


def test_the_command_chooses_the_cluster(study):
    import argparse

    given = argparse.Namespace(cluster="tcp://127.0.0.1:9", cluster_wait=5.0, jobs=None)
    due = [one.job for one in plan_run(open_study(study), How()).due]
    engine = engine_of(given)(due)
    assert isinstance(engine, Cluster)
    assert (engine.address, engine.wait_seconds) == ("tcp://127.0.0.1:9", 5.0)
    assert engine.probe() == ""
