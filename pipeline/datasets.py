"""Making one dataset: read the inputs of its program, run it, conform, write."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.batches import WHOLE, Batch
from pipeline.conform import Conformed, conform, conform_supplemental, supplemental_spec
from pipeline.errors import StudyError, raise_all
from pipeline.findings import Finding
from pipeline.frames import (
    parts,
    prepare_pandas,
    read_frame,
    read_input,
    rows_of,
    write_dataset,
    write_frame,
)
from pipeline.lineage import collecting_exclusions
from pipeline.programs import Program, call
from pipeline.registers import built_path, keep_numbers, register_path
from pipeline.spec import Dataset
from pipeline.study import StudyFolder
from pipeline.where import Condition

INTAKE_FINDINGS = "build/raw/findings.json"
MOST = 5


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


def read_lineage(
    folder: StudyFolder, name: str, records: Collection[int] | None = None
) -> pd.DataFrame:
    """The lineage of a dataset over all its batches; records count from 1 through each dataset.

    Columns record (0 for an exclusion), source, source_record, reason. In the file of a batch
    records count within the batch, since batches are made independently. With `records` only
    theirs; no more than a batch is in memory besides.
    """
    path = folder.path / lineage_path(name, all_datasets(folder)[name].layer)
    if not path.is_dir():
        return _lineage_of(path, records)
    before = _rows_before(folder, name)
    found = pd.concat(
        [
            _lineage_of(part, records, int(before[number])).assign(batch=number)
            for number, part in enumerate(parts(path))
        ],
        ignore_index=True,
    )
    record = found["record"] + before[found["batch"]]
    moved = found.assign(record=record.where(found["record"] > 0, 0))
    for source in found["source"].unique():
        if not source.startswith("raw_") and (folder.path / input_path(folder, source)).is_dir():
            mine = moved["source"] == source
            before = _rows_before(folder, source)[moved.loc[mine, "batch"]]
            moved.loc[mine, "source_record"] += before
    return moved.drop(columns="batch")


def _lineage_of(path: Path, records: Collection[int] | None, before: int = 0) -> pd.DataFrame:
    """One lineage file, of `records` if they are given; `before` are counted before its first."""
    found = read_frame(path)
    if records is None:
        return found
    return found.loc[found["record"].isin([record - before for record in records])]


def _rows_before(folder: StudyFolder, name: str) -> npt.NDArray[np.int64]:
    """How many records of a dataset stand before each of its batches."""
    rows = rows_of(folder.path / input_path(folder, name))
    return np.concatenate([[0], np.cumsum(rows)[:-1]]).astype("int64")


def batches_of(folder: StudyFolder, dataset: Dataset) -> tuple[Batch, ...]:
    """The batches a dataset is made in; a dataset of the study as a whole is made in one."""
    return folder.batches if dataset.scope == "subject" else (WHOLE,)


def dataset_outputs(dataset: Dataset, batch: Batch = WHOLE) -> tuple[str, ...]:
    """The files that one dataset program writes for a batch."""
    names = [dataset.name.lower()]
    if dataset.supplemental:
        names.append("supp" + names[0])
    frames = [
        path
        for name in names
        for path in (f"build/{dataset.layer}/{name}.parquet", lineage_path(name, dataset.layer))
    ]
    written = (*frames, built_path(dataset)) if register_path(dataset) else tuple(frames)
    return tuple(batch.part(path) for path in written)


def make_dataset(folder: StudyFolder, program: Program, batch: Batch = WHOLE) -> None:
    """Build the dataset of `program` for a batch, with its SUPP-- and lineage, under build/.

    A StudyError is told together with the errors of the intake, which may be its cause.
    """
    prepare_pandas()
    try:
        _make(folder, program, batch)
    except StudyError as error:
        raise_all([error, *_intake_errors(folder)])


def _make(folder: StudyFolder, program: Program, batch: Batch) -> None:
    """Run the program, conform what it returns, write."""
    dataset = folder.datasets[program.name]
    arguments = read_arguments(folder, program, batch)
    with collecting_exclusions() as exclusions:
        frame = call(program, arguments)
    if not isinstance(frame, pd.DataFrame):
        raise StudyError(
            program.shown, f"returned {type(frame).__name__}, not a DataFrame", "return the dataset"
        )
    frame = keep_numbers(frame, dataset, folder.path, batch)
    inherited = {
        str(column)
        for value in arguments.values()
        if isinstance(value, pd.DataFrame)
        for column in value.columns
    }
    conformed = conform(frame, dataset, folder.codelists, inherited, exclusions)
    _write(conformed, dataset, folder, batch)
    if dataset.supplemental:
        supplemental = conform_supplemental(frame, dataset, folder.codelists)
        _write(supplemental, supplemental_spec(dataset), folder, batch)


def _intake_errors(folder: StudyFolder) -> list[StudyError]:
    """The first errors that the intake has found in the data, and where the others are."""
    path = folder.path / INTAKE_FINDINGS
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    errors = [Finding(**item) for item in found if item["severity"] == "error"]
    told = [StudyError(f"{item.rule}, {item.where}", item.what, item.fix) for item in errors[:MOST]]
    if len(errors) > MOST:
        more = f"{len(errors) - MOST} more findings of severity error"
        told.append(StudyError(INTAKE_FINDINGS, more, "settle them first"))
    return told


def read_arguments(
    folder: StudyFolder,
    program: Program,
    batch: Batch = WHOLE,
    columns: Mapping[str, list[str]] | None = None,
    records: Mapping[str, Condition] | None = None,
) -> dict[str, Any]:
    """The values of the program's parameters, except `population`, for all or for one batch.

    Of some of the inputs, `columns` are those to read and `records` the condition on their records.
    """
    columns, records = columns or {}, records or {}
    known = all_datasets(folder)
    arguments: dict[str, Any] = {}
    for name in program.inputs:
        if name == "study":
            arguments[name] = folder.study
        elif name == "ct":
            arguments[name] = folder.codelists
        elif name != "population":
            whole = name in known and known[name].scope == "study"
            path = input_path(folder, name)
            place = folder.path / (path if whole else batch.part(path))
            arguments[name] = read_input(place, name, columns.get(name), records.get(name))
    return arguments


def _write(conformed: Conformed, dataset: Dataset, folder: StudyFolder, batch: Batch) -> None:
    """The dataset and its lineage side by side."""
    name = dataset.name.lower()
    path = f"build/{dataset.layer}/{name}.parquet"
    write_dataset(conformed.frame, dataset, folder.path / batch.part(path))
    lineage = batch.part(lineage_path(name, dataset.layer))
    write_frame(conformed.lineage, folder.path / lineage)
