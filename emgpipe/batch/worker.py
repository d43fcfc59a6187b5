"""The worker's side of `local.py`: do one job after the other until the parent closes the pipe, or is gone."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from contextlib import suppress
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emgpipe.batch.engine import reason_of
from emgpipe.lifetime import end_with

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

READY: Final = b"ready"
"""A worker's first message: it has started, and has understood what its work is."""
_SOONER: Final = 300
"""How much sooner than its parent a worker is ended where memory runs out; the scale of Linux ends at 1000."""


def serve(connection: Connection, others: Sequence[Connection], content: bytes, parent: int) -> None:
    """Do jobs until the pipe is closed.

    Parameters
    ----------
    connection : Connection
        Jobs come through it, pickled; answers go back, see `answer`.
    others : sequence of Connection
        The parent's ends of pipes, which a forked process holds as well. While it does, a worker at another end would
        not see that the parent has closed it.
    content : bytes
        The work, pickled.
    parent : int
        Process id.
    """
    end_with(parent)
    threading.Thread(target=_wait_for_parent, name="emgpipe parent", daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends its workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    _die_sooner()
    with suppress(OSError):
        os.dup2(2, 1)  # what a library prints must not come between the lines that the parent prints
    work = pickle.loads(content)  # noqa: S301 - from our own process, never from a file
    with suppress(EOFError, OSError):  # the parent needs no more, or is gone
        connection.send_bytes(READY)
        while True:
            connection.send_bytes(answer(work, connection.recv_bytes()))


def answer(work: Callable[[Any], Any], job: bytes) -> bytes:
    """Do a job; return True and its result, or False and what stopped it, pickled."""
    try:
        return pickle.dumps((True, work(pickle.loads(job))))  # noqa: S301 - from our own process, never from a file
    except Exception as error:  # noqa: BLE001 - one session that meets an error of ours must not stop a study
        return pickle.dumps((False, reason_of(error)))


def _wait_for_parent() -> None:
    """End this process when its parent has ended; for systems where `end_with` does nothing."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _die_sooner() -> None:
    """Where memory runs out Linux shall end a worker, which costs a session, not the parent, which holds the run."""
    with suppress(OSError, ValueError):
        own = Path("/proc/self/oom_score_adj")
        own.write_text(str(min(int(own.read_text("ascii")) + _SOONER, 1000)), "ascii")
