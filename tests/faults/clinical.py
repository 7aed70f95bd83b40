"""Faults in results, dates and flags that only somebody who knows the field would call one."""

from __future__ import annotations

import pandas as pd

from faults.across import EARLY
from faults.edits import Data, Edit, change, first, put
from pipeline.checks.conditions import meets
from pipeline.checks.rules import Rule


def derived(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A baseline that is not that of the baseline record."""
    own = next(iter(rule.parameters["pairs"]))
    return change(frame, rule, own)


def next_to_last(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The last visit of a subject is dated before all others."""
    given = rule.parameters
    rows = frame.dropna(subset=[given["date"], given["order"]])
    sizes = rows.groupby(list(given["by"]))[given["order"]].transform("nunique")
    group = rows.loc[sizes > 1].sort_values(given["order"])
    return put(rule, int(group.index[-1]), given["date"], EARLY)


def slip(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A result in another unit."""
    value, (low, _) = rule.parameters["value"], rule.parameters["slip"].limits
    by = list(rule.parameters["by"])
    rows = frame.dropna(subset=[value, low])
    many = rows.groupby(by)[value].transform("count") > 3
    rows = rows.loc[many & (rows[low] > 0)]
    middle = rows.groupby(by)[value].transform("median")
    record = int(rows.index[0])
    return put(rule, record, value, float(middle.loc[record]) / 1000)


def liver(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """ALT of 5 and bilirubin of 3 times the limit on one day, in a subject without an event."""
    result = rule.parameters["result"]
    events = set(data[rule.parameters["record"].dataset]["USUBJID"])
    rows = frame.loc[~frame["USUBJID"].isin(events)].dropna(subset=[result.high, result.date])
    alt = rows.loc[rows[result.test] == "ALT"].iloc[0]
    same = (rows["USUBJID"] == alt["USUBJID"]) & (rows[result.date] == alt[result.date])
    bili = rows.loc[same & (rows[result.test] == "BILI")].iloc[0]
    pair = ((alt, 5), (bili, 3))
    return [
        ("set", rule.dataset, row.name, result.value, times * row[result.high])
        for row, times in pair
    ]


def response(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A complete response that the diameters do not show."""
    variable = rule.parameters["variable"]
    judged = frame.loc[frame[variable].isin(["SD", "PD", "PR"])]
    return put(rule, int(judged.index[0]), variable, "CR")


def longer(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The smaller of two values is the larger."""
    smaller = frame.loc[meets(frame, rule.parameters["twins"].smaller)]
    return put(rule, int(smaller.index[0]), rule.parameters["variable"], 1e9)


def indicator(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """HIGH in place of NORMAL."""
    given = rule.parameters
    said = frame.loc[frame[given["variable"]] == "NORMAL"]
    said = said.dropna(subset=[given["value"], *given["limits"]])
    return put(rule, int(said.index[0]), given["variable"], "HIGH")


def flag(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A flag on a record that has none, or none on one that has."""
    flag = rule.parameters["flag"]
    record = first(frame, rule.parameters["window"].date)
    return put(rule, record, flag, None if frame.at[record, flag] == "Y" else "Y")


def bound(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number that no living person has."""
    given = rule.parameters
    rows = frame.loc[frame[given["by"]].isin(list(given["bounds"].limits))]
    return put(rule, int(rows.index[0]), given["variable"], 1e9)


def not_flagged(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The flag of a dose-limiting toxicity on an event that is none."""
    return put(rule, 1, "DLTFL", None if frame.at[1, "DLTFL"] == "Y" else "Y")
