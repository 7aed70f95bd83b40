"""The tasks that make datasets: intake, SDTM, ADaM, and the balance of raw records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from pipeline.batches import Batch, all_parts
from pipeline.cache import Task, engine_fact
from pipeline.datasets import (
    all_datasets,
    batches_of,
    dataset_outputs,
    input_path,
    lineage_path,
    make_dataset,
)
from pipeline.programs import SPECIAL, Program
from pipeline.registers import register_path
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

STUDY_FILES = ("study.yaml", "codelists.yaml")
FORMS = "raw/forms.yaml"
RECORDS = "build/raw/records.parquet"
REPORT = "build/validation"


def raw_tasks(folder: StudyFolder) -> list[Task]:
    """Reading the CRF extracts, and the balance of their records; none without forms.

    The balance is drawn as soon as the study has an SDTM dataset that records could reach.
    """
    if not folder.forms:
        return []
    files = (f"raw/{form.file}" for form in folder.forms.values())
    frames = (
        path
        for name in folder.forms
        for path in all_parts(f"build/raw/{name}.parquet", folder.batches)
    )
    intake = Task(
        name="raw",
        run=partial(_intake, folder),
        reads=(FORMS, *STUDY_FILES, *files),
        outputs=(*frames, "build/raw/findings.json", RECORDS),
        facts=engine_fact("sdtm"),
    )
    if not any(dataset.layer == "sdtm" for dataset in folder.datasets.values()):
        return [intake]
    balance = Task(
        name="balance",
        run=partial(_balance, folder),
        reads=(RECORDS, *lineage_files(folder, "sdtm")),
        outputs=(f"{REPORT}/balance.csv", f"{REPORT}/exclusions.csv"),
        facts=engine_fact("checks"),
    )
    return [intake, balance]


def source_tasks(folder: StudyFolder) -> list[Task]:
    """One task per SDTM dataset that comes as files; it writes all batches of it."""
    facts = engine_fact("sdtm")
    return [
        Task(
            name=f"sdtm/{name}",
            run=partial(_take, folder, name),
            reads=(*STUDY_FILES, *files_in(folder, "sdtm", f"{name}.yaml"), *_shown(folder, files)),
            outputs=tuple(
                path
                for batch in batches_of(folder, folder.datasets[name])
                for path in dataset_outputs(folder.datasets[name], batch)[:2]
            ),
            facts=facts,
        )
        for name, files in folder.sources.items()
    ]


def _shown(folder: StudyFolder, files: Sequence[Path]) -> list[str]:
    """The files of a dataset; the names of those outside the study are absolute."""
    return [
        path.relative_to(folder.path).as_posix()
        if path.is_relative_to(folder.path)
        else path.resolve().as_posix()
        for path in files
    ]


def dataset_tasks(folder: StudyFolder, programs: dict[str, dict[str, Program]]) -> list[Task]:
    """One task per SDTM and ADaM program and batch; one alone for `scope: study`."""
    facts = {layer: engine_fact(layer) for layer in ("sdtm", "adam")}
    return [
        _dataset_task(folder, programs[layer][name], batch, facts[layer])
        for layer in ("sdtm", "adam")
        for name in programs[layer]
        for batch in batches_of(folder, folder.datasets[name])
    ]


def _dataset_task(
    folder: StudyFolder, program: Program, batch: Batch, facts: Mapping[str, str]
) -> Task:
    """The task of one program for one batch: it reads that batch of what is kept in batches."""
    name = f"{program.layer}/{program.name}"
    read = (batch,) if batch.of > 1 else folder.batches
    return Task(
        name=name if batch.of == 1 else f"{name}/{batch.number:05d}",
        run=partial(make_dataset, folder, program, batch),
        reads=(
            program.shown,
            f"{name}.yaml",
            *STUDY_FILES,
            *_further_reads(folder, program),
            *input_files(folder, program.inputs, read),
        ),
        outputs=dataset_outputs(folder.datasets[program.name], batch),
        facts=facts,
    )


def _further_reads(folder: StudyFolder, program: Program) -> list[str]:
    """The trial design and the register of sequence numbers, where there are such files."""
    register = register_path(folder.datasets[program.name])
    asked = ["sdtm/trial_design.yaml"] if "study" in program.inputs else []
    return [
        path
        for path in (*asked, *([register] if register else []))
        if (folder.path / path).exists()
    ]


def input_files(
    folder: StudyFolder, names: Iterable[str], batches: Sequence[Batch] = ()
) -> list[str]:
    """The built files of datasets and forms, all batches of them unless some are named."""
    known = all_datasets(folder)
    return [
        path
        for name in names
        if name not in SPECIAL
        for path in _parts(folder, input_path(folder, name), known.get(name), batches)
    ]


def _parts(
    folder: StudyFolder, path: str, dataset: Dataset | None, batches: Sequence[Batch] = ()
) -> list[str]:
    """The files of a dataset (None: a raw form)."""
    if dataset is not None and dataset.scope == "study":
        return [path]
    return all_parts(path, batches or folder.batches)


def specification_files(folder: StudyFolder) -> list[str]:
    """The YAML files of all datasets."""
    paths = {name: f"{dataset.layer}/{name}.yaml" for name, dataset in folder.datasets.items()}
    return [
        path
        for name, path in paths.items()
        if name not in folder.sources or (folder.path / path).exists()
    ]


def lineage_files(folder: StudyFolder, *layers: str) -> list[str]:
    """The lineage of every dataset of the layers."""
    return [
        path
        for name, dataset in all_datasets(folder).items()
        if dataset.layer in layers
        for path in _parts(folder, lineage_path(name, dataset.layer), dataset)
    ]


def _take(folder: StudyFolder, name: str) -> None:
    """Take over an SDTM dataset."""
    from pipeline.sdtm.source import take_dataset

    take_dataset(folder, name)


def _intake(folder: StudyFolder) -> None:
    """Read the CRF extracts."""
    from pipeline.sdtm.intake import intake_forms

    intake_forms(folder)


def _balance(folder: StudyFolder) -> None:
    """Account for every raw record."""
    from pipeline.checks.reconcile import reconcile

    reconcile(folder)


def files_in(folder: StudyFolder, place: str, pattern: str) -> list[str]:
    """The files of the study that match, relative to it."""
    found = sorted((folder.path / place).glob(pattern))
    return [path.relative_to(folder.path).as_posix() for path in found if Path(path).is_file()]
