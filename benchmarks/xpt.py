"""How long transport files take: python -m benchmarks.xpt --rows 1000000

Makes a laboratory dataset of 25 variables as Parquet, then measures in a process each: our writer
with its checks, our reading back, both in one pass as in an export, and, on the same rows where
they are installed, pyreadstat and R haven. Prints wall seconds, CPU seconds (of Python) and peak
memory; seconds do not count starting the process or, for the others, reading the rows into memory.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import cost, python
from pipeline.frames import prepare_pandas
from pipeline.package.xpt import export_xpt, observed_lengths, write_xpt
from pipeline.package.xpt_columns import file_header
from pipeline.package.xpt_compare import compare_xpt
from pipeline.spec import Dataset, Variable
from pipeline.xpt_reader import read_blocks, read_xpt

STAMP = dt.datetime(2024, 9, 30)
BLOCK = 250_000
TESTS = ["ALB", "ALP", "ALT", "AST", "BILI", "BUN", "CA", "CHOL", "CK", "CREAT", "GGT", "GLUC"]
CHOICES = {
    "LBTESTCD": TESTS,
    "LBTEST": [f"{test} in Serum or Plasma" for test in TESTS],
    "LBCAT": ["CHEMISTRY", "HEMATOLOGY"],
    "LBORRESU": ["g/L", "U/L", "mmol/L", "umol/L", None],
    "LBORNRLO": ["0", "3.5", "10", None],
    "LBORNRHI": ["40", "5.1", "120.5", None],
    "LBSTRESU": ["g/L", "U/L", "mmol/L"],
    "LBNRIND": ["NORMAL", "HIGH", "LOW", None],
    "LBSPEC": ["SERUM", "PLASMA"],
    "LBMETHOD": ["ENZYMATIC COLORIMETRY", None],
    "LBBLFL": ["Y", None, None, None],
    "VISIT": ["SCREENING", "CYCLE 1 DAY 1", "CYCLE 1 DAY 15", "END OF TREATMENT"],
    "EPOCH": ["SCREENING", "TREATMENT", "FOLLOW-UP"],
}
TEXT = ["STUDYID", "DOMAIN", "USUBJID", *CHOICES, "LBORRES", "LBSTRESC", "LBDTC"]
NUMBERS = ["LBSEQ", "LBSTRESN", "LBSTNRLO", "LBSTNRHI", "VISITNUM", "LBDY"]


def dataset() -> Dataset:
    """The specification of the made-up dataset."""
    variables = [
        *[Variable(n, n, "iso8601" if n == "LBDTC" else "text") for n in TEXT],
        *[Variable(n, n, "float") for n in NUMBERS],
    ]
    keys = ("USUBJID", "LBSEQ")
    what = ("LB", "Laboratory Test Results", "sdtm", "FINDINGS", "", "One record per result")
    return Dataset(*what, keys, "subject", tuple(variables))


def block(start: int, rows: int) -> dict[str, pa.Array]:
    """Records `start` to `start + rows`, the same in every run."""
    random = np.random.default_rng(start)
    number = np.arange(start, start + rows)
    value = random.gamma(3, 20, rows).round(2)
    result = pd.Series(value).astype("str")
    blood = number // len(TESTS) * 2_654_435_761 % 4_000_000  # one sample, one time, all tests
    day = np.datetime64("2015-01-01T08:00") + blood
    columns = {
        "STUDYID": pa.array(np.full(rows, "BENCH-001")),
        "DOMAIN": pa.array(np.full(rows, "LB")),
        "USUBJID": pa.array("BENCH-001-" + pd.Series(number // 500).astype("str").str.zfill(6)),
        "LBORRES": pa.array(result),
        "LBSTRESC": pa.array(result),
        "LBDTC": pa.array(np.datetime_as_string(day, unit="m")),
        "LBSEQ": pa.array((number % 500 + 1).astype("float64")),
        "LBSTRESN": pa.array(value),
        "LBSTNRLO": pa.array(random.choice([0, 3.5, 10, np.nan], rows), from_pandas=True),
        "LBSTNRHI": pa.array(random.choice([40, 5.1, 120.5, np.nan], rows), from_pandas=True),
        "VISITNUM": pa.array(random.integers(1, 40, rows).astype("float64")),
        "LBDY": pa.array(random.integers(-30, 2000, rows).astype("float64")),
    }
    for name, choices in CHOICES.items():
        codes = pa.array(random.integers(0, len(choices), rows))
        columns[name] = pa.array(choices, pa.string()).take(codes)
    return columns


def make(path: Path, rows: int) -> None:
    """The Parquet file with row groups of BLOCK records."""
    kinds = [(n, pa.string()) for n in TEXT] + [(n, pa.float64()) for n in NUMBERS]
    with pq.ParquetWriter(path, pa.schema(kinds), compression="zstd") as file:
        for start in range(0, rows, BLOCK):
            part = block(start, min(BLOCK, rows - start))
            arrays = [part[name].cast(kind) for name, kind in kinds]
            file.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(kinds)))


@contextmanager
def seconds():
    """Print how long the block took, and how many CPU seconds."""
    start, busy = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - start, time.process_time() - busy
    print(f"{wall:.1f} {cpu:.1f}")


def step_lengths(parquet: Path) -> None:
    """The longest text of every variable."""
    with seconds():
        observed_lengths({"lb": parquet}, {"lb": dataset()})


def step_write(parquet: Path) -> None:
    """Check every value, then write."""
    lengths = observed_lengths({"lb": parquet}, {"lb": dataset()})
    with seconds():
        write_xpt(parquet, dataset(), lengths, parquet.with_name("ours.xpt"), STAMP)


def step_read(parquet: Path) -> None:
    """Read the file block by block, keeping nothing."""
    with seconds():
        for _ in read_blocks(parquet.with_name("ours.xpt")):
            pass


def step_frame(parquet: Path) -> None:
    """Read the file into a frame, as the others do."""
    prepare_pandas()
    with seconds():
        read_xpt(parquet.with_name("ours.xpt"))


def step_pyreadstat_read(parquet: Path) -> None:
    """Read the file into a frame with pyreadstat."""
    import pyreadstat

    with seconds():
        pyreadstat.read_xport(parquet.with_name("ours.xpt"))


def step_compare(parquet: Path) -> None:
    """Read the file back and compare."""
    with seconds():
        compare_xpt(parquet.with_name("ours.xpt"), parquet, dataset())


def step_export(parquet: Path) -> None:
    """What an export does: both in one pass."""
    lengths = observed_lengths({"lb": parquet}, {"lb": dataset()})
    with seconds():
        export_xpt(parquet, dataset(), lengths, parquet.with_name("ours.xpt"), STAMP)


def step_pyreadstat(parquet: Path) -> None:
    """The same rows from a frame in memory."""
    import pyreadstat

    frame = pd.read_parquet(parquet)
    with seconds():
        path = parquet.with_name("pyreadstat.xpt")
        pyreadstat.write_xport(frame, path, file_format_version=5, table_name="LB")


STEPS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "lengths": ("ours: lengths of text", step_lengths),
    "write": ("ours: check every value and write", step_write),
    "read": ("ours: read block by block", step_read),
    "frame": ("ours: read into a frame", step_frame),
    "compare": ("ours: read back and compare every cell", step_compare),
    "export": ("ours: write and compare in one pass", step_export),
    "pyreadstat": ("pyreadstat.write_xport, unchecked", step_pyreadstat),
    "pyreadstat-read": ("pyreadstat.read_xport", step_pyreadstat_read),
}
OTHERS = ("pyreadstat", "pyreadstat-read")
CLOCK = "proc.time()[['elapsed']]"
READ_BY_HAVEN = f"p <- commandArgs(TRUE); t <- {CLOCK}; x <- haven::read_xpt(p[1])"
WRITTEN_BY_HAVEN = f"{READ_BY_HAVEN}; t <- {CLOCK}; haven::write_xpt(x, p[2], version=5, name='LB')"
TOLD = f"cat(sprintf('%.1f\\n', {CLOCK} - t))"
HAVEN = {
    "haven::write_xpt, unchecked": f"{WRITTEN_BY_HAVEN}; {TOLD}",
    "haven::read_xpt": f"{READ_BY_HAVEN}; {TOLD}",
}


def main() -> None:
    """Make the rows and run every step in a process of its own."""
    parser = argparse.ArgumentParser(description="Time the writing of transport files.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--without-others", action="store_true", help="only our own steps")
    parser.add_argument("--step", choices=["make", *STEPS], help=argparse.SUPPRESS)
    parser.add_argument("--parquet", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step == "make":
        make(arguments.parquet, arguments.rows)
        return
    if arguments.step:
        STEPS[arguments.step][1](arguments.parquet)
        return
    with tempfile.TemporaryDirectory() as folder:
        parquet = Path(folder) / "lb.parquet"
        rows = ["--rows", str(arguments.rows)]
        python("-m", "benchmarks.xpt", "--step", "make", "--parquet", parquet, *rows)
        print(f"{arguments.rows:,} rows x {len(TEXT + NUMBERS)} variables")
        report(parquet, others=not arguments.without_others)


def report(parquet: Path, others: bool) -> None:
    """Print one line per step."""
    base = [sys.executable, "-m", "benchmarks.xpt", "--parquet", str(parquet), "--step"]
    commands = {
        label: [*base, step] for step, (label, _) in STEPS.items() if others or step not in OTHERS
    }
    if others and shutil.which("Rscript"):
        files = [str(parquet.with_name(name)) for name in ("ours.xpt", "haven.xpt")]
        commands |= {name: ["Rscript", "-e", text, *files] for name, text in HAVEN.items()}
    for label, command in commands.items():
        took = cost(command)
        wall, *busy = took.printed.split()
        cpu = f"{busy[0]} CPU s" if busy else ""
        print(f"  {label:<52}{wall:>7} s {cpu:>12} {took.memory:>8.0f} MB", flush=True)
    size = parquet.with_name("ours.xpt").stat().st_size
    lengths = observed_lengths({"lb": parquet}, {"lb": dataset()})
    width = file_header(dataset(), lengths, STAMP).record.itemsize
    print(f"  file of {size / 1e6:,.0f} MB, {width} bytes per record")


if __name__ == "__main__":
    main()
