"""Checks of rows of one dataset among themselves: codes, baselines, order in time, unit slips."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.check_arithmetic import close
from pipeline.checks.check_dates import iso_text
from pipeline.checks.check_groups import keys_of
from pipeline.checks.conditions import (
    Data,
    check,
    depends_on_values,
    is_in,
    meets,
    needs_all_records,
)
from pipeline.checks.parameter_blocks import VariablePairs
from pipeline.checks.parameter_more import Slip, Twins
from pipeline.checks.parameters import Group, Number, Values, Variable, Where

ALL_ROWS = Group()


@check
@depends_on_values
def one_to_one(
    frame: pd.DataFrame, data: Data, pairs: VariablePairs, by: Group = ALL_ROWS
) -> pd.DataFrame:
    """Each value of one variable belongs to one value of the other, and the reverse.

    Rows where either is missing pass. With `by` it holds within each group.
    """
    return pd.DataFrame(
        {left: _one_to_one(frame, (left, right), by) for left, right in pairs.items()},
        index=frame.index,
    )


def _one_to_one(frame: pd.DataFrame, pair: tuple[str, str], by: Group) -> pd.Series:
    """True where neither side has a second partner."""
    rows = frame.loc[frame[list(pair)].notna().all(axis=1), [*by, *pair]]
    groups = keys_of(rows, by)
    good = pd.Series(True, index=rows.index)
    for own, other in (pair, pair[::-1]):
        good &= rows[other].groupby([*groups, rows[own]]).transform("nunique") <= 1
    return good.reindex(frame.index, fill_value=True)


@check
def at_most(frame: pd.DataFrame, data: Data, by: Group, count: Number) -> pd.Series:
    """No group has more than `count` rows."""
    return _group_size(frame, by) <= count


@check
def at_least(frame: pd.DataFrame, data: Data, by: Group, count: Number) -> pd.Series:
    """No group has fewer than `count` rows."""
    return _group_size(frame, by) >= count


def _group_size(frame: pd.DataFrame, by: Group) -> pd.Series:
    """How many rows the group of each row has."""
    return pd.Series(1, index=frame.index).groupby(keys_of(frame, by)).transform("sum")


@check
def filled_alike(frame: pd.DataFrame, data: Data, variable: Variable, by: Group) -> pd.Series:
    """In each group all rows have a value or none has; a row without one fails."""
    filled = frame[variable].notna()
    return filled | ~filled.groupby(keys_of(frame, by)).transform("any")


@check
@needs_all_records
def contains(frame: pd.DataFrame, data: Data, variable: Variable, values: Values) -> pd.Series:
    """Each of `values` occurs; the first record stands for the dataset when one does not."""
    found = pd.Series([is_in(frame[variable], [value]).any() for value in values])
    result = pd.Series(True, index=frame.index)
    result.iloc[:1] = bool(found.all())
    return result


@check
def from_baseline(
    frame: pd.DataFrame, data: Data, pairs: VariablePairs, flag: Where, by: Group
) -> pd.DataFrame:
    """The first variable of each pair is the second on the baseline record of the group.

    A missing value passes; a value in a group without a baseline record does not.
    """
    keys = list(by)
    base = frame.loc[meets(frame, flag)].drop_duplicates(keys)
    found = {}
    for own, source in pairs.items():
        right = base[keys].assign(_value=base[source])
        merged = frame[keys].merge(right, how="left", on=keys, validate="many_to_one")
        expected = merged["_value"].set_axis(frame.index)
        found[own] = frame[own].isna() | equal(frame[own], expected)
    return pd.DataFrame(found, index=frame.index)


def equal(left: pd.Series, right: pd.Series) -> pd.Series:
    """True where both have the same value, numbers up to rounding."""
    if pd.api.types.is_numeric_dtype(left):
        return close(left, right) & right.notna()
    return (left == right).fillna(False).astype(bool)


@check
def in_visit_order(
    frame: pd.DataFrame, data: Data, date: Variable, order: Variable, by: Group
) -> pd.Series:
    """No date lies before a date of an earlier visit of the group; a missing one passes."""
    day = pd.to_datetime(iso_text(frame[date]).str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    rows = pd.DataFrame({"day": day, "order": frame[order]}, index=frame.index)
    rows["group"] = frame.groupby(list(by), dropna=False).ngroup()
    rows = rows.dropna()
    visits = rows.groupby(["group", "order"])["day"].max()
    latest = visits.groupby(level="group").cummax().groupby(level="group").shift()
    joined = rows.join(latest.rename("before"), on=["group", "order"])
    late = joined["day"] < joined["before"]
    return ~late.reindex(frame.index, fill_value=False)


@check
def ordered_rows(
    frame: pd.DataFrame, data: Data, variable: Variable, by: Group, twins: Twins
) -> pd.Series:
    """In each group the value of the smaller row is not greater than that of the larger row."""
    smaller, larger = meets(frame, twins.smaller), meets(frame, twins.larger)
    keys = list(by)
    right = frame.loc[larger].drop_duplicates(keys)
    right = right[keys].assign(_limit=right[variable])
    merged = frame[keys].merge(right, how="left", on=keys, validate="many_to_one")
    limit = merged["_limit"].set_axis(frame.index)
    return ~(smaller & (frame[variable] > limit))


@check
@needs_all_records
def no_unit_slip(
    frame: pd.DataFrame, data: Data, value: Variable, by: Group, slip: Slip
) -> pd.Series:
    """No number looks like one in another unit.

    One does when it lies outside its limits, and multiplied or divided by one of the factors it
    would be within them and near the median of the group's other rows (of all rows of the test
    when the group has no other).
    """
    number = frame[value].astype("float64").where(frame[value] > 0)
    low, high = (frame[name].astype("float64") for name in slip.limits)
    outside = (number < low) | (number > high)
    usual = _usual(frame, number, by)
    slipped = pd.Series(False, index=frame.index)
    for factor in (*slip.factors, *(1 / factor for factor in slip.factors)):
        mended = number / factor
        within = (mended >= low) & (mended <= high)
        ratio = mended / usual
        near = ratio.between(1 / (1 + slip.tolerance), 1 + slip.tolerance)
        slipped |= within & near
    return ~(outside & slipped)


def _usual(frame: pd.DataFrame, number: pd.Series, by: Group) -> pd.Series:
    """The median of the group, or of the last key alone where the group has one number."""
    group = number.groupby(keys_of(frame, by))
    test = number.groupby(keys_of(frame, Group(by[-1:])))
    return group.transform("median").where(group.transform("count") > 2, test.transform("median"))
