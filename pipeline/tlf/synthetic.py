"""Whether an output carries the banner: a synthetic variable is used, or a synthetic record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from pipeline.datasets import all_datasets
from pipeline.programs import Program
from pipeline.provenance import (
    SYNTHETIC,
    has_synthetic_records,
    sources_used,
    variables_used,
)
from pipeline.spec import Dataset
from pipeline.study import StudyFolder


def is_synthetic(
    folder: StudyFolder,
    program: Program,
    inputs: Iterable[str],
    named: Iterable[str],
    records: pd.DataFrame,
) -> bool:
    """Whether `program` uses a variable made of a synthetic field, or a synthetic record.

    `inputs` are the datasets it reads (lower case), `named` variables it uses without naming them
    in its text (population flag, treatment, listing columns), `records` those behind its cells.
    """
    datasets = [_searched(folder, name) for name in inputs]
    used = variables_used(program.path, datasets) | _owned(datasets, set(named))
    if SYNTHETIC in sources_used(folder, used, program.path):
        return True
    return has_synthetic_records(folder, records)


def _searched(folder: StudyFolder, name: str) -> Dataset:
    """The dataset whose variables to look for; of SUPP-- the supplemental ones of its parent."""
    if name in folder.datasets:
        return folder.datasets[name]
    if name in all_datasets(folder):
        parent = folder.datasets[name.removeprefix("supp")]
        return replace(parent, variables=parent.supplemental)
    raise KeyError(name)


def _owned(datasets: Iterable[Dataset], names: set[str]) -> set[tuple[str, str]]:
    """(DATASET, VARIABLE) for each of `names` that a dataset has."""
    return {
        (dataset.name, variable.name)
        for dataset in datasets
        for variable in dataset.variables
        if variable.name in names
    }
