"""The parent's side: send requests to a child, stop it in time, and turn its death into an error about the file."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from emgpipe.errors import DamagedFileError, EmgpipeError, ReadError
from emgpipe.readers import READERS
from emgpipe.reading.limits import Limits
from emgpipe.reading.messages import Request, receive, send
from emgpipe.reading.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from emgpipe.model import Recording
    from emgpipe.readers import Reader, ReaderOptions

TOO_LARGE = "its samples need more memory than there is; cut the recording into shorter files"
_START = (
    "import sys; sys.path[:0] = {paths!r}; from emgpipe.lifetime import end_with; end_with({parent}); "
    "from emgpipe.reading.child import main; main()"
)
"""Importing the readers takes a second, in which the parent may end."""


_KILLED = -9
"""No library ends its process by this signal: it was Linux for want of memory, or somebody."""


class _EndedFromOutsideError(Exception):
    """A child was killed by somebody else, and not for the file it was reading."""


def read_supervised(path: Path, options: Sequence[ReaderOptions] = ()) -> Recording:
    """Read a recording in a child process, which stays ready for the next one; as `emgpipe.readers.read` otherwise.

    Raises
    ------
    ReadError
        As `emgpipe.readers.read` says; also where reading crashed, or took longer or more memory than any whole file
        of that size does (`Limits`).
    """
    return _shared().read(path, options)


def choose_supervised(path: Path) -> tuple[Reader, str]:
    """Choose the reader of a file or folder in a child process; as `emgpipe.readers.choose` otherwise."""
    return _shared().choose(path)


@dataclass(slots=True)
class Supervisor:
    """One child process that reads; started when first needed and again when it died."""

    limits: Limits = field(default_factory=Limits)
    _child: subprocess.Popen[bytes] | None = None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _watch: Watch = field(default_factory=Watch)

    def read(self, path: Path, options: Sequence[ReaderOptions] = ()) -> Recording:
        """Return the recording; its samples are fetched from the child when they are asked for."""
        request = Request(path.absolute(), tuple(options))
        recording: Recording = self.ask(request, path)
        channels = tuple(
            replace(channel, load=RemoteLoader(self, replace(request, channel=number), path))
            for number, channel in enumerate(recording.channels)
        )
        return replace(recording, channels=channels, source=replace(recording.source, path=path))

    def choose(self, path: Path) -> tuple[Reader, str]:
        """Return the reader and why it was chosen."""
        name, why = self.ask(Request(path.absolute(), choose_only=True), path)
        return next(reader for reader in READERS if reader.name == name), why

    def ask(self, request: Request, path: Path) -> Any:
        """Return the child's answer to a request; errors name `path`, the way the user wrote it.

        A child that was ended from outside says nothing about the file: another one is asked. If that is ended, too,
        there is no memory for it (`MemoryError`).
        """
        with suppress(_EndedFromOutsideError):
            return self._answer(request, path)
        try:
            return self._answer(request, path)
        except _EndedFromOutsideError:
            raise MemoryError from None

    def _answer(self, request: Request, path: Path) -> Any:
        seconds = self.limits.time_for(request.path)
        with self._lock:
            child = self._running()
            self._watch.begin(child, seconds)
            try:
                send(_pipe(child.stdin), request)
                answer = receive(_pipe(child.stdout))
            except (EOFError, OSError):
                is_overdue = self._watch.end()
                self.close()
                if child.returncode == _KILLED and not is_overdue:
                    raise _EndedFromOutsideError from None
                raise _died(child, path, seconds if is_overdue else None) from None
            except MemoryError:
                self.close()
                raise ReadError(TOO_LARGE, path=path) from None
            except BaseException:  # Ctrl-C in the middle of an answer: the pipe holds the rest of it
                self.close()
                raise
            finally:
                self._watch.end()
        if isinstance(answer, ReadError) and answer.path == request.path:
            raise type(answer)(answer.message, path=path, reader=answer.reader)
        if isinstance(answer, EmgpipeError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child."""
        with self._lock:
            child, self._child = self._child, None
            if child is None:
                return
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                _close(pipe)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            paths = [str(Path(__file__).resolve().parents[2]), *(path for path in sys.path if path)]
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter with our own code
                [sys.executable, "-c", _START.format(paths=paths, parent=os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            send(_pipe(self._child.stdin), self.limits)
        return self._child


@dataclass(frozen=True, slots=True)
class RemoteLoader:
    """Load the samples of one channel in the child; after a crash in a new one."""

    supervisor: Supervisor = field(repr=False)
    request: Request
    path: Path

    def __call__(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return samples start..stop; `ReadError` as `Supervisor.read`."""
        samples: NDArray[np.float64] = self.supervisor.ask(replace(self.request, start=start, stop=stop), self.path)
        return samples


def _died(child: subprocess.Popen[bytes], path: Path, seconds: float | None) -> DamagedFileError:
    if seconds is not None:
        return DamagedFileError(
            f"reading took longer than the {seconds:.0f} s that a whole file of this size may take; the file is "
            "probably damaged: copy or export it again",
            path=path,
        )
    code = child.returncode
    how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
    return DamagedFileError(
        f"reading it made the reading library crash ({how}); the file is probably damaged: copy or export it again",
        path=path,
    )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - the child is started with pipes
    return stream


def _close(stream: IO[bytes] | None) -> None:
    with suppress(OSError):  # what was still in the buffer has nobody to go to
        _pipe(stream).close()


_supervisors: dict[int, Supervisor] = {}
"""The supervisor of this process, by process id: a forked process starts a child of its own."""


def _shared() -> Supervisor:
    if os.getpid() not in _supervisors:
        _supervisors.clear()
        supervisor = _supervisors[os.getpid()] = Supervisor()
        atexit.register(supervisor.close)
    return _supervisors[os.getpid()]
