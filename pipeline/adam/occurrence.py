"""Flags of the first and the last record (ADaM OCCDS 1.1, section 3.2.8: AOCCFL and its kind)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from pipeline.sorting import ordered
from pipeline.where import Condition


def flag_first(
    frame: pd.DataFrame, name: str, by: Sequence[str], order: Sequence[str], where: Condition
) -> pd.DataFrame:
    """`frame` with `name` = Y on the first record per `by` that meets `where`, missing elsewhere.

    Missing values of `order` come last.
    """
    return frame.assign(**{name: _flag(frame, where, by, order, "first")})


def flag_last(
    frame: pd.DataFrame, name: str, by: Sequence[str], order: Sequence[str], where: Condition
) -> pd.DataFrame:
    """`frame` with `name` = Y on the last record per `by` that meets `where`, missing elsewhere."""
    return frame.assign(**{name: _flag(frame, where, by, order, "last")})


def _flag(
    frame: pd.DataFrame,
    where: Condition,
    by: Sequence[str],
    order: Sequence[str],
    keep: Literal["first", "last"],
) -> pd.Series:
    """Y at one row per `by` among those that meet `where`."""
    rows = frame.loc[where, list(dict.fromkeys([*by, *order]))]
    chosen = ordered(rows, order).drop_duplicates(list(by), keep=keep).index
    return pd.Series("Y", index=chosen, dtype="str").reindex(frame.index)
