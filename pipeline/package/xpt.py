"""Transport files of a study: write each dataset, read it back with another reader, compare.

Text has one length per variable name in all datasets of the study (FDA validator rules FB1801 and
FB1901), so the lengths are a step of their own. A file of more than 5 GB is also given in parts
(FDA Study Data Technical Conformance Guide, "split").
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.datasets import all_datasets, input_path
from pipeline.errors import StudyError, raise_all
from pipeline.frames import write_json
from pipeline.package.xpt_columns import (
    MOST_BYTES,
    Source,
    as_text,
    block_rows,
    count_rows,
    file_format,
    file_header,
    fixed_text,
    longest,
    read_batches,
    sas_numbers,
)
from pipeline.package.xpt_parts import clipped, part_name, part_records
from pipeline.package.xpt_rules import check_values
from pipeline.package.xpt_spec import check_dataset
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder
from pipeline.xpt_format import Columns, is_filled, small_file, write_file
from pipeline.xpt_header import XptHeader, read_header

MOST_FILE_BYTES = 5_368_709_120
ROWS = 65_536


def export_lengths(folder: StudyFolder) -> None:
    """Write build/xpt/lengths.json: variable -> bytes, from the Parquet files of all datasets."""
    specs = all_datasets(folder)
    paths = {name: folder.path / input_path(folder, name) for name in specs}
    write_json(observed_lengths(paths, specs), _lengths_path(folder))


def export_dataset(
    folder: StudyFolder, name: str, lengths: Mapping[str, int] | None = None
) -> None:
    """Write build/xpt/NAME.xpt of the dataset `name` (lower case), and its parts beyond 5 GB.

    `lengths` are those of build/xpt/lengths.json when not given. The file takes its place only
    when pyreadstat reads from it what the Parquet file holds. StudyErrors for what a transport
    file may not hold, StudyError for a cell that reads differently.
    """
    dataset = all_datasets(folder)[name]
    source = folder.path / input_path(folder, name)
    if lengths is None:
        lengths = json.loads(_lengths_path(folder).read_text(encoding="utf-8"))
    path = folder.build / "xpt" / f"{name}.xpt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as part:
        write_xpt(source, dataset, lengths, part, folder.study.timestamp)
        compare_xpt(part, source, dataset)
    header = file_header(dataset, lengths, folder.study.timestamp)
    export_parts(source, dataset, header, path.parent / "split" / name)


def observed_lengths(paths: Mapping[str, Path], specs: Mapping[str, Dataset]) -> dict[str, int]:
    """Text variable -> bytes of its longest value in any dataset, at least 1 and at most 200.

    `paths` and `specs` have the same keys: the Parquet file and the specification of a dataset.
    """
    lengths: dict[str, int] = {}
    for name, spec in sorted(specs.items()):
        texts = tuple(variable for variable in spec.variables if variable.is_text)
        found = {variable.name: 1 for variable in texts}
        for batch in read_batches(paths[name], replace(spec, variables=texts), ROWS):
            found = {v: max(size, longest(batch.column(v))) for v, size in found.items()}
        lengths |= {v: max(lengths.get(v, 1), size) for v, size in found.items()}
    return {v: min(size, MOST_BYTES) for v, size in sorted(lengths.items())}


def write_xpt(
    source: Source,
    dataset: Dataset,
    lengths: Mapping[str, int],
    path: Path,
    timestamp: dt.datetime,
) -> None:
    """Write `source`, a frame or a Parquet file with the variables of `dataset`, to `path`.

    Everything is checked first: StudyErrors name each rule that is broken, by variable.
    """
    raise_all(check_dataset(dataset, lengths))
    header = file_header(dataset, lengths, timestamp)
    rows = block_rows(header.record.itemsize)
    raise_all(check_values(dataset, lengths, read_batches(source, dataset, rows)))
    write_file(header, _blocks(source, dataset, header), path)


def compare_xpt(path: Path, source: Source, dataset: Dataset, records: range | None = None) -> None:
    """Read `path` with pyreadstat and compare names, labels, formats and every cell with `source`.

    `records` (from 0) are those the file holds, all when not given. Blank text equals missing
    text; numbers are equal as float64. StudyError names the first difference.
    """
    import pyreadstat

    read = partial(pyreadstat.read_xport, disable_datetime_conversion=True)
    _compare_header(read(path, metadataonly=True)[1], dataset, path)
    records = range(count_rows(source)) if records is None else records
    at = 0
    with path.open("rb") as file:
        header = read_header(file, path.name)
        if not is_filled(file, header, len(records)):
            raise _differs(path.name, "more or fewer records", f"{len(records)} records")
        for batch in clipped(read_batches(source, dataset, ROWS), records):
            piece = small_file(file, header, at, batch.num_rows)
            found, _ = read(piece, row_limit=batch.num_rows, output_format="dict")
            for variable in dataset.variables:
                _compare_column(batch, found[variable.name], dataset, variable, at)
            at += batch.num_rows


def export_parts(
    source: Source, dataset: Dataset, header: XptHeader, folder: Path, limit: int = MOST_FILE_BYTES
) -> None:
    """Write a dataset of more than `limit` bytes in parts to `folder`: LB1, LB2 and so on.

    Without need for parts the folder goes. Each part is read back and compared like the whole.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for number, records in enumerate(part_records(source, dataset, header, limit), 1):
        spec = replace(dataset, name=part_name(dataset.name, number))
        path = folder / f"{spec.name.lower()}.xpt"
        folder.mkdir(parents=True, exist_ok=True)
        with _beside(path) as part:
            named = replace(header, name=spec.name)
            write_file(named, _blocks(source, dataset, named, records), part)
            compare_xpt(part, source, spec, records)


def _lengths_path(folder: StudyFolder) -> Path:
    """Where the lengths of text variables stand."""
    return folder.build / "xpt" / "lengths.json"


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when all went well, and goes when not."""
    beside = path.with_name(path.name + ".part")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _blocks(
    source: Source, dataset: Dataset, header: XptHeader, records: range | None = None
) -> Iterator[Columns]:
    """The records of `source` as blocks of a transport file."""
    batches = read_batches(source, dataset, block_rows(header.record.itemsize))
    for batch in clipped(batches, records) if records is not None else batches:
        yield {
            variable.name: fixed_text(batch.column(variable.name), written.length)
            if variable.is_text
            else sas_numbers(batch.column(variable.name), variable.type)
            for variable, written in zip(dataset.variables, header.variables, strict=True)
        }


def _compare_header(found: Any, dataset: Dataset, path: Path) -> None:
    """What pyreadstat says of the file is what the specification says."""
    formats = [found.original_variable_types[name] or "" for name in found.column_names]
    pairs = [
        ("name", found.table_name, dataset.name),
        ("label", found.file_label, dataset.label),
        ("variables", found.column_names, dataset.names),
        ("labels", found.column_labels, [v.label for v in dataset.variables]),
        ("formats", formats, [file_format(v).rstrip(".") for v in dataset.variables]),
    ]
    for what, read, wanted in pairs:
        if read != wanted:
            raise _differs(path.name, f"{what} {read!r}", f"{wanted!r}")


def _compare_column(
    batch: pa.RecordBatch, found: Any, dataset: Dataset, variable: Variable, start: int
) -> None:
    """Every value of one variable; `start` records of the file come before this batch."""
    column = batch.column(variable.name)
    if variable.is_text:
        wanted = as_text(column).to_numpy(zero_copy_only=False)
        same = np.asarray(found, dtype=object) == wanted
    else:
        wanted = sas_numbers(column, variable.type)
        read = np.asarray(found, dtype="float64")
        same = (read == wanted) | (np.isnan(read) & np.isnan(wanted))
    if not same.all():
        row = int(np.argmin(same))
        where = f"{dataset.name}.{variable.name}, record {start + row + 1}"
        raise _differs(where, repr(found[row]), repr(wanted[row]))


def _differs(where: str, read: str, wanted: str) -> StudyError:
    """The error for a file that does not say what it should."""
    return StudyError(
        where,
        f"the transport file reads {read}, the dataset has {wanted}",
        "keep the dataset (build/) and report it: the writer or the reader is wrong",
    )
