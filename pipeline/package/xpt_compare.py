"""Reading a transport file back: every cell says what the dataset says.

All records are read from the file as it stands on the disk, numbers and text decoded by rules of
their own and not by those of the writer. pyreadstat, which shares no line with the writer, reads
the header and the records at both ends of the file (all of them in a file of no more than twice
SAMPLE records).
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Self

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
    fixed_text,
    read_batches,
    sas_numbers,
)
from pipeline.package.xpt_parts import clipped
from pipeline.spec import Dataset, Variable
from pipeline.xpt_format import Columns, is_filled, read_field, small_file
from pipeline.xpt_header import XptVariable, read_header

SAMPLE = 8_192


def compare_xpt(path: Path, source: Source, dataset: Dataset, records: range | None = None) -> None:
    """Read `path` and compare names, labels, formats and every cell with `source`.

    `records` (from 0) are those the file holds, all when not given. Blank text equals missing
    text; numbers are equal as float64. StudyError names the first difference.
    """
    records = range(count_rows(source)) if records is None else records
    batches = read_batches(source, dataset, PIECE_ROWS, words=True)
    with Comparison(path, dataset, len(records)) as comparison:
        comparison.check_end()
        for batch in clipped(batches, records):
            comparison.add(batch)


class Comparison:
    """A file that is compared batch by batch with the dataset it holds, as `compare_xpt` does.

    The file may still grow: its header has to be there first, the records of a batch when the batch
    is compared. They are read from the file each time, nothing is kept.
    """

    def __init__(self, path: Path, dataset: Dataset, rows: int) -> None:
        """Compare the header of a file that is to hold `rows` records of `dataset`."""
        _compare_header(_read(path, metadataonly=True)[1], dataset, path)
        with path.open("rb") as file:
            self.header = read_header(file, path.name)
        self.path, self.dataset, self.rows, self.at = path, dataset, rows, 0
        self.file = path.open("rb", buffering=0)  # what it reads stands in the file now
        self._room = np.empty(0, dtype=self.header.record)

    def __enter__(self) -> Self:
        """The comparison itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.file.close()

    def add(self, batch: pa.RecordBatch) -> None:
        """Compare the records that follow those compared before."""
        for wanted in blocks([batch], self.dataset, self.header, _filled):
            self.add_block(wanted)
        self.add_ends(batch)

    def add_block(self, wanted: Columns) -> None:
        """Compare the records that follow with a block of them, its text as `agreed` fills it."""
        rows = len(wanted[self.header.variables[0].name])
        found = self._next(rows)
        for variable, written in zip(self.dataset.variables, self.header.variables, strict=True):
            read = _cells(found, written)
            row = _first_other(read, wanted[written.name])
            if row is not None:
                values = _shown(read[row]), _shown(wanted[written.name][row])
                raise _cell(self.dataset, variable, self.at + row, *values)
        self.at += rows

    def add_ends(self, batch: pa.RecordBatch) -> None:
        """Compare what pyreadstat reads of a batch whose blocks were the last to be compared."""
        for first, piece in _at_the_ends(batch, self.at - batch.num_rows, self.rows):
            data = small_file(self.file, self.header, first, piece.num_rows)
            found, _ = _read(data, row_limit=piece.num_rows, output_format="dict")
            for variable in self.dataset.variables:
                _compare_reading(piece, found[variable.name], self.dataset, variable, first)

    def check_end(self) -> None:
        """Nothing but blanks follows the last record, to the end of its card."""
        if not is_filled(self.file, self.header, self.rows):
            raise self._miscounted()

    def _next(self, rows: int) -> npt.NDArray[np.void]:
        """The next records as they stand in the file now."""
        self.file.seek(self.header.size + self.at * self.header.record.itemsize)
        if len(self._room) < rows:
            self._room = np.empty(rows, dtype=self.header.record)
        records = self._room[:rows]
        if self.file.readinto(records.view("uint8").data) < records.nbytes:
            raise self._miscounted()
        return records

    def _miscounted(self) -> StudyError:
        """The error for a file of another number of records."""
        return _differs(self.path.name, "more or fewer records", f"{self.rows} records")


def _at_the_ends(
    batch: pa.RecordBatch, start: int, rows: int
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The pieces of a batch (first record and records) among the SAMPLE at either end of `rows`."""
    for low, high in ((0, SAMPLE), (max(SAMPLE, rows - SAMPLE), rows)):
        first, last = max(low, start), min(high, start + batch.num_rows)
        if first < last:
            yield first, batch.slice(first - start, last - first)


def _read(source: Path | BytesIO, **options: Any) -> Any:
    """What pyreadstat reads: data and metadata."""
    import pyreadstat

    return pyreadstat.read_xport(source, disable_datetime_conversion=True, **options)


def _cells(records: npt.NDArray[np.void], variable: XptVariable) -> npt.NDArray[Any]:
    """The values of one variable as they stand in the file: text with its blanks, or numbers."""
    if variable.is_text:
        return np.ascontiguousarray(records[variable.name]).view(f"S{variable.length}")
    return read_field(records, variable)


def _first_other(read: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> int | None:
    """The first place where two arrays, text or numbers, differ; None when they do not."""
    kind = "uint8" if read.dtype.kind == "S" else "uint64"
    if np.array_equal(read.view(kind), wanted.view(kind)):
        return None  # the same to the bit
    same = read == wanted if kind == "uint8" else _equal(read, wanted)
    return None if same.all() else int(np.argmin(same))


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


def agreed(values: pa.Array, length: int) -> npt.NDArray[np.bytes_]:
    """Text as the writer fills it; StudyError when that is not as it has to stand in the file."""
    made, wanted = fixed_text(values, length), _filled(values, length)
    row = _first_other(made, wanted)
    if row is not None:
        raise _differs(f"text of {length} bytes", _shown(made[row]), _shown(wanted[row]))
    return made


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
