"""Seeded defects: faults put into the forms as sites make them, each with its place as the key.

The answer key raw/defects.yaml says which rules must find which lines; nothing else may be found.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

HEAD = """# Defects that raw/make_synthetic.py puts into the extracts, and the rules that find each.
# Infusions are left alone: their number, dose and interval are published.
"""


def spoil(collected: dict[str, pd.DataFrame], plan: dict, rng: np.random.Generator) -> str:
    """Spoil the forms in place; the answer key as YAML text, one line per defect."""
    found = [
        *partial_dates(collected, plan["partial_date"], rng),
        *unit_slip(collected, plan["unit_slip"], rng),
        *out_of_window(collected, plan["out_of_window"], rng),
        *duplicates(collected, plan["duplicate"], rng),
    ]
    entries = [
        f"{name}: {{rules: [{', '.join(rules)}], form: {form}, subject: {subject}, "
        f"lines: {lines}}}\n"
        for name, rules, form, subject, lines in found
    ]
    return HEAD + "".join(entries)


def partial_dates(collected: dict, plan: dict, rng: np.random.Generator) -> list[tuple]:
    """A share of the dates of a form without their day."""
    form, field = plan["form"], plan["field"]
    frame = collected[form].reset_index(drop=True)
    free = frame.index[~frame["VISIT"].isin(plan["not_at"])]
    count = round(float(plan["share"]) * len(frame))
    chosen = sorted(rng.choice(free, count, replace=False))
    day = read(frame[field])
    frame.loc[chosen, field] = day.loc[chosen].dt.strftime("%b %Y")
    collected[form] = frame
    return entry("D-PARTIAL", plan, frame, [[place] for place in chosen])


def unit_slip(collected: dict, plan: dict, rng: np.random.Generator) -> list[tuple]:
    """A result in one unit reported under another."""
    frame = collected["lab"].reset_index(drop=True)
    rows = (frame["LAB_TEST"] == plan["test"]) & (frame["LAB_UNIT"] == plan["unit"])
    rows &= ~frame["VISIT"].isin(plan["not_at"])
    place = int(rng.choice(frame.index[rows]))
    value = float(frame.loc[place, "LAB_RES"]) / float(plan["factor"])
    frame.loc[place, "LAB_RES"] = f"{value:.2f}"
    collected["lab"] = frame
    return entry("D-UNIT", plan, frame, [[place]])


def out_of_window(collected: dict, plan: dict, rng: np.random.Generator) -> list[tuple]:
    """A sample taken too late for its visit."""
    frame = collected["lab"].reset_index(drop=True)
    rows = (frame["LAB_TEST"] == plan["test"]) & ~frame["VISIT"].isin(plan["not_at"])
    place = int(rng.choice(frame.index[rows]))
    late = read(frame["LAB_DAT"]).loc[place] + pd.Timedelta(days=int(plan["days"]))
    frame.loc[place, "LAB_DAT"] = late.strftime("%Y-%m-%d")
    collected["lab"] = frame
    return entry("D-WINDOW", plan, frame, [[place]])


def duplicates(collected: dict, plan: dict, rng: np.random.Generator) -> list[tuple]:
    """Results entered a second time, at the end of the subject's records, under a new number."""
    frame = collected["lab"].reset_index(drop=True)
    rows = (frame["LAB_TEST"] == plan["test"]) & ~frame["VISIT"].isin(plan["not_at"])
    chosen = sorted(rng.choice(frame.index[rows], int(plan["count"]), replace=False))
    again = frame.loc[chosen].copy()
    most = frame["LAB_NO"].astype(int).groupby(frame["SUBJECT"]).max()
    again["LAB_NO"] = (again["SUBJECT"].map(most) + 1).astype(str)
    frame = pd.concat([frame, again], ignore_index=True)
    collected["lab"] = frame
    pairs = [[place, len(frame) - len(chosen) + n] for n, place in enumerate(chosen)]
    return entry("D-DUPLICATE", plan, frame, pairs)


def entry(name: str, plan: dict, frame: pd.DataFrame, places: list[list[int]]) -> list[tuple]:
    """The answer key of one kind of defect; the header of an extract is line 1."""
    return [
        (
            f"{name}-{number}",
            plan["rules"],
            plan["form"],
            "-".join(frame.loc[rows[0], ["SITE", "SUBJECT"]]),
            [int(row) + 2 for row in rows],
        )
        for number, rows in enumerate(places, 1)
    ]


def read(texts: pd.Series) -> pd.Series:
    """Collected dates as datetime64."""
    forms = ("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y")
    days = [pd.to_datetime(texts, format=form, errors="coerce") for form in forms]
    return days[0].fillna(days[1]).fillna(days[2])
