"""Names of tasks for what the user of the command line asks for."""

from __future__ import annotations

from pipeline.errors import StudyError


def targets_of(asked: list[str], names: list[str]) -> list[str]:
    """Task names for what was asked: a task, or all whose name begins with it."""
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


def output_targets(number: str | None, names: list[str]) -> list[str]:
    """The Word files of an output: `14.2.2` means table, listing and figure of this number."""
    if not number:
        return []
    file = number.lower().replace(".", "-")
    wanted = {f"docx/{file[0]}-{file[1:]}"} | {f"docx/{kind}-{file}" for kind in "tlf"}
    found = [name for name in names if name in wanted]
    if not found:
        raise StudyError(
            f"output {number}", "tlf/toc.yaml plans no such output", "name one of its numbers"
        )
    return found
