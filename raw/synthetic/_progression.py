"""Progression-free days per patient that give the published medians, limits and log-rank test."""

from __future__ import annotations

from math import log

import numpy as np
import pandas as pd

from pipeline.tlf.statistics import spearman
from pipeline.tlf.survival import log_rank
from synthetic.calibration import beyond, calibrate, survival_distance


def scheduled(plan: dict, until: int) -> list[int]:
    """The planned study days of assessments up to study day `until`."""
    early, late = int(plan["every_days"]), int(plan["later_every_days"])
    change = 1 + early * int(plan["early_assessments"])
    planned = [*range(1 + early, change + 1, early), *range(change + late, until, late)]
    return [day for day in planned if day < until]


def progression_days(
    plan: dict, subjects: pd.DataFrame, schedule: dict, rng: np.random.Generator
) -> pd.DataFrame:
    """One row per patient: patient, days (of progression, death or cut-off), progressed, event.

    Progression is found at an assessment, so its day lies within the window of a planned one.
    """
    target = plan["target"]
    died = subjects["patient"].isin(plan["died_without_progression"])
    free = subjects["patient"].isin(plan["progression_free"])
    window, latest = int(schedule["window_days"]), int(plan["latest_day"])
    allowed = [
        [
            day
            for planned in scheduled(schedule, min(latest, int(end)))
            for day in range(planned - window, planned + window + 1)
            if day < min(latest, int(end) - 14)
        ]
        for end in subjects["days"]
    ]

    def propose(place: int) -> int:
        return int(rng.choice(allowed[place]))

    start = pd.Series([propose(place) for place in range(len(subjects))], index=subjects.index)
    start = start.mask(died | free, subjects["days"])
    covariates = [subjects[name].astype(float) for name in plan["uncorrelated"]]

    def distance(days: pd.Series) -> float:
        found = survival_distance(days, ~free, target["all"])
        for group, wanted in target["groups"].items():
            mine = subjects["GROUP"] == group
            found += survival_distance(days[mine], ~free[mine], wanted)
        if found:
            return 100 + found
        p = log_rank(days, ~free, subjects["GROUP"]).p
        found = beyond(log(p), log(float(target["log_rank"])), 0.05, missing=10)
        related = [max(0.06 - (spearman(values, days).p or 1.0), 0) for values in covariates]
        return found + sum(related)

    days = calibrate(start, propose, distance, np.flatnonzero(~(died | free)), rng)
    return pd.DataFrame(
        {
            "patient": subjects["patient"],
            "days": days,
            "progressed": ~(died | free),
        }
    )
