"""Numbers of an analysis: rounded half away from zero as SAS does, and put into groups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

NOISE = 1e-9


def rounded(values: pd.Series, digits: int) -> pd.Series:
    """The values with `digits` decimals, half away from zero: 27.45 becomes 27.5.

    Differences below 1e-9 of the last digit count as binary noise. Missing stays missing.
    """
    scale = 10.0**digits
    return np.sign(values) * np.floor(values.abs() * scale + 0.5 + NOISE) / scale


def grouped(values: pd.Series, lowest: Mapping[str, float]) -> pd.Series:
    """The group of each value: `lowest` maps a group to its smallest value, in rising order.

    Missing values and those below the first group have none.
    """
    edges = [*lowest.values(), np.inf]
    return pd.cut(values, edges, right=False, labels=list(lowest)).astype("str")


def group_number(groups: pd.Series, lowest: Mapping[str, float]) -> pd.Series:
    """The number of each group of `grouped`, from 1."""
    return groups.map({name: float(number) for number, name in enumerate(lowest, 1)})
