"""Datasets as others hand them over: SAS transport files, Parquet, Dataset-JSON 1.1.

What a file says of its columns is read without its records; text stays the text it is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StudyError, listed
from pipeline.frames import prepare_pandas
from pipeline.xpt_header import read_header
from pipeline.xpt_reader import read_blocks, read_xpt

SUFFIXES = (".xpt", ".parquet", ".json", ".ndjson")
JSON_TYPES = {"integer": "integer", "float": "float", "double": "float", "decimal": "float"}


@dataclass(frozen=True)
class SourceColumn:
    """One column of a file; `type` is text, integer, float or date, `length` in bytes if known."""

    name: str
    label: str
    type: str
    length: int | None = None


@dataclass(frozen=True)
class SourceHead:
    """What a file says of itself: the label of the dataset and its columns in order."""

    label: str
    columns: tuple[SourceColumn, ...]


def read_head(path: Path) -> SourceHead:
    """The label and the columns of a file; StudyError for a file that is not what its name says."""
    if path.suffix == ".xpt":
        return _xpt_head(path)
    return _parquet_head(path) if path.suffix == ".parquet" else _json_head(path)


def read_records(path: Path) -> pd.DataFrame:
    """The records of a file in its order: text `str`, numbers, dates datetime64, missing NaN."""
    prepare_pandas()
    if path.suffix == ".xpt":
        return read_xpt(path)[0]
    if path.suffix == ".parquet":
        return _parquet(path).to_pandas()
    head, (_, rows) = read_head(path), _json(path)
    frame = pd.DataFrame(rows, columns=[column.name for column in head.columns], dtype="object")
    kinds = {c.name: "str" if c.type == "text" else "float64" for c in head.columns}
    return frame.astype(kinds)


def read_pieces(path: Path, names: Collection[str]) -> Iterator[pa.Table]:
    """The records of a file in pieces, at least one: those of its columns that are in `names`.

    Text of a transport file comes as Arrow dictionaries.
    """
    empty = True
    if path.suffix == ".xpt":
        for block in read_blocks(path, names):
            empty = False
            yield pa.Table.from_batches([block])
    if empty:
        table = pa.Table.from_pandas(read_records(path), preserve_index=False)
        yield table.select([name for name in table.column_names if name in names])


def _xpt_head(path: Path) -> SourceHead:
    """The header of a transport file."""
    with path.open("rb") as file:
        header = read_header(file, path.name)
    columns = [
        SourceColumn(v.name, v.label, "text", v.length)
        if v.is_text
        else SourceColumn(v.name, v.label, "float")
        for v in header.variables
    ]
    return SourceHead(header.label, tuple(columns))


def _parquet_head(path: Path) -> SourceHead:
    """The schema of a Parquet file, with the labels in its metadata."""
    try:
        schema = pq.read_schema(path)
    except pa.ArrowInvalid as error:
        raise StudyError(path.name, f"not a Parquet file ({error})", "write it again") from None
    columns = [
        SourceColumn(field.name, _said(field.metadata), _parquet_type(field, path))
        for field in schema
    ]
    return SourceHead(_said(schema.metadata), tuple(columns))


def _parquet_type(field: pa.Field, path: Path) -> str:
    """The type of a Parquet column."""
    kind = field.type
    for name, meets in (
        ("text", lambda: pa.types.is_string(kind) or pa.types.is_large_string(kind)),
        ("integer", lambda: pa.types.is_integer(kind)),
        ("float", lambda: pa.types.is_floating(kind)),
        ("date", lambda: pa.types.is_date(kind) or pa.types.is_timestamp(kind)),
    ):
        if meets():
            return name
    raise StudyError(
        f"{path.name} > {field.name}", f"{kind} is no type of SDTM", "write text or numbers"
    )


def _parquet(path: Path) -> pa.Table:
    """The records of a Parquet file, dates as datetimes."""
    table = pq.read_table(path)
    fields = [
        pa.field(field.name, pa.timestamp("ms")) if pa.types.is_date(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields)).replace_schema_metadata(None)


def _said(metadata: dict[bytes, bytes] | None) -> str:
    """The label in the metadata of a column or file, empty when it has none."""
    return (metadata or {}).get(b"label", b"").decode()


def _json_head(path: Path) -> SourceHead:
    """The columns of a Dataset-JSON file."""
    said, _ = _json(path)
    try:
        columns = [
            SourceColumn(c["name"], c["label"], JSON_TYPES.get(c["dataType"], "text"))
            for c in said["columns"]
        ]
        return SourceHead(said.get("label", ""), tuple(columns))
    except (KeyError, TypeError):
        raise _no_dataset_json(path) from None


def _json(path: Path) -> tuple[dict[str, Any], list[Any]]:
    """What a Dataset-JSON file says of itself, and its rows; NDJSON has one row per line."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".ndjson":
            first, *rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            return first, rows
        whole = json.loads(text)
        return whole, whole.get("rows", [])
    except (ValueError, AttributeError):
        raise _no_dataset_json(path) from None


def _no_dataset_json(path: Path) -> StudyError:
    """The error for a file that is not Dataset-JSON."""
    return StudyError(path.name, "not a Dataset-JSON 1.1 file", f"use {listed(list(SUFFIXES))}")
