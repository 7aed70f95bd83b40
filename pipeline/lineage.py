"""Lineage: which records stand behind a record, and which raw records were left out and why.

A frame carries its lineage in hidden columns `_row_SOURCE`: a number, or a tuple of numbers where
several records of the source went into one row (ARCHITECTURE.md, "Frames").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ROW = "_row_"
KEY = "_key"
LINEAGE_COLUMNS = ["record", "source", "source_record", "reason"]

_excluded: ContextVar[list[pd.DataFrame] | None] = ContextVar("excluded", default=None)


def row_columns(frame: pd.DataFrame) -> list[str]:
    """The hidden columns of `frame` that name source records."""
    return [name for name in frame.columns if str(name).startswith(ROW)]


def record_numbers(values: pd.Series) -> npt.NDArray[np.int64]:
    """The numbers of a hidden column in its order, tuples taken apart, missing ones left out."""
    present = values.dropna()
    single = present.explode() if present.dtype == object else present
    return single.to_numpy("int64")


def with_rows(frame: pd.DataFrame, source: str, before: int = 0) -> pd.DataFrame:
    """`frame` with the hidden column `_row_SOURCE` numbering its records 1..n.

    `before` is how many records of the source come before those of `frame`.
    """
    numbers = np.arange(before + 1, before + len(frame) + 1, dtype="int64")
    return frame.assign(**{ROW + source: numbers})


def exclude(
    frame: pd.DataFrame, where: Callable[[pd.DataFrame], pd.Series], because: str
) -> pd.DataFrame:
    """The rows of `frame` that do not meet `where`; the others are recorded with the reason.

    A raw record that reaches no SDTM dataset must be excluded this way, or the balance of raw
    records does not close and the build fails.
    """
    meets = where(frame)
    collector = _excluded.get()
    if collector is not None and meets.any():
        collector.append(_long(frame.loc[meets].assign(record=0)).assign(reason=because))
    return frame.loc[~meets]


@contextmanager
def collecting_exclusions() -> Iterator[list[pd.DataFrame]]:
    """Collect what `exclude` leaves out while a program runs."""
    collected: list[pd.DataFrame] = []
    token = _excluded.set(collected)
    try:
        yield collected
    finally:
        _excluded.reset(token)


def lineage_of(frame: pd.DataFrame, exclusions: list[pd.DataFrame]) -> pd.DataFrame:
    """The long lineage of the rows of `frame` in order, then the exclusions.

    Columns record (1..n, 0 for an exclusion), source, source_record, reason (missing unless
    excluded).
    """
    numbered = frame.assign(record=np.arange(1, len(frame) + 1, dtype="int64"))
    kinds = {"record": "int64", "source": "str", "source_record": "int64", "reason": "str"}
    kept = _long(numbered)
    parts = [kept.assign(reason=_repeated(None, len(kept))), *exclusions]
    typed = [part[LINEAGE_COLUMNS].astype(kinds) for part in parts]
    return typed[0] if len(typed) == 1 else pd.concat(typed, ignore_index=True)


def join_rows(left: pd.Series, right: pd.Series) -> pd.Series:
    """Two columns of source records as one; where they differ, both as a tuple."""
    joined = left.astype(object).where(left.notna(), right.astype(object))
    given = left.notna() & right.notna()
    differ = given & (left.astype(object) != right.astype(object))
    if differ.any():
        pairs = zip(left[differ].tolist(), right[differ].tolist(), strict=True)
        both = [tuple(sorted({*_numbers(a), *_numbers(b)})) for a, b in pairs]
        joined[differ] = pd.Series(both, index=joined.index[differ])
    return joined


def collapse_rows(values: pd.Series, groups: npt.NDArray[Any], number: int) -> pd.Series:
    """The source records of each of `number` groups as one value: a number, a tuple, or missing.

    `groups` is the group (from 0) of each value, -1 for none.
    """
    flat = pd.DataFrame({"group": groups, "row": values.to_numpy()})
    flat = flat.loc[flat["group"] >= 0].dropna()
    flat = flat.explode("row") if flat["row"].dtype == object else flat
    flat = flat.astype("int64").drop_duplicates().sort_values(["group", "row"])
    rows = flat["row"].tolist()
    starts = np.searchsorted(flat["group"], np.arange(number + 1)).tolist()
    found = [tuple(rows[first:last]) for first, last in pairwise(starts)]
    told = [each if len(each) > 1 else (each[0] if each else None) for each in found]
    return pd.Series(told, dtype=object).infer_objects()


def _numbers(value: Any) -> tuple[int, ...]:
    """The numbers in a value of a hidden column."""
    return value if isinstance(value, tuple) else (int(value),)


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per row of `frame`, source and source record."""
    parts = []
    for column in row_columns(frame):
        part = frame[["record", column]].dropna().rename(columns={column: "source_record"})
        if part["source_record"].dtype == object:
            part = part.explode("source_record")
        part["source_record"] = part["source_record"].astype("int64")
        part.insert(1, "source", _repeated(column.removeprefix(ROW), len(part)).array)
        parts.append(part)
    if not parts:
        return pd.DataFrame({"record": [], "source": [], "source_record": []})
    if len(parts) == 1:
        return parts[0].reset_index(drop=True)
    return pd.concat(parts, ignore_index=True)


def _repeated(word: str | None, times: int) -> pd.Series:
    """The same text for every row."""
    return (
        pd.Series([word], dtype="str").take(np.zeros(times, dtype="int64")).reset_index(drop=True)
    )
