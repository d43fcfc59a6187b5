"""Pieces of work on an existing Dask cluster (package `distributed`), as many at once as its workers have threads.

The cluster does again what a worker that died was doing; a job that keeps killing workers is given up by its scheduler
(``distributed.scheduler.allowed-failures``). Results are files on a drive all machines share, so nothing large travels.
"""

from __future__ import annotations

import pickle
import re
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emgpipe.batch.engine import Done, Job, Lost, Result, never, reason_of
from emgpipe.errors import EmgpipeError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from concurrent.futures import Future

_LOOK: Final = 2.0
"""Seconds after which it is looked whether the cluster is still there."""
_ADDRESS: Final = re.compile(r"inproc://.+|((tcp|tls|ucx|wss?)://)?[^/\s]+:\d+/?")
_checked: dict[bytes, str] = {}
"""In a worker: what the probes of this process said."""


def fit() -> str:
    """Say that a worker can be used."""
    return ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Works on the Dask cluster of a scheduler.

    Attributes
    ----------
    address : str
        Of the scheduler, such as ``tcp://node01:8786``.
    wait_seconds : float
        How long to wait for the scheduler, and for a worker; also in the middle of a run.
    probe : callable
        Called in every worker before it gets work; returns why it cannot be used, or an empty text. Can be pickled.
    """

    address: str
    wait_seconds: float = 60.0
    probe: Callable[[], str] = fit

    def run(
        self, work: Callable[[Job], Result], jobs: Sequence[Job], stop: Callable[[], bool] = never
    ) -> Generator[Done[Job, Result] | Lost[Job], None, None]:
        """Yield what became of each job; see `Engine`.

        Raises
        ------
        EmgpipeError
            The scheduler cannot be reached, there is no worker in time, or a worker cannot be used.
        MissingPackageError
            `distributed` is not installed.
        """
        if not jobs:
            return
        client = self._connected()
        under_way: dict[Future[bytes], Job] = {}
        try:
            self._check_workers(client)
            # without pure=False two sessions with equal arguments would be merged into one
            executor = client.get_executor(pure=False)
            content, probe = pickle.dumps(work), pickle.dumps(self.probe)
            waiting, seen = deque(jobs), time.monotonic()
            while waiting or under_way:
                threads = _threads(client)
                seen = time.monotonic() if threads else self._still_waiting(seen)
                if stop():
                    waiting.clear()
                while waiting and len(under_way) < threads:
                    job = waiting.popleft()
                    under_way[executor.submit(_do, content, job, probe)] = job
                if waiting and not under_way:  # no worker is there just now
                    time.sleep(_LOOK)
                for future in wait(under_way, timeout=_LOOK, return_when=FIRST_COMPLETED).done:
                    yield self._ended(future, under_way.pop(future))
        finally:
            for future in under_way:
                future.cancel()
            client.close()

    def _connected(self) -> Any:
        try:
            import distributed
        except ImportError as error:
            raise MissingPackageError("distributed", "cluster", "running on a cluster") from error
        if not _ADDRESS.fullmatch(self.address):  # a client that was given such a one complains once more when it goes
            raise EmgpipeError(
                f"--cluster {self.address}: this is not the address of a scheduler; give what dask scheduler printed, "
                "such as tcp://node01:8786"
            )
        connect: Any = distributed.Client
        try:
            return connect(self.address, timeout=self.wait_seconds, set_as_default=False)
        except (OSError, ValueError) as error:
            raise EmgpipeError(
                f"no scheduler answers at {self.address} within {self.wait_seconds:g} s ({error}); look whether it "
                "runs there (dask scheduler prints its address), and whether this machine may reach it"
            ) from error

    def _check_workers(self, client: Any) -> None:
        try:
            client.wait_for_workers(1, timeout=self.wait_seconds)
        except TimeoutError:
            raise self._no_worker() from None
        problems = {name: words for name, words in client.run(self.probe).items() if words}
        if problems:
            listed = "; ".join(f"worker {name}: {words}" for name, words in list(problems.items())[:3])
            raise EmgpipeError(
                f"{len(problems)} of the workers of {self.address} cannot be used: {listed}. Start workers in the same "
                "environment, on machines that see the same folders under the same paths"
            )

    def _still_waiting(self, since: float) -> float:
        if time.monotonic() - since > self.wait_seconds:
            raise self._no_worker()
        return since

    def _no_worker(self) -> EmgpipeError:
        return EmgpipeError(
            f"the scheduler at {self.address} had no worker for {self.wait_seconds:g} s; start some (dask worker "
            f"{self.address} --nthreads 1), or wait longer (--cluster-wait); sessions that were finished are kept"
        )

    def _ended(self, future: Future[bytes], job: Job) -> Done[Job, Result] | Lost[Job]:
        try:
            return Done(job, pickle.loads(future.result()))  # noqa: S301 - from our own work, never from a file
        except CancelledError as error:
            raise EmgpipeError(
                f"the scheduler at {self.address} gave up, or was lost; finished sessions are kept: run again"
            ) from error
        except Exception as error:  # noqa: BLE001 - whatever the work raised came back from its worker
            return Lost(job, _reason(error))


def _threads(client: Any) -> int:
    """Return how many jobs the workers can do at once; 0 where none is there, or the scheduler does not answer."""
    try:
        return sum(client.nthreads().values())
    except (OSError, TimeoutError):
        return 0


def _reason(error: Exception) -> str:
    if type(error).__name__ == "KilledWorker":
        return (
            "the workers that processed it died one after the other, probably for want of memory; give workers more "
            "(dask worker --memory-limit), or run this session on one machine"
        )
    return reason_of(error)


def _do(work: bytes, job: Any, probe: bytes) -> bytes:
    """Do a job in a worker, which may have joined after all others were looked at."""
    if probe not in _checked:
        _checked[probe] = pickle.loads(probe)()  # noqa: S301 - from the run that sent it
    if _checked[probe]:
        raise EmgpipeError(f"its worker cannot be used: {_checked[probe]}")
    return pickle.dumps(pickle.loads(work)(job))  # noqa: S301 - as above
