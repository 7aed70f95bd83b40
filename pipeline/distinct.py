"""Work done once per distinct value, and membership: what keeps millions of records cheap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LARGE = pa.large_string()


def per_distinct(values: pd.Series, make: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What `make` gives for each value; it sees every distinct value once, never a missing one."""
    codes, distinct = pd.factorize(values)
    made = make(pd.Series(distinct, dtype=values.dtype))
    return made.reindex(codes).set_axis(values.index)


def among(values: pd.Series, wanted: pd.Series) -> pd.Series:
    """True where a text is one of `wanted`, which may be long."""
    found = pc.is_in(arrow_array(values), value_set=arrow_array(wanted.dropna().drop_duplicates()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def places(values: pd.Series, known: pd.Series) -> npt.NDArray[np.int64]:
    """Where each text first stands in `known` (from 0), -1 where it does not."""
    text, words = (arrow_array(side.astype("str")) for side in (values, known))
    return pc.index_in(text, value_set=words).fill_null(-1).to_numpy().astype("int64")


def number_places(
    values: npt.NDArray[np.int64], known: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Where each number stands in `known`, from 0, -1 where it does not; -1 stands nowhere.

    All are -1 or more. Numbers that are close together are looked up without a hash table.
    """
    size = int(max(values.max(initial=-1), known.max(initial=-1))) + 1
    if size > 2 * (len(values) + len(known)):
        return pd.Index(known).get_indexer(pd.Index(values))
    place = np.full(size + 1, -1)
    place[known] = np.arange(len(known))
    return place.take(values, mode="wrap")


def arrow_numbers(values: npt.NDArray[Any], known: npt.NDArray[np.bool_]) -> pa.Array:
    """Numbers in Arrow without a copy; those that are not `known` are missing."""
    missing = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [missing, data])


def arrow_array(values: pd.Series | pd.Index, kind: pa.DataType = LARGE) -> pa.Array:
    """The values in one piece."""
    held = pa.array(values, kind, from_pandas=True)
    return held.combine_chunks() if isinstance(held, pa.ChunkedArray) else held
