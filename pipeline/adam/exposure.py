"""Exposure: numbering doses, and the dose before an event."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.days import whole_date
from pipeline.lineage import join_rows
from pipeline.toxicity import latest_before

EX_ROW = "_row_ex"


def number_doses(ex: pd.DataFrame) -> pd.Series:
    """The number of each administration within the subject, in the order of EXSTDTC."""
    ordered = ex.sort_values(["USUBJID", "EXSTDTC", "EXSEQ"], kind="stable")
    return (ordered.groupby("USUBJID", sort=False).cumcount() + 1).reindex(ex.index)


def derive_vars_last_dose(
    frame: pd.DataFrame, ex: pd.DataFrame, date: str, new_vars: Mapping[str, str]
) -> pd.DataFrame:
    """`frame` with variables of the last dose on or before `date`, and its record as lineage.

    `new_vars` maps a new variable to one of EX, or to NUMBER (of the dose within the subject) or
    DAYS (from the dose to `date`). After admiral's derive_vars_joined for the last dose.
    """
    doses = ex.assign(_date=whole_date(ex["EXSTDTC"]))
    found = latest_before(frame, doses, date, "_date")
    own = {"NUMBER": found["_number"], "DAYS": found["_days"]}
    values = {
        name: own[source] if source in own else found["_dose"].map(ex[source])
        for name, source in new_vars.items()
    }
    rows = found["_dose"].map(ex[EX_ROW])
    if EX_ROW in frame.columns:
        rows = join_rows(frame[EX_ROW], rows)
    return frame.assign(**values, **{EX_ROW: rows})


def cumulative_dose(ex: pd.DataFrame, adsl: pd.DataFrame) -> pd.Series:
    """The dose of each subject of `adsl` over all days of treatment, EXDOSE being that of a day.

    An interval without end lasts to TRTEDT of the subject. Missing for a subject without exposure.
    """
    ends = whole_date(ex["EXENDTC"]).fillna(ex["USUBJID"].map(adsl.set_index("USUBJID")["TRTEDT"]))
    days = (ends - whole_date(ex["EXSTDTC"])).dt.days + 1
    return adsl["USUBJID"].map((days * ex["EXDOSE"]).groupby(ex["USUBJID"]).sum())
