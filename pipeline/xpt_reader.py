"""Reading a SAS transport file, version 5, with one dataset (SAS technical note TS-140).

The records come block by block. Each text is looked at once per block: it is told apart by its
bytes, and only then freed of the blanks that fill it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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
from pipeline.xpt_format import Columns
from pipeline.xpt_header import CARD, XptHeader, XptVariable, read_header, title
from pipeline.xpt_numbers import from_ibm

READ_BYTES = 16 * 1024 * 1024
NEAR = 4096  # records whose fields are taken apart at once: few enough for the processor's cache
STARS = 13  # where the first star of a header card stands: rare in text
WORD = 8  # bytes of a number, and of text that is handled as one
FILLING = " \0"  # blanks; other writers also leave zero bytes


def read_xpt(path: Path) -> tuple[pd.DataFrame, XptHeader]:
    """The records and the header of a transport file.

    Text is `str`, numbers are float64 as SAS keeps them (dates in days, datetimes in seconds since
    1960-01-01); blank text and the missing values of SAS are NaN. StudyError when the file is not
    version 5, holds several datasets, is cut, or its text is not ASCII.
    """
    prepare_pandas()
    with path.open("rb") as file:
        header = read_header(file, path.name)
    kinds = [(v.name, pa.string() if v.is_text else pa.float64()) for v in header.variables]
    blocks = [block.cast(pa.schema(kinds)) for block in read_blocks(path)]
    return pa.Table.from_batches(blocks, pa.schema(kinds)).to_pandas(), header


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
