"""Checks of what points from one dataset to another: SUPP--, RELREC, sequence numbers, dates."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.check_arithmetic import close
from pipeline.checks.check_dates import full_day, not_after
from pipeline.checks.check_pairs import equal
from pipeline.checks.conditions import Data, check, meets
from pipeline.checks.parameter_blocks import Copies, Records
from pipeline.checks.parameter_more import DaySum, Near
from pipeline.checks.parameters import Reference, Variable


@check
def points_to_record(
    frame: pd.DataFrame, data: Data, domain: Variable, variable: Variable, value: Variable
) -> pd.Series:
    """RDOMAIN, IDVAR and IDVARVAL name a record of the subject (SDTMIG 3.4 section 8.4).

    Without IDVAR the record of the subject is meant, as in SUPPDM; without a subject (RELREC
    between datasets) the variable must exist.
    """
    result = pd.Series(False, index=frame.index)
    groups = [frame[domain].fillna(""), frame[variable].fillna("")]
    for (name, key), rows in frame.groupby(groups):
        found = _pointed(rows, data.get(str(name)), str(key), value)
        result |= found.reindex(result.index, fill_value=False)
    return result


def _pointed(rows: pd.DataFrame, other: pd.DataFrame | None, key: str, value: str) -> pd.Series:
    """True for rows whose record is in `other`."""
    if other is None or (key and key not in other.columns):
        return pd.Series(False, index=rows.index)
    if not key:
        return rows["USUBJID"].isin(other["USUBJID"])
    known = pd.MultiIndex.from_arrays([other["USUBJID"], _as_key(other[key])])
    asked = pd.MultiIndex.from_arrays([rows["USUBJID"], _as_key(rows[value])])
    dataset_level = rows["USUBJID"].isna() & rows[value].isna()
    return pd.Series(asked.isin(known), index=rows.index) | dataset_level


def _as_key(values: pd.Series) -> pd.Series:
    """Values as IDVARVAL holds them: whole numbers without decimals."""
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype("object")
    text = values.map(lambda number: f"{number:.15g}", na_action="ignore")
    return text.astype("object")


@check
def equal_to_record(frame: pd.DataFrame, data: Data, copies: Copies) -> pd.DataFrame:
    """Each variable equals that of the record of another dataset with the same `by`.

    A row without such a record fails.
    """
    keys = list(copies.by)
    other = data[copies.dataset].drop_duplicates(keys).assign(_found=True)
    there = other[[*keys, "_found", *dict.fromkeys(copies.variables.values())]]
    there = there.loc[:, ~there.columns.duplicated()]
    renamed = {name: f"_{name}" for name in there.columns if name not in (*keys, "_found")}
    merged = frame[keys].merge(
        there.rename(columns=renamed), how="left", on=keys, validate="many_to_one"
    )
    merged = merged.set_axis(frame.index)
    found = merged["_found"].notna()
    return pd.DataFrame(
        {
            own: found & _same(frame[own], merged[f"_{name}"])
            for own, name in copies.variables.items()
            if name not in keys
        },
        index=frame.index,
    )


def _same(left: pd.Series, right: pd.Series) -> pd.Series:
    """True where both have the same value or both are missing."""
    return (left.isna() & right.isna()) | equal(left, right)


@check
def has_record_near(frame: pd.DataFrame, data: Data, record: Records, near: Near) -> pd.Series:
    """A record of another dataset belongs to the row and lies at most so many days away.

    A row whose own date is not known to the day passes.
    """
    rows = frame[list(record.by)].assign(_row=range(len(frame)), _day=full_day(frame[near.own]))
    other = data[record.dataset]
    other = other.loc[meets(other, record.where)]
    other = other[list(record.by)].assign(_other=full_day(other[near.other]))
    pairs = rows.merge(other, how="left", on=list(record.by), validate="many_to_many")
    apart = (pairs["_day"] - pairs["_other"]).dt.days.abs().astype("float64")
    reached = pairs["_row"][apart <= near.days]
    found = pd.Series(range(len(frame)), index=frame.index).isin(reached)
    return found | full_day(frame[near.own]).isna()


@check
def not_after_record(
    frame: pd.DataFrame, data: Data, variable: Variable, record: Records, date: Reference
) -> pd.Series:
    """The date is not after the last date of the records of another dataset that belong to it."""
    other = data[record.dataset]
    other = other.loc[meets(other, record.where)]
    last = other.groupby(list(record.by))[date.variable].max().rename("_last").reset_index()
    merged = frame[list(record.by)].merge(
        last, how="left", on=list(record.by), validate="many_to_one"
    )
    return not_after(frame[variable], merged["_last"].set_axis(frame.index))


@check
def equal_to_first(
    frame: pd.DataFrame, data: Data, variable: Variable, record: Records, date: Reference
) -> pd.Series:
    """The date is the first date of the records of another dataset that belong to the row."""
    other = data[record.dataset]
    other = other.loc[meets(other, record.where)]
    days = full_day(other[date.variable])
    grouped = days.groupby([other[name] for name in record.by])
    first = grouped.min().rename("_first").reset_index()
    merged = frame[list(record.by)].merge(
        first, how="left", on=list(record.by), validate="many_to_one"
    )
    return (full_day(frame[variable]) == merged["_first"].set_axis(frame.index)).astype(bool)


@check
def sum_on_day(
    frame: pd.DataFrame, data: Data, variable: Variable, record: Records, sums: DaySum
) -> pd.Series:
    """The number is the sum over the records of another dataset of the same day.

    A missing number passes.
    """
    other, keys = data[record.dataset], [*record.by, "_day"]
    other = other.loc[meets(other, record.where)]
    other = other.assign(_day=full_day(other[sums.other]), _number=other[sums.of].astype("float64"))
    total = other.groupby(keys)["_number"].sum().rename("_sum").reset_index()
    rows = frame[list(record.by)].assign(_day=full_day(frame[sums.own]))
    merged = rows.merge(total, how="left", on=keys, validate="many_to_one")
    return frame[variable].isna() | close(frame[variable], merged["_sum"].set_axis(frame.index))
