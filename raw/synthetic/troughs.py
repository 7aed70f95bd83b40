"""Trough levels of tacrolimus and sirolimus: stable around a level of the patient's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic._visits import schedule

EDGE = 0.08


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The form `tdm`: one record per sample, with the level of each drug."""
    visits = schedule(dates)
    visits = visits.loc[visits["number"] % int(plan["every"]) == 0]
    patients = visits["patient"].drop_duplicates()
    form = pd.DataFrame(
        {"patient": visits["patient"], "VISIT": visits["VISIT"], "TDM_DAT": visits["date"]}
    )
    for field, limits in plan["drugs"].items():
        low, high = float(limits["low"]), float(limits["high"])
        own = dict(zip(patients, rng.uniform(0.25, 0.75, len(patients)), strict=True))
        place = visits["patient"].map(own) + rng.normal(0, 0.1, len(visits))
        levels = low + (high - low) * place.clip(EDGE, 1 - EDGE)
        form[field] = [f"{level:.1f}" for level in levels]
    return {"tdm": form.assign(TDM_UNIT="ng/mL")}
