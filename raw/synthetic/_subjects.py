"""The treated patients with the dates that the published intervals give them."""

from __future__ import annotations

import pandas as pd


def treated_subjects(dates: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per treated patient: patient, GROUP, AGE, REC_DAYS, REC_LOC and dates.

    consent, first (infusion), treated (end of the treatment period), contact (death, or the last
    contact of a patient `alive`); `days` is contact minus first plus 1.
    """
    subjects = dates["dm"].loc[lambda form: form["GROUP"] != ""]
    subjects = subjects[["patient", "GROUP", "AGE", "CONSENT_DAT"]]
    given = dates["ex"].groupby("patient", as_index=False).agg(first=("EX_DAT", "min"))
    ended = dates["ds"].loc[lambda form: form["DS_EVT"] == "Treatment completed"]
    for other in (
        given,
        ended[["patient", "DS_DAT"]].rename(columns={"DS_DAT": "treated"}),
        dates["su"][["patient", "SU_DAT", "SU_STAT"]].rename(columns={"SU_DAT": "contact"}),
        dates["mh"][["patient", "REC_DAYS", "REC_LOC"]],
    ):
        subjects = subjects.merge(other, how="left", on="patient", validate="one_to_one")
    days = (subjects["contact"] - subjects["first"]).dt.days + 1
    return subjects.assign(alive=subjects["SU_STAT"] == "Alive", days=days).rename(
        columns={"CONSENT_DAT": "consent"}
    )
