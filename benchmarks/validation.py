"""Time and memory of the validation: the reference study, and a large one made of its subjects.

python -m benchmarks.validation [--study DIR] [--subjects 2500] [--laboratory 600000] [--profile]
python -m benchmarks.validation --copies 100 [--memory 1GB]

Builds a copy of the study in a temporary folder and validates it twice. Then the built datasets
are multiplied: every subject is there many times under new numbers, with its lineage, and those
with more laboratory results more often until LB has so many records. Wall seconds and peak memory
are those of the process that validates.

With `--copies` the study is that of `benchmarks.scale`, validated in batches that fit `--memory`.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.build import copied
from benchmarks.measure import ENGINE, Cost, python
from benchmarks.scale import make_data, make_study
from pipeline.datasets import all_datasets, input_path, lineage_path, read_lineage
from pipeline.frames import prepare_pandas, read_frame, rows_of, write_dataset, write_frame
from pipeline.study import StudyFolder, open_study

VALIDATE = """
import sys
from pathlib import Path
from pipeline.checks.validate import validate
from pipeline.study import open_study
validate(open_study(Path(sys.argv[1])))
"""
IN_BATCHES = """
from pathlib import Path
from pipeline.engine import run
from pipeline.memory import bytes_of
from pipeline.plan import plan
study, data, memory = sys.argv[1:]
run(plan(Path(study), sdtm=Path(data), memory=bytes_of(memory)), Path(study), ["validation"])
"""
HERE = "import os, sys\nsys.path.insert(0, os.getcwd())\n"  # as `python -c` has it
PROFILE = ("-m", "cProfile", "-s", "tottime")


def times_per_subject(folder: StudyFolder, subjects: int, results: int) -> pd.Series:
    """How often each subject of LB is taken: so many subjects in all, with so many results.

    The more results a subject has the more often it is taken, by the same factor per result.
    """
    rows = read_frame(folder.build / "sdtm/lb.parquet", ["USUBJID"])["USUBJID"].value_counts()
    rows = rows.sort_index()
    low, high = -0.1, 0.1
    for _ in range(60):
        middle = (low + high) / 2
        weights = np.exp(middle * (rows - rows.mean()))
        times = (weights / weights.sum() * subjects).round().clip(lower=1).astype("int64")
        low, high = (middle, high) if (times * rows).sum() < results else (low, middle)
    return times


def multiply(folder: StudyFolder, times: pd.Series) -> dict[str, int]:
    """Write every dataset with its subjects multiplied; dataset -> records."""
    specified = all_datasets(folder)
    taken = {name: _taken(folder, name, times) for name in specified}
    sizes = {}
    for name, dataset in specified.items():
        frame = read_frame(folder.path / input_path(folder, name))
        lineage = _lineage(folder, name, taken)
        rows = taken[name]
        grown = frame.iloc[rows["record"].to_numpy() - 1].reset_index(drop=True)
        for column in ("USUBJID", "SUBJID"):
            if column in grown and dataset.scope == "subject":
                copy = rows["copy"].astype("str").str.zfill(4)
                grown[column] = (grown[column] + copy).where(grown[column].notna())
        write_dataset(grown, dataset, folder.path / input_path(folder, name))
        write_frame(lineage, folder.path / lineage_path(name, dataset.layer))
        sizes[dataset.name] = len(grown)
    return sizes


def _taken(folder: StudyFolder, name: str, times: pd.Series) -> pd.DataFrame:
    """The records of the large dataset: `copy` and `record` of the small one, in order."""
    frame = read_frame(folder.path / input_path(folder, name))
    frame["record"] = range(1, len(frame) + 1)
    if "USUBJID" not in frame or frame["USUBJID"].isna().all():
        return frame[["record"]].assign(copy=0)
    often = frame["USUBJID"].map(times).fillna(0).astype("int64")
    rows = frame.loc[frame.index.repeat(often), ["record"]]
    rows["copy"] = rows.groupby("record").cumcount()
    return rows.sort_values(["copy", "record"], ignore_index=True)


def _lineage(folder: StudyFolder, name: str, taken: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The lineage of the large dataset; lines of CRF extracts stay the same for all copies."""
    numbers = {
        source: rows.assign(number=range(1, len(rows) + 1)) for source, rows in taken.items()
    }
    old = read_lineage(folder, name)
    grown = numbers[name].merge(old, how="inner", on="record")
    parts = []
    for source, mine in grown.groupby("source"):
        if source in numbers:
            there = numbers[source].rename(columns={"number": "to", "record": "source_record"})
            mine = mine.merge(there, how="left", on=["copy", "source_record"])
            mine["source_record"] = mine["to"]
        parts.append(mine.dropna(subset=["source_record"]))
    found = pd.concat([old.loc[old["record"] == 0], *parts], ignore_index=True)
    found["record"] = found["number"].fillna(0).astype("int64") if parts else found["record"]
    return found[list(old.columns)].astype({"source_record": "int64"})


def main() -> None:
    """Print one line per run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ENGINE)
    parser.add_argument("--subjects", type=int, default=2500)
    parser.add_argument("--laboratory", type=int, default=600_000)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--copies", type=int, default=0)
    parser.add_argument("--memory", default="1GB")
    options = parser.parse_args()
    prepare_pandas()
    if options.copies:
        in_batches(options.copies, options.memory)
        return
    with tempfile.TemporaryDirectory() as place:
        study = Path(place)
        copied(options.study, study)
        python("-m", "pipeline", "build", "--study", study)
        print("run                              seconds   peak MB")
        again = ("-m", "pipeline", "validate", "--study", study)
        _show("reference study", python("-c", VALIDATE, study))
        _show("make validate, unchanged", python(*again))
        folder = open_study(study)
        times = times_per_subject(folder, options.subjects, options.laboratory)
        sizes = multiply(folder, times)
        profile = PROFILE if options.profile else ()
        program = study / "validate.py"
        program.write_text(HERE + VALIDATE, encoding="utf-8")
        took = python(*profile, program, study, shown=options.profile)
        _show(f"{sizes['DM']} subjects, LB {sizes['LB']}", took)


def in_batches(copies: int, memory: str) -> None:
    """Print what it costs to validate the pilot so many times over; its open errors stay open."""
    with tempfile.TemporaryDirectory() as place:
        study, data = Path(place) / "study", Path(place) / "sdtm"
        make_study(study)
        make_data(data, copies)
        common = ("--study", study, "--sdtm", data, "--memory", memory)
        python("-m", "pipeline", "build", "adam", *common)
        program = study / "validate.py"
        program.write_text(HERE + IN_BATCHES, encoding="utf-8")
        took = python(program, study, data, memory)
        records = sum(rows_of(study / "build/sdtm/lb.parquet"))
        _show(f"{copies} x the pilot, LB {records}", took)
        print(f"CPU seconds {took.cpu:.0f}")


def _show(name: str, took: Cost) -> None:
    """One line of the table."""
    print(f"{name:<32} {took.wall:>7.1f} {took.memory:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
