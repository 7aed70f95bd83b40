"""Time and memory of a build: nothing built, nothing changed, one table's program edited.

python -m benchmarks.build [--study DIR] [--program tlf/NAME.py]

Works on a copy in a temporary folder. Wall seconds are those of the whole command; memory is the
peak resident size of its process.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from benchmarks.measure import ENGINE, python

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


def copied(source: Path, study: Path) -> Path:
    """The parts of a study without what was built, in a new folder `study`."""
    study.mkdir(exist_ok=True)
    for part in (source / name for name in PARTS):
        if part.is_dir():
            shutil.copytree(part, study / part.name)
        elif part.exists():
            shutil.copy(part, study)
    return study


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
            took = python("-m", "pipeline", "build", "--study", study)
            print(f"{name:<20} {took.wall:>9.1f} {took.memory:>9.0f}")


if __name__ == "__main__":
    main()
