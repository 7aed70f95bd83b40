"""A transport file in one pass: while records are written, those before are read back and compared.

The comparison runs in a second thread, on a core that is idle or not. It reads what stands in the
file (`xpt_compare`) and knows nothing of the writer; at most AHEAD batches wait for it, so memory
does not grow with the number of records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from pipeline.errors import StudyError
from pipeline.package.xpt_columns import blocks
from pipeline.package.xpt_compare import Comparison
from pipeline.spec import Dataset
from pipeline.xpt_format import XptWriter
from pipeline.xpt_header import XptHeader

AHEAD = 2
T = TypeVar("T")


def write_compared(
    header: XptHeader, dataset: Dataset, batches: Iterator[pa.RecordBatch], rows: int, path: Path
) -> None:
    """Write `batches`, in all `rows` records, to `path` and compare every cell with the file.

    StudyError as `compare_xpt` raises it; what `batches` raise comes before it.
    """
    with path.open("wb") as file:
        writer = XptWriter(header, file)
        with Comparison(path, dataset, rows) as comparison:
            try:
                with in_second_thread(comparison.add) as compare:
                    for batch in batches:
                        for block in blocks([batch], dataset, header):
                            writer.write(block)
                        compare(batch)
                    writer.end()
            except StudyError:
                deque(batches, maxlen=0)
                raise
            comparison.check_end()


@contextmanager
def in_second_thread(step: Callable[[T], None]) -> Iterator[Callable[[T], None]]:
    """Run `step` in another thread on the pieces that are handed over, one after the other.

    Gives the function that hands over; it waits while AHEAD pieces are not done. An error of `step`
    is raised by that function or at the end of the block. However the block ends, the thread has
    ended, with no more than the piece it was at.
    """
    pool = ThreadPoolExecutor(1)
    waiting: deque[Future[None]] = deque()

    def hand_over(piece: T) -> None:
        if len(waiting) == AHEAD:
            waiting.popleft().result()
        waiting.append(pool.submit(step, piece))

    try:
        yield hand_over
        while waiting:
            waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
