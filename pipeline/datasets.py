"""Making one dataset: read the inputs of its program, run it, conform, write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.conform import conform, conform_supplemental, supplemental_spec
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, read_input, write_dataset, write_frame
from pipeline.lineage import collecting_exclusions
from pipeline.programs import Program, call
from pipeline.registers import built_path, keep_numbers, register_path
from pipeline.spec import Dataset
from pipeline.study import StudyFolder


def input_path(folder: StudyFolder, name: str) -> str:
    """Where the input `name` of a program is built, relative to the study folder."""
    if name.startswith("raw_"):
        return f"build/raw/{name.removeprefix('raw_')}.parquet"
    return f"build/{all_datasets(folder)[name].layer}/{name}.parquet"


def lineage_path(dataset: str, layer: str) -> str:
    """Where the lineage of a dataset is built, relative to the study folder."""
    return f"build/{layer}/{dataset}.lineage.parquet"


def all_datasets(folder: StudyFolder) -> dict[str, Dataset]:
    """Every dataset of the study by lower-case name, SUPP-- included."""
    supplemental = {
        f"supp{name}": supplemental_spec(dataset)
        for name, dataset in folder.datasets.items()
        if dataset.supplemental
    }
    return folder.datasets | supplemental


def dataset_outputs(dataset: Dataset) -> tuple[str, ...]:
    """The files that one dataset program writes."""
    names = [dataset.name.lower()]
    if dataset.supplemental:
        names.append("supp" + names[0])
    frames = [
        path
        for name in names
        for path in (f"build/{dataset.layer}/{name}.parquet", lineage_path(name, dataset.layer))
    ]
    return (*frames, built_path(dataset)) if register_path(dataset) else tuple(frames)


def make_dataset(folder: StudyFolder, program: Program) -> None:
    """Build the dataset of `program` with its SUPP-- and lineage under build/."""
    prepare_pandas()
    dataset = folder.datasets[program.name]
    arguments = read_arguments(folder, program)
    with collecting_exclusions() as exclusions:
        frame = call(program, arguments)
    if not isinstance(frame, pd.DataFrame):
        raise StudyError(
            program.shown, f"returned {type(frame).__name__}, not a DataFrame", "return the dataset"
        )
    frame = keep_numbers(frame, dataset, folder.path)
    inherited = {
        str(column)
        for value in arguments.values()
        if isinstance(value, pd.DataFrame)
        for column in value.columns
    }
    conformed = conform(frame, dataset, folder.codelists, inherited, exclusions)
    base = folder.path / "build" / dataset.layer
    _write(conformed.frame, dataset, conformed.lineage, base)
    if dataset.supplemental:
        supp = conform_supplemental(frame, dataset, folder.codelists)
        _write(supp.frame, supplemental_spec(dataset), supp.lineage, base)


def read_arguments(folder: StudyFolder, program: Program) -> dict[str, Any]:
    """The values of the program's parameters, except `population`."""
    arguments: dict[str, Any] = {}
    for name in program.inputs:
        if name == "study":
            arguments[name] = folder.study
        elif name == "ct":
            arguments[name] = folder.codelists
        elif name != "population":
            arguments[name] = read_input(folder.path / input_path(folder, name), name)
    return arguments


def _write(frame: pd.DataFrame, dataset: Dataset, lineage: pd.DataFrame, base: Path) -> None:
    """The dataset and its lineage side by side."""
    name = dataset.name.lower()
    write_dataset(frame, dataset, base / f"{name}.parquet")
    write_frame(lineage, base / f"{name}.lineage.parquet")
