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


class Cost(NamedTuple):
    """CPU and wall seconds of a process, its peak resident size in megabytes, its output."""

    cpu: float
    wall: float
    memory: float
    printed: str


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
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024, printed.strip())


def python(*arguments: object, shown: bool = False) -> Cost:
    """Run this Python with arguments."""
    return cost([sys.executable, *map(str, arguments)], shown)
