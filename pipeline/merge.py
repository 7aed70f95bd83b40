"""Bringing in values of another dataset without losing rows, order or lineage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.distinct import number_places
from pipeline.errors import StudyError, listed
from pipeline.lineage import collapse_rows, join_rows, row_columns
from pipeline.sorting import ordered


def derive_vars_merged(
    frame: pd.DataFrame,
    other: pd.DataFrame,
    by: str | Sequence[str],
    new_vars: Sequence[str] | Mapping[str, str],
    lineage: bool = True,
) -> pd.DataFrame:
    """`frame` with variables of `other`, which has at most one record per `by`.

    `new_vars` lists the variables of `other`, or maps the new name to the name in `other`. Every
    row of `frame` stays, in its order; `_row_` columns of `other` come along unless `lineage` is
    False (as for a reference date that every record of the subject shares). Raises StudyError when
    `other` has several records per `by`. After admiral's derive_vars_merged.
    """
    keys = [by] if isinstance(by, str) else list(by)
    names = dict(new_vars) if isinstance(new_vars, Mapping) else {name: name for name in new_vars}
    _check_unique(other, keys, list(names.values()))
    rows = row_columns(other) if lineage else []
    right = other[rows].assign(**{new: other[old] for new, old in names.items()})
    found = right.reset_index(drop=True).reindex(_places(frame, other, keys))
    found.index = frame.index
    for column in rows:
        if column in frame.columns:
            found[column] = join_rows(frame[column], found[column])
    kept = frame.drop(columns=[name for name in names if name in frame.columns])
    return kept.assign(**{str(name): found[name] for name in found.columns})


def _places(frame: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> npt.NDArray[np.int64]:
    """For each record of `frame` the place of the one of `other` with its keys, -1 for none."""
    left, right = np.zeros(len(frame), dtype="int64"), np.zeros(len(other), dtype="int64")
    for key in keys:
        mine, values = pd.factorize(frame[key], use_na_sentinel=False)
        theirs, known = pd.factorize(other[key], use_na_sentinel=False)
        _check_kinds(key, values, known)
        found = known.get_indexer(values).take(mine)
        # numbers of the combinations that `other` has, in its order: at the end its records
        right, distinct = pd.factorize(right * len(known) + theirs)
        wanted = np.where(np.minimum(left, found) < 0, -1, left * len(known) + found)
        left = number_places(wanted, distinct)
    return left


def _check_kinds(key: str, left: pd.Index, right: pd.Index) -> None:
    """A key is text on both sides or a number on both sides, where it has values."""
    left, right = left.dropna(), right.dropna()
    kinds = {pd.api.types.infer_dtype(side) == "string" for side in (left, right) if len(side)}
    if len(kinds) > 1:
        raise StudyError(
            f"merge by {key}", "one dataset has text, the other numbers", "convert one of them"
        )


def summarised(
    frame: pd.DataFrame,
    by: str | Sequence[str],
    **aggregations: tuple[str, str | Callable[..., object]],
) -> pd.DataFrame:
    """One row per `by`: `name=(column, function)` as in pandas' named aggregation, with lineage.

    The `_row_` columns hold all records of the group. Rows come sorted by `by`.
    """
    keys = [by] if isinstance(by, str) else list(by)
    grouped = frame.groupby(keys, as_index=False, sort=True)
    made = _aggregated(frame, keys, aggregations)
    groups = grouped.ngroup().to_numpy()
    rows = {name: collapse_rows(frame[name], groups, len(made)) for name in row_columns(frame)}
    return made.assign(**rows)


def _aggregated(
    frame: pd.DataFrame, keys: list[str], aggregations: Mapping[str, Any]
) -> pd.DataFrame:
    """The aggregations per `keys`; text is compared by its place in the order of all values."""
    words: dict[str, pd.Index] = {}
    for name, (column, function) in aggregations.items():
        if function in ("min", "max") and frame[column].dtype == "str":
            codes, words[name] = pd.factorize(frame[column], sort=True)
            frame = frame.assign(**{f"_order_{column}": np.where(codes < 0, np.nan, codes)})
    asked = {
        name: (f"_order_{column}" if name in words else column, function)
        for name, (column, function) in aggregations.items()
    }
    grouped = frame.groupby(keys, as_index=False, sort=True)
    made = grouped.agg(**asked) if asked else grouped.size()[keys]
    spelled = {
        name: pd.Series(known, dtype="str").reindex(made[name]).set_axis(made.index)
        for name, known in words.items()
    }
    return made.assign(**spelled)


def first_per(frame: pd.DataFrame, by: str | Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """The first record per `by` in the order of `order`; missing values come last."""
    keys = [by] if isinstance(by, str) else list(by)
    return ordered(frame, [*keys, *order]).drop_duplicates(keys, keep="first")


def last_per(frame: pd.DataFrame, by: str | Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """The last record per `by` in the order of `order`; missing values come first."""
    keys = [by] if isinstance(by, str) else list(by)
    return ordered(frame, [*keys, *order], missing_first=True).drop_duplicates(keys, keep="last")


def _check_unique(other: pd.DataFrame, keys: list[str], names: list[str]) -> None:
    """`other` has one record per `keys`."""
    repeated = other.loc[other.duplicated(keys, keep=False), keys].drop_duplicates()
    if len(repeated):
        first = [" ".join(map(str, row)) for row in repeated.to_numpy()]
        raise StudyError(
            f"merge of {', '.join(names)} by {', '.join(keys)}",
            f"several records for {listed(first)}",
            "choose one record first (first_per, last_per) or merge by more keys",
        )


def stacked(*frames: pd.DataFrame) -> pd.DataFrame:
    """The rows of the frames one below the other, numbered anew; columns are those of any frame.

    A column without a value is missing numbers, or of the type it has where it comes from.
    """
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    kinds = {name: frame[name].dtype for frame in reversed(frames) for name in frame.columns}
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    parts = [frame.dropna(axis=1, how="all") for frame in frames if len(frame)]
    if not parts:
        return frames[0].reindex(columns=columns).astype(kinds)
    made = pd.concat(parts, ignore_index=True)
    empty = [name for name in columns if name not in made.columns]
    other = {name: kinds[name] for name in empty if not pd.api.types.is_numeric_dtype(kinds[name])}
    return made.reindex(columns=columns).astype(other)
