"""Dates of recurrence, transplantation and therapies: published in kind, not in time.

The time from recurrence to the first infusion is chosen so that survival after recurrence has the
published median and confidence limits; the transplantation follows from the published days.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic._subjects import treated_subjects
from synthetic.calibration import calibrate, survival_distance

COLLECTED = ["SITE", "SUBJECT"]


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The forms mh, cm and pr with their dates filled in."""
    subjects = treated_subjects(dates)
    drugs, procedures, history = (dates[n].drop(columns=COLLECTED) for n in ("cm", "pr", "mh"))
    treated_before = pd.concat([drugs, procedures.rename(columns=lambda n: n.replace("PR", "CM"))])
    treated_before = treated_before.loc[treated_before["CM_CAT"].str.startswith("Prior")]
    prior = subjects["patient"].isin(treated_before["patient"])
    recurred = recurrences(plan["recurrence"], subjects, prior, rng)
    days = pd.to_timedelta(history["REC_DAYS"].astype(int), unit="D")
    rec_dat = history["patient"].map(recurred)
    history = history.assign(REC_DAT=rec_dat, LT_DAT=rec_dat - days)
    around = subjects.merge(
        history[["patient", "LT_DAT", "REC_DAT"]], how="left", on="patient", validate="one_to_one"
    )
    return {
        "mh": history,
        "cm": drug_dates(drugs, around, plan["drugs"], rng),
        "pr": procedure_dates(procedures, around, rng),
    }


def recurrences(
    plan: dict, dates: pd.DataFrame, prior: pd.Series, rng: np.random.Generator
) -> dict[str, pd.Timestamp]:
    """Patient -> date of recurrence: before consent, by a month more after a prior treatment.

    `forced_days` are those before the first infusion where the published limits leave no choice.
    """
    forced = dates["patient"].map(plan["forced_days"]).astype("float64")
    lead = (dates["first"] - dates["consent"]).dt.days
    least = lead + np.where(prior, int(plan["prior_treatment_days"]), 1)
    longest = int(plan["longest_days"])

    def propose(place: int) -> int:
        return int(rng.integers(least.iloc[place], longest))

    start = pd.Series([propose(n) for n in range(len(dates))], index=dates.index)
    start = forced.fillna(start).astype(int)
    gap = calibrate(
        start,
        propose,
        lambda days: survival_distance(days + dates["days"], ~dates["alive"], plan["target"]),
        np.flatnonzero(forced.isna()),
        rng,
    )
    recurred = dates["first"] - pd.to_timedelta(gap, unit="D")
    return dict(zip(dates["patient"], recurred, strict=True))


def drug_dates(
    drugs: pd.DataFrame, around: pd.DataFrame, plan: dict, rng: np.random.Generator
) -> pd.DataFrame:
    """The form cm with CM_STDAT, CM_ENDAT, CM_ONGO.

    Prior drugs lie between recurrence and consent, concomitant ones begin within the treatment
    period, immunosuppression at transplantation or at recurrence.
    """
    rows = drugs[["patient"]].merge(around, how="left", on="patient", validate="many_to_one")
    rows.index = drugs.index
    kind, n = drugs["CM_CAT"].str.split().str[0], len(drugs)
    immune = drugs["CM_CAT"].str.contains("immuno")
    share = pd.Series(rng.uniform(0.05, 0.35, n), index=drugs.index)
    until = pd.Series(rng.uniform(0.7, 1.0, n), index=drugs.index)
    early = rows["LT_DAT"] + pd.Timedelta(days=1)
    begun = rows["REC_DAT"].where(drugs["CM_TRT"].isin(plan["from_recurrence"]), early)
    start = within(rows["first"], rows["treated"], share).where(kind != "Prior",
        within(rows["REC_DAT"], rows["consent"], share)).mask(immune, begun)  # fmt: skip
    after = within(rows["treated"], rows["contact"].clip(upper=rows["treated"]
        + pd.Timedelta(days=int(plan["longest_after_treatment"]))), until)  # fmt: skip
    stop = after.where(kind != "Prior", within(rows["REC_DAT"], rows["consent"], until))
    return drugs.drop(columns=["CM_STDAT", "CM_ENDAT", "CM_ONGO"], errors="ignore").assign(
        CM_STDAT=start,
        CM_ENDAT=stop.mask(immune),
        CM_ONGO=np.where(immune, "Yes", "No"),
    )


def procedure_dates(
    procedures: pd.DataFrame, around: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """The form pr with PR_DAT: between recurrence and consent, or within the treatment period."""
    rows = procedures[["patient"]].merge(around, how="left", on="patient", validate="many_to_one")
    rows.index = procedures.index
    share = pd.Series(rng.uniform(0.1, 0.9, len(rows)), index=rows.index)
    prior = procedures["PR_CAT"].str.startswith("Prior")
    before = within(rows["REC_DAT"], rows["consent"], share)
    during = within(rows["first"], rows["treated"], share)
    kept = procedures.drop(columns="PR_DAT", errors="ignore")
    return kept.assign(PR_DAT=before.where(prior, during))


def within(start: pd.Series, end: pd.Series, share: pd.Series) -> pd.Series:
    """The whole day at `share` of the way from start to end."""
    return (start + (end - start) * share).dt.floor("D")
