"""The header of a SAS transport file, version 5 (SAS technical note TS-140).

Cards of 80 bytes: library, member, descriptor, then a NAMESTR of 140 bytes per variable.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from pipeline.errors import StudyError

CARD = 80
NAMESTR = np.dtype(
    [
        *[(name, ">i2") for name in ("type", "hash", "length", "number")],
        ("name", "S8"),
        ("label", "S40"),
        ("format", "S8"),
        *[(name, ">i2") for name in ("width", "digits", "right")],
        ("fill", "V2"),
        ("informat", "S8"),
        *[(name, ">i2") for name in ("inwidth", "indigits")],
        ("position", ">i4"),
        ("rest", "V52"),
    ]
)
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
FORMAT = re.compile(r"(\$?(?:[A-Z_](?:[A-Z0-9_]*[A-Z_])?)?)(\d*)(?:\.(\d*))?")


@dataclass(frozen=True)
class XptVariable:
    """One variable of a file: `length` in bytes, `format` as SAS prints it ("DATE9.", "8.1")."""

    name: str
    label: str
    is_text: bool
    length: int = 8
    format: str = ""


@dataclass(frozen=True)
class XptHeader:
    """What stands before the records: dataset name and label, time stamp, variables in order."""

    name: str
    label: str
    timestamp: dt.datetime
    variables: tuple[XptVariable, ...]

    @property
    def record(self) -> np.dtype[np.void]:
        """One record, text and numbers as `V`: numpy copies these without holding up threads."""
        return np.dtype([(v.name, f"V{v.length}") for v in self.variables])

    @property
    def places(self) -> dict[str, int]:
        """Where each variable begins in a record."""
        ends = accumulate((v.length for v in self.variables), initial=0)
        return {v.name: place for v, place in zip(self.variables, ends, strict=False)}

    @property
    def size(self) -> int:
        """The bytes before the first record."""
        return 9 * CARD + whole_cards(len(self.variables) * NAMESTR.itemsize)


def header_bytes(header: XptHeader) -> bytes:
    """Everything before the records."""
    stamp = _stamp(header.timestamp)
    count = len(header.variables)
    name, label = header.name.encode("ascii"), header.label.encode("ascii")
    system = b"6.06    bsd4.2  " + b" " * 24 + stamp
    cards = [
        title("LIBRARY"),
        b"SAS     SAS     SASLIB  " + system,
        stamp,
        title("MEMBER", "0" * 17 + "1600000000140"),
        title("DSCRPTR"),
        b"SAS     " + name.ljust(8) + b"SASDATA " + system,
        stamp + b" " * 16 + label.ljust(48),
        title("NAMESTR", f"000000{count:04d}" + "0" * 20),
    ]
    names = _namestrs(header).tobytes()
    names += b" " * (whole_cards(len(names)) - len(names))
    return b"".join(card.ljust(CARD) for card in cards) + names + title("OBS").ljust(CARD)


def read_header(file: BinaryIO, name: str) -> XptHeader:
    """Parse the header of `file`; StudyError, with the file's `name`, when it is not version 5."""
    fault = StudyError(
        name, "not a SAS transport file of version 5", "write it with PROC COPY and engine XPORT"
    )
    cards = file.read(8 * CARD)
    titles = [cards[n * CARD : n * CARD + 48] for n in (0, 3, 4, 7)]
    kinds = ("LIBRARY", "MEMBER", "DSCRPTR", "NAMESTR")
    if titles != [title(kind)[:48] for kind in kinds] or cards[315:318] != b"140":
        raise fault
    try:
        names = np.frombuffer(file.read(int(cards[614:618]) * NAMESTR.itemsize), dtype=NAMESTR)
        moment = _moment(cards[144:160])
    except ValueError:
        raise fault from None
    return XptHeader(_text(cards[408:416]), _text(cards[512:552]), moment, _variables(names))


def parse_format(text: str) -> tuple[str, int, int]:
    """Name, width and decimals of a SAS format: DATE9. is DATE, 9, 0; ValueError for no format."""
    match = FORMAT.fullmatch(text)
    if match is None or len(match[1]) > 8:
        raise ValueError(f"{text!r} is not a SAS format")
    return match[1], int(match[2] or 0), int(match[3] or 0)


def _namestrs(header: XptHeader) -> npt.NDArray[np.void]:
    """One NAMESTR per variable."""
    names = np.zeros(len(header.variables), dtype=NAMESTR)
    position = 0
    for number, variable in enumerate(header.variables):
        name, width, digits = parse_format(variable.format)
        field = names[number]
        field["type"] = 2 if variable.is_text else 1
        field["length"], field["number"] = variable.length, number + 1
        field["name"] = variable.name.encode("ascii").ljust(8)
        field["label"] = variable.label.encode("ascii").ljust(40)
        field["format"], field["width"], field["digits"] = name.encode().ljust(8), width, digits
        field["right"], field["informat"] = int(not variable.is_text), b" " * 8
        field["position"] = position
        position += variable.length
    return names


def _variables(names: npt.NDArray[np.void]) -> tuple[XptVariable, ...]:
    """The variables that the NAMESTRs describe."""
    return tuple(
        XptVariable(
            name=_text(field["name"]),
            label=_text(field["label"]),
            is_text=bool(field["type"] == 2),
            length=int(field["length"]),
            format=_format_text(_text(field["format"]), int(field["width"]), int(field["digits"])),
        )
        for field in names
    )


def _format_text(name: str, width: int, digits: int) -> str:
    """A SAS format as SAS prints it; empty when there is none."""
    if not (name or width):
        return ""
    return f"{name}{width or ''}.{digits or ''}"


def title(kind: str, tail: str = "0" * 30) -> bytes:
    """A header card."""
    return f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{tail}".encode()


def _stamp(moment: dt.datetime) -> bytes:
    """ddMMMyy:hh:mm:ss, in English whatever the locale."""
    return f"{moment:%d}{MONTHS[moment.month - 1]}{moment:%y:%H:%M:%S}".encode()


def _moment(stamp: bytes) -> dt.datetime:
    """The time of a stamp; two-digit years count from 1960, where the days of SAS begin."""
    year, month = int(stamp[5:7]), MONTHS.index(stamp[2:5].decode()) + 1
    century = 1900 if year >= 60 else 2000
    return dt.datetime(
        century + year, month, int(stamp[:2]), int(stamp[8:10]), int(stamp[11:13]), int(stamp[14:])
    )


def _text(value: bytes) -> str:
    """Header text without its filling; a byte outside ASCII shows as U+FFFD."""
    return bytes(value).decode("ascii", errors="replace").rstrip(" \0")


def whole_cards(size: int) -> int:
    """`size` rounded up to whole cards."""
    return -(-size // CARD) * CARD
