"""What parent and child say to each other: pickled objects with their length before them, samples as bare bytes."""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

if TYPE_CHECKING:
    from io import BufferedIOBase
    from pathlib import Path

    from emgpipe.readers import ReaderOptions

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Request:
    """Open a recording; with a `channel`, load its samples `start` to `stop` as well; or only choose its reader."""

    path: Path
    options: tuple[ReaderOptions, ...] = ()
    channel: int | None = None
    start: int = 0
    stop: int = 0
    choose_only: bool = False


def send(stream: IO[bytes], message: object) -> None:
    """Write a message; samples (a float64 array) travel without being pickled."""
    if isinstance(message, np.ndarray):
        samples = np.ascontiguousarray(message, dtype=np.float64)
        stream.write(b"S" + _LENGTH.pack(samples.size))
        stream.write(samples.data)
    else:
        content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        stream.write(b"P" + _LENGTH.pack(len(content)))
        stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message written by `send`; `EOFError` where the other side has gone."""
    kind = _exactly(stream, 1)
    (count,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if bytes(kind) == b"S":
        return np.frombuffer(_exactly(stream, count * 8), dtype=np.float64)
    return pickle.loads(_exactly(stream, count))  # noqa: S301 - from our own process, never from a file


def _exactly(stream: IO[bytes], count: int) -> memoryview:
    into = memoryview(np.empty(count, dtype=np.uint8).data)  # not a bytearray, which would be filled with zeros first
    done = 0
    while done < count:
        got = cast("BufferedIOBase", stream).readinto(into[done:])
        if not got:
            raise EOFError
        done += got
    return into
