"""The records of a SAS transport file, version 5, with one dataset (SAS technical note TS-140).

After the header (`xpt_header`) stand the records, all of one width, in cards of 80 bytes, the last
card filled with blanks. Numbers are IBM floats (`xpt_numbers`), text is ASCII filled with blanks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.distinct import arrow_numbers
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.worded import coded
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
NEAR = (
    4096  # records whose fields are taken apart at once, so that they stay close to the processor
)
STARS = 13  # where the first star of a header card stands: rare in text
WORD = 8  # bytes of a number, and of text that is handled as one
FILLING = " \0"  # blanks; other writers also leave zero bytes

Columns = Mapping[str, npt.NDArray[Any]]


class XptWriter:
    """A file that is being written: `write` block by block, then `end`.

    Whatever `write` has written another reader of the file can read at once.
    """

    def __init__(self, header: XptHeader, file: BinaryIO) -> None:
        """Write the header to an empty `file`."""
        self.header, self.file, self.rows = header, file, 0
        self._room = np.empty(0, dtype=header.record)
        self._last = b"\0"
        file.write(header_bytes(header))
        file.flush()

    def write(self, block: Columns) -> None:
        """Add records: for each variable an array of one length.

        Text is `S` of the variable's length filled with blanks, numbers are float64.
        """
        count = len(block[self.header.variables[0].name])
        if len(self._room) < count:
            self._room = np.empty(count, dtype=self.header.record)
        records = _records(self.header, block, self._room[:count])
        self.file.write(records.view("uint8").data)
        self.file.flush()
        self.rows += count
        self._last = records[-1:].tobytes() or self._last

    def end(self) -> None:
        """Fill the last card; StudyError when the last record is blank, a reader would lose it."""
        self.file.write(b" " * (-self.file.tell() % CARD))
        self.file.flush()
        if not self._last.strip(b" "):
            raise StudyError(
                self.header.name,
                f"record {self.rows}, the last one, is blank and would be lost on reading",
                "leave the record out in the program of the dataset",
            )


def write_file(header: XptHeader, blocks: Iterable[Columns], path: Path) -> int:
    """Write a file of blocks as `XptWriter` takes them and return the number of records."""
    with path.open("wb") as file:
        writer = XptWriter(header, file)
        for block in blocks:
            writer.write(block)
        writer.end()
    return writer.rows


def read_xpt(path: Path) -> tuple[pd.DataFrame, XptHeader]:
    """The records and the header of a transport file.

    Text is `str`, numbers are float64 as SAS keeps them (dates in days, datetimes in seconds since
    1960-01-01); blank text and the missing values of SAS are NaN. StudyError when the file is not
    version 5 or its text not UTF-8.
    """
    prepare_pandas()
    with path.open("rb") as file:
        header = read_header(file, path.name)
    kinds = [(v.name, pa.string() if v.is_text else pa.float64()) for v in header.variables]
    blocks = [block.cast(pa.schema(kinds)) for block in read_blocks(path)]
    return pa.Table.from_batches(blocks, pa.schema(kinds)).to_pandas(), header


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


def read_blocks(path: Path, names: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The records block by block: numbers as float64, text as Arrow dictionaries, blank is missing.

    With `names` only the variables of those names. StudyError as in `read_xpt`.
    """
    with path.open("rb") as file:
        header = read_header(file, path.name)
        chosen = [v for v in header.variables if names is None or v.name in names]
        rows = _count_records(file, header, path.stat().st_size)
        file.seek(header.size)
        width = header.record.itemsize
        step = CARD * max(1, READ_BYTES // CARD // width)  # whole cards
        room = np.zeros(min(step, rows) * width + WORD, dtype="uint8")
        for start in range(0, rows, step):
            size = min(step, rows - start) * width
            file.readinto(room[:size].data)
            _check_member(room[:size], path.name)
            yield _decoded(room[: size + WORD], header, chosen, path.name)
        _check_end(file, rows, header, path.name)


def _check_end(file: BinaryIO, rows: int, header: XptHeader, name: str) -> None:
    """After the records only blanks follow, to the end of a card."""
    begin = header.size + rows * header.record.itemsize
    start = begin - begin % CARD
    file.seek(start)
    rest = file.read()
    _check_member(np.frombuffer(rest, dtype="uint8"), name)
    if len(rest) % CARD or rest[begin - start :].strip(b" \0"):
        raise StudyError(name, f"ends within a record or card after record {rows}", "get it again")


def _check_member(cards: npt.NDArray[np.uint8], name: str) -> None:
    """None of the cards is the header of a dataset."""
    sought = title("MEMBER")[:48]
    begins = np.flatnonzero(cards[::CARD] == sought[0]) * CARD
    begins = begins[begins <= len(cards) - len(sought)]
    begins = begins[cards[begins + STARS] == sought[STARS]]
    if any(cards[at : at + len(sought)].tobytes() == sought for at in begins):
        raise StudyError(name, "holds several datasets", "write one file per dataset")


def _decoded(
    data: npt.NDArray[np.uint8], header: XptHeader, variables: Sequence[XptVariable], name: str
) -> pa.RecordBatch:
    """Records of the file `name`, and WORD bytes more, as in `read_blocks`."""
    fields = _apart(data, header, variables)
    columns = {
        variable.name: _words(fields[variable.name], f"{name} > {variable.name}")
        if variable.is_text
        else _numbers(from_ibm(fields[variable.name].view(">u8").astype("uint64")))
        for variable in variables
    }
    return pa.record_batch(columns)


def _numbers(values: npt.NDArray[np.float64]) -> pa.Array:
    """Numbers in Arrow, NaN as missing."""
    return arrow_numbers(values, values == values)


def _apart(
    data: npt.NDArray[np.uint8], header: XptHeader, variables: Sequence[XptVariable]
) -> Columns:
    """The fields of records, each in an array of its own.

    Those of no more than WORD bytes come as whole numbers, least significant byte first, the bytes
    they do not have 0; the others as `V`.
    """
    width, places = header.record.itemsize, header.places
    rows = (len(data) - WORD) // width
    apart = []
    for variable in variables:
        kind = np.dtype("<u8" if variable.length <= WORD else f"V{variable.length}")
        whole = np.ndarray(rows, kind, data.data, places[variable.name], (width,))
        apart.append((whole, np.empty(rows, kind)))
    for start in range(0, rows, NEAR):
        near = slice(start, start + NEAR)
        for whole, field in apart:
            field[near] = whole[near]
    for variable, (_, field) in zip(variables, apart, strict=True):
        if variable.length < WORD:
            field &= np.uint64(2 ** (8 * variable.length) - 1)
    return {v.name: field for v, (_, field) in zip(variables, apart, strict=True)}


def read_field(
    records: npt.NDArray[np.void] | Columns, variable: XptVariable
) -> npt.NDArray[np.float64]:
    """The numbers of one variable; a shortened number is an IBM float without its last bytes."""
    column = records[variable.name]
    if variable.length == 8:
        return from_ibm(np.ascontiguousarray(column).view(">u8").astype("uint64"))
    padded = np.zeros((len(column), 8), dtype="uint8")
    data = np.frombuffer(column.tobytes(), dtype="uint8").reshape(len(column), variable.length)
    padded[:, : variable.length] = data
    return from_ibm(padded.view(">u8").ravel().astype("uint64"))


def _records(
    header: XptHeader, block: Columns, records: npt.NDArray[np.void]
) -> npt.NDArray[np.void]:
    """The records of a block in the layout of the file, put into `records`."""
    for variable in header.variables:
        values = block[variable.name]
        if not variable.is_text:
            values = to_ibm(values).byteswap(inplace=True)
        elif values.dtype.itemsize != variable.length:
            raise ValueError(f"{variable.name} is not {variable.length} bytes wide")
        records[variable.name] = values.view(f"V{variable.length}")
    return records


def _words(field: npt.NDArray[Any], where: str) -> pa.DictionaryArray:
    """Text without its filling, each word once; blank is missing."""
    found = _encoded(field)
    try:
        words = found.dictionary.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        raise StudyError(where, "holds text that is not ASCII", "write ASCII") from None
    text = pc.ascii_rtrim(words, characters=FILLING)
    kept = pc.if_else(pc.equal(text, ""), None, text).dictionary_encode()  # words may be alike now
    if len(kept.dictionary) == len(words):
        return pa.DictionaryArray.from_arrays(found.indices, kept.dictionary, safe=False)
    return coded(kept).at(found.indices.to_numpy()).dictionary(pa.string())


def _encoded(field: npt.NDArray[Any]) -> pa.DictionaryArray:
    """The values of a field, each as its bytes once; short ones are told apart as numbers."""
    if field.dtype.kind == "V":
        return _binary(field).dictionary_encode()
    found = pa.array(field).dictionary_encode()
    words = _binary(found.dictionary.to_numpy())
    return pa.DictionaryArray.from_arrays(found.indices, words, safe=False)


def _binary(values: npt.NDArray[Any]) -> pa.Array:
    """The bytes of each value."""
    kind = pa.binary(values.dtype.itemsize)
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


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
