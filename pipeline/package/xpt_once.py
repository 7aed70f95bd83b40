"""A transport file in one pass: records are written in a second thread and compared behind it.

The first thread reads the next batch, hands it on to be written, and compares the one before with
what stands in the file (`xpt_compare`). So every batch is read once, two cores are busy where there
are two, and memory does not grow with the number of records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from pipeline.errors import StudyError
from pipeline.package.xpt_columns import blocks
from pipeline.package.xpt_compare import Comparison
from pipeline.spec import Dataset
from pipeline.xpt_format import XptWriter
from pipeline.xpt_header import XptHeader

AHEAD = 1
T = TypeVar("T")


def write_compared(
    header: XptHeader, dataset: Dataset, batches: Iterator[pa.RecordBatch], rows: int, path: Path
) -> None:
    """Write `batches`, in all `rows` records, to `path` and compare every cell with the file.

    What `batches` raise goes before the StudyError of a comparison (see `compare_xpt`). Whatever
    is raised, the second thread has ended.
    """
    with path.open("wb") as file:
        writer = XptWriter(header, file)
        try:
            with Comparison(path, dataset, rows) as comparison, ThreadPoolExecutor(1) as pool:
                for batch in _ahead(pool, partial(_write, writer, dataset), batches):
                    comparison.add(batch)
                writer.end()
                comparison.check_end()
        except StudyError:
            deque(batches, maxlen=0)  # the values that are not checked yet
            raise


def _write(writer: XptWriter, dataset: Dataset, batch: pa.RecordBatch) -> None:
    """Write one batch."""
    for block in blocks([batch], dataset, writer.header):
        writer.write(block)


def _ahead(pool: Executor, step: Callable[[T], None], pieces: Iterable[T]) -> Iterator[T]:
    """The pieces, each when `step` is done with it in `pool`, which is AHEAD pieces ahead."""
    begun: deque[tuple[T, Future[None]]] = deque()
    for piece in pieces:
        begun.append((piece, pool.submit(step, piece)))
        if len(begun) > AHEAD:
            yield _done(*begun.popleft())
    while begun:
        yield _done(*begun.popleft())


def _done(piece: T, running: Future[None]) -> T:
    """The piece, as soon as what runs on it has ended well."""
    running.result()
    return piece
