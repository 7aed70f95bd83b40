"""Values against their reference range: LOW, NORMAL, HIGH (SDTMIG --NRIND, ADaMIG ANRIND)."""

from __future__ import annotations

import pandas as pd


def range_indicator(value: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """LOW below `low`, HIGH above `high`, otherwise NORMAL; the limits themselves are normal.

    Missing without a value, and without either limit; one limit is enough.
    """
    known = value.notna() & (low.notna() | high.notna())
    normal = pd.Series("NORMAL", index=value.index, dtype="str")
    return normal.mask(value < low, "LOW").mask(value > high, "HIGH").where(known)
