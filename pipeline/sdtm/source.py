"""Taking over SDTM datasets that come as files: read, conform to the specification, write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.batches import Batch, batch_of
from pipeline.conform import conform
from pipeline.datasets import batches_of, dataset_outputs
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, write_dataset, write_frame
from pipeline.lineage import lineage_of, with_rows
from pipeline.merge import stacked
from pipeline.source_files import read_records
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

SUBJECT = "USUBJID"


def take_dataset(folder: StudyFolder, name: str) -> None:
    """Write build/sdtm/NAME.parquet (or its batches) from the files of the dataset `name`.

    Columns the specification does not name are left out. The records are where the lineage of
    the study begins, so theirs is empty. StudyError for what `conform` refuses.
    """
    prepare_pandas()
    dataset = folder.datasets[name]
    frame = read_source_dataset(folder.sources[name])
    kept = frame[[column for column in frame.columns if column in dataset.names]]
    conformed = conform(with_rows(kept, name), dataset, folder.codelists).frame
    batches = batches_of(folder, dataset)
    for batch, rows in zip(batches, _split(conformed, folder, batches), strict=True):
        path, lineage = (folder.path / made for made in source_outputs(dataset, batch))
        write_dataset(rows, dataset, path)
        write_frame(lineage_of(rows, []), lineage)


def source_outputs(dataset: Dataset, batch: Batch) -> tuple[str, str]:
    """The files that are written of a dataset for one batch: records and lineage."""
    path, lineage, *_ = dataset_outputs(dataset, batch)
    return path, lineage


def read_source_dataset(files: Sequence[Path]) -> pd.DataFrame:
    """The records of the files one below the other."""
    return stacked(*map(read_records, files))


def source_subjects(folder: StudyFolder) -> pd.Series:
    """The subjects of the study: those of DM; StudyError without DM."""
    if "dm" not in folder.sources:
        raise StudyError(
            "study.yaml > sdtm_source", "there is no dataset dm", "name the file of DM"
        )
    return read_source_dataset(folder.sources["dm"])[SUBJECT]


def _split(
    frame: pd.DataFrame, folder: StudyFolder, batches: Sequence[Batch]
) -> list[pd.DataFrame]:
    """The rows of each batch."""
    if len(batches) == 1:
        return [frame]
    number = batch_of(frame[SUBJECT], source_subjects(folder), len(batches))
    return [frame.loc[number == batch.number] for batch in batches]
