"""One study in every engine: python -m benchmarks.engines --copies 100

Writes the pilot's SDTM many times over as `benchmarks.scale` does, then builds all datasets and
their XPT files, serially and on a local dask cluster of one and of two workers. Prints wall seconds
and whether the XPT files are those of the serial run.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.scale import make_data, make_study
from pipeline.cache import digest_file
from pipeline.engine import run
from pipeline.executors import executor
from pipeline.memory import bytes_of
from pipeline.plan import plan
from pipeline.targets import targets_of

RUNS = (("serial", 1), ("dask", 1), ("dask", 2))


def seconds(engine: str, workers: int, study: Path, data: Path, memory: str) -> float:
    """Wall seconds from nothing built to the XPT files, the start of the cluster included."""
    shutil.rmtree(study / "build", ignore_errors=True)
    tasks = plan(study, sdtm=data, memory=bytes_of(memory))
    start = time.perf_counter()
    with executor(engine, workers) as pool:
        run(tasks, study, targets_of(["xpt"], [task.name for task in tasks]), pool=pool)
    return time.perf_counter() - start


def written(study: Path) -> dict[str, str]:
    """The digest of each XPT file."""
    return {path.name: digest_file(path) for path in sorted((study / "build/xpt").glob("*.xpt"))}


def main() -> None:
    """Print one line per engine."""
    parser = argparse.ArgumentParser(description="Time the engines.")
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--memory", default="1GB", help="bound of memory of each worker")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study, data = Path(folder) / "study", Path(folder) / "sdtm"
        make_study(study)
        make_data(data, options.copies)
        print(f"{options.copies} x the pilot")
        serial: dict[str, str] = {}
        for engine, workers in RUNS:
            took = seconds(engine, workers, study, data, options.memory)
            serial = serial or written(study)
            same = "same bytes" if written(study) == serial else "OTHER BYTES"
            print(f"  {engine}, {workers} worker(s): {took:.1f} s, {same}", flush=True)


if __name__ == "__main__":
    main()
