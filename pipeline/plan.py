"""What a build consists of: every task of a study, from the CRF extracts to the Word files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.batches import in_batches
from pipeline.cache import Task
from pipeline.check_tasks import check_tasks
from pipeline.datasets import all_datasets
from pipeline.errors import StudyError, raise_all
from pipeline.memory import subjects_within
from pipeline.output_check_tasks import output_check_tasks
from pipeline.output_tasks import (
    concordance_tasks,
    export_tasks,
    issue_tasks,
    output_tasks,
)
from pipeline.programs import SPECIAL, Program, check_inputs, in_order, read_programs
from pipeline.provenance import check_origins
from pipeline.study import StudyFolder, open_study
from pipeline.tasks import dataset_tasks, raw_tasks, source_tasks
from pipeline.tlf.toc import read_toc


def plan(path: Path, subjects: int = 0, sdtm: Path | None = None, memory: int = 0) -> list[Task]:
    """All tasks of the study in `path`, in batches of at most `subjects` subjects.

    Without `subjects` a batch has as many as `memory` (in bytes, for one process) has room for.
    `sdtm` is a folder of SDTM files that takes the place of study.yaml > sdtm_source.
    StudyError for faulty specifications or programs.
    """
    folder = open_study(path, sdtm)
    count = _subjects(folder)
    most = subjects or subjects_within(folder, count, memory)
    folder = replace(folder, batches=in_batches(count, most))
    programs = {layer: read_programs(path, layer) for layer in ("sdtm", "adam", "tlf")}
    _check_programs(folder, programs)
    check_origins(folder)
    outputs = read_toc(path, programs["tlf"], folder.study.populations)
    return [
        *raw_tasks(folder),
        *source_tasks(folder),
        *dataset_tasks(folder, programs),
        *check_tasks(folder),
        *export_tasks(folder),
        *output_tasks(folder, outputs, programs["tlf"]),
        *output_check_tasks(folder, outputs),
        *concordance_tasks(folder),
        *issue_tasks(folder),
    ]


def _subjects(folder: StudyFolder) -> int:
    """How many subjects the study has."""
    from pipeline.sdtm.intake import count_subjects
    from pipeline.sdtm.source import source_subjects

    if folder.sources:
        return int(source_subjects(folder).nunique())
    return count_subjects(folder)


def _check_programs(folder: StudyFolder, programs: dict[str, dict[str, Program]]) -> None:
    """Programs and specifications belong together; parameters name what the layer may read."""
    datasets = all_datasets(folder)
    sdtm = {name for name, dataset in datasets.items() if dataset.layer == "sdtm"}
    adam = {name for name, dataset in datasets.items() if dataset.layer == "adam"}
    raw = {f"raw_{form}" for form in folder.forms}
    known = raw | sdtm | adam
    check_inputs(programs["sdtm"], raw | sdtm, known)
    check_inputs(programs["adam"], sdtm | adam, known)
    check_inputs(programs["tlf"], sdtm | adam, known)
    raise_all([*_without_program(folder, programs), *_without_spec(folder, programs)])
    in_order(
        {
            f"{layer}/{name}.py": tuple(_needed_program(folder, n) for n in program.inputs)
            for layer in ("sdtm", "adam")
            for name, program in programs[layer].items()
        }
    )


def _needed_program(folder: StudyFolder, name: str) -> str:
    """The program that makes the input `name`; SUPP-- is made by its parent's."""
    datasets = all_datasets(folder)
    if name in SPECIAL or name not in datasets:
        return name
    made = name if name in folder.datasets else name.removeprefix("supp")
    return f"{datasets[name].layer}/{made}.py"


def _without_program(
    folder: StudyFolder, programs: dict[str, dict[str, Program]]
) -> list[StudyError]:
    """Specifications that no program makes."""
    return [
        StudyError(
            f"{dataset.layer}/{name}.yaml",
            f"no program {dataset.layer}/{name}.py makes this dataset",
            "write the program or remove the specification",
        )
        for name, dataset in folder.datasets.items()
        if name not in programs[dataset.layer] and name not in folder.sources
    ]


def _without_spec(folder: StudyFolder, programs: dict[str, dict[str, Program]]) -> list[StudyError]:
    """Dataset programs that no specification describes."""
    return [
        StudyError(
            program.shown,
            f"no specification {layer}/{name}.yaml describes this dataset",
            "write the specification or remove the program",
        )
        for layer in ("sdtm", "adam")
        for name, program in programs[layer].items()
        if name not in folder.datasets or folder.datasets[name].layer != layer
    ]
