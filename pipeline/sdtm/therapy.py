"""Therapies of which only the relation to the reference period is known (SDTMIG 4.4.7)."""

from __future__ import annotations

import pandas as pd


def derive_var_enrf(frame: pd.DataFrame, name: str, category: str) -> pd.DataFrame:
    """`frame` with --ENRF: BEFORE for a category of prior therapy, DURING/AFTER for concomitant.

    The category's first word decides; any other category (with dates of its own) stays missing.
    """
    kind = frame[category].str.split(" ").str[0]
    return frame.assign(
        **{name: kind.map({"PRIOR": "BEFORE", "CONCOMITANT": "DURING/AFTER"}).astype("str")}
    )
