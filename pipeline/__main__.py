"""The command line: python -m pipeline build | validate | export ..."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import StudyError, file_error


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 for an error of the study, 2 for a wrong command."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except StudyError as error:
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        print(file_error(error), file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; what was finished stays", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    build = commands.add_parser("build", help="bring datasets, outputs and reports up to date")
    build.add_argument("target", nargs="*", help="sdtm, adam, tlf, xpt, validation or a task name")
    build.add_argument("--output", metavar="NUMBER", help="one table, listing or figure: 14.2.2")
    build.add_argument("--engine", default="serial", choices=("serial", "processes", "dask"))
    build.add_argument("--workers", type=int, default=0, help="processes; one per core by default")
    build.add_argument("--scheduler", default="", metavar="ADDRESS", help="of a dask cluster")
    build.add_argument("--subjects", type=int, default=0, help="subjects in a batch, at most")
    build.add_argument("--why", action="store_true", help="say what would run and why; run nothing")
    build.set_defaults(command=_build)
    validate = commands.add_parser("validate", help="write the validation report")
    validate.set_defaults(command=_validate)
    core = commands.add_parser("core", help="run the rules engine of CDISC on the XPT files")
    core.add_argument("--cache", type=Path, required=True, metavar="DIR", help="its rules cache")
    core.add_argument("--python", type=Path, default=Path(".venv-core/bin/python"), metavar="FILE")
    core.set_defaults(command=_core)
    export = commands.add_parser("export", help="write the XPT files")
    export.set_defaults(command=_export)
    package = commands.add_parser("package", help="the submission package under build/package")
    package.add_argument("--no-pdf", action="store_true", help="do not make PDFs by LibreOffice")
    package.set_defaults(command=_package)
    verify = commands.add_parser("verify", help="what was changed, added or lost in a package")
    verify.add_argument("package", type=Path)
    verify.set_defaults(command=_verify)
    diff = commands.add_parser("diff", help="compare two packages or builds")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.set_defaults(command=_diff)
    freeze = commands.add_parser("freeze", help="keep sequence numbers and findings of this cut")
    freeze.set_defaults(command=_freeze)
    respond = commands.add_parser("respond", help="keep the responses typed into findings.xlsx")
    respond.add_argument("file", nargs="?", type=Path, help="build/validation/findings.xlsx")
    respond.set_defaults(command=_respond)
    trace = commands.add_parser("trace", help="from a printed cell to CRF lines, or back")
    trace.add_argument("place", help="an output (T14.3.1.4) or a CRF line (raw/ae.csv:12)")
    trace.add_argument("--row", default="", help="row of the output: its label or key")
    trace.add_argument("--column", default="", help="column of the output: its head or key")
    trace.set_defaults(command=_trace)
    new = commands.add_parser("new", help="files to start from: a study, a dataset, an output")
    new.add_argument("kind", choices=("study", "dataset", "output"))
    new.add_argument("name", help="folder of the study, name of the dataset, number of the output")
    new.add_argument("--form", default="", help="the CRF extract an SDTM dataset is made of")
    new.set_defaults(command=_new)
    for command in (build, validate, core, export, package, freeze, respond, trace, new):
        command.add_argument("--study", type=Path, default=Path(), metavar="DIR")
    for command in (build, validate, core, export, package, trace):
        command.add_argument(
            "--sdtm", type=Path, metavar="DIR", help="SDTM files instead of study.yaml sdtm_source"
        )
    return parser


def _build(options: argparse.Namespace) -> int:
    """Build the targets, or say why they would be built."""
    from pipeline.batches import SUBJECTS
    from pipeline.engine import run
    from pipeline.executors import executor
    from pipeline.plan import plan
    from pipeline.targets import output_targets, targets_of

    tasks = plan(options.study, options.subjects or SUBJECTS, options.sdtm)
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
    from pipeline.plan import plan

    run(plan(options.study, sdtm=options.sdtm), options.study, ["balance", "validation", "gate"])
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
    from pipeline.plan import plan
    from pipeline.targets import targets_of

    tasks = plan(options.study, sdtm=options.sdtm)
    run(tasks, options.study, targets_of(["xpt"], [task.name for task in tasks]))
    print(f"XPT files: {options.study / 'build/xpt'}")
    return 0


def _package(options: argparse.Namespace) -> int:
    """Build everything, then the documents and the package."""
    from pipeline.engine import run
    from pipeline.package.acrf import make_acrf
    from pipeline.package.ectd import make_package
    from pipeline.package.guides import make_guides
    from pipeline.plan import plan
    from pipeline.study import open_study

    run(plan(options.study, sdtm=options.sdtm), options.study)
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


if __name__ == "__main__":
    sys.exit(main())
