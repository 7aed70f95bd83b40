"""Checks of rows among themselves: repeats, one value per group, positions in time."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.check_dates import full_day, iso_text, not_after
from pipeline.checks.conditions import Data, check, depends_on_values, looked_up
from pipeline.checks.parameter_blocks import Onset, Plan, Window
from pipeline.checks.parameters import Group, Reference, Variable


def keys_of(frame: pd.DataFrame, by: Group) -> list[pd.Series]:
    """The groups of rows as numbers, column by column; missing values are a group of their own."""
    return [
        pd.Series(pd.factorize(frame[name], use_na_sentinel=False)[0], index=frame.index)
        for name in by
    ]


@check
def unique_per(frame: pd.DataFrame, data: Data, by: Group) -> pd.Series:
    """No two rows have the same values of `by`."""
    return ~frame.duplicated(list(by), keep=False)


@check
@depends_on_values
def one_value_per(frame: pd.DataFrame, data: Data, variable: Variable, by: Group) -> pd.Series:
    """All rows with the same `by` have one value of `variable`; missing ones do not count."""
    return frame[variable].groupby(keys_of(frame, by)).transform("nunique") <= 1


@check
def value_by_position(
    frame: pd.DataFrame, data: Data, variable: Variable, order: Variable, plan: Plan
) -> pd.Series:
    """The n-th record of a subject in time has the number planned for its group from there on.

    A group that the plan does not name has no planned value, and its rows fail.
    """
    position = position_in_time(frame, order)
    groups = looked_up(frame, data, plan.group)
    result = pd.Series(False, index=frame.index)
    for name, steps in plan.steps.items():
        expected = pd.Series(float("nan"), index=frame.index)
        for start in sorted(steps):
            expected = expected.mask(position >= start, steps[start])
        result |= (groups == name) & (frame[variable] == expected)
    return result


def position_in_time(frame: pd.DataFrame, order: str) -> pd.Series:
    """1 for the first record of a subject by the date `order`, 2 for the next, and so on."""
    ordered = iso_text(frame[order]).sort_values(kind="stable")
    subjects = frame["USUBJID"].reindex(ordered.index)
    return (ordered.groupby(subjects).cumcount() + 1).reindex(frame.index)


@check
def consecutive(frame: pd.DataFrame, data: Data, variable: Variable, by: Group) -> pd.Series:
    """The numbers of a group are 1..n without gap or repeat."""
    grouped = frame[variable].groupby(keys_of(frame, by))
    good = (grouped.transform("min") == 1) & (grouped.transform("max") == grouped.transform("size"))
    return good & ~frame.duplicated([*by, variable], keep=False) & frame[variable].notna()


@check
def baseline_flag(
    frame: pd.DataFrame, data: Data, by: Group, result: Variable, window: Window
) -> pd.Series:
    """A flagged record is the only one of its group, has a result, and lies in the window.

    The rule's `where` says which records are flagged.
    """
    alone = ~frame.duplicated(list(by), keep=False)
    in_time = pd.Series(True, index=frame.index)
    if window.end is not None:
        last = looked_up(frame, data, window.end)
        in_time = not_after(frame[window.date], last)
    return alone & frame[result].notna() & in_time


@check
def matches_nth(
    frame: pd.DataFrame, data: Data, number: Variable, of: Reference, onset: Onset
) -> pd.Series:
    """`number` n names the n-th record of the subject in time; the onset is counted from its day.

    A row without a number passes.
    """
    other = data[of.dataset]
    places = other[["USUBJID"]].assign(
        _number=position_in_time(other, of.variable).astype("float64"),
        _day=full_day(other[of.variable]),
    )
    left = frame[["USUBJID"]].assign(_number=frame[number].astype("float64"))
    keys = ["USUBJID", "_number"]
    merged = left.merge(places, how="left", on=keys, validate="many_to_one")
    day = merged["_day"].set_axis(frame.index)
    if onset.days:
        day = day + pd.to_timedelta(frame[onset.days].astype("float64"), unit="D")
    return frame[number].isna() | (day.notna() & (day == full_day(frame[onset.date])))
