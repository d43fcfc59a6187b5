"""A command run to its end: how long it took on the clock, processor time of all its processes, its peak memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, of processors with all child processes and without, peak bytes of the first process."""

    wall: float
    cpu: float
    own: float
    peak: int
    code: int


def measured(command: list[str], *, look_every: float = 0.1) -> Took:
    """Run a command and measure it; Linux only, since the peak of one process is read from /proc."""
    began = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 - our own commands
    peak, own = 0, 0.0
    while True:
        peak, own = max(peak, _high_water(process.pid)), max(own, _own_seconds(process.pid))
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
            break
        time.sleep(look_every)
    wall = time.perf_counter() - began
    return Took(wall, usage.ru_utime + usage.ru_stime, own, peak, process.returncode)


def _high_water(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return 0


def _own_seconds(pid: int) -> float:
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0
