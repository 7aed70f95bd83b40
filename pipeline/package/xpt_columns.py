"""From columns of a dataset to columns of a transport file: SAS numbers and text of fixed width.

A source is a frame as `conform` leaves it or its Parquet file. It is read in blocks of a few
megabytes, so memory does not grow with the number of records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StudyError, listed
from pipeline.frames import parts, rows_of
from pipeline.spec import Dataset, Variable
from pipeline.xpt_header import XptHeader, XptVariable

MOST_BYTES = 200
BLOCK_BYTES, BLOCK_ROWS = 8 * 1024 * 1024, 65_536
FORMATS = {"date": "DATE9.", "datetime": "E8601DT.", "time": "TIME8."}
MS_PER_DAY, DAYS_TO_1970, SECONDS_TO_1970 = 86_400_000, 3653, 315_619_200

Source = pd.DataFrame | Path


def file_header(dataset: Dataset, lengths: Mapping[str, int], timestamp: dt.datetime) -> XptHeader:
    """The header that `dataset` gets: text as long as in `lengths`, numbers of 8 bytes."""
    variables = tuple(
        XptVariable(
            name=variable.name,
            label=variable.label,
            is_text=variable.is_text,
            length=lengths[variable.name] if variable.is_text else 8,
            format=file_format(variable),
        )
        for variable in dataset.variables
    )
    return XptHeader(dataset.name, dataset.label, timestamp, variables)


def file_format(variable: Variable) -> str:
    """The SAS format of a variable: its own, or that of its date type, or none."""
    return variable.display_format or FORMATS.get(variable.type, "")


def block_rows(width: int) -> int:
    """How many records of `width` bytes make a block."""
    return max(1, min(BLOCK_ROWS, BLOCK_BYTES // max(1, width)))


def count_rows(source: Source) -> int:
    """The number of records of a source."""
    if isinstance(source, pd.DataFrame):
        return len(source)
    return sum(rows_of(source))


def read_batches(source: Source, dataset: Dataset, rows: int) -> Iterator[pa.RecordBatch]:
    """The records of `source` in order, `rows` at a time, with the variables of `dataset`.

    StudyError when a variable is not in the source, or text where the specification says number
    or the other way round.
    """
    if isinstance(source, pd.DataFrame):
        frame = source[[name for name in dataset.names if name in source.columns]]
        table = pa.Table.from_pandas(frame, preserve_index=False)
        _check_schema(table.schema, dataset)
        yield from table.select(dataset.names).to_batches(max_chunksize=rows)
        return
    for part in parts(source):
        with pq.ParquetFile(part, pre_buffer=False) as file:  # buffering keeps what it has read
            _check_schema(file.schema_arrow, dataset)
            batches = file.iter_batches(batch_size=rows, columns=dataset.names)
            yield from (batch.select(dataset.names) for batch in batches)


def sas_numbers(values: pa.Array, kind: str) -> npt.NDArray[np.float64]:
    """The numbers SAS keeps: dates in days, datetimes in seconds since 1960-01-01; missing is NaN.

    `kind` is the type of the variable; other numbers stay what they are.
    """
    if kind not in ("date", "datetime"):
        return _floats(values)
    ms = _floats(values.cast(pa.timestamp("ms"), safe=False).cast(pa.int64()))
    if kind == "date":
        return ms / MS_PER_DAY + DAYS_TO_1970
    return ms / 1000 + SECONDS_TO_1970


def as_text(values: pa.Array) -> pa.Array:
    """Text as Arrow `string`; missing and empty are both empty."""
    return pc.fill_null(values.cast(pa.string()), "")


def fixed_text(values: pa.Array, length: int) -> npt.NDArray[np.bytes_]:
    """Text as bytes of one `length`, filled with blanks; no value may be longer."""
    padded = pc.ascii_rpad(as_text(values), length, padding=" ")
    size = len(padded) * length
    if not size:
        return np.empty(0, dtype=f"S{length}")
    return np.frombuffer(padded.buffers()[2], dtype="uint8", count=size).view(f"S{length}")


def longest(values: pa.Array) -> int:
    """The bytes of the longest text, 0 when there is none."""
    return pc.max(pc.binary_length(values)).as_py() or 0


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    """Numbers as float64, missing as NaN."""
    filled = values.cast(pa.float64(), safe=False)
    return filled.to_numpy(zero_copy_only=False).astype("float64", copy=False)


def _check_schema(schema: pa.Schema, dataset: Dataset) -> None:
    """Every variable is there, as text or as number."""
    where = f"{dataset.layer}/{dataset.name.lower()}"
    missing = [name for name in dataset.names if name not in schema.names]
    if missing:
        raise StudyError(where, f"the data have no {listed(missing)}", "build the dataset again")
    for variable in dataset.variables:
        kind = schema.field(variable.name).type
        text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        if text != variable.is_text:
            raise StudyError(
                f"{where}.yaml > {variable.name}",
                f"the type is {variable.type}, the data are {kind}",
                "build the dataset again",
            )
