"""What a build consists of: every task of a study, from the CRF extracts to the Word files."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipeline.cache import Task, engine_fact
from pipeline.datasets import all_datasets, dataset_outputs, input_path, make_dataset
from pipeline.errors import StudyError, raise_all
from pipeline.programs import SPECIAL, Program, check_inputs, in_order, read_programs
from pipeline.registers import register_path
from pipeline.spec import Dataset
from pipeline.study import StudyFolder, open_study

STUDY_FILES = ("study.yaml", "codelists.yaml")


def plan(path: Path) -> list[Task]:
    """All tasks of the study in `path`; StudyError for faulty specifications or programs."""
    folder = open_study(path)
    programs = {layer: read_programs(path, layer) for layer in ("sdtm", "adam", "tlf")}
    _check_programs(folder, programs)
    return [
        *_raw_tasks(folder),
        *_dataset_tasks(folder, programs),
    ]


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
        if name not in programs[dataset.layer]
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


def _raw_tasks(folder: StudyFolder) -> list[Task]:
    """Reading the CRF extracts."""
    if not folder.forms:
        return []

    def intake() -> None:
        from pipeline.sdtm.intake import intake_forms

        intake_forms(folder)

    return [
        Task(
            name="raw",
            run=intake,
            reads=(
                "raw/forms.yaml",
                *STUDY_FILES,
                *(f"raw/{form.file}" for form in folder.forms.values()),
            ),
            outputs=(
                *(f"build/raw/{name}.parquet" for name in folder.forms),
                "build/raw/findings.json",
                "build/raw/records.parquet",
            ),
            facts=engine_fact("sdtm"),
        )
    ]


def _dataset_tasks(folder: StudyFolder, programs: dict[str, dict[str, Program]]) -> list[Task]:
    """One task per SDTM and ADaM program."""
    facts = {layer: engine_fact(layer) for layer in ("sdtm", "adam")}
    return [
        _dataset_task(folder, folder.datasets[name], programs[layer][name], facts[layer])
        for layer in ("sdtm", "adam")
        for name in programs[layer]
    ]


def _dataset_task(
    folder: StudyFolder, dataset: Dataset, program: Program, facts: dict[str, str]
) -> Task:
    """The task of one dataset program."""
    inputs = [input_path(folder, name) for name in program.inputs if name not in SPECIAL]
    specification = f"{program.layer}/{program.name}.yaml"
    design = folder.path / "sdtm/trial_design.yaml"
    extra = ["sdtm/trial_design.yaml"] if "study" in program.inputs and design.exists() else []
    register = register_path(dataset)
    if register and (folder.path / register).exists():
        extra.append(register)
    return Task(
        name=f"{program.layer}/{program.name}",
        run=partial(make_dataset, folder, program),
        reads=(program.shown, specification, *STUDY_FILES, *extra, *inputs),
        outputs=dataset_outputs(dataset),
        facts=facts,
    )
