"""The tasks of validation: the rules by batch, the report, and the gate before the outputs."""

from __future__ import annotations

from functools import partial

from pipeline.batches import CHECKS, Batch
from pipeline.cache import Task, engine_fact
from pipeline.datasets import all_datasets
from pipeline.study import StudyFolder
from pipeline.tasks import (
    FORMS,
    RECORDS,
    REPORT,
    STUDY_FILES,
    files_in,
    input_files,
    lineage_files,
    specification_files,
)

GATE = "gate"


def check_tasks(folder: StudyFolder) -> list[Task]:
    """The validation report, and the gate that stops a build with unwaived errors."""
    forms = (FORMS, RECORDS, "build/raw/findings.json", f"{REPORT}/balance.csv")
    written = (
        *("findings.json", "rules.json", "findings.xlsx", "index.html"),
        *("data/findings.js", "data_docs/index.html"),
    )
    asked = (
        *STUDY_FILES,
        *specification_files(folder),
        *files_in(folder, "expectations", "*.yaml"),
        *files_in(folder, "expectations", "*.py"),
    )
    parts = _batch_check_tasks(folder, asked)
    return [
        *parts,
        Task(
            name="validation",
            run=partial(_validation, folder),
            reads=(
                *asked,
                *(path for part in parts for path in part.outputs),
                *(forms if folder.forms else ()),
                *files_in(folder, ".", "waivers.yaml"),
                *files_in(folder, ".", "responses.yaml"),
                *files_in(folder, "expectations", "baseline.csv"),
                *files_in(folder, REPORT, "core.json"),
                *files_in(folder, "sdtm", "trial_design.yaml"),
                *input_files(folder, all_datasets(folder)),
                *lineage_files(folder, "sdtm", "adam"),
            ),
            outputs=tuple(f"{REPORT}/{name}" for name in written),
            facts=engine_fact("checks"),
        ),
        Task(name=GATE, run=partial(_gate, folder), reads=(f"{REPORT}/findings.json",)),
    ]


def _batch_check_tasks(folder: StudyFolder, asked: tuple[str, ...]) -> list[Task]:
    """One task per batch: the rules that can be asked of its subjects alone; none for one batch."""
    if len(folder.batches) == 1:
        return []
    facts = engine_fact("checks")
    return [
        Task(
            name=f"validation/{batch.number:05d}",
            run=partial(_validate_batch, folder, batch),
            reads=(*asked, *input_files(folder, all_datasets(folder), (batch,))),
            outputs=(batch.part(CHECKS),),
            facts=facts,
        )
        for batch in folder.batches
    ]


def _validate_batch(folder: StudyFolder, batch: Batch) -> None:
    """Ask the rules of a batch."""
    from pipeline.checks.asking import keep

    keep(folder, batch)


def _validation(folder: StudyFolder) -> None:
    """Write the validation report."""
    from pipeline.checks.validate import validate

    validate(folder)


def _gate(folder: StudyFolder) -> None:
    """Stop while an error is open."""
    from pipeline.checks.gate import gate

    gate(folder)
