"""The records of a SAS transport file, version 5, with one dataset (SAS technical note TS-140).

After the header (`xpt_header`) stand the records, all of one width, in cards of 80 bytes, the last
card filled with blanks. Numbers are IBM floats (`xpt_numbers`), text is ASCII filled with blanks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.xpt_header import (
    CARD,
    XptHeader,
    XptVariable,
    header_bytes,
    read_header,
    title,
)
from pipeline.xpt_numbers import from_ibm, to_ibm

READ_BYTES = 16 * 1024 * 1024

Columns = Mapping[str, npt.NDArray[Any]]


def write_file(header: XptHeader, blocks: Iterable[Columns], path: Path) -> int:
    """Write the file block by block and return the number of records.

    A block maps each variable to an array of one length: `S` of the variable's length filled with
    blanks, or float64. StudyError when the last record is blank: a reader would take it for the
    filling of the last card.
    """
    rows, last = 0, b"\0"
    with path.open("wb") as file:
        file.write(header_bytes(header))
        for block in blocks:
            records = _records(header, block)
            file.write(records.tobytes())
            rows += len(records)
            last = records[-1:].tobytes() or last
        file.write(b" " * (-file.tell() % CARD))
    if not last.strip(b" "):
        raise StudyError(
            header.name,
            f"record {rows}, the last one, is blank and would be lost on reading",
            "leave the record out in the program of the dataset",
        )
    return rows


def read_xpt(path: Path) -> tuple[pd.DataFrame, XptHeader]:
    """The records and the header of a transport file.

    Text is `str`, numbers are float64 as SAS keeps them (dates in days, datetimes in seconds since
    1960-01-01); blank text and the missing values of SAS are NaN. StudyError when the file is not
    version 5 or its text not UTF-8.
    """
    prepare_pandas()
    with path.open("rb") as file:
        header = read_header(file, path.name)
    kinds = {v.name: pa.string() if v.is_text else pa.float64() for v in header.variables}
    tables = [_table(block, header, path) for block in read_blocks(path)]
    return pa.concat_tables([pa.schema(kinds).empty_table(), *tables]).to_pandas(), header


def small_file(file: BinaryIO, header: XptHeader, first: int, rows: int) -> BytesIO:
    """Records `first` (from 0) to `first + rows` of a file as a file of their own, unchanged.

    Lets a reader that takes files as a whole read a large one in pieces. One more record, all `~`,
    keeps blank records at the end from being taken for filling: read no more than `rows`.
    """
    width = header.record.itemsize
    file.seek(0)
    head = file.read(header.size)
    file.seek(header.size + first * width)
    data = file.read(rows * width) + b"~" * width
    return BytesIO(head + data + b" " * (-len(data) % CARD))


def is_filled(file: BinaryIO, header: XptHeader, rows: int) -> bool:
    """Whether after `rows` records only blanks follow, to the end of the last card."""
    size = rows * header.record.itemsize
    file.seek(header.size + size)
    return file.read(CARD) == b" " * (-size % CARD)


def read_blocks(path: Path) -> Iterator[dict[str, npt.NDArray[Any]]]:
    """The records block by block: text as `S` without the filling, numbers as float64."""
    with path.open("rb") as file:
        header = read_header(file, path.name)
        rows = _count_records(file, header, path.stat().st_size)
        file.seek(header.size)
        step = max(1, READ_BYTES // header.record.itemsize)
        for start in range(0, rows, step):
            data = file.read(min(step, rows - start) * header.record.itemsize)
            if title("MEMBER")[:48] in data:
                raise StudyError(path.name, "holds several datasets", "write one file per dataset")
            records = np.frombuffer(data, dtype=header.record)
            yield {v.name: _values(records[v.name], v) for v in header.variables}


def _records(header: XptHeader, block: Columns) -> npt.NDArray[np.void]:
    """The records of a block in the layout of the file."""
    records = np.empty(len(block[header.variables[0].name]), dtype=header.record)
    for variable in header.variables:
        values = block[variable.name]
        if not variable.is_text:
            values = to_ibm(values.astype("float64", copy=False)).astype(">u8").view("V8")
        elif values.dtype.itemsize != variable.length:
            raise ValueError(f"{variable.name} is not {variable.length} bytes wide")
        records[variable.name] = values
    return records


def _values(column: npt.NDArray[Any], variable: XptVariable) -> npt.NDArray[Any]:
    """The values of one variable; a shortened number is an IBM float without its last bytes."""
    if variable.is_text:
        return np.strings.rstrip(column, b" ")
    padded = np.zeros((len(column), 8), dtype="uint8")
    data = np.frombuffer(column.tobytes(), dtype="uint8").reshape(len(column), variable.length)
    padded[:, : variable.length] = data
    return from_ibm(padded.view(">u8").ravel().astype("uint64"))


def _count_records(file: BinaryIO, header: XptHeader, size: int) -> int:
    """How many records the file holds: whole records, less blank ones that fill the last card."""
    width = header.record.itemsize
    rows = (size - header.size) // width
    fewest = max(0, -(-(size - header.size - CARD + 1) // width))
    file.seek(header.size + fewest * width)
    tail = file.read()
    while rows > fewest and not tail[(rows - 1 - fewest) * width :].strip(b" "):
        rows -= 1
    return rows


def _table(block: Columns, header: XptHeader, path: Path) -> pa.Table:
    """One block as an Arrow table; blank text is missing."""
    columns = {}
    for variable in header.variables:
        values = pa.array(block[variable.name])
        if variable.is_text:
            try:
                text = values.cast(pa.string())
            except pa.ArrowInvalid:
                raise StudyError(
                    f"{path.name} > {variable.name}", "holds text that is not ASCII", "write ASCII"
                ) from None
            values = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        columns[variable.name] = values
    return pa.table(columns)
