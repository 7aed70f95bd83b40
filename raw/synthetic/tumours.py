"""Tumour assessments by RECIST 1.1: lesions and diameters, responses, and performance status.

The day of progression of each patient comes from `_progression`; the lesions are made so that this
assessment is the first with progression, by a growth of the target lesions or by a new lesion.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from synthetic._progression import progression_days, scheduled
from synthetic._subjects import treated_subjects

PLACES = {
    "Multiple metastases to the vena cava": "Vena cava",
    "Peritoneal metastases": "Peritoneum",
}
MEASURED = ("Liver", "Lung")


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The forms tl (lesions), re (responses) and pf (ECOG performance status)."""
    subjects = treated_subjects(dates)
    subjects = subjects.merge(
        progression_days(plan["progression"], subjects, plan["schedule"], rng),
        how="left", on="patient", validate="one_to_one", suffixes=("_os", ""),
    )  # fmt: skip
    made = [one_patient(patient, plan, rng) for patient in subjects.to_dict("records")]
    lesions = pd.concat([lesion for lesion, _ in made], ignore_index=True)
    responses = pd.concat([response for _, response in made], ignore_index=True)
    day = subjects.set_index("patient")
    for frame, name in ((lesions, "TL_DAT"), (responses, "RE_DAT")):
        first = frame["patient"].map(day["first"])
        frame[name] = first + pd.to_timedelta(frame.pop("day") - (frame["visit"] > 0), unit="D")
        label = "Tumor assessment " + frame["visit"].astype(str)
        frame.insert(1, "VISIT", label.mask(frame.pop("visit") == 0, "Screening"))
    status = responses.loc[responses["VISIT"] != "Screening", ["patient", "VISIT", "RE_DAT"]]
    remaining = (status["patient"].map(day["contact"]) - status["RE_DAT"]).dt.days
    worse = remaining <= int(plan["ecog"]["days_before_death"])
    alive = status["patient"].map(day["alive"])
    ecog = np.where(worse & ~alive, "2", "1")
    return {
        "tl": lesions,
        "re": responses.loc[responses["VISIT"] != "Screening"],
        "pf": status.rename(columns={"RE_DAT": "PF_DAT"}).assign(ECOG=ecog),
    }


def one_patient(
    patient: Mapping, plan: dict, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The lesions and the responses of one patient, one row per visit (0 is baseline)."""
    days = assessment_days(patient, plan["schedule"], rng)
    targets, others = baseline_lesions(patient["REC_LOC"], plan["lesions"], rng)
    new = patient["progressed"] and rng.random() < float(plan["lesions"]["new_lesion"])
    cured = patient["patient"] in plan["lesions"]["complete_response"]
    sizes = diameters(targets, len(days), (patient["progressed"] and not new, cured), plan, rng)
    missed = int(plan["not_evaluable"].get(patient["patient"], -1))
    rows = [
        {"visit": visit, "day": day, "TL_ID": f"T{n:02d}", "TL_TYPE": "Target", "TL_LOC": place,
         "TL_DIAM": "" if (visit, n) == (missed, 1) else str(sizes[visit, n - 1]),
         "TL_STATE": "", "TL_ND": "Image not readable" if (visit, n) == (missed, 1) else ""}
        for visit, day in enumerate(days) for n, (place, _) in enumerate(targets, 1)
    ] + [
        {"visit": visit, "day": day, "TL_ID": f"NT{n:02d}", "TL_TYPE": "Non-target",
         "TL_LOC": place, "TL_DIAM": "", "TL_STATE": "Present", "TL_ND": ""}
        for visit, day in enumerate(days) for n, place in enumerate(others, 1)
    ]  # fmt: skip
    if new:
        place = str(rng.choice(plan["lesions"]["new_places"]))
        rows.append(
            {"visit": len(days) - 1, "day": days[-1], "TL_ID": "NEW01", "TL_TYPE": "New",
             "TL_LOC": place, "TL_DIAM": "", "TL_STATE": "Unequivocal", "TL_ND": ""}
        )  # fmt: skip
    lesions = pd.DataFrame(rows).assign(TL_METH="CT scan").sort_values("visit", kind="stable")
    lesions.insert(0, "patient", patient["patient"])
    found = responses(sizes.sum(axis=1), bool(others), new, missed)
    answers = pd.DataFrame(found, columns=["RE_TRG", "RE_NTRG", "RE_NEW", "RE_OVRL"])
    answers = answers.assign(visit=range(len(days)), day=days)
    answers.insert(0, "patient", patient["patient"])
    return lesions, answers


def assessment_days(patient: Mapping, schedule: dict, rng: np.random.Generator) -> list[int]:
    """Study days of the assessments: baseline on day -1, the last on the day of progression."""
    end, window = int(patient["days"]), int(schedule["window_days"])
    planned = scheduled(schedule, end - window if patient["progressed"] else end - 7)
    if patient["progressed"]:
        planned = [day for day in planned if day < end - window]
    jitter = rng.integers(-3, 4, len(planned))
    visits = [int(day + shift) for day, shift in zip(planned, jitter, strict=True)]
    return [-1, *visits, *([end] if patient["progressed"] else [])]


def baseline_lesions(
    places: str, plan: dict, rng: np.random.Generator
) -> tuple[list[tuple[str, int]], list[str]]:
    """Target lesions (place, mm), at most two per organ, and the places of non-target lesions."""
    sites = [PLACES.get(place.strip(), place.strip().capitalize()) for place in places.split(",")]
    low, high = map(int, plan["diameter_mm"])
    targets = [
        (site, int(rng.integers(low, high)))
        for site in sites if site in MEASURED for _ in range(int(rng.integers(1, 3)))
    ]  # fmt: skip
    others = [site for site in sites if site not in MEASURED]
    return targets, others


def diameters(
    targets: list, visits: int, ending: tuple[bool, bool], plan: dict, rng: np.random.Generator
) -> np.ndarray:
    """Whole millimetres per visit and target lesion; progression at the last visit or never.

    `ending` says whether the targets grow to progression and whether they vanish.
    """
    grows, vanishes = ending
    base = np.array([size for _, size in targets])
    shape = plan["lesions"]
    for _ in range(2000):
        path = np.ones(visits)
        lowest = int(rng.integers(1, max(min(visits - grows, 8), 2)))
        depth = 0.0 if vanishes else float(rng.uniform(*map(float, shape["depth"])))
        path[: lowest + 1] = np.linspace(1, depth, lowest + 1)[:visits]
        rise = 1.0 if vanishes else float(rng.uniform(1.0, 1.18))
        path[lowest:] = np.linspace(depth, depth * rise, max(visits - lowest, 1))[: visits - lowest]
        if grows:
            path[-1] = path[:-1].min() * float(rng.uniform(1.24, 1.6))
        wobble = 1 + rng.normal(0, float(shape["wobble"]), (visits, len(base)))
        sizes = np.rint(base * path[:, None] * wobble).astype(int)
        sizes = np.where(sizes < 5, 0, sizes)
        sizes[0] = base
        progressed = progression(sizes.sum(axis=1))
        if not progressed[:-1].any() and progressed[-1] == grows:
            return sizes
    raise SystemExit("no diameters end as planned; widen the section lesions of synthetic.yaml")


def progression(sums: np.ndarray) -> np.ndarray:
    """Per visit: 20% and 5 mm above the smallest sum so far (RECIST 1.1, section 4.3.1)."""
    nadir = np.minimum.accumulate(np.concatenate([sums[:1], sums[:-1]]))
    grown = (sums >= 1.2 * nadir) & (sums - nadir >= 5)
    grown[0] = False
    return grown


def responses(sums: np.ndarray, others: bool, new: bool, missed: int) -> list[tuple[str, ...]]:
    """Target, non-target, new lesion and overall response per visit, as the investigator says."""
    grown = progression(sums)
    found = []
    for visit, size in enumerate(sums):
        target = "CR" if size == 0 else "PR" if size <= 0.7 * sums[0] else "SD"
        target = "PD" if grown[visit] else "NE" if visit == missed else target
        emerged = new and visit == len(sums) - 1
        overall = "PR" if target == "CR" and others else "PD" if emerged else target
        found.append(
            (target, "Non-CR/Non-PD" if others else "", "Yes" if emerged else "No", overall)
        )
    return found
