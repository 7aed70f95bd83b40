"""The commands and their options; `pipeline/__main__.py` says what each does."""

from __future__ import annotations

import argparse
from pathlib import Path


def _positive(text: str) -> int:
    """A number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def parser(description: str | None) -> argparse.ArgumentParser:
    """The commands and their options."""
    whole = argparse.ArgumentParser(prog="python -m pipeline", description=description)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    build = commands.add_parser("build", help="bring datasets, outputs and reports up to date")
    build.add_argument("target", nargs="*", help="sdtm, adam, tlf, xpt, validation or a task name")
    build.add_argument("--output", metavar="NUMBER", help="one table, listing or figure: 14.2.2")
    build.add_argument("--engine", default="serial", choices=("serial", "processes", "dask"))
    build.add_argument(
        "--workers", type=_positive, default=0, help="processes; one per core by default"
    )
    build.add_argument("--scheduler", default="", metavar="ADDRESS", help="of a dask cluster")
    build.add_argument("--why", action="store_true", help="say what would run and why; run nothing")
    validate = commands.add_parser("validate", help="write the validation report")
    core = commands.add_parser("core", help="run the rules engine of CDISC on the XPT files")
    core.add_argument("--cache", type=Path, required=True, metavar="DIR", help="its rules cache")
    core.add_argument("--python", type=Path, default=Path(".venv-core/bin/python"), metavar="FILE")
    export = commands.add_parser("export", help="write the XPT files")
    package = commands.add_parser("package", help="the submission package under build/package")
    package.add_argument("--no-pdf", action="store_true", help="do not make PDFs by LibreOffice")
    verify = commands.add_parser("verify", help="what was changed, added or lost in a package")
    verify.add_argument("package", type=Path)
    diff = commands.add_parser("diff", help="compare two packages or builds")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    freeze = commands.add_parser("freeze", help="keep sequence numbers and findings of this cut")
    respond = commands.add_parser("respond", help="keep the responses typed into findings.xlsx")
    respond.add_argument("file", nargs="?", type=Path, help="build/validation/findings.xlsx")
    trace = commands.add_parser("trace", help="from a printed cell to CRF lines, or back")
    trace.add_argument("place", help="an output (T14.3.1.4) or a CRF line (raw/ae.csv:12)")
    trace.add_argument("--row", default="", help="row of the output: its label or key")
    trace.add_argument("--column", default="", help="column of the output: its head or key")
    new = commands.add_parser("new", help="files to start from: a study, a dataset, an output")
    new.add_argument("kind", choices=("study", "dataset", "output"))
    new.add_argument("name", help="folder of the study, name of the dataset, number of the output")
    new.add_argument("--form", default="", help="the CRF extract an SDTM dataset is made of")
    for command in (build, validate, core, export, package, freeze, respond, trace, new):
        command.add_argument("--study", type=Path, default=Path(), metavar="DIR")
    for command in (build, validate, core, export, package, trace):
        command.add_argument(
            "--sdtm", type=Path, metavar="DIR", help="SDTM files instead of study.yaml sdtm_source"
        )
    for command in (build, validate, core, export, package):
        command.add_argument(
            "--subjects", type=_positive, default=0, help="subjects in a batch, at most"
        )
        command.add_argument(
            "--memory", default="", metavar="SIZE", help="of making datasets, in all: 2GB"
        )
    return whole
