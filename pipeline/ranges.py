"""Values against their reference range: LOW, NORMAL, HIGH (SDTMIG --NRIND, ADaMIG ANRIND)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]
NEAR = 2e-6
"""Relative: a result this near to a multiple of a limit lies on it. Both may be conversions, which
differ from the collected numbers by 5e-7 at most (`DIGITS` of pipeline/sdtm/units.py)."""


def times_limit(value: pd.Series, limit: pd.Series) -> pd.Series:
    """`value` as a multiple of `limit` to six significant digits, as they were collected.

    2.4 mg/dL at a limit of 1.2 mg/dL stays 2 after both were converted. Missing without one of
    them, or for a limit of 0.
    """
    ratio = (value / limit.where(limit != 0)).astype("float64")
    return ratio.map(lambda number: float(f"{number:.6g}"), na_action="ignore")


def passes(value: Numbers, limit: Numbers, high: bool = True) -> npt.NDArray[np.bool_]:
    """True where a value lies beyond its limit (above, or below when not `high`), not on it."""
    away = np.abs(limit) * NEAR
    return value > limit + away if high else value < limit - away


def range_indicator(value: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """LOW below `low`, HIGH above `high`, otherwise NORMAL; the limits themselves are normal.

    Missing without a value, and without either limit; one limit is enough.
    """
    known = value.notna() & (low.notna() | high.notna())
    normal = pd.Series("NORMAL", index=value.index, dtype="str")
    return normal.mask(value < low, "LOW").mask(value > high, "HIGH").where(known)
