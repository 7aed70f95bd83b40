"""Analysis dates and days (ADaMIG 1.3, section 3.3.3)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.days import relative_day, whole_date


def derive_vars_dt(frame: pd.DataFrame, dates: Mapping[str, str]) -> pd.DataFrame:
    """`frame` with numeric dates: new variable -> the ISO 8601 variable it is made of.

    A partial date stays missing; nothing is imputed.
    """
    return frame.assign(**{name: whole_date(frame[source]) for name, source in dates.items()})


def derive_vars_dy(frame: pd.DataFrame, reference: str, *dates: str) -> pd.DataFrame:
    """`frame` with the relative day of each date: ASTDT makes ASTDY. Day 1 is `reference`."""
    days = {
        name.removesuffix("DT") + "DY": relative_day(frame[name], frame[reference])
        for name in dates
    }
    return frame.assign(**days)


def derive_var_duration(frame: pd.DataFrame, name: str, start: str, end: str) -> pd.DataFrame:
    """`frame` with `name` = days from `start` to `end`, both counted."""
    return frame.assign(**{name: (frame[end] - frame[start]).dt.days.astype("float64") + 1})
