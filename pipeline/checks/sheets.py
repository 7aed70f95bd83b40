"""Sheets of a workbook: how they look, and saving them as the same bytes.

With typed.py the only module that imports openpyxl. The same sheets give the same bytes: times come
from the study, never from the clock.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.frames import replace_bytes

LONGEST_CELL = 32_000
WIDTH, LINE, MOST_LINES = 14, 15, 20  # characters; points; lines that a row shows at most
WIDTHS = {
    "what": 60,
    "why": 45,
    "fix": 40,
    "says": 60,
    "values": 50,
    "keys": 40,
    "CRF": 30,
    "waived": 40,
    "reason": 40,
    "source": 40,
    "response of the sponsor": 40,
    "subject": 24,
    "number": 40,
}


@dataclass(frozen=True)
class Sheet:
    """A table: its title, head and rows; `hidden` columns are there and not shown."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    hidden: Sequence[str] = ()


def write_sheets(sheets: Sequence[Sheet], title: str, time: dt.datetime, path: Path) -> None:
    """Write a workbook to `path`."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write(book.create_sheet(sheet.title), sheet)
    book.properties.creator = "crf2csr"
    book.properties.title = title
    book.properties.created = time
    buffer = io.BytesIO()
    book.save(buffer)
    replace_bytes(path, normalised(buffer.getvalue(), time))


def normalised(archive: bytes, time: dt.datetime) -> bytes:
    """A zip archive whose members, and the `modified` of docProps/core.xml, bear `time`."""
    stamp = max(time, dt.datetime(1980, 1, 1))
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                text = time.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + text, content)
            member = zipfile.ZipInfo(name, stamp.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
    return result.getvalue()


def _write(target: Any, sheet: Sheet) -> None:
    """One sheet with a fixed, filterable head."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for row in (sheet.head, *sheet.rows):
        target.append([_cell(target, value) for value in row])
    for column, name in enumerate(sheet.head, 1):
        cell = target.cell(1, column)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6EE")
        dimension = target.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.hidden = WIDTHS.get(name, WIDTH), name in sheet.hidden
    wrapped = Alignment(wrap_text=True, vertical="top")
    for row, values in zip(target.iter_rows(min_row=2), sheet.rows, strict=True):
        target.row_dimensions[row[0].row].height = LINE * lines_of(sheet, values)
        for cell in row:
            cell.alignment = wrapped
    target.freeze_panes = "A2"
    target.auto_filter.ref = target.dimensions


def lines_of(sheet: Sheet, values: Sequence[object]) -> int:
    """How many lines a row needs: not every program works it out when it opens the file."""
    needed = [
        sum(max(1, math.ceil(len(line) / (WIDTHS.get(name, WIDTH) - 2))) for line in lines)
        for name, value in zip(sheet.head, values, strict=True)
        if name not in sheet.hidden and (lines := str(value).splitlines())
    ]
    return min(max(needed, default=1), MOST_LINES)


def _cell(sheet: Any, value: object) -> Any:
    """A number as it is; anything else as text that no spreadsheet takes for a formula."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, int):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value))[:LONGEST_CELL]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in ("=", "+", "-", "@")
    return cell
