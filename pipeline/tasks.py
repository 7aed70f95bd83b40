"""The tasks of a build up to the gate: intake, datasets, balance and validation."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pipeline.cache import Task, engine_fact
from pipeline.datasets import (
    all_datasets,
    dataset_outputs,
    input_path,
    lineage_path,
    make_dataset,
)
from pipeline.programs import SPECIAL, Program
from pipeline.registers import register_path
from pipeline.study import StudyFolder

STUDY_FILES = ("study.yaml", "codelists.yaml")
FORMS = "raw/forms.yaml"
RECORDS = "build/raw/records.parquet"
REPORT = "build/validation"
GATE = "gate"


def raw_tasks(folder: StudyFolder) -> list[Task]:
    """Reading the CRF extracts, and the balance of their records; none without forms."""
    if not folder.forms:
        return []

    def intake() -> None:
        from pipeline.sdtm.intake import intake_forms

        intake_forms(folder)

    def balance() -> None:
        from pipeline.checks.reconcile import reconcile

        reconcile(folder)

    files = (f"raw/{form.file}" for form in folder.forms.values())
    frames = (f"build/raw/{name}.parquet" for name in folder.forms)
    return [
        Task(
            name="raw",
            run=intake,
            reads=(FORMS, *STUDY_FILES, *files),
            outputs=(*frames, "build/raw/findings.json", RECORDS),
            facts=engine_fact("sdtm"),
        ),
        Task(
            name="balance",
            run=balance,
            reads=(RECORDS, *lineage_files(folder, "sdtm")),
            outputs=(f"{REPORT}/balance.csv", f"{REPORT}/exclusions.csv"),
            facts=engine_fact("checks"),
        ),
    ]


def dataset_tasks(folder: StudyFolder, programs: dict[str, dict[str, Program]]) -> list[Task]:
    """One task per SDTM and ADaM program."""
    facts = {layer: engine_fact(layer) for layer in ("sdtm", "adam")}
    return [
        Task(
            name=f"{layer}/{name}",
            run=partial(make_dataset, folder, program),
            reads=(
                program.shown,
                f"{layer}/{name}.yaml",
                *STUDY_FILES,
                *_further_reads(folder, program),
                *input_files(folder, program.inputs),
            ),
            outputs=dataset_outputs(folder.datasets[name]),
            facts=facts[layer],
        )
        for layer in ("sdtm", "adam")
        for name, program in programs[layer].items()
    ]


def _further_reads(folder: StudyFolder, program: Program) -> list[str]:
    """The trial design and the register of sequence numbers, where there are such files."""
    register = register_path(folder.datasets[program.name])
    asked = ["sdtm/trial_design.yaml"] if "study" in program.inputs else []
    return [
        path
        for path in (*asked, *([register] if register else []))
        if (folder.path / path).exists()
    ]


def check_tasks(folder: StudyFolder) -> list[Task]:
    """The validation report, and the gate that stops a build with unwaived errors."""

    def report() -> None:
        from pipeline.checks.validate import validate

        validate(folder)

    def gate() -> None:
        from pipeline.checks.gate import gate

        gate(folder)

    forms = (FORMS, RECORDS, "build/raw/findings.json", f"{REPORT}/balance.csv")
    written = ("findings.json", "rules.json", "findings.xlsx", "index.html")
    return [
        Task(
            name="validation",
            run=report,
            reads=(
                *STUDY_FILES,
                *(forms if folder.forms else ()),
                *specification_files(folder),
                *_files(folder, "expectations", "*.yaml"),
                *_files(folder, ".", "waivers.yaml"),
                *_files(folder, "sdtm", "trial_design.yaml"),
                *input_files(folder, all_datasets(folder)),
                *lineage_files(folder, "sdtm", "adam"),
            ),
            outputs=tuple(f"{REPORT}/{name}" for name in written),
            facts=engine_fact("checks"),
        ),
        Task(name=GATE, run=gate, reads=(f"{REPORT}/findings.json",)),
    ]


def input_files(folder: StudyFolder, names: Iterable[str]) -> list[str]:
    """The built files of datasets and forms."""
    return [input_path(folder, name) for name in names if name not in SPECIAL]


def specification_files(folder: StudyFolder) -> list[str]:
    """The YAML files of all datasets."""
    return [f"{dataset.layer}/{name}.yaml" for name, dataset in folder.datasets.items()]


def lineage_files(folder: StudyFolder, *layers: str) -> list[str]:
    """The lineage of every dataset of the layers."""
    return [
        lineage_path(name, dataset.layer)
        for name, dataset in all_datasets(folder).items()
        if dataset.layer in layers
    ]


def _files(folder: StudyFolder, place: str, pattern: str) -> list[str]:
    """The files of the study that match, relative to it."""
    found = sorted((folder.path / place).glob(pattern))
    return [path.relative_to(folder.path).as_posix() for path in found if Path(path).is_file()]
