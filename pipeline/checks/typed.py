"""What was typed into the column of responses of findings.xlsx since it was written.

With sheets.py the only module that imports openpyxl.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.checks.report import DETAILS, KEY, RESOLVED, RESPONSE, WRITTEN
from pipeline.checks.responses import Response
from pipeline.errors import StudyError

NEEDED = (KEY, WRITTEN, RESPONSE, "rule", "dataset", "subject", "what")


def read_typed(path: Path) -> dict[str, Response]:
    """Key -> response of every row whose response is not the one that the build wrote there.

    An empty response was deleted by hand. StudyError when the file is no findings.xlsx.
    """
    book = _open(path)
    typed: dict[str, Response] = {}
    for name in (DETAILS, RESOLVED):
        if name in book.sheetnames:
            typed |= {item.key: item for item in _typed(book[name], path)}
        elif name == DETAILS:
            raise _unlike(path, f"it has no sheet {DETAILS}")
    book.close()
    return typed


def _open(path: Path) -> Any:
    """The workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.exists():
        raise StudyError(str(path), "the file does not exist", "name the spreadsheet of responses")
    try:
        return load_workbook(path, read_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unlike(path, f"it cannot be read as a workbook ({error})") from None


def _typed(sheet: Any, path: Path) -> Iterator[Response]:
    """The rows of one sheet with another response than was written."""
    rows = sheet.iter_rows(values_only=True)
    head = {str(name): place for place, name in enumerate(next(rows, ())) if name}
    missing = [name for name in NEEDED if name not in head]
    if missing:
        raise _unlike(path, f"sheet {sheet.title} has no column {', '.join(missing)}")
    for row in rows:
        cell = {name: _text(row, head[name]) for name in NEEDED}
        if cell[KEY] and cell[RESPONSE] != cell[WRITTEN]:
            yield Response(
                cell[KEY],
                cell["rule"],
                cell["dataset"],
                cell["subject"],
                cell["what"],
                cell[RESPONSE],
            )


def _text(row: tuple[object, ...], place: int) -> str:
    """The text of a cell; rows may be shorter than the head."""
    value = row[place] if place < len(row) else None
    return "" if value is None else str(value).strip()


def _unlike(path: Path, what: str) -> StudyError:
    """The error of a file that holds no responses; nothing is overwritten before it is settled."""
    return StudyError(
        str(path),
        what,
        "save it again as findings.xlsx was laid out, with its hidden columns; or move it away",
    )
