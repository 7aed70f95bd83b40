"""Time and memory of a build: nothing built, nothing changed, one table's program edited.

python -m benchmarks.build [--study DIR] [--program tlf/NAME.py]

Works on a copy in a temporary folder. Wall seconds are those of the whole command; memory is the
peak resident size of its process.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PARTS = (
    "study.yaml",
    "codelists.yaml",
    "waivers.yaml",
    "guides.yaml",
    "paper_issues.yaml",
    "raw",
    "sdtm",
    "adam",
    "tlf",
    "expectations",
)
ENGINE = Path(__file__).parent.parent


def copied(source: Path, study: Path) -> Path:
    """The parts of a study without what was built, in a new folder `study`."""
    study.mkdir(exist_ok=True)
    for part in (source / name for name in PARTS):
        if part.is_dir():
            shutil.copytree(part, study / part.name)
        elif part.exists():
            shutil.copy(part, study)
    return study


def measured(study: Path) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of one build."""
    command = [sys.executable, "-m", "pipeline", "build", "--study", str(study)]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ENGINE, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the build failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    """Print one line per run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", type=Path, default=ENGINE)
    parser.add_argument("--program", default="tlf/t_14_1_3_demographics.py")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder)
        copied(options.study, study)
        print("run                    seconds   peak MB")
        for name in ("nothing built", "nothing changed", "one program edited"):
            if name.endswith("edited"):
                program = study / options.program
                program.write_text(program.read_text(encoding="utf-8") + "\n# edited\n")
            seconds, megabytes = measured(study)
            print(f"{name:<20} {seconds:>9.1f} {megabytes:>9.0f}")


if __name__ == "__main__":
    main()
