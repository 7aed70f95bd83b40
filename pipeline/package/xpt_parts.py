"""A large dataset in parts: files of whole subjects where possible, each within 5 GB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.package.xpt_columns import Source, as_text, count_rows, read_batches
from pipeline.spec import Dataset
from pipeline.xpt_header import CARD, XptHeader

SUBJECT = "USUBJID"
STEP = 1_000_000


def part_records(
    source: Source, dataset: Dataset, header: XptHeader, most_bytes: int
) -> list[range]:
    """The records (from 0) of each part of `source`, none when one file of `most_bytes` holds all.

    A part ends where a subject ends, if one does within it.
    """
    rows = count_rows(source)
    most = max(1, (most_bytes - header.size - CARD) // header.record.itemsize)
    if rows <= most:
        return []
    starts = _subject_starts(source, dataset) if SUBJECT in dataset.names else np.empty(0, int)
    parts, start = [], 0
    while start < rows:
        stop = min(start + most, rows)
        within = starts[(starts > start) & (starts <= stop)]
        if stop < rows and within.size:
            stop = int(within[-1])
        parts.append(range(start, stop))
        start = stop
    return parts


def part_name(name: str, number: int) -> str:
    """The name of part `number` (from 1): LB gives LB1; eight characters at most."""
    return name[: 8 - len(str(number))] + str(number)


def clipped(batches: Iterator[pa.RecordBatch], records: range) -> Iterator[pa.RecordBatch]:
    """The batches with only the records in `records`, counted from 0."""
    at = 0
    for batch in batches:
        first, last = max(records.start - at, 0), min(records.stop - at, batch.num_rows)
        if first < last:
            yield batch.slice(first, last - first)
        at += batch.num_rows


def _subject_starts(source: Source, dataset: Dataset) -> np.ndarray:
    """The records (from 0) with which another subject begins."""
    only = replace(dataset, variables=(dataset[SUBJECT],))
    starts, at, before = [np.empty(0, dtype="int64")], 0, None
    for batch in read_batches(source, only, STEP):
        subjects = as_text(batch.column(0)).to_numpy(zero_copy_only=False)
        other = np.append(subjects[0] != before, subjects[1:] != subjects[:-1])
        starts.append(np.flatnonzero(other) + at)
        at, before = at + len(subjects), subjects[-1]
    return np.concatenate(starts)
