"""The visits at which safety is looked at: screening, each infusion, the first follow-up."""

from __future__ import annotations

import pandas as pd


def schedule(dates: dict[str, pd.DataFrame], follow_up_days: int = 14) -> pd.DataFrame:
    """One row per treated patient and visit: patient, VISIT, date, number (0, 1..n, n + 1).

    Screening is the day of the published classification, follow-up `follow_up_days` after the last
    infusion, which all patients outlived.
    """
    infusions = dates["ex"][["patient", "VISIT"]].assign(
        date=dates["ex"]["EX_DAT"], number=dates["ex"]["EX_NO"].astype(int)
    )
    screening = dates["st"][["patient"]].assign(
        VISIT="Screening", date=dates["st"]["ST_DAT"], number=0
    )
    last = infusions.sort_values("number").groupby("patient", as_index=False).last()
    after = last.assign(
        VISIT="Follow-up",
        date=last["date"] + pd.Timedelta(days=follow_up_days),
        number=last["number"] + 1,
    )
    visits = pd.concat([screening, infusions, after], ignore_index=True)
    order = visits["patient"].astype(int)
    return visits.assign(_order=order).sort_values(["_order", "number"]).drop(columns="_order")


def numbered(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """`frame` with the number of the record within the patient, as text."""
    return frame.assign(**{name: (frame.groupby("patient").cumcount() + 1).astype(str)})
