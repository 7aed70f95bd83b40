"""One program of a package, run alone: `python -m pipeline.package.programs_run PACKAGE PROGRAM`.

Reads the transport files of the package, runs the program, writes what it makes and compares that
with the package byte by byte. Run it where pipeline-src.zip was unpacked (README-run.txt).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.datasets import all_datasets, input_path, make_dataset
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, write_dataset
from pipeline.package.ectd_places import Places, file_name, places
from pipeline.package.guide_text import read_guide_text
from pipeline.package.xpt import write_xpt
from pipeline.programs import Program, read_programs
from pipeline.spec import Dataset
from pipeline.study import StudyFolder, open_study, read_study
from pipeline.tlf.make import inputs_read, make_output
from pipeline.tlf.toc import read_toc
from pipeline.tlf.word import render_docx
from pipeline.xpt_header import XptHeader
from pipeline.xpt_reader import read_xpt
from pipeline.yamltext import read_yaml

ORIGIN = pd.Timestamp("1960-01-01")
SECONDS = {"date": 86_400, "datetime": 1}


@dataclass(frozen=True)
class Made:
    """A file made again, the file of the package, and whether they are the same bytes."""

    file: Path
    packaged: Path

    @property
    def same(self) -> bool:
        """Whether the package holds the same bytes."""
        return self.packaged.is_file() and self.file.read_bytes() == self.packaged.read_bytes()


def run_alone(package: Path, name: str, study: Path) -> list[Made]:
    """Run the program file `name` of `package` with the specifications in the folder `study`.

    Writes below `study`/build. StudyError for a program the package does not have, and for
    whatever the program does wrong.
    """
    prepare_pandas()
    folder = _open(package, study)
    where = places(folder, read_guide_text(folder).report)
    program = _program(package / where.programs / name, folder)
    needed = inputs_read(program) if program.layer == "tlf" else program.inputs
    headers = _import_datasets(folder, package, where, needed)
    if program.layer == "tlf":
        return _make_outputs(folder, package / where.outputs, program)
    return _make_dataset(folder, package / where.adam, program, headers)


def main() -> int:
    """The command: 0 when every file is identical, 1 when one differs or cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.package.programs_run")
    parser.add_argument("package", type=Path, metavar="PACKAGE", help="the folder that holds m5")
    parser.add_argument("program", metavar="PROGRAM", help="a file of analysis/adam/programs")
    parser.add_argument("--study", type=Path, default=Path("study"), help="the unpacked study")
    options = parser.parse_args()
    try:
        made = run_alone(options.package, options.program, options.study)
    except StudyError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    for item in made:
        sys.stdout.write(f"{'identical' if item.same else 'different'}: {item.file}\n")
    return int(not all(item.same for item in made))


def _open(package: Path, study: Path) -> StudyFolder:
    """The study; SDTM that came to it as files is read from the package."""
    if "sdtm_source" not in read_yaml(study / "study.yaml"):
        return open_study(study)
    return open_study(study, package / Places(file_name(read_study(study).id), "").sdtm)


def _program(path: Path, folder: StudyFolder) -> Program:
    """The program of the package, put in the place where the study has it."""
    if not path.is_file():
        raise StudyError(path.name, f"there is no program {path}", "name a file of this folder")
    for layer in ("adam", "tlf"):
        target = folder.path / layer / path.name
        if target.exists():
            shutil.copyfile(path, target)
            return read_programs(folder.path, layer)[path.stem]
    raise StudyError(path.name, "the study has no such program", "unpack pipeline-src.zip again")


def _import_datasets(
    folder: StudyFolder, package: Path, where: Places, needed: Iterable[str]
) -> list[XptHeader]:
    """The transport files of the package; those that are `needed` become Parquet files."""
    wanted, headers = set(needed), []
    for name, dataset in all_datasets(folder).items():
        path = package / (where.sdtm if dataset.layer == "sdtm" else where.adam) / f"{name}.xpt"
        frame, header = read_xpt(path)
        headers.append(header)
        if name in wanted:
            write_dataset(_typed(frame, dataset), dataset, folder.path / input_path(folder, name))
    return headers


def _typed(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """The frame with dates as dates."""
    dated = {
        variable.name: ORIGIN
        + pd.to_timedelta(frame[variable.name] * SECONDS[variable.type], unit="s")
        for variable in dataset.variables
        if variable.type in SECONDS
    }
    return frame.assign(**dated)


def _make_dataset(
    folder: StudyFolder, packaged: Path, program: Program, headers: Iterable[XptHeader]
) -> list[Made]:
    """The dataset as a transport file with the text lengths of the package."""
    make_dataset(folder, program)
    lengths = {v.name: v.length for header in headers for v in header.variables if v.is_text}
    file = f"{program.name}.xpt"
    path = folder.build / "xpt" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    source = folder.path / input_path(folder, program.name)
    write_xpt(source, folder.datasets[program.name], lengths, path, folder.study.timestamp)
    return [Made(path, packaged / file)]


def _make_outputs(folder: StudyFolder, packaged: Path, program: Program) -> list[Made]:
    """Results and Word file of every output that uses the program."""
    made = []
    for output in read_toc(
        folder.path, read_programs(folder.path, "tlf"), folder.study.populations
    ):
        if output.program != program.name:
            continue
        make_output(folder, output, program)
        results = folder.build / f"tlf/{output.file}.json"
        word = results.with_suffix(".docx")
        result = json.loads(results.read_text(encoding="utf-8"))
        render_docx(result, word, folder.study.timestamp)
        made.append(Made(results, packaged / "ard" / results.name))
        made.append(Made(word, packaged / word.name))
    return made


if __name__ == "__main__":
    sys.exit(main())
