"""Toxicity in relation to dosing: the administration before an event, and dose limitation."""

from __future__ import annotations

import pandas as pd

BLOOD = "Blood and lymphatic system disorders"
# CTCAE 4.03 puts the counts of blood cells under Investigations.
BLOOD_COUNTS = (
    "CD4 LYMPHOCYTES DECREASED",
    "HAEMOGLOBIN INCREASED",
    "HEMOGLOBIN INCREASED",
    "LYMPHOCYTE COUNT DECREASED",
    "LYMPHOCYTE COUNT INCREASED",
    "NEUTROPHIL COUNT DECREASED",
    "PLATELET COUNT DECREASED",
    "WHITE BLOOD CELL COUNT DECREASED",
    "WHITE BLOOD CELL DECREASED",
)


def latest_before(
    events: pd.DataFrame, doses: pd.DataFrame, start: str, given: str
) -> pd.DataFrame:
    """For each event the last dose on or before it: `_number`, `_days` since, `_dose` its row.

    `start` and `given` name datetime64 columns of `events` and `doses`. Rows keep the index of
    `events`; an event without a date or before the first dose has missing values. `_number` counts
    the doses of the subject, `_dose` is the index of the dose in `doses`.
    """
    order = doses.sort_values(["USUBJID", given], kind="stable")
    order = order.assign(_number=order.groupby("USUBJID").cumcount() + 1.0, _dose=order.index)
    known = events.loc[events[start].notna(), ["USUBJID", start]].sort_values(start, kind="stable")
    right = order.loc[order[given].notna(), ["USUBJID", given, "_number", "_dose"]]
    if known.empty or right.empty:
        return pd.DataFrame(float("nan"), index=events.index, columns=["_number", "_days", "_dose"])
    found = pd.merge_asof(
        known.reset_index(names="_event"),
        right.sort_values(given, kind="stable"),
        left_on=start,
        right_on=given,
        by="USUBJID",
    )
    found["_days"] = (found[start] - found[given]).dt.days.astype("float64")
    return found.set_index("_event")[["_number", "_days", "_dose"]].reindex(events.index)


def dose_limiting(events: pd.DataFrame, days: pd.Series, window: int) -> pd.Series:
    """True for related events within `window` days of a dose of grade 3 or more.

    Haematological events count from grade 4: blood and lymphatic system disorders, and the counts
    of blood cells. Reads AEREL, AETOXGR, AEBODSYS and AEDECOD; `days` since the last dose.
    """
    grade = pd.to_numeric(events["AETOXGR"], errors="coerce")
    counts = events["AEDECOD"].str.upper().isin(BLOOD_COUNTS)
    limit = ((events["AEBODSYS"] == BLOOD) | counts).map({True: 4, False: 3})
    related = events["AEREL"].notna() & ~events["AEREL"].str.startswith("NOT ", na=False)
    return related & (grade >= limit) & days.between(0, window)
