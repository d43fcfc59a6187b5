"""What stops a command from outside stops it as Ctrl-C does."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDINGS: Final = ("SIGTERM", "SIGHUP")
"""A shutdown, the end of the time a queue allows, a terminal that was closed."""


@contextmanager
def stopped_like_ctrl_c() -> Iterator[None]:
    """Let signals that end a process raise `KeyboardInterrupt`, so that a run says how far it came and writes its log.

    A signal that somebody ignores (`nohup`) or handles already is left to them.
    """
    known = [getattr(signal, name) for name in _ENDINGS if hasattr(signal, name)]
    is_main = threading.current_thread() is threading.main_thread()  # no other may set what a signal does
    ours = [number for number in known if is_main and signal.getsignal(number) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
