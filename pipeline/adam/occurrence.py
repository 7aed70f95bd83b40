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
    return frame.assign(
        **{name: _flag(frame.loc[where, [*by, *order]], by, order, "first", frame.index)}
    )


def flag_last(
    frame: pd.DataFrame, name: str, by: Sequence[str], order: Sequence[str], where: Condition
) -> pd.DataFrame:
    """`frame` with `name` = Y on the last record per `by` that meets `where`, missing elsewhere."""
    return frame.assign(
        **{name: _flag(frame.loc[where, [*by, *order]], by, order, "last", frame.index)}
    )


def _flag(
    rows: pd.DataFrame,
    by: Sequence[str],
    order: Sequence[str],
    keep: Literal["first", "last"],
    index: pd.Index,
) -> pd.Series:
    """Y at one row per `by`, over all rows of `index`."""
    chosen = ordered(rows, order).drop_duplicates(list(by), keep=keep).index
    return pd.Series("Y", index=chosen, dtype="str").reindex(index)
