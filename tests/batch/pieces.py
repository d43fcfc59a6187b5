"""Pieces of work for tests, where other processes can import them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from emgpipe.errors import EmgpipeError


def square(number: int) -> int:
    return number * number


def pid_of(_: object) -> int:
    return os.getpid()


def troubled(what: str) -> object:
    """Do what the word says; many of them are bad news."""
    return _TROUBLES[what]()


def _raise(error: BaseException) -> object:
    raise error


class Unpacked:
    """Can be pickled, and cannot be put together again."""

    def __reduce__(self) -> tuple[object, ...]:
        return (int, ("no number",))


def _noise() -> str:
    sys.stdout.write("printed\n")
    os.write(1, b"written by a library\n")
    return "noise"


_TROUBLES = {
    "good": lambda: "good",
    "user error": lambda: _raise(EmgpipeError("the file is not there")),
    "our error": lambda: _raise(KeyError("x")),
    "memory": lambda: _raise(MemoryError()),
    "unpicklable": threading.Lock,
    "not unpicklable": Unpacked,
    "exit": lambda: os._exit(3),
    "sys exit": lambda: sys.exit(4),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda: ctypes.string_at(0),
    "noise": _noise,
    "large": lambda: bytes(3 << 20),
    "interrupt": lambda: os.kill(os.getpid(), signal.SIGINT) or "interrupted",
}


@dataclass(frozen=True)
class Loads:
    """Notes where its libraries were loaded."""

    loaded_in: list[int] = field(default_factory=list)

    def load_libraries(self) -> None:
        self.loaded_in.append(os.getpid())

    def __call__(self, _: object) -> list[int]:
        return self.loaded_in


@dataclass(frozen=True)
class DiesOnce:
    """Is killed at the first try of every job, and says at the second in which process it ran."""

    folder: Path

    def __call__(self, name: str) -> tuple[str, int]:
        flag = self.folder / name
        if not flag.exists():
            flag.write_text(str(os.getpid()), "ascii")
            os.kill(os.getpid(), signal.SIGKILL)
        return name, os.getpid()


@dataclass(frozen=True)
class Marks:
    """Leaves its process id, and that of a child of its own, in a folder; then sleeps if the name says so."""

    folder: Path

    def __call__(self, name: str) -> str:
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        (self.folder / f"{name}.pid").write_text(f"{os.getpid()} {child.pid}", "ascii")
        (self.folder / f"{name}.pid").rename(self.folder / f"{name}.pids")
        if name.startswith("slow"):
            time.sleep(120)
        child.communicate()
        return name
