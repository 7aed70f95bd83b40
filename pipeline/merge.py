"""Bringing in values of another dataset without losing rows, order or lineage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from pipeline.errors import StudyError, listed
from pipeline.lineage import collapse_rows, join_rows, row_columns


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
    right = other[keys + rows].assign(**{new: other[old] for new, old in names.items()})
    left = frame.drop(columns=[name for name in names if name in frame.columns])
    merged = left.merge(right, how="left", on=keys, suffixes=("", "__new"), validate="many_to_one")
    merged.index = frame.index
    for column in rows:
        if column + "__new" in merged.columns:
            merged[column] = join_rows(merged[column], merged[column + "__new"])
    return merged.drop(columns=[c for c in merged.columns if str(c).endswith("__new")])


def summarised(
    frame: pd.DataFrame,
    by: str | Sequence[str],
    **aggregations: tuple[str, str | Callable[..., object]],
) -> pd.DataFrame:
    """One row per `by`: `name=(column, function)` as in pandas' named aggregation, with lineage.

    The `_row_` columns hold all records of the group. Rows come sorted by `by`.
    """
    keys = [by] if isinstance(by, str) else list(by)
    rows = {column: (column, collapse_rows) for column in row_columns(frame)}
    return frame.groupby(keys, as_index=False, sort=True).agg(**aggregations, **rows)


def first_per(frame: pd.DataFrame, by: str | Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """The first record per `by` in the order of `order`; missing values come last."""
    keys = [by] if isinstance(by, str) else list(by)
    return frame.sort_values([*keys, *order], kind="stable").drop_duplicates(keys, keep="first")


def last_per(frame: pd.DataFrame, by: str | Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """The last record per `by` in the order of `order`; missing values come first."""
    keys = [by] if isinstance(by, str) else list(by)
    ordered = frame.sort_values([*keys, *order], kind="stable", na_position="first")
    return ordered.drop_duplicates(keys, keep="last")


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
    """The rows of the frames one below the other, numbered anew; columns are those of any frame."""
    columns = list(dict.fromkeys(column for frame in frames for column in frame.columns))
    parts = [frame.dropna(axis=1, how="all") for frame in frames if len(frame)]
    if not parts:
        return frames[0].reindex(columns=columns)
    return pd.concat(parts, ignore_index=True).reindex(columns=columns)
