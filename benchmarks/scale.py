"""The pilot study many times over: python -m benchmarks.scale --copies 1 10 100

Writes the pilot's SDTM as transport files with new subjects for every copy, then a process of its
own goes from SDTM XPT to ADaM XPT: reading, ADSL, ADAE, ADTTE, ADLB, writing. Prints CPU seconds
(user and system), wall seconds and peak memory of each stage, and of the process as a whole.
"""

from __future__ import annotations

import argparse
import itertools
import math
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.measure import ENGINE, NOTHING, Cost, forget_peak, python, so_far
from pipeline.engine import run
from pipeline.frames import longest
from pipeline.memory import bytes_of
from pipeline.package.xpt_columns import blocks, file_header
from pipeline.plan import plan
from pipeline.sdtm.source import read_source_dataset
from pipeline.study import StudyFolder, open_study
from pipeline.xpt_format import write_file

PILOT = ENGINE / "studies/cdiscpilot01"
PROGRAMS = Path(__file__).parent / "programs"
MADE = ("adsl", "adae", "adtte", "adlb")
STAGES = ("read", *MADE, "write")
TREATED = 254
SUBJECT = "USUBJID"


def make_study(study: Path) -> None:
    """A study folder with the pilot's specifications and the programs that are measured."""
    (study / "adam").mkdir(parents=True)
    for name in ("study.yaml", "codelists.yaml"):
        shutil.copy(PILOT / name, study)
    for name in MADE:
        for suffix in (".py", ".yaml"):
            place = PROGRAMS if name == "adlb" else PILOT / "adam"
            shutil.copy(place / f"{name}{suffix}", study / "adam")


def make_data(target: Path, copies: int) -> None:
    """The pilot's SDTM, `copies` times, as one transport file per dataset."""
    target.mkdir()
    pilot = open_study(PILOT)
    for name in pilot.sources:
        replicate(pilot, name, target / f"{name}.xpt", copies)


def replicate(pilot: StudyFolder, name: str, path: Path, copies: int) -> None:
    """One dataset: a block of records per copy, subjects with the number of the copy in front."""
    dataset = pilot.datasets[name]
    frame = read_source_dataset(pilot.sources[name])[dataset.names]
    kinds = [(v.name, pa.string() if v.is_text else pa.float64()) for v in dataset.variables]
    table = pa.Table.from_pandas(frame, pa.schema(kinds), preserve_index=False)
    lengths = {v.name: longest_text(table, v.name) for v in dataset.variables if v.is_text}
    lengths[SUBJECT] += 4
    header = file_header(dataset, lengths, pilot.study.timestamp)
    write_file(header, blocks(copied(table, copies), dataset, header), path)


def longest_text(table: pa.Table, name: str) -> int:
    """The bytes of the longest text of a column, at least 1."""
    return max([1, *(longest(chunk) for chunk in table.column(name).chunks)])


def copied(table: pa.Table, copies: int) -> Iterator[pa.RecordBatch]:
    """The records of each copy."""
    place = table.schema.get_field_index(SUBJECT)
    subjects = table.column(SUBJECT).to_pandas().astype("str")
    for copy in range(copies):
        renamed = pa.array(f"{copy:03d}-" + subjects, pa.string())
        yield from table.set_column(place, SUBJECT, renamed).combine_chunks().to_batches()


def work(study: Path, data: Path, memory: str) -> None:
    """All stages one after the other, with a line for each; the first is starting the process."""
    before = so_far()
    print(line("start", before), flush=True)
    peaks = [before.memory]
    tasks = plan(study, sdtm=data, memory=bytes_of(memory))
    for stage in STAGES:
        forget_peak()
        run(tasks, study, [task.name for task in tasks if belongs(task.name, stage)])
        now = so_far()
        print(line(stage, now, before), flush=True)
        peaks.append(now.memory)
        before = now
    print(line("all", before._replace(memory=max(peaks))), flush=True)


def belongs(task: str, stage: str) -> bool:
    """Whether a task is part of a stage."""
    layer, *rest = task.split("/")
    if stage == "read":
        return layer == "sdtm"
    if stage == "write":
        return layer == "xpt" and rest[0] in MADE
    return layer == "adam" and rest[0] == stage


def line(stage: str, now: Cost, before: Cost = NOTHING) -> str:
    """What a stage cost: the process before it and now."""
    user, system, wall, _ = (new - old for new, old in zip(now[:4], before[:4], strict=True))
    seconds = f"{user + system:>8.1f}{user:>8.1f}{system:>9.1f}{wall:>8.1f}"
    return f"  {stage:<8}{seconds}{now.memory:>9.0f}"


def measure(copies: int, memory: str) -> float:
    """Print one line per stage and the sum; the CPU seconds in all."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--work", folder, "--memory", memory, "--copies", copies)
        python("-m", "benchmarks.scale", *options, "--part", "make")
        print(f"{copies} x the pilot, {copies * TREATED:,} treated subjects")
        head = f"{'CPU s':>8}{'user s':>8}{'system s':>9}{'wall s':>8}{'peak MB':>9}"
        print(f"  {'stage':<8}{head}", flush=True)
        found = python("-m", "benchmarks.scale", *options, "--part", "run", shown=True)
    return found.cpu


def main() -> None:
    """Measure every size and the exponent between the sizes next to each other."""
    parser = argparse.ArgumentParser(description="Time SDTM XPT to ADaM XPT.")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--memory", default="2GB", help="bound of memory of a process")
    parser.add_argument("--part", choices=("make", "run"), help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.work
    if options.part == "make":
        make_study(folder / "study")
        make_data(folder / "sdtm", *options.copies)
        return
    if options.part == "run":
        work(folder / "study", folder / "sdtm", options.memory)
        return
    cpu = {copies: measure(copies, options.memory) for copies in sorted(options.copies)}
    sizes = list(cpu)
    for small, large in itertools.pairwise(sizes):
        exponent = math.log(cpu[large] / cpu[small]) / math.log(large / small)
        print(f"CPU seconds grow with the {exponent:.2f}th power from {small} to {large} copies")


if __name__ == "__main__":
    main()
