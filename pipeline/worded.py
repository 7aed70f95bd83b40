"""Text that is kept as places in a list of its words until somebody asks for the text.

A column that a program only takes along, while records are chosen, put in order or merged, is never
spelled out: its places are moved, and in the end each word is looked at once. It is a pandas `str`
column like any other; what is not done here pandas does with the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.core.arrays.string_arrow import (  # type: ignore[attr-defined]
    ArrowStringArrayNumpySemantics as Text,
)

from pipeline.distinct import LARGE, arrow_array, arrow_numbers, number_places

ADDITION = ("add", "radd")
Places = npt.NDArray[np.signedinteger[Any]]


class Words(NamedTuple):
    """The place of each value among the words, -1 for a missing one, and the words (all given)."""

    places: Places
    known: pa.Array

    def spelled(self) -> pa.Array:
        """The text of each value."""
        return self.known.take(arrow_numbers(self.places, self.places >= 0))

    def dictionary(self, kind: pa.DataType) -> pa.DictionaryArray:
        """The same as an Arrow dictionary, its places int32 as those that Arrow makes."""
        places = arrow_numbers(self.places.astype("int32"), self.places >= 0)
        return pa.DictionaryArray.from_arrays(places, self.known.cast(kind), safe=False)

    def in_use(self) -> Words:
        """The same values with no other words than theirs, in order of appearance."""
        seen = pc.unique(pa.array(self.places)).to_numpy()
        seen = seen[seen >= 0]
        if np.array_equal(seen, np.arange(len(seen))):
            return Words(self.places, self.known.slice(0, len(seen)))
        place = np.full(len(self.known), -1, dtype=smallest(len(seen)))
        place[seen] = np.arange(len(seen))
        return Words(place, self.known.take(pa.array(seen))).at(self.places)

    def at(self, places: npt.NDArray[np.signedinteger[Any]]) -> Words:
        """The values at some places, missing at -1."""
        moved = np.append(self.places, self.places.dtype.type(-1)).take(places, mode="wrap")
        return Words(moved, self.known)


def smallest(number: int) -> type[np.signedinteger[Any]]:
    """The type of the places of so many words."""
    kinds = (kind for kind in (np.int8, np.int16, np.int32) if number <= np.iinfo(kind).max)
    return next(kinds, np.int64)


def coded(values: pa.Array | pa.ChunkedArray) -> Words:
    """The words of an Arrow array of text or of a dictionary of text without repeated words."""
    held = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    held = held if isinstance(held, pa.DictionaryArray) else held.dictionary_encode()
    places = held.indices.fill_null(-1).to_numpy().astype(smallest(len(held.dictionary)))
    return Words(places, held.dictionary.cast(LARGE))


def words_of(column: pd.Series) -> Words:
    """The words of a `str` column; there may be some that no value has."""
    held = getattr(column.array, "held", None)
    return coded(arrow_array(column)) if held is None else held


def worded(
    values: Words | pa.Array | pa.ChunkedArray | Sequence[str | None],
    index: pd.Index | None = None,
) -> pd.Series:
    """A `str` column of words, of Arrow text, or of texts."""
    if not isinstance(values, Words):
        held = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, LARGE)
        values = coded(held)
    return pd.Series(Worded(values), index)


def joined(columns: Sequence[pd.Series]) -> pd.Series:
    """Text columns one below the other, numbered anew; those that hold words keep them."""
    arrays = [column.array for column in columns]
    held = [array.held for array in arrays if isinstance(array, Worded) and array.held]
    if len(held) < len(columns):
        return pd.concat(list(columns), ignore_index=True)
    known = pc.unique(pa.chunked_array([words.known for words in held], LARGE))
    kind = smallest(len(known))
    moved = [
        Words(pc.index_in(words.known, known).to_numpy().astype(kind), known).at(words.places)
        for words in held
    ]
    return worded(Words(np.concatenate([words.places for words in moved]), known))


class Worded(Text):
    """A `str` array that holds words, or text as soon as a value is replaced."""

    def __init__(self, values: Any) -> None:
        """`values` as pandas takes them, or words."""
        self._held: Words | None = None
        self._text: Any = None  # a chunked array
        if isinstance(values, Words):
            self._held = values
            self._dtype = pd.StringDtype("pyarrow", na_value=np.nan)
        else:
            super().__init__(values)

    @property
    def _pa_array(self) -> pa.ChunkedArray:
        """The text, spelled out when it is first asked for."""
        if self._text is None and self._held is not None:
            self._text = pa.chunked_array([self._held.spelled()], LARGE)
        return self._text

    @_pa_array.setter
    def _pa_array(self, text: pa.ChunkedArray) -> None:
        """Another text."""
        self._text, self._held = text, None

    @property
    def held(self) -> Words | None:
        """The words; None when there is text instead."""
        return self._held

    def __len__(self) -> int:
        """The number of values."""
        return len(self._text if self._held is None else self._held.places)

    def copy(self) -> Self:
        """Another array of the same values."""
        return type(self)(self._text if self._held is None else self._held)

    def isna(self) -> npt.NDArray[np.bool_]:
        """Whether each value is missing."""
        return super().isna() if self._held is None else self._held.places < 0

    def __getitem__(self, item: Any) -> Any:
        """A value, or the values of a slice or mask."""
        if self._held is not None and (isinstance(item, slice) or _is_mask(item, len(self))):
            return type(self)(Words(self._held.places[item], self._held.known))
        return super().__getitem__(item)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """The values at some places; -1 is missing with `allow_fill`."""
        at = np.asarray(indices)
        filled = allow_fill and pd.isna(fill_value)
        first, last = (at.min(), at.max()) if len(at) else (0, -1)
        if self._held is None or last >= len(self) or first < (-1 if filled else 0):
            return super().take(indices, allow_fill, fill_value)
        if first < 0 and not len(self):
            return type(self)(Words(np.full(len(at), -1, dtype="int8"), self._held.known))
        moved = self._held.places.take(at, mode="wrap")
        if first < 0:
            moved[at < 0] = -1
        return type(self)(Words(moved, self._held.known))

    def factorize(self, use_na_sentinel: bool = True) -> tuple[npt.NDArray[np.intp], Text]:
        """Codes and distinct values in order of appearance."""
        if self._held is None or not self._has_few_words():
            return super().factorize(use_na_sentinel)
        places, known = self._held
        seen = pc.unique(pa.array(places)).to_numpy()
        seen = seen[seen >= 0] if use_na_sentinel else seen
        code = np.full(len(known) + 1, -1, dtype="intp")
        code[seen] = np.arange(len(seen))
        return code.take(places, mode="wrap"), self._words()[seen]

    def isin(self, values: Any) -> npt.NDArray[np.bool_]:
        """Whether each value is among `values`."""
        if self._held is None or not self._has_few_words():
            return super().isin(values)
        return self._words().isin(values).take(self._held.places, mode="wrap")

    def _cmp_method(self, other: Any, op: Callable[..., Any]) -> Any:
        """What a comparison gives for each value."""
        if not (self._held is not None and self._has_few_words() and isinstance(other, str)):
            return super()._cmp_method(other, op)
        return self._words()._cmp_method(other, op)[self._held.places]

    def _arith_method(self, other: Any, op: Callable[..., Any]) -> Any:
        """Text put together: what the words of both sides give, once for each pair that occurs."""
        mine, theirs = _side(self, len(self)), _side(other, len(self))
        if op.__name__ not in ADDITION or mine is None or theirs is None:
            return super()._arith_method(other, op)
        pair = (mine, theirs) if op.__name__ == "add" else (theirs, mine)
        return type(self)(_together(*pair))

    def equals(self, other: object) -> bool:
        """Whether another array has the same values."""
        return isinstance(other, Text) and self._pa_array == other._pa_array

    def _words(self) -> Text:
        """Its words and, at the end, a missing one: what stands at place -1."""
        assert self._held is not None
        return Text(pa.concat_arrays([self._held.known, pa.nulls(1, LARGE)]))

    def _has_few_words(self) -> bool:
        """Whether it holds no more words than values."""
        return self._held is not None and len(self._held.known) <= len(self)


def _side(values: Any, length: int) -> Words | None:
    """One side of an addition; None when it is no text or its words are not fewer than it is."""
    if isinstance(values, str):
        return Words(np.zeros(length, dtype="int8"), pa.array([values], LARGE))
    few = isinstance(values, Worded) and values._has_few_words() and len(values) == length
    return values.held if few else None


def _together(left: Words, right: Words) -> Words:
    """The texts of both sides, one after the other; missing where one is."""
    pair = left.places.astype("int64") * len(right.known) + right.places
    pair[(left.places < 0) | (right.places < 0)] = -1
    seen = pc.unique(pa.array(pair)).to_numpy()
    seen = seen[seen >= 0]
    first, second = np.divmod(seen, max(1, len(right.known)))
    parts = (left.known.take(pa.array(first)), right.known.take(pa.array(second)))
    text = pc.binary_join_element_wise(*parts, pa.scalar("", LARGE))
    return coded(text).at(number_places(pair, seen))  # several pairs may give one text


def _is_mask(item: Any, length: int) -> bool:
    """Whether `item` chooses among so many values by true and false."""
    return isinstance(item, np.ndarray) and item.dtype == bool and len(item) == length
