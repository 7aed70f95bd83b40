"""From columns of a dataset to columns of a transport file: SAS numbers and text of fixed width.

A source is a frame as `conform` leaves it or its Parquet file. It is read in blocks of a few
megabytes, so memory does not grow with the number of records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StudyError, listed
from pipeline.frames import parts, rows_of
from pipeline.spec import Dataset, Variable
from pipeline.xpt_format import Columns
from pipeline.xpt_header import XptHeader, XptVariable

MOST_BYTES = 200
PIECE_ROWS, BLOCK_BYTES = 65_536, 2 * 1024 * 1024
FORMATS = {"date": "DATE9.", "datetime": "E8601DT.", "time": "TIME8."}
MS_PER_DAY, DAYS_TO_1970, SECONDS_TO_1970 = 86_400_000, 3653, 315_619_200

Source = pd.DataFrame | Path
Fill = Callable[[pa.Array, int], npt.NDArray[np.bytes_]]
Spelled = tuple[npt.NDArray[Any], npt.NDArray[np.int32] | None]


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


def count_rows(source: Source) -> int:
    """The number of records of a source."""
    if isinstance(source, pd.DataFrame):
        return len(source)
    return sum(rows_of(source))


def read_batches(
    source: Source, dataset: Dataset, rows: int, words: bool = False
) -> Iterator[pa.RecordBatch]:
    """The records of `source` in order, `rows` at a time, with the variables of `dataset`.

    With `words` text comes from a file as Arrow dictionaries, each word once, where the file holds
    it so. StudyError when a variable is not in the source, or text where the specification says
    number or the other way round.
    """
    if isinstance(source, pd.DataFrame):
        frame = source[[name for name in dataset.names if name in source.columns]]
        table = pa.Table.from_pandas(frame, preserve_index=False)
        _check_schema(table.schema, dataset)
        yield from table.select(dataset.names).to_batches(max_chunksize=rows)
        return
    texts = [variable.name for variable in dataset.variables if variable.is_text and words]
    for part in parts(source):
        _check_schema(pq.read_schema(part), dataset)
        # buffering would keep what it has read
        with pq.ParquetFile(part, pre_buffer=False, read_dictionary=texts) as file:
            batches = file.iter_batches(batch_size=rows, columns=dataset.names)
            yield from (batch.select(dataset.names) for batch in batches)


def blocks(
    batches: Iterable[pa.RecordBatch],
    dataset: Dataset,
    header: XptHeader,
    fill: Fill | None = None,
) -> Iterator[Columns]:
    """Records of a dataset as blocks of a transport file, small enough to stay in the cache.

    `fill` makes text of one length (`fixed_text` unless another is given).
    """
    rows = max(1, BLOCK_BYTES // header.record.itemsize)
    for batch in batches:
        columns = {
            variable.name: _texts(batch.column(variable.name), fill or fixed_text, written.length)
            if variable.is_text
            else (sas_numbers(batch.column(variable.name), variable.type), None)
            for variable, written in zip(dataset.variables, header.variables, strict=True)
        }
        for start in range(0, batch.num_rows, rows):
            yield {
                name: values[start : start + rows]
                if codes is None
                else values.take(codes[start : start + rows])
                for name, (values, codes) in columns.items()
            }


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


def spelled(
    values: pa.Array, spell: Callable[[pa.Array], npt.NDArray[Any]], missing: Any
) -> Spelled:
    """What `spell` makes of text, and which of it is whose: None when each value has its own.

    The words of a dictionary are spelled once; `missing` stands for the values it does not hold.
    """
    if not isinstance(values, pa.DictionaryArray):
        return spell(values), None
    words = spell(values.dictionary)
    known = np.empty(len(words) + 1, dtype=words.dtype)
    known[:-1], known[-1] = words, missing
    codes = pc.fill_null(values.indices, len(words)) if values.null_count else values.indices
    return known, codes.to_numpy()


def _texts(values: pa.Array, fill: Fill, length: int) -> Spelled:
    """Text of one length, each word of a dictionary once."""
    return spelled(values, lambda words: fill(words, length), b" " * length)


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
