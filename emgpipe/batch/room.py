"""How many pieces of work may run at once: as processors and memory allow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
BASE: Final = 400 * MIB
"""Of a process that has its libraries loaded, and of its child that reads."""
STAGES: Final = 3
"""Raw, filtered, envelope."""
_TEXT: Final = frozenset((".csv", ".txt", ".tsv", ".asc", ".slk", ".emt", ".mot", ".sto", ".trc"))
_PER_BYTE: Final = 4
_USED: Final = 0.8
"""Share of the free memory that is given to work; other programs want some."""
_ASSUMED: Final = 4096 * MIB
"""Free memory where the system does not say (Windows)."""
_MEMINFO: Final = Path("/proc/meminfo")
_CGROUPS: Final = Path("/sys/fs/cgroup")
_OWN_CGROUPS: Final = Path("/proc/self/cgroup")


def default_jobs(needs: Sequence[int]) -> int:
    """Return how many pieces of work to do at once, at least 1.

    Parameters
    ----------
    needs : sequence of int
        Bytes of memory each piece needs, see `memory_needed`. As many as fit are done at once if all were as large as
        the largest, but no more than there are pieces, or processors that this process may use.
    """
    most = max(needs, default=BASE)
    return max(1, min(len(needs), processors(), int(_USED * available_memory() / max(most, 1))))


def memory_needed(files: Iterable[Path]) -> int:
    """Return the bytes of memory that a session with these recordings may need, generously, from the files' sizes.

    All its samples are held at 8 bytes in three stages. In text a sample takes about 8 characters; in binary files it
    takes 2 bytes or more, so that a byte of such a file becomes up to 4. Folders count with all they hold, and a file
    that is not there counts nothing. A process with its libraries, and the child that reads for it, come on top.
    """
    return BASE + STAGES * sum(_size(path) * (1 if path.suffix.casefold() in _TEXT else _PER_BYTE) for path in files)


def _size(path: Path) -> int:
    with suppress(OSError):
        if path.is_dir():
            return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
        return path.stat().st_size
    return 0


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available_memory(meminfo: Path = _MEMINFO, cgroups: Path = _CGROUPS, own: Path = _OWN_CGROUPS) -> int:
    """Return the bytes that can be had without taking them from other programs, as far as the system says.

    The files are those of Linux: free memory, the limits of groups of processes, and the groups of this process.
    """
    return min([_free(meminfo), *_left_in_cgroups(cgroups, own)])


def _free(meminfo: Path) -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in meminfo.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(AttributeError, OSError, ValueError):  # macOS says how much there is, not how much is free
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return _ASSUMED


def _left_in_cgroups(root: Path, own: Path) -> Iterator[int]:
    """Yield what the limits of containers and of batch systems such as Slurm leave over."""
    with suppress(OSError, ValueError):
        for line in own.read_text("utf-8").splitlines():
            _, controllers, name = line.split(":", 2)
            inside = name.strip("/")
            if not controllers:
                yield from _left(root, inside, ("memory.max", "memory.current", "inactive_file"))
            elif "memory" in controllers.split(","):
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                yield from _left(root / "memory", inside, names)


def _left(root: Path, inside: str, names: tuple[str, str, str]) -> Iterator[int]:
    limit, usage, reclaimable = names
    for folder in (root / inside, *(root / parent for parent in Path(inside).parents), root):
        with suppress(OSError, ValueError):  # "max", or no limit at this level
            cache = dict(line.split() for line in (folder / "memory.stat").read_text("ascii").splitlines())
            used = int((folder / usage).read_text("ascii")) - int(cache.get(reclaimable, 0))
            yield max(0, int((folder / limit).read_text("ascii")) - used)
