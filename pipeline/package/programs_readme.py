"""README-run.txt: how a reviewer runs one program of the package."""

from __future__ import annotations

import calendar

from pipeline.package.ectd_places import Places
from pipeline.study import StudyFolder

ARCHIVE, README = "pipeline-src.zip", "README-run.txt"
TEXT = """\
{study}: running a program of this package

Each file here is one program: a function named like the file, whose parameters are the datasets
it reads. Programs of analysis datasets are named like the dataset, those of outputs like the
output.

1. What is needed: Python 3.11 or newer, and the package (the folder that holds m5), here PACKAGE.

     mkdir rerun
     cd rerun
     python3 -m zipfile -e PACKAGE/{programs}/{archive} .
     python3 -m venv .venv
     .venv/bin/python -m pip install --require-hashes -r requirements.lock

2. Files carry this time instead of that of the clock:

     export SOURCE_DATE_EPOCH={epoch}

3. Run a program by its file name. It reads the transport files of PACKAGE, and writes below
   study/build:

     .venv/bin/python -m pipeline.package.programs_run PACKAGE {example}

   For each file made, the command says whether it is identical to that of PACKAGE, byte by byte,
   and ends with 1 when one is different. The program that runs is the file in PACKAGE; a copy of
   the package with a changed program can be named instead.

Programs of analysis datasets:
{datasets}
Programs of outputs:
{outputs}
{sdtm}
"""
FROM_CRF = "SDTM programs ({}/sdtm-programs) read the CRF extracts, which no package holds."
AS_RECEIVED = "There are no SDTM programs: the study starts at SDTM datasets."


def readme(
    folder: StudyFolder,
    where: Places,
    datasets: list[tuple[str, str]],
    outputs: list[tuple[str, str]],
) -> str:
    """The text; `datasets` and `outputs` pair a program's file with what it makes."""
    return TEXT.format(
        study=folder.study.id,
        programs=where.programs,
        sdtm=FROM_CRF.format(where.misc) if folder.forms else AS_RECEIVED,
        archive=ARCHIVE,
        epoch=calendar.timegm(folder.study.timestamp.timetuple()),
        example=(datasets or outputs or [("PROGRAM.py", "")])[0][0],
        datasets=_lines(datasets),
        outputs=_lines(outputs),
    )


def _lines(pairs: list[tuple[str, str]]) -> str:
    """One line per program."""
    width = max((len(name) for name, _ in pairs), default=0)
    return "".join(f"  {name:<{width}}  {makes}\n" for name, makes in pairs) or "  none\n"
