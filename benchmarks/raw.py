"""From raw CSV to SDTM at size: python -m benchmarks.raw --subjects 20000

Writes the CRF extracts of the reference study (--study DIR) many times over, with new subject
numbers for every copy, then reads them, makes every SDTM dataset and closes the balance of raw
records, each stage in a process of its own. Prints CPU seconds, wall seconds and peak memory.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.build import copied
from benchmarks.measure import ENGINE, python
from pipeline.engine import run
from pipeline.plan import plan
from pipeline.study import StudyFolder, open_study

STAGES = {"read": "raw", "sdtm": "sdtm/", "balance": "balance"}


def multiply(folder: StudyFolder, subjects: int) -> tuple[int, int]:
    """Rewrite the extracts for at least so many subjects; subjects and records in all."""
    form, field = folder.study.subject_form, folder.study.subject_fields[-1]
    own = len(_read(folder, form).drop_duplicates(list(folder.study.subject_fields)))
    copies = math.ceil(subjects / own)
    records = 0
    for name in folder.forms:
        path = folder.path / "raw" / folder.forms[name].file
        frame = _read(folder, name)
        with path.open("w", encoding="utf-8", newline="") as file:
            for copy in range(copies):
                renamed = frame.assign(**{field: f"{copy:04d}" + frame[field]})
                renamed.to_csv(file, index=False, header=copy == 0, lineterminator="\n")
        records += copies * len(frame)
    return copies * own, records


def _read(folder: StudyFolder, form: str) -> pd.DataFrame:
    """An extract as it is."""
    path = folder.path / "raw" / folder.forms[form].file
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def work(stage: str, study: Path, batch: int) -> None:
    """One stage; what an earlier one made is there and fresh."""
    tasks = plan(study, batch)
    run(tasks, study, [task.name for task in tasks if task.name.startswith(STAGES[stage])])


def main() -> None:
    """Print one line per stage."""
    parser = argparse.ArgumentParser(description="Time raw CSV to SDTM.")
    parser.add_argument("--study", type=Path, default=ENGINE)
    parser.add_argument("--subjects", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=1000, help="subjects in a batch, at most")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        work(options.stage, options.study, options.batch)
        return
    with tempfile.TemporaryDirectory() as place:
        study = copied(options.study, Path(place))
        subjects, records = multiply(open_study(study), options.subjects)
        print(f"{subjects:,} subjects, {records:,} raw records")
        print(f"  {'stage':<8}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}")
        for stage in STAGES:
            own = ("--stage", stage, "--study", study, "--batch", options.batch)
            took = python("-m", "benchmarks.raw", *own, shown=True)
            print(f"  {stage:<8}{took.cpu:>8.1f}{took.wall:>8.1f}{took.memory:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
