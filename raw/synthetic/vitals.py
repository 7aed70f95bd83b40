"""Vital signs before and after each infusion; the temperature follows the published pyrexia."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic._visits import numbered, schedule

BEFORE, AFTER = "Before infusion", "After infusion"


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The form `vs`: one record per visit and time point."""
    visits = schedule(dates)
    infused = ~visits["VISIT"].isin(["Screening", "Follow-up"])
    records = pd.concat(
        [
            visits.assign(VS_TPT=np.where(infused, BEFORE, ""), place=0),
            visits.loc[infused].assign(VS_TPT=AFTER, place=1),
        ]
    )
    records = records.assign(order=records["patient"].astype(int))
    records = records.sort_values(["order", "number", "place"], kind="stable")
    form = pd.DataFrame(
        {
            "patient": records["patient"],
            "VISIT": records["VISIT"],
            "VS_DAT": records["date"],
            "VS_TPT": records["VS_TPT"],
            "VS_TEMP": [f"{v:.1f}" for v in temperatures(records, plan, dates["ae"], rng)],
        }
    ).reset_index(drop=True)
    for field, (low, high) in plan["others"].items():
        form[field] = rng.integers(int(low), int(high) + 1, len(form)).astype(str)
    form.insert(3, "VS_NO", numbered(form, "VS_NO")["VS_NO"])
    return {"vs": form}


def temperatures(
    records: pd.DataFrame, plan: dict, events: pd.DataFrame, rng: np.random.Generator
) -> pd.Series:
    """Degrees Celsius: fever after an infusion with pyrexia, by its grade; none otherwise."""
    low, high = map(float, plan["afebrile"])
    values = pd.Series(rng.uniform(low, high, len(records)), index=records.index)
    fever = events.loc[events["AE_TERM"] == "pyrexia"]
    grades = dict(zip(fever["patient"] + "/" + fever["AE_INF"], fever["AE_GRADE"], strict=True))
    grade = (records["patient"] + "/" + records["number"].astype(str)).map(grades)
    drawn = rng.random(len(records))
    result = values.to_numpy()
    for name, (least, most) in plan["fever"].items():
        chosen = ((grade == name) & (records["place"] == 1)).to_numpy()
        result = np.where(chosen, float(least) + (float(most) - float(least)) * drawn, result)
    return pd.Series(result)
