"""The command line: python -m pipeline build | validate | export ..."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipeline.errors import StudyError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 for an error of the study, 2 for a wrong command."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except StudyError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(_file_error(error), file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped; what was finished stays", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m pipeline", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    build = commands.add_parser("build", help="bring datasets, outputs and reports up to date")
    build.add_argument("target", nargs="*", help="sdtm, adam, tlf, xpt, validation or a task name")
    build.add_argument("--why", action="store_true", help="say what would run and why; run nothing")
    build.set_defaults(command=_build)
    for command in (build,):
        command.add_argument("--study", type=Path, default=Path(), metavar="DIR")
    return parser


def _build(options: argparse.Namespace) -> int:
    """Build the targets, or say why they would be built."""
    from pipeline.engine import run
    from pipeline.plan import plan

    tasks = plan(options.study)
    targets = _targets(options.target, [task.name for task in tasks])
    outcome = run(tasks, options.study, targets, dry=options.why)
    if options.why:
        for name, reasons in outcome.ran.items():
            print(f"{name}: {'; '.join(reasons)}")
    verb = "would run" if options.why else "ran"
    print(f"{len(outcome.ran)} tasks {verb}, {len(outcome.unchanged)} unchanged")
    return 0


def _targets(asked: list[str], names: list[str]) -> list[str] | None:
    """Task names for what was asked: a task, or all whose name begins with it; None for all."""
    if not asked:
        return None
    targets = []
    for target in asked:
        found = [name for name in names if name == target or name.startswith(target + "/")]
        if not found:
            raise StudyError(
                f"target {target}",
                "no task of this name",
                "python -m pipeline build --why lists them",
            )
        targets += found
    return targets


def _file_error(error: OSError) -> str:
    """A failed read or write in three parts."""
    name = error.filename or "a file of the build"
    return (
        f"error: {name}: {error.strerror}\n"
        "  fix: free space on the disk or correct the permissions, then run again; "
        "what was finished stays"
    )


if __name__ == "__main__":
    sys.exit(main())
