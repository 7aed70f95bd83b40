"""Datasets as Parquet files: the hand-over between the layers.

The Arrow schema comes from the specification, so a file looks the same however few rows it has.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.lineage import with_rows
from pipeline.spec import Dataset, Variable

ARROW_TYPES = {
    "integer": pa.int64(),
    "float": pa.float64(),
    "time": pa.float64(),
    "date": pa.timestamp("ms"),
    "datetime": pa.timestamp("ms"),
}


def prepare_pandas() -> None:
    """Copy-on-write, and text as Arrow-backed `str` whose missing value is NaN."""
    pd.options.mode.copy_on_write = True
    pd.options.future.infer_string = True


def write_dataset(frame: pd.DataFrame, dataset: Dataset, path: Path) -> None:
    """Write `frame` (columns as in `dataset`) with the labels in the file's metadata."""
    schema = pa.schema(
        [_arrow_field(variable) for variable in dataset.variables],
        metadata={"dataset": dataset.name, "label": dataset.label},
    )
    arrays = [_array(frame[field.name], field.type) for field in schema]
    _write(pa.Table.from_arrays(arrays, schema=schema), path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write any frame without its index."""
    _write(pa.Table.from_pandas(frame, preserve_index=False), path)


def parts(path: Path) -> list[Path]:
    """The files of a dataset: the file itself, or the batches in the folder of that name."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def rows_of(path: Path) -> list[int]:
    """The number of records in each part of a dataset."""
    return [int(pq.read_metadata(part).num_rows) for part in parts(path)]


def read_frame(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet file, or all batches of one; text is `str`, missing is NaN."""
    prepare_pandas()
    tables = [pq.read_table(part, columns=columns, partitioning=None) for part in parts(path)]
    return (tables[0] if len(tables) == 1 else pa.concat_tables(tables)).to_pandas()


def read_input(path: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A dataset, or one part of it, as a program receives it: with `_row_NAME`.

    A raw form carries its own, the line of the file. `columns` are those to read, all by default.
    """
    frame = read_frame(path, columns)
    return frame if name.startswith("raw_") else with_rows(frame, name)


def replace_text(path: Path, text: str) -> None:
    """Write UTF-8 text as `replace_bytes` does."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write beside `path` and rename it, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    os.replace(beside, path)


def _array(values: pd.Series, kind: pa.DataType) -> pa.Array:
    """A column of a file; categories become the text they stand for."""
    if values.dtype == "category":
        return pa.Array.from_pandas(values).cast(kind)
    return pa.Array.from_pandas(values, type=kind, safe=True)


def _arrow_field(variable: Variable) -> pa.Field:
    """One column of the file with its label."""
    kind = ARROW_TYPES.get(variable.type, pa.string())
    return pa.field(variable.name, kind, metadata={"label": variable.label})


def _write(table: pa.Table, path: Path) -> None:
    """Write beside and rename; the pandas block of the metadata, which names versions, goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {k: v for k, v in (table.schema.metadata or {}).items() if k != b"pandas"}
    beside = path.with_name(path.name + ".part")
    counts = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    pq.write_table(
        table.replace_schema_metadata(metadata),
        beside,
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name not in counts],
        column_encoding=dict.fromkeys(counts, "DELTA_BINARY_PACKED"),
        write_statistics=False,
    )
    os.replace(beside, path)


def contents(path: Path) -> pd.DataFrame:
    """What the file says of its columns, like PROC CONTENTS: variable, label, type."""
    schema = pq.read_schema(parts(path)[0])
    return pd.DataFrame(
        {
            "variable": schema.names,
            "label": [_label(field) for field in schema],
            "type": [str(field.type) for field in schema],
        }
    )


def _label(field: pa.Field) -> str:
    """The label of a column, empty when it has none."""
    return (field.metadata or {}).get(b"label", b"").decode()


def write_json(value: object, path: Path) -> None:
    """Write JSON with sorted keys."""
    replace_text(path, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
