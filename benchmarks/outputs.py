"""Outputs of the pilot study many times over: python -m benchmarks.outputs --copies 10 100

Builds SDTM and ADaM of the pilot with new subjects for every copy, as `benchmarks.scale` does, then
makes every planned output: first its results, then its Word file, each in a process of its own and
without validation and gate. Prints CPU seconds, wall seconds and peak memory of each; seconds
include starting the process.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Cost, python
from benchmarks.scale import PILOT, TREATED, make_data
from pipeline.cache import Task
from pipeline.engine import run
from pipeline.memory import bytes_of
from pipeline.plan import plan
from pipeline.programs import read_programs
from pipeline.study import open_study
from pipeline.targets import targets_of
from pipeline.tlf.toc import Output, read_toc

RESULTS, WORD = "results", "word"
STEPS = {RESULTS: ("tlf",), WORD: ("png", "docx")}


def tasks_of(work: Path, memory: str) -> list[Task]:
    """The plan of the large study below `work`."""
    return plan(work / "study", sdtm=work / "sdtm", memory=bytes_of(memory))


def make_study(work: Path, copies: int, memory: str) -> None:
    """The study with its datasets built."""
    shutil.copytree(PILOT, work / "study", ignore=shutil.ignore_patterns("build", "__pycache__"))
    make_data(work / "sdtm", copies)
    tasks = tasks_of(work, memory)
    run(tasks, work / "study", targets_of(["adam"], [task.name for task in tasks]))


def make(work: Path, memory: str, step: str, name: str) -> None:
    """One step of an output, whose datasets are built: the tasks themselves, not what they need."""
    tasks = {task.name: task for task in tasks_of(work, memory)}
    output = next(output for output in planned() if output.id == name)
    for kind in STEPS[step]:
        for task in {f"{kind}/{output.id}", f"{kind}/{output.file}"} & set(tasks):
            tasks[task].run()


def planned() -> list[Output]:
    """The planned outputs of the pilot."""
    folder = open_study(PILOT)
    return read_toc(PILOT, read_programs(PILOT, "tlf"), folder.study.populations)


def measured(work: Path, memory: str, step: str, name: str) -> Cost:
    """What a step of an output costs."""
    options = ("--step", step, "--output", name, "--work", work, "--memory", memory)
    return python("-m", "benchmarks.outputs", *options, shown=True)


def measure(copies: int, memory: str, kept: Path | None) -> None:
    """Print two lines per output: its results and its Word file."""
    with workplace(kept, copies) as work:
        if not (work / "study").exists():
            options = ("--step", "make", "--copies", copies, "--work", work, "--memory", memory)
            python("-m", "benchmarks.outputs", *options)
        print(f"{copies} x the pilot, {copies * TREATED:,} treated subjects")
        print(f"  {'output':<10}{'step':<9}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}")
        for output in planned():
            for step in STEPS:
                found = measured(work, memory, step, output.id)
                line = f"{found.cpu:>8.1f}{found.wall:>8.1f}{found.memory:>9.0f}"
                print(f"  {output.id:<10}{step:<9}{line}", flush=True)


@contextmanager
def workplace(kept: Path | None, copies: int) -> Iterator[Path]:
    """A folder for a number of copies: one that is kept, or one that goes."""
    if kept:
        place = kept / f"{copies}-copies"
        place.mkdir(parents=True, exist_ok=True)
        yield place
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description="Time the outputs of a large study.")
    parser.add_argument("--copies", type=int, nargs="+", default=[10])
    parser.add_argument("--memory", default="1GB", help="bound of memory of making a dataset")
    parser.add_argument("--keep", type=Path, help="folder that keeps the datasets for another run")
    parser.add_argument("--step", choices=("make", *STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--output", help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "make":
        make_study(options.work, *options.copies, options.memory)
    elif options.step:
        make(options.work, options.memory, options.step, options.output)
    else:
        for copies in options.copies:
            measure(copies, options.memory, options.keep)


if __name__ == "__main__":
    main()
