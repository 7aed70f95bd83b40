"""Text that is kept as places in a list of its words until somebody asks for the text.

A column that a program only takes along, while records are chosen, put in order or merged, is never
spelled out: its places are moved, and in the end each word is looked at once. It is a pandas `str`
column like any other; what is not done here pandas does with the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.core.arrays.string_arrow import (  # type: ignore[attr-defined]
    ArrowStringArrayNumpySemantics as Text,
)

LARGE = pa.large_string()


def worded(values: pa.Array | pa.ChunkedArray | Sequence[str | None]) -> pd.Series:
    """A `str` column of an Arrow dictionary of text, or of texts."""
    held = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, LARGE)
    held = held.combine_chunks() if isinstance(held, pa.ChunkedArray) else held
    held = held if isinstance(held, pa.DictionaryArray) else held.dictionary_encode()
    return pd.Series(
        Worded(pa.DictionaryArray.from_arrays(held.indices, held.dictionary.cast(LARGE)))
    )


def joined(columns: Sequence[pd.Series]) -> pd.Series:
    """Text columns one below the other, numbered anew; those that hold words keep them."""
    held = [getattr(column.array, "held", None) for column in columns]
    if any(words is None for words in held):
        return pd.concat(list(columns), ignore_index=True)
    return worded(pa.chunked_array(held).unify_dictionaries())


class Worded(Text):
    """A `str` array that holds a dictionary, or text as soon as a value is replaced."""

    def __init__(self, values: Any) -> None:
        """`values` as pandas takes them, or a dictionary of large strings."""
        self._held: Any = None  # a dictionary array
        self._text: Any = None  # a chunked array
        if isinstance(values, pa.DictionaryArray):
            self._held = values
            self._dtype = pd.StringDtype("pyarrow", na_value=np.nan)
        else:
            super().__init__(values)

    @property
    def _pa_array(self) -> pa.ChunkedArray:
        """The text, spelled out when it is first asked for."""
        if self._text is None:
            spelled = self._held.dictionary.take(self._held.indices)
            self._text = pa.chunked_array([spelled], LARGE)
        return self._text

    @_pa_array.setter
    def _pa_array(self, text: pa.ChunkedArray) -> None:
        """Another text."""
        self._text, self._held = text, None

    @property
    def held(self) -> pa.DictionaryArray | None:
        """The dictionary; None when there is text instead."""
        return self._held

    def __len__(self) -> int:
        """The number of values."""
        return len(self._text if self._held is None else self._held)

    def copy(self) -> Self:
        """Another array of the same values."""
        return type(self)(self._text if self._held is None else self._held)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """The values at some places; -1 is missing with `allow_fill`."""
        places = np.asarray(indices)
        filled = allow_fill and pd.isna(fill_value)
        first, last = (places.min(), places.max()) if len(places) else (0, -1)
        if self._held is None or last >= len(self) or first < (-1 if filled else 0):
            return super().take(indices, allow_fill, fill_value)
        at = pa.array(places, pa.int64(), mask=places < 0 if first < 0 else None)
        moved = self._held.indices.take(at)
        return type(self)(pa.DictionaryArray.from_arrays(moved, self._held.dictionary))

    def factorize(self, use_na_sentinel: bool = True) -> tuple[npt.NDArray[np.intp], Text]:
        """Codes and distinct values in order of appearance."""
        if not self._has_few_words():
            return super().factorize(use_na_sentinel)
        seen = pc.unique(self._held.indices)
        seen = seen.drop_null() if use_na_sentinel else seen
        code = np.full(len(self._held.dictionary) + 1, -1, dtype="intp")
        code[seen.fill_null(-1).to_numpy()] = np.arange(len(seen))
        return code[self._places()], Text(self._held.dictionary.take(seen))

    def isin(self, values: Any) -> npt.NDArray[np.bool_]:
        """Whether each value is among `values`."""
        if not self._has_few_words():
            return super().isin(values)
        return self._words().isin(values)[self._places()]

    def _cmp_method(self, other: Any, op: Callable[..., Any]) -> Any:
        """What a comparison gives for each value."""
        if not (self._has_few_words() and isinstance(other, str)):
            return super()._cmp_method(other, op)
        return self._words()._cmp_method(other, op)[self._places()]

    def equals(self, other: object) -> bool:
        """Whether another array has the same values."""
        return isinstance(other, Text) and self._pa_array == other._pa_array

    def _words(self) -> Text:
        """Its words and, at the end, a missing one."""
        return Text(pa.concat_arrays([self._held.dictionary, pa.nulls(1, LARGE)]))

    def _has_few_words(self) -> bool:
        """Whether it holds a dictionary that is not longer than its values are many."""
        return self._held is not None and len(self._held.dictionary) <= len(self._held)

    def _places(self) -> npt.NDArray[np.int32]:
        """The place of each value in the dictionary, -1 for a missing one."""
        return self._held.indices.fill_null(-1).to_numpy()
