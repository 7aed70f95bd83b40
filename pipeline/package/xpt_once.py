"""A transport file in one pass: every batch of records is written, and compared with the file.

So every batch is read once, and memory does not grow with the number of records. (In a second
thread the comparison takes longer than here: both wait for the same interpreter and memory.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from pipeline.errors import StudyError
from pipeline.package.xpt_columns import blocks
from pipeline.package.xpt_compare import Comparison, agreed
from pipeline.spec import Dataset
from pipeline.xpt_format import XptWriter
from pipeline.xpt_header import XptHeader


def write_compared(
    header: XptHeader, dataset: Dataset, batches: Iterator[pa.RecordBatch], rows: int, path: Path
) -> None:
    """Write `batches`, in all `rows` records, to `path` and compare every cell with the file.

    What `batches` raise goes before the StudyError of a comparison (see `compare_xpt`).
    """
    with path.open("wb") as file:
        writer = XptWriter(header, file)
        try:
            with Comparison(path, dataset, rows) as comparison:
                for batch in batches:
                    for block in blocks([batch], dataset, header, agreed):
                        writer.write(block)
                        comparison.add_block(block)
                    comparison.add_ends(batch)
                writer.end()
                comparison.check_end()
        except StudyError:
            deque(batches, maxlen=0)  # the values that are not checked yet
            raise
