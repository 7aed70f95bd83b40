"""Reading a transport file back: every cell says what the dataset says.

All records are read from the file as it stands on the disk, numbers and text decoded by rules of
their own and not by those of the writer. pyreadstat, which shares no line with the writer, reads
the header and the records at both ends of the file (all of them in a file of no more than twice
SAMPLE records).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.errors import StudyError
from pipeline.package.xpt_columns import (
    PIECE_ROWS,
    Source,
    as_text,
    blocks,
    count_rows,
    file_format,
    read_batches,
    sas_numbers,
)
from pipeline.package.xpt_parts import clipped
from pipeline.spec import Dataset, Variable
from pipeline.xpt_format import is_filled, read_field, small_file
from pipeline.xpt_header import XptHeader, read_header

SAMPLE = 16_384


def compare_xpt(path: Path, source: Source, dataset: Dataset, records: range | None = None) -> None:
    """Read `path` and compare names, labels, formats and every cell with `source`.

    `records` (from 0) are those the file holds, all when not given. Blank text equals missing
    text; numbers are equal as float64. StudyError names the first difference.
    """
    import pyreadstat

    read = partial(pyreadstat.read_xport, disable_datetime_conversion=True)
    _compare_header(read(path, metadataonly=True)[1], dataset, path)
    records = range(count_rows(source)) if records is None else records
    with path.open("rb") as file:
        header = read_header(file, path.name)
        if not is_filled(file, header, len(records)):
            raise _differs(path.name, "more or fewer records", f"{len(records)} records")
        batches = read_batches(source, dataset, PIECE_ROWS, words=True)
        at = 0
        for batch in clipped(batches, records):
            _compare_records(file, header, batch, dataset, at)
            for first, piece in _at_the_ends(batch, at, len(records)):
                data = small_file(file, header, first, piece.num_rows)
                found, _ = read(data, row_limit=piece.num_rows, output_format="dict")
                for variable in dataset.variables:
                    _compare_reading(piece, found[variable.name], dataset, variable, first)
            at += batch.num_rows


def _at_the_ends(
    batch: pa.RecordBatch, start: int, rows: int
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The pieces of a batch (first record and records) among the SAMPLE at either end of `rows`."""
    for low, high in ((0, SAMPLE), (max(SAMPLE, rows - SAMPLE), rows)):
        first, last = max(low, start), min(high, start + batch.num_rows)
        if first < last:
            yield first, batch.slice(first - start, last - first)


def _compare_records(
    file: BinaryIO, header: XptHeader, batch: pa.RecordBatch, dataset: Dataset, start: int
) -> None:
    """Every value of the records that follow the first `start` of the file."""
    at, width = start, header.record.itemsize
    file.seek(header.size + start * width)
    for wanted in blocks([batch], dataset, header, _filled):
        rows = len(wanted[header.variables[0].name])
        found = np.frombuffer(file.read(rows * width), dtype=header.record)
        for variable, written in zip(dataset.variables, header.variables, strict=True):
            if written.is_text:
                read = np.ascontiguousarray(found[written.name])
                same = read == wanted[written.name]
            else:
                read = read_field(found, written)
                same = _equal(read, wanted[written.name])
            if not same.all():
                row = int(np.argmin(same))
                values = _shown(read[row]), _shown(wanted[written.name][row])
                raise _cell(dataset, variable, at + row, *values)
        at += rows


def _equal(read: npt.NDArray[np.float64], wanted: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Numbers that are the same, or both missing."""
    return (read == wanted) | (np.isnan(read) & np.isnan(wanted))


def _filled(values: pa.Array, length: int) -> npt.NDArray[np.bytes_]:
    """Text as it has to stand in the file: its bytes, then blanks."""
    words = as_text(values).cast(pa.binary()).to_numpy(zero_copy_only=False)
    filled = np.asarray(words, dtype=f"S{length}")
    data = filled.view("uint8")
    data[data == 0] = ord(" ")
    return filled


def _shown(value: Any) -> str:
    """A value for an error: text without its blanks, a number as it is."""
    if isinstance(value, bytes):
        return repr(value.decode("ascii", "replace").rstrip(" "))
    return repr(float(value))


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


def _compare_reading(
    batch: pa.RecordBatch, found: Any, dataset: Dataset, variable: Variable, start: int
) -> None:
    """Every value of one variable as pyreadstat has read it, from record `start` (from 0) on."""
    column = batch.column(variable.name)
    if variable.is_text:
        wanted = as_text(column).to_numpy(zero_copy_only=False)
        same = np.asarray(found, dtype=object) == wanted
    else:
        wanted = sas_numbers(column, variable.type)
        read = np.asarray(found, dtype="float64")
        same = _equal(read, wanted)
    if not same.all():
        row = int(np.argmin(same))
        raise _cell(dataset, variable, start + row, repr(found[row]), repr(wanted[row]))


def _cell(dataset: Dataset, variable: Variable, row: int, read: str, wanted: str) -> StudyError:
    """The error for a cell that reads differently; `row` counts from 0."""
    return _differs(f"{dataset.name}.{variable.name}, record {row + 1}", read, wanted)


def _differs(where: str, read: str, wanted: str) -> StudyError:
    """The error for a file that does not say what it should."""
    return StudyError(
        where,
        f"the transport file reads {read}, the dataset has {wanted}",
        "keep the dataset (build/) and report it: the writer or the reader is wrong",
    )
