"""EPOCH from the elements a subject was in (SDTMIG 3.4, section 7.1.2 and domain SE)."""

from __future__ import annotations

import pandas as pd

from pipeline.days import whole_date


def derive_var_epoch(frame: pd.DataFrame, se: pd.DataFrame, date: str) -> pd.DataFrame:
    """`frame` with EPOCH: that of the subject's last element that began on or before `date`.

    Missing when the date is partial, before the first element, or after the end of the last.
    """
    when = whole_date(frame[date])
    epoch = pd.Series(None, index=frame.index, dtype="str")
    ordered = se.sort_values(["USUBJID", "TAETORD"], kind="stable")
    for _, elements in ordered.groupby("TAETORD", sort=True):
        own = elements.set_index("USUBJID")
        start = whole_date(frame["USUBJID"].map(own["SESTDTC"]))
        end = whole_date(frame["USUBJID"].map(own["SEENDTC"]))
        inside = (when >= start) & ((when <= end) | end.isna())
        epoch = epoch.mask(inside, frame["USUBJID"].map(own["EPOCH"]))
    return frame.assign(EPOCH=epoch)
