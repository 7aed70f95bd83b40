"""--LOBXFL: the last observation before exposure (SDTMIG 3.4, section 4.5.9)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.merge import derive_vars_merged
from pipeline.sorting import ordered


def derive_var_lobxfl(
    frame: pd.DataFrame, dm: pd.DataFrame, by: Sequence[str] = ()
) -> pd.DataFrame:
    """`frame` with --LOBXFL = Y on the last record with a result up to DM.RFXSTDTC.

    One per subject and `by` (the --TESTCD of the domain unless others are named). A result on the
    day of first exposure counts as before it.
    """
    test = next(name for name in frame.columns if name.endswith("TESTCD"))
    domain = test.removesuffix("TESTCD")
    keys = ["USUBJID", *(by or [test])]
    date, result = f"{domain}DTC", f"{domain}STRESC"
    merged = derive_vars_merged(frame, dm, "USUBJID", {"_exposed": "RFXSTDTC"}, lineage=False)
    before = merged[date].str.slice(0, 10) <= merged["_exposed"].str.slice(0, 10)
    read = list(dict.fromkeys([*keys, date]))
    usable = frame.loc[before.fillna(False).astype(bool) & frame[result].notna(), read]
    last = ordered(usable, [*keys, date]).drop_duplicates(keys, keep="last")
    flag = pd.Series("Y", index=last.index, dtype="str").reindex(frame.index)
    return frame.assign(**{f"{domain}LOBXFL": flag})
