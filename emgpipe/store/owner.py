"""Who holds a folder of results, as the text of its lock file says."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a folder, as its lock file says."""

    pid: int
    host: str
    command: str
    since: str

    @classmethod
    def me(cls, command: str) -> Owner:
        """Return this process."""
        return cls(os.getpid(), platform.node(), command, time.strftime("%Y-%m-%d %H:%M:%S"))

    @property
    def words(self) -> str:
        """Who it is, for a message."""
        return f"'{self.command}' (process {self.pid} on {self.host}), since {self.since}"

    @property
    def is_dead(self) -> bool:
        """Whether it is known that the process has ended; never of another computer's."""
        if (
            self.host != platform.node() or sys.platform == "win32"
        ):  # there `os.kill` would end the process, not ask for it
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            return False
        return False


def write_owner(handle: int, owner: Owner) -> None:
    """Put an owner into an open lock file."""
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps(asdict(owner), ensure_ascii=False).encode())


def read_owner(path: Path) -> Owner | None:
    """Return who a lock file says holds it; None if it does not say."""
    try:
        content: Any = json.loads(path.read_text("utf-8"))
        return Owner(int(content["pid"]), *(str(content[name]) for name in ("host", "command", "since")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
