"""Values against their range: ANRIND (ADaMIG 1.3, section 3.3.6)."""

from __future__ import annotations

import pandas as pd


def derive_var_anrind(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with ANRIND: LOW below ANRLO, HIGH above ANRHI, otherwise NORMAL.

    Missing without a value, and without either limit; one limit is enough.
    """
    low = frame["AVAL"] < frame["ANRLO"]
    high = frame["AVAL"] > frame["ANRHI"]
    known = frame["AVAL"].notna() & (frame["ANRLO"].notna() | frame["ANRHI"].notna())
    normal = pd.Series("NORMAL", index=frame.index, dtype="str")
    return frame.assign(ANRIND=normal.mask(low, "LOW").mask(high, "HIGH").where(known))
