"""Taking over SDTM datasets that come as files: read, conform to the specification, write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.batches import Batch, batch_numbers, batch_of
from pipeline.conform import conform_records
from pipeline.datasets import batches_of, dataset_outputs
from pipeline.errors import StudyError
from pipeline.frames import as_frame, prepare_pandas, write_dataset, write_frame
from pipeline.lineage import lineage_of
from pipeline.merge import stacked
from pipeline.shelf import Shelf, shelf
from pipeline.source_files import read_pieces, read_records
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
    batches = batches_of(folder, dataset)
    numbers = batch_numbers(source_subjects(folder), len(batches)) if len(batches) > 1 else {}
    with shelf(folder.build / f"sdtm/{name}.taking") as kept:
        empty = [_put(path, dataset, numbers, kept) for path in folder.sources[name]]
        for batch in batches:
            pieces = kept.take(batch.number)
            frame = _joined(pieces or empty)
            conformed = conform_records(frame, dataset, folder.codelists)
            written, lineage = (folder.path / made for made in source_outputs(dataset, batch))
            write_dataset(conformed, dataset, written)
            write_frame(lineage_of(conformed.head(0), []), lineage)


def _put(path: Path, dataset: Dataset, numbers: Mapping[str, int], kept: Shelf) -> pa.Table:
    """Put the records of a file on the shelf by batch; its columns without records."""
    for table in read_pieces(path, dataset.names):
        batches = np.zeros(len(table), dtype="int64")
        if numbers:
            batches = batch_of(table[SUBJECT].to_pandas(), numbers).to_numpy()
        for number in np.unique(batches):
            mine = batches == number
            kept.put(int(number), table if mine.all() else _only(table, pa.array(mine)))
    return table.slice(0, 0)


def _only(table: pa.Table, mask: pa.BooleanArray) -> pa.Table:
    """The records of the mask, without words of a dictionary that is longer than they are."""
    kept = table.filter(mask).combine_chunks()
    for place, column in enumerate(kept.columns):
        words = column.chunk(0) if column.num_chunks else None
        if isinstance(words, pa.DictionaryArray) and len(words.dictionary) > len(words):
            kept = kept.set_column(
                place, kept.field(place), words.dictionary_decode().dictionary_encode()
            )
    return kept


def _joined(tables: Iterable[pa.Table]) -> pd.DataFrame:
    """The records of the tables as a frame; text that comes as dictionaries keeps its words."""
    by_columns: dict[pa.Schema, list[pa.Table]] = {}
    for table in tables:
        by_columns.setdefault(table.schema, []).append(table)
    joined = [pa.concat_tables(alike).unify_dictionaries() for alike in by_columns.values()]
    return stacked(*map(as_frame, joined))


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
    tables = [table for path in folder.sources["dm"] for table in read_pieces(path, [SUBJECT])]
    return pa.concat_tables(tables)[SUBJECT].cast(pa.string()).to_pandas().astype("str")
