"""The parent's side of `local.py`: workers, each with its own pipe and one job at a time."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Final, Generic

from emgpipe.batch.engine import Job
from emgpipe.batch.worker import READY, serve
from emgpipe.errors import EmgpipeError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

MOST: Final = 30 if sys.platform == "win32" else 1000
"""Workers; Windows waits for 63 things at once, and each worker is two."""
START_TRIES: Final = 3
"""How many workers in succession may die before they are ready."""
_LOOK: Final = 1.0
"""Seconds after which Ctrl-C is noticed on Windows, which does not end a wait for it."""
_PATIENCE: Final = 5.0
"""Seconds a worker has to leave."""


@dataclass(slots=True)
class Task(Generic[Job]):
    """A job, and how often a worker died of it."""

    job: Job
    deaths: int = 0


@dataclass(slots=True, eq=False)
class Worker(Generic[Job]):
    """A process with a pipe to it; `task` is what it does now."""

    process: BaseProcess
    connection: Connection
    is_ready: bool = False
    task: Task[Job] | None = None


@dataclass(slots=True)
class Heard(Generic[Job]):
    """What came of a task: an answer of its worker as `worker.answer` gives it, or how the worker died."""

    task: Task[Job]
    answer: bytes = b""
    death: str = ""


@dataclass(slots=True)
class Crew(Generic[Job]):
    """Starts workers when there is something to do, and ends them when there is not.

    Attributes
    ----------
    work : bytes
        Pickled.
    size : int
        Workers at once.
    method : str
        "fork" or "spawn".
    """

    work: bytes
    size: int
    method: str
    workers: list[Worker[Job]] = field(default_factory=list)
    leaving: list[BaseProcess] = field(default_factory=list)
    failed_starts: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether any worker has a task."""
        return any(worker.task is not None for worker in self.workers)

    def hand_out(self, waiting: deque[Task[Job]]) -> None:
        """Give tasks to workers that have none, starting as many as are needed; a worker nobody needs leaves."""
        idle = [worker for worker in self.workers if worker.task is None]
        for worker in [one for one in idle if one.is_ready]:
            if not waiting:
                self._dismiss(worker)
            elif self._give(worker, waiting[0]):
                waiting.popleft()
        starting = sum(not worker.is_ready for worker in self.workers)
        for _ in range(min(self.size - len(self.workers), len(waiting) - starting)):
            self._start()

    def listen(self) -> Iterator[Heard[Job]]:
        """Wait until a worker says something or dies; yield what that means for its task.

        Raises
        ------
        EmgpipeError
            No worker can be started.
        """
        by_thing = {thing: one for one in self.workers for thing in (one.connection, one.process.sentinel)}
        for worker in dict.fromkeys(by_thing[thing] for thing in wait(list(by_thing), _LOOK)):  # type: ignore[index]
            message, task = _message(worker), worker.task
            if message == READY and not worker.is_ready:
                worker.is_ready, self.failed_starts = True, 0
                continue
            death = self._bury(worker) if message is None else ""
            worker.task = None
            if task is not None:
                yield Heard(task, message or b"", death)

    def end(self) -> None:
        """Wait for those that leave; end the others as they are."""
        for worker in self.workers:
            worker.process.kill()
            worker.connection.close()
        until = time.monotonic() + _PATIENCE
        for process in (*(worker.process for worker in self.workers), *self.leaving):
            process.join(max(0.0, until - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()
            process.close()
        self.workers, self.leaving = [], []

    def _start(self) -> None:
        context = get_context(self.method)
        ours, theirs = context.Pipe()
        others = [ours, *(worker.connection for worker in self.workers)] if self.method == "fork" else []
        process = context.Process(  # type: ignore[attr-defined]
            target=serve, args=(theirs, others, self.work, os.getpid()), name="emgpipe worker", daemon=True
        )
        try:
            with _undisturbed():
                process.start()
                self.workers.append(Worker(process, ours))
        except OSError as error:  # no memory, or no process more for this user
            ours.close()
            self._make_do(error)
        finally:
            theirs.close()

    def _make_do(self, error: OSError) -> None:
        """Go on with the workers that are there."""
        if not self.workers:
            raise EmgpipeError(
                f"no process can be started to work in ({error.strerror or error}); close other programs, or run one "
                "session at a time in this process (--jobs 0)"
            ) from error
        self.size = len(self.workers)

    def _give(self, worker: Worker[Job], task: Task[Job]) -> bool:
        """Send a task; False where the worker has died meanwhile, which `listen` will notice."""
        content = pickle.dumps(task.job)
        try:
            worker.connection.send_bytes(content)
        except OSError:
            return False
        worker.task = task
        return True

    def _dismiss(self, worker: Worker[Job]) -> None:
        self.workers.remove(worker)
        worker.connection.close()  # it sees the end of the pipe, and leaves
        self.leaving.append(worker.process)

    def _bury(self, worker: Worker[Job]) -> str:
        """Return how a worker died."""
        self.workers.remove(worker)
        worker.connection.close()
        worker.process.join(_PATIENCE)
        if worker.process.exitcode is None:  # it closed its pipe and lives on
            worker.process.kill()
            worker.process.join()
        how = words_of(worker.process.exitcode or 0)
        worker.process.close()
        if not worker.is_ready and worker.task is None:
            self.failed_starts += 1
            if self.failed_starts >= START_TRIES:
                raise EmgpipeError(
                    f"no further process can be started to work in: {START_TRIES} of them ended at once ({how}); run "
                    "one session at a time in this process (--jobs 0). In a script of your own, what runs a study must "
                    "stand below `if __name__ == '__main__':`"
                )
        return how


def start_method() -> str:
    """Return how workers are started: by forking where that is safe, which takes no time.

    Other threads of Python may hold locks that nobody would release in a forked process. Those of linear algebra
    libraries are ended and begun again by their own fork handlers.
    """
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def words_of(code: int) -> str:
    """Say how a process died, from its exit code as `multiprocessing` gives it."""
    if code >= 0:
        return f"exit code {code}"
    name = ""
    with suppress(ValueError):
        name = f", {signal.Signals(-code).name}"
    return f"signal {-code}{name}"


def _message(worker: Worker[Job]) -> bytes | None:
    """Return what a worker says; None where it has died."""
    try:
        return worker.connection.recv_bytes() if worker.connection.poll() else None
    except (EOFError, OSError):
        return None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold Ctrl-C back until a worker is there and known; it inherits that, and so is never disturbed by it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)  # see `start_method`
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
