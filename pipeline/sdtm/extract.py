"""Reading one CRF extract: a CSV file becomes a frame of text, or an error that shows the place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from pipeline.errors import StudyError, listed, raise_all
from pipeline.forms import Form
from pipeline.lineage import ROW


def read_extract(path: Path, form: Form) -> pd.DataFrame:
    """The records of raw/FORM.csv: one `str` column per field, missing where nothing was entered.

    The hidden column `_row_raw_FORM` is the line on which a record begins (the header is line 1).
    Raises StudyError with file, line and fix for a file that is absent, empty, not UTF-8, cut off,
    has another header than raw/forms.yaml, a record with too many or too few fields, or a quoted
    field that is never closed.
    """
    shown = f"raw/{form.file}"
    text = _text(path, shown, form)
    _check_header(text, shown, form)
    _check_end(text, shown)
    table = _table(text, shown)
    _check_records(text, shown, table)
    frame = table.to_pandas(types_mapper={pa.string(): pd.StringDtype(na_value=np.nan)}.get)
    lines = _lines(frame)
    frame = frame[[field.name for field in form.fields]]
    blank = frame.apply(lambda column: column.str.strip() == "")
    return frame.mask(blank).assign(**{f"{ROW}raw_{form.name}": lines})


def _text(path: Path, shown: str, form: Form) -> str:
    """The file as text without a byte order mark."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise StudyError(
            shown, f"the form {form.label!r} has no file", "export it, or remove it from forms.yaml"
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StudyError(
            f"{shown} line {line}",
            f"byte 0x{data[error.start]:02X} is not UTF-8",
            "export the file again as UTF-8",
        ) from None
    if not text.strip():
        raise StudyError(shown, "the file is empty", "export the form again; keep the header")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise StudyError(f"{shown} line {line}", "a NUL byte", "export the file again as text")
    return text


def _check_header(text: str, shown: str, form: Form) -> None:
    """The first line names exactly the fields of the form."""
    header = next(csv.reader(io.StringIO(text)), [])
    fields = [field.name for field in form.fields]
    errors = [
        StudyError(
            f"{shown} line 1",
            f"the column {name} is missing",
            f"export it, or remove the field from raw/forms.yaml > {form.name}",
        )
        for name in fields
        if name not in header
    ]
    errors += [
        StudyError(
            f"{shown} line 1",
            f"the column {name!r} is not declared",
            f"declare it in raw/forms.yaml > {form.name} > fields, or leave it out of the export",
        )
        for name in header
        if name not in fields
    ]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        errors.append(StudyError(f"{shown} line 1", f"{listed(repeated)} stands twice", "keep one"))
    raise_all(errors)


def _check_end(text: str, shown: str) -> None:
    """The last record is whole: the file ends with a line end."""
    if not text.endswith(("\n", "\r")):
        last = text.count("\n") + 1
        raise StudyError(
            f"{shown} line {last}",
            "the file ends in the middle of a line; it may have been cut off",
            "export or copy the file again; add the line end if the record is whole",
        )


def _table(text: str, shown: str) -> pa.Table:
    """The records as an Arrow table of text."""
    names = next(csv.reader(io.StringIO(text)))
    try:
        return pa_csv.read_csv(
            pa.BufferReader(text.encode()),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        fault = _fault(text, shown, len(names))
        raise fault or StudyError(shown, str(error), "export the form again") from None


def _check_records(text: str, shown: str, table: pa.Table) -> None:
    """Where a record goes over several lines, every quote is closed in its own field.

    Arrow would take the records after an open quote for its value.
    """
    if max(text.count("\n"), text.count("\r")) > table.num_rows + 1:
        fault = _fault(text, shown, table.num_columns)
        if fault:
            raise fault


def _fault(text: str, shown: str, width: int) -> StudyError | None:
    """Where the file is broken, found by reading it again record by record; None if it is not."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin = 1
    try:
        for record in reader:
            if len(record) != width and (record or width > 1):
                return StudyError(
                    f"{shown} line {begin}",
                    f"{len(record)} fields instead of {width}",
                    "correct commas and quotes in this line, or export the form again",
                )
            begin = reader.line_num + 1
    except csv.Error as error:
        return StudyError(
            f"{shown} line {begin}",
            f"a quoted field that begins here is not closed properly ({error})",
            "close the quote in this line, or export the form again",
        )
    return None


def _lines(frame: pd.DataFrame) -> np.ndarray:
    """The line on which each record begins; a quoted field may hold line ends."""
    inside = sum(frame[column].str.count("\n").to_numpy(dtype="int64") for column in frame.columns)
    before = np.concatenate([[0], np.cumsum(inside)[:-1]]) if len(frame) else np.array([])
    return (np.arange(2, len(frame) + 2) + before).astype("int64")
