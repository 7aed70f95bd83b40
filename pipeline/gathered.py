"""Frames one below the other without a second copy of them: what joins the batches of a dataset.

Numbers go to their place in a column made for all rows, text keeps its words and their places.
While frames are read one after the other, there is never more in memory than what is kept and one
frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.where import Condition
from pipeline.worded import joined


class Gathered:
    """A frame that grows from top to bottom."""

    def __init__(self, most: int) -> None:
        """No row yet, and room for `most`; room takes memory only when it is filled."""
        self.most = most
        self.columns: dict[str, _Column] = {}

    def put(self, frame: pd.DataFrame, where: Condition | None = None) -> None:
        """Add the rows of `frame` that meet `where`, all by default.

        A column gets the type that holds all values, also of rows that are not kept: what a program
        reads is the same however the rows are spread over frames.
        """
        kept = None if where is None else where(frame)
        for name in frame.columns:
            values = frame[name]
            column = self.columns.setdefault(name, _Column(self.most))
            column.put(values if kept is None else values.loc[kept], values.dtype)

    def whole(self) -> pd.DataFrame:
        """All rows, numbered from 0."""
        return pd.DataFrame({n: column.whole() for n, column in self.columns.items()}, copy=False)


class _Column:
    """One column of the frame."""

    def __init__(self, most: int) -> None:
        """No value yet."""
        self.most, self.filled = most, 0
        self.numbers: npt.NDArray[Any] | None = None
        self.text: list[pd.Series] = []

    def put(self, values: pd.Series, kind: Any) -> None:
        """Further values, taken from a column of the type `kind`."""
        if kind == "str":
            self.text.append(values)
            return
        if self.numbers is None:
            self.numbers = np.empty(self.most, kind)
        elif self.numbers.dtype != kind:
            self.numbers = self.numbers.astype(np.result_type(self.numbers.dtype, kind))
        end = self.filled + len(values)
        self.numbers[self.filled : end] = values
        self.filled = end

    def whole(self) -> Any:
        """The values as an array."""
        if self.text:
            return joined(self.text).array
        assert self.numbers is not None
        return self.numbers[: self.filled]
