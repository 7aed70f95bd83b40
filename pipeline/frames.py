"""Datasets as Parquet files: the hand-over between the layers.

The Arrow schema comes from the specification, so a file looks the same however few rows it has.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.distinct import arrow_numbers
from pipeline.gathered import Gathered
from pipeline.lineage import with_rows
from pipeline.spec import Dataset, Variable
from pipeline.where import Condition
from pipeline.worded import worded

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
    """Write `frame` (columns as in `dataset`); the file's metadata has labels and text lengths."""
    arrays = [_array(frame[v.name], _arrow_type(v)) for v in dataset.variables]
    schema = pa.schema(
        [_arrow_field(v, array) for v, array in zip(dataset.variables, arrays, strict=True)],
        metadata={"dataset": dataset.name, "label": dataset.label},
    )
    _write(pa.Table.from_arrays(arrays, schema=schema), path)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write any frame without its index."""
    arrays = {name: _array(frame[name]) for name in frame.columns}
    _write(pa.table(arrays), path)


def parts(path: Path) -> list[Path]:
    """The files of a dataset: the file itself, or the batches in the folder of that name."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def rows_of(path: Path) -> list[int]:
    """The number of records in each part of a dataset."""
    return [int(pq.read_metadata(part).num_rows) for part in parts(path)]


def read_frame(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a Parquet file, or all batches of one; text is `str`, missing is NaN."""
    return _joined(path, lambda part, _: _read_part(part, columns))


def read_input(
    path: Path, name: str, columns: list[str] | None = None, where: Condition | None = None
) -> pd.DataFrame:
    """A dataset, or one part of it, as a program receives it: with `_row_NAME`.

    A raw form carries its own, the line of the file. `columns` are those to read, all by default;
    of each batch the records that meet `where` are kept before the next batch is read.
    """

    def numbered(part: Path, before: int) -> pd.DataFrame:
        frame = _read_part(part, columns)
        return frame if name.startswith("raw_") else with_rows(frame, name, before)

    return _joined(path, numbered, where)


def _joined(
    path: Path, read: Callable[[Path, int], pd.DataFrame], where: Condition | None = None
) -> pd.DataFrame:
    """What `read` gives for each file, told how many records come before it, one at a time."""
    prepare_pandas()
    files = parts(path)
    if len(files) == 1 and where is None:
        return read(files[0], 0)
    rows = rows_of(path)
    found = Gathered(sum(rows))
    for part, before in zip(files, accumulate([0, *rows]), strict=False):
        found.put(read(part, before), where)
    return found.whole()


def _read_part(path: Path, columns: list[str] | None) -> pd.DataFrame:
    """One file; its text is read as dictionaries, so that each word is decoded once."""
    texts = [field.name for field in pq.read_schema(path) if _is_text(field.type)]
    return as_frame(pq.read_table(path, columns=columns, partitioning=None, read_dictionary=texts))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A table as a frame; text that comes as dictionaries keeps its words."""
    texts = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
    others = table.drop_columns(texts).to_pandas(split_blocks=True)
    whole = {
        name: worded(table.column(name).unify_dictionaries()) if name in texts else others[name]
        for name in table.column_names
    }
    return pd.DataFrame(whole, index=pd.RangeIndex(table.num_rows), copy=False)


def _is_text(kind: pa.DataType) -> bool:
    """Whether a column holds text."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def replace_text(path: Path, text: str) -> None:
    """Write UTF-8 text as `replace_bytes` does."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write beside `path` and rename it, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    os.replace(beside, path)


def _array(values: pd.Series, kind: pa.DataType | None = None) -> pa.Array:
    """A column of a file; text that holds words as a dictionary of those in use."""
    held = getattr(values.array, "held", None)
    if held is not None:
        return held.in_use().dictionary(kind or pa.string())
    if values.dtype == "float64" and kind in (None, pa.float64()):
        return arrow_numbers(values.to_numpy(), values.notna().to_numpy())
    return pa.Array.from_pandas(values, type=kind, safe=True)


def _arrow_type(variable: Variable) -> pa.DataType:
    """The type of a column of the file."""
    return ARROW_TYPES.get(variable.type, pa.string())


def _arrow_field(variable: Variable, values: pa.Array) -> pa.Field:
    """One column of the file with its label, and the bytes of its longest text."""
    said = {"label": variable.label}
    if variable.is_text:
        said["length"] = str(longest(values))
    return pa.field(variable.name, values.type, metadata=said)


def longest(values: pa.Array) -> int:
    """The bytes of the longest text, 0 when there is none; of a dictionary, the longest word."""
    words = values.dictionary if isinstance(values, pa.DictionaryArray) else values
    return pc.max(pc.binary_length(words)).as_py() or 0


def stated_lengths(path: Path) -> dict[str, int]:
    """Text column -> the bytes of its longest text, as far as every part of the file says it."""
    found: dict[str, list[int]] = {}
    for part in parts(path):
        for field in pq.read_schema(part):
            said = (field.metadata or {}).get(b"length")
            if said is not None:
                found.setdefault(field.name, []).append(int(said))
    number = len(parts(path))
    return {name: max(sizes) for name, sizes in found.items() if len(sizes) == number}


def _write(table: pa.Table, path: Path) -> None:
    """Write beside and rename; the pandas block of the metadata, which names versions, goes.

    A dictionary is written as it is, and the schema in the file says text.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {k: v for k, v in (table.schema.metadata or {}).items() if k != b"pandas"}
    said = pa.schema(map(_as_text, table.schema), metadata).serialize().to_pybytes()
    beside = path.with_name(path.name + ".part")
    counts = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    with pq.ParquetWriter(
        beside,
        table.schema,
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name not in counts],
        column_encoding=dict.fromkeys(counts, "DELTA_BINARY_PACKED"),
        write_statistics=False,
        store_schema=False,
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({**metadata, "ARROW:schema": base64.b64encode(said)})
    os.replace(beside, path)


def _as_text(field: pa.Field) -> pa.Field:
    """The field that a reader sees: text for a dictionary of text."""
    kind = field.type
    return field.with_type(kind.value_type) if pa.types.is_dictionary(kind) else field


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
