"""What a command costs: CPU and wall seconds, peak memory, and what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ENGINE = Path(__file__).resolve().parent.parent
PROCESS = Path("/proc/self")
STARTED = 21  # field of /proc/self/stat: clock ticks from the start of the machine to ours


class Cost(NamedTuple):
    """Seconds of a process, its peak resident size in megabytes, and its output."""

    user: float
    system: float
    wall: float
    memory: float
    printed: str = ""

    @property
    def cpu(self) -> float:
        """User and system seconds."""
        return self.user + self.system


NOTHING = Cost(0, 0, 0, 0)


def cost(command: Sequence[str], shown: bool = False) -> Cost:
    """Run a command in the folder of the engine; SystemExit when it fails.

    With `shown` its output goes to the terminal instead of into `printed`.
    """
    start = time.perf_counter()
    output = None if shown else subprocess.PIPE
    process = subprocess.Popen(list(command), cwd=ENGINE, stdout=output, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise SystemExit(f"failed: {' '.join(command[:5])}")
    seconds = time.perf_counter() - start
    peak = usage.ru_maxrss / 1024
    return Cost(usage.ru_utime, usage.ru_stime, seconds, peak, printed.strip())


def python(*arguments: object, shown: bool = False) -> Cost:
    """Run this Python with arguments."""
    return cost([sys.executable, *map(str, arguments)], shown)


def so_far() -> Cost:
    """What this process has cost since it was started; its peak since the last `forget_peak`."""
    times = os.times()
    started = int((PROCESS / "stat").read_text().split()[STARTED]) / os.sysconf("SC_CLK_TCK")
    wall = time.clock_gettime(time.CLOCK_BOOTTIME) - started
    status = (PROCESS / "status").read_text().splitlines()
    (peak,) = (int(said.split()[1]) for said in status if said.startswith("VmHWM"))
    return Cost(times.user, times.system, wall, peak / 1024)


def forget_peak() -> None:
    """Let the peak of memory begin anew."""
    (PROCESS / "clear_refs").write_text("5")
