"""Flags: population flags are Y or N, record flags Y or missing (ADaMIG 1.3, section 3.1.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from pipeline.where import Condition, always

Expression = Callable[[pd.DataFrame], pd.Series]


def yes_no(condition: Condition) -> Expression:
    """Y where the condition holds, N elsewhere."""
    return lambda frame: condition(frame).map({True: "Y", False: "N"}).astype("str")


def yes(condition: Condition) -> Expression:
    """Y where the condition holds, missing elsewhere."""
    return lambda frame: condition(frame).map({True: "Y"}).astype("str")


def derive_var_exists(
    frame: pd.DataFrame,
    other: pd.DataFrame,
    name: str,
    where: Condition | None = None,
    by: str | Sequence[str] = "USUBJID",
) -> pd.DataFrame:
    """`frame` with `name` = Y when `other` has a record that meets `where`, otherwise N.

    After admiral's derive_var_merged_exist_flag.
    """
    keys = [by] if isinstance(by, str) else list(by)
    found = other.loc[where or always(), keys].drop_duplicates().assign(_found=True)
    merged = frame[keys].merge(found, how="left", on=keys, validate="many_to_one")
    exists = merged["_found"].notna().set_axis(frame.index)
    return frame.assign(**{name: exists.map({True: "Y", False: "N"}).astype("str")})
