"""Values in relation to their reference range (ADaMIG 1.3, section 3.3.6: A1LO, A1HI, R2A1LO)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.adam.baseline import derive_var_base

BASELINE = {"BASE": "AVAL", "BR2A1LO": "R2A1LO", "BR2A1HI": "R2A1HI", "BNRIND": "ANRIND"}


def derive_vars_limits(frame: pd.DataFrame, low: float = 1, high: float = 1) -> pd.DataFrame:
    """`frame` with AVAL in relation to A1LO and A1HI, and the same at baseline (ABLFL = Y).

    R2A1LO and R2A1HI are the ratios to the limits, ANRIND is H above `high` times the upper limit,
    L below `low` times the lower, otherwise N (also for a missing value); BASE, BR2A1LO, BR2A1HI
    and BNRIND are those of the baseline record.
    """
    value = frame["AVAL"]
    above, below = value > high * frame["A1HI"], value < low * frame["A1LO"]
    made = frame.assign(
        R2A1LO=value / frame["A1LO"],
        R2A1HI=value / frame["A1HI"],
        ANRIND=pd.Series(np.select([above, below], ["H", "L"], "N"), frame.index, dtype="str"),
    )
    for name, source in BASELINE.items():
        made = derive_var_base(made, name, source)
    return made


def distance_from_limits(frame: pd.DataFrame, low: float, high: float) -> pd.Series:
    """The larger of `high` A1HI - AVAL and AVAL - `low` A1LO (a threshold range of AVAL).

    Where one limit is missing the other counts; missing without AVAL.
    """
    upper = high * frame["A1HI"] - frame["AVAL"]
    lower = frame["AVAL"] - low * frame["A1LO"]
    return pd.concat([upper, lower], axis=1).max(axis=1)
