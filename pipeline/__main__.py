"""The command line: python -m pipeline build | validate | export ..."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import StudyError, file_error
from pipeline.options import parser

if TYPE_CHECKING:
    from pipeline.cache import Task


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 for an error of the study, 2 for a wrong command."""
    options = parser(__doc__).parse_args(arguments)
    try:
        return COMMANDS[options.command](options)
    except StudyError as error:
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        print(file_error(error), file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; what was finished stays", file=sys.stderr)
    return 1


def _planned(options: argparse.Namespace, workers: int = 1) -> list[Task]:
    """The tasks of the study, in batches as asked for; the workers share the memory."""
    from pipeline.memory import bytes_of
    from pipeline.plan import plan

    memory = bytes_of(options.memory) // workers if options.memory else 0
    return plan(options.study, options.subjects, options.sdtm, memory)


def _build(options: argparse.Namespace) -> int:
    """Build the targets, or say why they would be built."""
    from pipeline.engine import run
    from pipeline.executors import executor, worker_count
    from pipeline.targets import output_targets, targets_of

    tasks = _planned(options, worker_count(options.engine, options.workers))
    names = [task.name for task in tasks]
    targets = targets_of(options.target, names) + output_targets(options.output, names)
    with executor(options.engine, options.workers, options.scheduler) as pool:
        outcome = run(tasks, options.study, targets or None, options.why, pool)
    if options.why:
        for name, reasons in outcome.ran.items():
            print(f"{name}: {'; '.join(reasons)}")
    verb = "would run" if options.why else "ran"
    print(f"{len(outcome.ran)} tasks {verb}, {len(outcome.unchanged)} unchanged")
    if not options.why:
        _print_results(options.study)
    return 0


def _validate(options: argparse.Namespace) -> int:
    """Bring the validation report up to date and sum it up; 1 when the gate is closed."""
    from pipeline.engine import run

    run(_planned(options), options.study, ["balance", "validation", "gate"])
    print(f"report: {options.study / 'build/validation/index.html'}")
    return 0


def _core(options: argparse.Namespace) -> int:
    """Run CDISC CORE on the XPT files, then bring the validation report up to date."""
    from pipeline.checks.core import run_core, summary
    from pipeline.study import open_study

    _export(options)
    for line in summary(run_core(open_study(options.study), options.cache, options.python)):
        print(line)
    return _validate(options)


def _export(options: argparse.Namespace) -> int:
    """Bring the XPT files up to date."""
    from pipeline.engine import run
    from pipeline.targets import targets_of

    tasks = _planned(options)
    run(tasks, options.study, targets_of(["xpt"], [task.name for task in tasks]))
    print(f"XPT files: {options.study / 'build/xpt'}")
    return 0


def _package(options: argparse.Namespace) -> int:
    """Build everything, then the documents and the package."""
    from pipeline.engine import run
    from pipeline.package.acrf import make_acrf
    from pipeline.package.ectd import make_package
    from pipeline.package.guides import make_guides
    from pipeline.study import open_study

    run(_planned(options), options.study)
    folder = open_study(options.study, options.sdtm)
    make_acrf(folder)
    make_guides(folder)
    for name in make_package(folder, pdf=not options.no_pdf):
        print(f"missing, as LibreOffice did not make it: {name}")
    print(f"package: {options.study / 'build/package'}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Name every file that is not as the manifest says; 1 when there is one."""
    from pipeline.package.verify import verify

    changes = verify(options.package)
    for change in changes:
        print(f"{change.what}: {change.file}")
    print(f"{len(changes)} files differ from the manifest")
    return 1 if changes else 0


def _diff(options: argparse.Namespace) -> int:
    """Print the differences; 1 when there are some."""
    from pipeline.package.diff import compare, report_lines

    comparison = compare(options.old, options.new)
    for line in report_lines(comparison):
        print(line)
    return 0 if comparison.same else 1


def _freeze(options: argparse.Namespace) -> int:
    """Keep the registers of sequence numbers and the findings in the study."""
    from pipeline.checks.baseline import BASELINE, freeze_findings
    from pipeline.registers import freeze

    names = freeze(options.study)
    print(f"sdtm/registers: {', '.join(names)}")
    print(f"{BASELINE}: {freeze_findings(options.study)} findings")
    print("commit them with the data cut")
    return 0


def _respond(options: argparse.Namespace) -> int:
    """Keep the responses typed into a spreadsheet in responses.yaml."""
    from pipeline.checks.responses import RESPONSES, WORKBOOK, respond

    lines = respond(options.study, options.file or options.study / WORKBOOK)
    for line in lines:
        print(line)
    print(f"{RESPONSES}: {len(lines)} responses kept, changed or removed")
    return 0


def _trace(options: argparse.Namespace) -> int:
    """Print what stands behind a cell, or what a CRF line reaches."""
    from pipeline.study import open_study
    from pipeline.trace import CELL, describe, printed, trace_cell, trace_line

    folder = open_study(options.study, options.sdtm)
    if ":" not in options.place:
        records = trace_cell(folder, options.place, options.row, options.column)
        print(printed(folder, options.place, records))
        for line in describe(folder, records):
            print(line)
        return 0
    records, cells = trace_line(folder, options.place)
    for line in describe(folder, records):
        print(line)
    for output, row, column in cells[CELL].itertuples(index=False):
        print(f"{output} row {row!r} column {column!r}")
    return 0


def _new(options: argparse.Namespace) -> int:
    """Write the files of a new study, dataset or output."""
    from pipeline.scaffold import new_files

    written = new_files(options.kind, options.name, options.study, options.form)
    print(f"written: {', '.join(written)}")
    return 0


def _print_results(study: Path) -> None:
    """Where a reader finds what the build has made."""
    for what, place in (
        ("tables, listings and figures", "build/tlf"),
        ("validation report", "build/validation/index.html"),
        ("XPT files", "build/xpt"),
        ("comparison with the published results", "build/concordance.docx"),
    ):
        if (study / place).exists():
            print(f"{what}: {study / place}")


COMMANDS = {
    "build": _build,
    "validate": _validate,
    "core": _core,
    "export": _export,
    "package": _package,
    "verify": _verify,
    "diff": _diff,
    "freeze": _freeze,
    "respond": _respond,
    "trace": _trace,
    "new": _new,
}

if __name__ == "__main__":
    sys.exit(main())
