"""Transport files of a study: write each dataset, read it back with another reader, compare.

Text has one length per variable name in all datasets of the study (FDA validator rules FB1801 and
FB1901), so the lengths are a step of their own. A file of more than 5 GB is also given in parts
(FDA Study Data Technical Conformance Guide, "split").
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from pipeline.datasets import all_datasets, input_path
from pipeline.errors import raise_all
from pipeline.frames import longest, stated_lengths, write_json
from pipeline.package.xpt_columns import (
    MOST_BYTES,
    PIECE_ROWS,
    Source,
    blocks,
    count_rows,
    file_header,
    read_batches,
)
from pipeline.package.xpt_once import write_compared
from pipeline.package.xpt_parts import clipped, part_name, part_records
from pipeline.package.xpt_rules import checked
from pipeline.package.xpt_spec import check_dataset
from pipeline.spec import Dataset
from pipeline.study import StudyFolder
from pipeline.xpt_format import write_file
from pipeline.xpt_header import XptHeader

MOST_FILE_BYTES = 5_368_709_120


def export_lengths(folder: StudyFolder) -> None:
    """Write build/xpt/lengths.json: variable -> bytes, from the Parquet files of all datasets."""
    specs = all_datasets(folder)
    paths = {name: folder.path / input_path(folder, name) for name in specs}
    write_json(observed_lengths(paths, specs), _lengths_path(folder))


def export_dataset(
    folder: StudyFolder, name: str, lengths: Mapping[str, int] | None = None
) -> None:
    """Write build/xpt/NAME.xpt of the dataset `name` (lower case), and its parts beyond 5 GB.

    `lengths` are those of build/xpt/lengths.json when not given. The file takes its place only
    when what the Parquet file holds is read back from it; errors as in `export_xpt`.
    """
    dataset = all_datasets(folder)[name]
    source = folder.path / input_path(folder, name)
    if lengths is None:
        lengths = json.loads(_lengths_path(folder).read_text(encoding="utf-8"))
    path = folder.build / "xpt" / f"{name}.xpt"
    path.parent.mkdir(parents=True, exist_ok=True)
    export_xpt(source, dataset, lengths, path, folder.study.timestamp)
    header = file_header(dataset, lengths, folder.study.timestamp)
    export_parts(source, dataset, header, path.parent / "split" / name)


def observed_lengths(paths: Mapping[str, Path], specs: Mapping[str, Dataset]) -> dict[str, int]:
    """Text variable -> bytes of its longest value in any dataset, at least 1 and at most 200.

    `paths` and `specs` have the same keys: the Parquet file and the specification of a dataset.
    """
    lengths: dict[str, int] = {}
    for name, spec in sorted(specs.items()):
        for variable, size in _lengths_of(paths[name], spec).items():
            lengths[variable] = max(lengths.get(variable, 1), size)
    return {v: min(size, MOST_BYTES) for v, size in sorted(lengths.items())}


def _lengths_of(path: Path, spec: Dataset) -> dict[str, int]:
    """The lengths in one file: what it says itself, or what its records say."""
    texts = tuple(variable for variable in spec.variables if variable.is_text)
    stated = stated_lengths(path)
    if all(variable.name in stated for variable in texts):
        return {variable.name: stated[variable.name] for variable in texts}
    found = {variable.name: 1 for variable in texts}
    for batch in read_batches(path, replace(spec, variables=texts), PIECE_ROWS, words=True):
        found = {name: max(size, longest(batch.column(name))) for name, size in found.items()}
    return found


def write_xpt(
    source: Source,
    dataset: Dataset,
    lengths: Mapping[str, int],
    path: Path,
    timestamp: dt.datetime,
) -> None:
    """Write `source`, a frame or a Parquet file with the variables of `dataset`, to `path`.

    Every value is checked before it is written; StudyErrors name each rule that is broken, by
    variable, and leave `path` as it was.
    """
    header, batches = _checked(source, dataset, lengths, timestamp)
    with _beside(path) as part:
        write_file(header, blocks(batches, dataset, header), part)


def export_xpt(
    source: Source,
    dataset: Dataset,
    lengths: Mapping[str, int],
    path: Path,
    timestamp: dt.datetime,
) -> None:
    """What `write_xpt` and `compare_xpt` do, in one pass (see `xpt_once`).

    StudyErrors for what a transport file may not hold, before all others; StudyError for a cell
    that reads differently. Each leaves `path` as it was.
    """
    header, batches = _checked(source, dataset, lengths, timestamp)
    with _beside(path) as part:
        write_compared(header, dataset, batches, count_rows(source), part)


def export_parts(
    source: Source, dataset: Dataset, header: XptHeader, folder: Path, limit: int = MOST_FILE_BYTES
) -> None:
    """Write a dataset of more than `limit` bytes in parts to `folder`: LB1, LB2 and so on.

    Without need for parts the folder goes. Each part is read back and compared like the whole.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for number, records in enumerate(part_records(source, dataset, header, limit), 1):
        spec = replace(dataset, name=part_name(dataset.name, number))
        path = folder / f"{spec.name.lower()}.xpt"
        folder.mkdir(parents=True, exist_ok=True)
        with _beside(path) as part:
            batches = clipped(read_batches(source, dataset, PIECE_ROWS, words=True), records)
            write_compared(replace(header, name=spec.name), spec, batches, len(records), part)


def _checked(
    source: Source, dataset: Dataset, lengths: Mapping[str, int], timestamp: dt.datetime
) -> tuple[XptHeader, Iterator[pa.RecordBatch]]:
    """The header, and the records as far as they keep the rules; StudyErrors as in `write_xpt`."""
    raise_all(check_dataset(dataset, lengths))
    batches = read_batches(source, dataset, PIECE_ROWS, words=True)
    return file_header(dataset, lengths, timestamp), checked(dataset, lengths, batches)


def _lengths_path(folder: StudyFolder) -> Path:
    """Where the lengths of text variables stand."""
    return folder.build / "xpt" / "lengths.json"


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when all went well, and goes when not."""
    beside = path.with_name(path.name + ".part")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
