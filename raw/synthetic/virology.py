"""Hepatitis B virus DNA: at screening, during treatment and in follow-up, never quantifiable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic._visits import schedule


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The form `hbv`: one record per sample."""
    visits = schedule(dates)
    treated = ~visits["VISIT"].isin(["Screening", "Follow-up"])
    due = ~treated | (visits["number"] % int(plan["every"]) == 1)
    return {
        "hbv": pd.DataFrame(
            {
                "patient": visits["patient"],
                "VISIT": visits["VISIT"],
                "HBV_DAT": visits["date"],
                "HBV_RES": plan["result"],
                "HBV_UNIT": plan["unit"],
                "HBV_LLOQ": plan["lloq"],
            }
        ).loc[due]
    }
