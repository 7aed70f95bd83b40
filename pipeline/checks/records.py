"""Records by their number: from 1 through the whole dataset, however many files it is kept in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

RECORD = "record"
Records = npt.NDArray[np.int64]


def numbered(frame: pd.DataFrame, before: int = 0) -> pd.DataFrame:
    """`frame` with the numbers of its records as index; `before` stand before its first.

    A frame that has them already stays as it is.
    """
    if frame.index.name == RECORD:
        return frame
    return frame.set_axis(pd.RangeIndex(before + 1, before + len(frame) + 1, name=RECORD), axis=0)
