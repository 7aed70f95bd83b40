"""Writing a SAS transport file, version 5, with one dataset (SAS technical note TS-140).

After the header (`xpt_header`) stand the records, all of one width, in cards of 80 bytes, the last
card filled with blanks. Numbers are IBM floats (`xpt_numbers`), text is ASCII filled with blanks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pipeline.errors import StudyError
from pipeline.xpt_header import CARD, XptHeader, XptVariable, header_bytes
from pipeline.xpt_numbers import from_ibm, to_ibm

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
