"""Study days: --DY relative to the subject's reference start date (SDTMIG 3.4, section 4.4.4)."""

from __future__ import annotations

import pandas as pd

from pipeline.days import relative_day, whole_date
from pipeline.merge import derive_vars_merged


def derive_vars_study_day(frame: pd.DataFrame, dm: pd.DataFrame, *dates: str) -> pd.DataFrame:
    """`frame` with --DY for each --DTC of `dates` (AESTDTC makes AESTDY), from DM.RFSTDTC."""
    merged = derive_vars_merged(frame, dm, "USUBJID", {"_reference": "RFSTDTC"}, lineage=False)
    days = {
        name.removesuffix("DTC") + "DY": compute_study_day(merged[name], merged["_reference"])
        for name in dates
    }
    return frame.assign(**days)


def compute_study_day(date: pd.Series, reference: pd.Series) -> pd.Series:
    """Study day of ISO 8601 text; missing when either date is missing or partial."""
    return relative_day(whole_date(date), whole_date(reference))
