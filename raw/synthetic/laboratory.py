"""Laboratory panels: blood in two unit systems and two sets of ranges, urine by dipstick.

A value lies inside the ranges of both laboratories, except for patients who were abnormal before
treatment: theirs come back towards the range and never go past the value before treatment.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from synthetic._visits import numbered, schedule

COLUMNS = [
    *("patient", "VISIT", "LAB_NO", "LAB_DAT", "LAB_NAME", "LAB_PANEL", "LAB_TEST"),
    *("LAB_RES", "LAB_UNIT", "LAB_LO", "LAB_HI"),
]
EDGE = 0.06


def forms(
    plan: dict, dates: dict[str, pd.DataFrame], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """The form `lab`: one record per test of a sample."""
    visits = schedule(dates, int(plan["follow_up_days"])).reset_index(drop=True)
    names = list(plan["laboratories"])
    shares = [float(plan["laboratories"][name]["share"]) for name in names]
    systems = {name: plan["laboratories"][name]["system"] for name in names}
    visits = visits.assign(LAB_NAME=rng.choice(names, len(visits), p=shares), order=visits.index)
    visits = visits.assign(system=visits["LAB_NAME"].map(systems))
    values: dict[str, pd.Series] = {}
    for test in plan["tests"]:
        values[test] = made(test, values, visits, plan, rng)
    parts = [reported(test, values[test], visits, about) for test, about in plan["tests"].items()]
    parts += [urine(test, plan["urine"], visits, rng) for test in plan["urine"]["tests"]]
    records = pd.concat(parts, ignore_index=True).sort_values("order", kind="stable")
    records = records.rename(columns={"date": "LAB_DAT"}).pipe(numbered, "LAB_NO")
    return {"lab": records[COLUMNS]}


def made(
    test: str,
    values: dict[str, pd.Series],
    visits: pd.DataFrame,
    plan: dict,
    rng: np.random.Generator,
) -> pd.Series:
    """The values of one test in SI units; a part of another test follows that test."""
    about = plan["tests"][test]
    low, high = limits(about)
    if "of" in about:
        value = values[about["of"]] * rng.uniform(*map(float, about["part"]), len(visits))
    else:
        value = normal(visits, low, high, float(plan["spread"]), rng)
    if test in plan["abnormal"]:
        value = abnormal(visits, value, (low, high), plan["abnormal"][test], rng)
    if test in plan["not_above_baseline"]:
        value = not_above_baseline(visits, value)
    return value


def limits(about: dict) -> tuple[float, float]:
    """What both laboratories call normal, in SI units."""
    factor = float(about["factor"])
    low = max(float(about["si"][1]), float(about["us"][1]) * factor)
    return low, min(float(about["si"][2]), float(about["us"][2]) * factor)


def reported(test: str, value: pd.Series, visits: pd.DataFrame, about: dict) -> pd.DataFrame:
    """The records of one test in the units of the laboratory, with its range."""
    system = visits["system"]
    texts = {
        name: [f"{number:.{int(about[name][3])}f}" for number in value / by]
        for name, by in (("si", 1.0), ("us", float(about["factor"])))
    }
    return visits.assign(
        LAB_PANEL=about["panel"],
        LAB_TEST=test,
        LAB_RES=np.where(system == "si", texts["si"], texts["us"]),
        LAB_UNIT=system.map({name: about[name][0] for name in texts}),
        LAB_LO=system.map({name: about[name][1] for name in texts}),
        LAB_HI=system.map({name: about[name][2] for name in texts}),
    )


def normal(
    visits: pd.DataFrame, low: float, high: float, spread: float, rng: np.random.Generator
) -> pd.Series:
    """Values inside [low, high]: a level of the patient's own and some spread around it."""
    patients = visits["patient"].drop_duplicates()
    level = visits["patient"].map(
        dict(zip(patients, rng.uniform(0.25, 0.75, len(patients)), strict=True))
    )
    place = (level + rng.normal(0, spread, len(visits))).clip(EDGE, 1 - EDGE)
    return low + (high - low) * place


def not_above_baseline(visits: pd.DataFrame, value: pd.Series) -> pd.Series:
    """`value` with what follows the first infusion at least 3% below the value there.

    CTCAE grades some tests by the multiple of baseline, beginning at 1.
    """
    at_first = value.loc[visits["number"] == 1].set_axis(
        visits.loc[visits["number"] == 1, "patient"]
    )
    most = visits["patient"].map(at_first) * 0.97
    return value.mask(visits["number"] > 1, value.clip(upper=most))


def abnormal(
    visits: pd.DataFrame,
    value: pd.Series,
    ends: tuple[float, float],
    how: dict,
    rng: np.random.Generator,
) -> pd.Series:
    """`value` with some patients beyond a limit, most so up to the first infusion."""
    chosen = visits["patient"].isin(how["patients"])
    least, most = map(float, how["times"])
    times = dict(zip(how["patients"], rng.uniform(least, most, len(how["patients"])), strict=True))
    beyond = visits["patient"].map(times) - 1
    back = rng.uniform(0.55, 0.9, len(visits))
    limit = ends[1] if how["limit"] == "high" else ends[0]
    moved = limit * (1 + beyond.where(visits["number"] <= 1, beyond * back))
    return value.mask(chosen, moved)


def urine(test: str, plan: dict, visits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The records of one dipstick test."""
    trace = rng.random(len(visits)) < float(plan["share"])
    return visits.assign(
        LAB_PANEL=plan["panel"],
        LAB_TEST=test,
        LAB_RES=np.where(trace & (test == "PROT"), plan["sometimes"], plan["normal"]),
        LAB_UNIT="",
        LAB_LO="",
        LAB_HI="",
        LAB_NAME="Hospital Laboratory",
    )
