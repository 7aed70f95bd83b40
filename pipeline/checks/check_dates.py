"""Checks of dates: ISO 8601 texts (SDTM) at the precision they have, and dates (ADaM)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from pipeline.checks.conditions import Data, check, looked_up, same
from pipeline.checks.parameter_blocks import VariablePairs, Window
from pipeline.checks.parameters import Number, Reference, Variable, Variables

LENGTHS = (4, 7, 10, 13, 16, 19)
ISO_DATE = (
    r"(?:\d{4}|-)"
    r"(?:-(?:0[1-9]|1[0-2]|-)(?:-(?:0[1-9]|[12]\d|3[01]|-)"
    r"(?:T(?:[01]\d|2[0-3]|-)(?::(?:[0-5]\d|-)(?::[0-5]\d(?:\.\d+)?)?)?)?)?)?"
)
NUMBER = r"\d+(?:\.\d+)?"
ISO_DURATION = (
    rf"-?P(?:{NUMBER}W|(?:\d+Y)?(?:\d+M)?(?:{NUMBER}D)?"
    rf"(?:T(?:\d+H)?(?:\d+M)?(?:{NUMBER}S)?)?)"
)


def of_each_value(
    values: pd.Series, function: Callable[[pd.Series], pd.Series], missing: Any = None
) -> pd.Series:
    """`function` of a column, called with each of its values once; `missing` where it has none."""
    codes, found = pd.factorize(values)
    answers = function(pd.Series(found)).reset_index(drop=True)
    return answers.reindex(codes, fill_value=missing).set_axis(values.index)


def iso_text(values: pd.Series) -> pd.Series:
    """Dates as ISO 8601 text; of a text the part up to its first unknown component.

    `2016-02--` and `2016---15` count as 2016-02 and 2016; a time zone is not looked at.
    """
    return of_each_value(values, _iso_text).astype("str")


def _iso_text(values: pd.Series) -> pd.Series:
    """The texts of different dates."""
    if pd.api.types.is_datetime64_any_dtype(values):
        day, minute = values.dt.strftime("%Y-%m-%d"), values.dt.strftime("%Y-%m-%dT%H:%M:%S")
        return day.where(values.dt.normalize() == values, minute).astype("str")
    text = (
        values.astype("str").str.replace(r"-?-(?:T.*)?$|-{2,}.*$", "", regex=True).str.slice(0, 19)
    )
    return text.mask(text == "")


def full_day(values: pd.Series) -> pd.Series:
    """The day of dates that are known to the day; missing for all others."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.normalize()
    return pd.to_datetime(of_each_value(values, _full_day))


def _full_day(values: pd.Series) -> pd.Series:
    """The days of different texts."""
    text = _iso_text(values)
    return pd.to_datetime(
        text.str.slice(0, 10).where(text.str.len() >= 10), format="%Y-%m-%d", errors="coerce"
    )


def not_after(first: pd.Series, second: pd.Series) -> pd.Series:
    """True where `first` <= `second` at the precision both have, or one of them is missing."""
    if all(pd.api.types.is_datetime64_any_dtype(values) for values in (first, second)):
        return ~(first > second)
    left, right = iso_text(first), iso_text(second)
    shared = pd.concat([left.str.len(), right.str.len()], axis=1).min(axis=1, skipna=False)
    later = pd.Series(False, index=first.index)
    for length in LENGTHS:
        at = shared == length
        if at.any():
            cut = left[at].str.slice(0, length) > right[at].str.slice(0, length)
            later |= cut.reindex(first.index, fill_value=False)
    return ~later


@check
def iso8601(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """Each text is an ISO 8601 date, complete or partial, of a day that exists."""
    return pd.DataFrame({name: _is_iso(frame[name]) for name in variables}, index=frame.index)


def _is_iso(values: pd.Series) -> pd.Series:
    """True for missing values and for dates that exist."""
    return of_each_value(values, _exists, missing=True).astype(bool)


def _exists(values: pd.Series) -> pd.Series:
    """True for texts that are dates of a day that exists."""
    formed = values.str.fullmatch(ISO_DATE).fillna(False).astype(bool)
    exists = ~values.str.match(r"\d{4}-\d\d-\d\d").fillna(False).astype(bool)
    return formed & (exists | full_day(values).notna())


@check
def duration(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """Each text is an ISO 8601 duration such as P14D."""
    return pd.DataFrame({name: _is_duration(frame[name]) for name in variables}, index=frame.index)


def _is_duration(values: pd.Series) -> pd.Series:
    """True for missing values and for durations, which do not end in P or T."""
    formed = values.str.fullmatch(ISO_DURATION).fillna(False).astype(bool)
    empty = values.str.match(r".*[PT]$").fillna(False).astype(bool)
    return values.isna() | (formed & ~empty)


@check
def date_order(frame: pd.DataFrame, data: Data, start: Variable, end: Variable) -> pd.Series:
    """`start` is not after `end`, compared at the precision both have."""
    return not_after(frame[start], frame[end])


@check
def date_orders(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """No start is after its end, compared at the precision both have."""
    return pd.DataFrame(
        {end: not_after(frame[start], frame[end]) for start, end in pairs.items()},
        index=frame.index,
    )


@check
def same_day(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """Both dates of each pair are of one day; a missing one passes."""
    return pd.DataFrame(
        {
            own: frame[own].isna()
            | frame[other].isna()
            | (full_day(frame[own]) == full_day(frame[other]))
            for own, other in pairs.items()
        },
        index=frame.index,
    )


@check
def within_reference(
    frame: pd.DataFrame,
    data: Data,
    variable: Variable,
    start: Reference | None = None,
    end: Reference | None = None,
) -> pd.Series:
    """The date lies between two dates of the subject; a date that is not given is no limit."""
    result = pd.Series(True, index=frame.index)
    if start is not None:
        result &= not_after(looked_up(frame, data, start), frame[variable])
    if end is not None:
        result &= not_after(frame[variable], looked_up(frame, data, end))
    return result


@check
def study_day(
    frame: pd.DataFrame, data: Data, days: VariablePairs, reference: Reference
) -> pd.DataFrame:
    """Each study day is date minus reference, plus 1 when not negative (SDTMIG 3.4 4.4.4).

    Where the date or the reference is not known to the day there is no study day.
    """
    start = full_day(looked_up(frame, data, reference))
    return pd.DataFrame(
        {day: same(frame[day], _study_day(frame[date], start)) for day, date in days.items()},
        index=frame.index,
    )


def _study_day(dates: pd.Series, start: pd.Series) -> pd.Series:
    """The study day of dates."""
    days = (full_day(dates) - start).dt.days.astype("float64")
    return days.where(days < 0, days + 1)


@check
def days_between(
    frame: pd.DataFrame, data: Data, variable: Variable, start: Variable, end: Variable
) -> pd.Series:
    """`variable` is `end` minus `start` plus 1, in days."""
    expected = (full_day(frame[end]) - full_day(frame[start])).dt.days.astype("float64") + 1
    return same(frame[variable].astype("float64"), expected)


@check
def interval_days(
    frame: pd.DataFrame,
    data: Data,
    variable: Variable,
    days: Number,
    tolerance: Number,
) -> pd.Series:
    """From each date to the next of the subject lie `days` +- `tolerance` days."""
    dates = full_day(frame[variable]).sort_values(kind="stable")
    gaps = dates.groupby(frame["USUBJID"].reindex(dates.index)).diff().dt.days.reindex(frame.index)
    return gaps.isna() | ((gaps - days).abs() <= tolerance)


@check
def flag_from_date(frame: pd.DataFrame, data: Data, flag: Variable, window: Window) -> pd.Series:
    """The flag is Y if and only if the date lies in the window of the subject.

    A date or a limit that is missing decides nothing.
    """
    when = frame[window.date]
    known, inside = iso_text(when).notna(), pd.Series(True, index=frame.index)
    if window.start is not None:
        first = looked_up(frame, data, window.start)
        known, inside = known & iso_text(first).notna(), inside & not_after(first, when)
    if window.end is not None:
        last = full_day(looked_up(frame, data, window.end)) + pd.to_timedelta(window.days, "D")
        known, inside = known & last.notna(), inside & not_after(when, last)
    flagged = (frame[flag] == "Y").fillna(False).astype(bool)
    return ~known | (flagged == inside)
