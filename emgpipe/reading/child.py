"""The child's side: answer requests on standard input until the parent closes it."""

from __future__ import annotations

import os
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from emgpipe.errors import EmgpipeError, ReadError
from emgpipe.readers import choose, read
from emgpipe.reading.limits import Limits
from emgpipe.reading.messages import Request, receive, send

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Recording

KEPT = 4
"""Recordings that stay open: one long file may hold many trials, in any order with its companions."""


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not reach the pipe
    limits: Limits = receive(sys.stdin.buffer)
    server = _Server(limits)
    while True:
        try:
            request: Request = receive(sys.stdin.buffer)
        except EOFError:
            return
        _answer(server, request, answers)


def _answer(server: _Server, request: Request, answers: IO[bytes]) -> None:
    try:
        result: object = server.serve(request)
    except EmgpipeError as error:
        result = error
    except MemoryError:
        result = ReadError(
            "needs more memory than there is for one recording; cut it into shorter files, or check that its header "
            "is not damaged",
            path=request.path,
        )
    except Exception as error:  # noqa: BLE001 - whatever a loader raises on a damaged file is about that file
        result = ReadError(f"its samples cannot be read ({type(error).__name__}: {error})", path=request.path)
    send(answers, result)


class _Server:
    """Opens recordings and keeps the last few."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open: OrderedDict[tuple[Path, str], Recording] = OrderedDict()

    def serve(self, request: Request) -> object:
        """Return a recording without loaders, the samples of one channel, or the name of the reader and why."""
        _limit_memory(self.limits.memory_for(request.path))
        try:
            return self._serve(request)
        except MemoryError:
            self.open.clear()  # the recordings kept open may have been the trouble
            return self._serve(request)

    def _serve(self, request: Request) -> object:
        if request.choose_only:
            reader, why = choose(request.path)
            return reader.name, why
        if request.channel is None:
            self.open.pop(_key(request), None)  # asked anew: the file may have changed
            return _without_loaders(self._recording(request))
        channel = self._recording(request).channels[request.channel]
        return channel.read(request.start, request.stop)

    def _recording(self, request: Request) -> Recording:
        key = _key(request)
        if key not in self.open:
            while len(self.open) >= KEPT:
                self.open.popitem(last=False)
            self.open[key] = read(request.path, request.options)
        self.open.move_to_end(key)
        return self.open[key]


def _key(request: Request) -> tuple[Path, str]:
    return request.path, repr(request.options)  # options hold dictionaries and cannot be hashed


def no_samples(start: int, stop: int) -> NDArray[np.float64]:
    """Stand in for a loader on the way to the parent, which puts its own there."""
    raise ReadError(f"samples {start} to {stop} were asked of a recording that is being sent")


def _without_loaders(recording: Recording) -> Recording:
    return replace(recording, channels=tuple(replace(channel, load=no_samples) for channel in recording.channels))


def _limit_memory(extra: int) -> None:
    """Let the process grow by `extra` bytes and no more, where the system can limit it (Linux)."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + extra, hard))


if __name__ == "__main__":
    main()
