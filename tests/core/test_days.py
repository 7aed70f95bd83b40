"""Days relative to a reference date: there is no day 0."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.days import relative_day, whole_date
from pipeline.sdtm.study_day import compute_study_day, derive_vars_study_day


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2016-02-29", 1),
        ("2016-03-01", 2),
        ("2016-02-28", -1),
        ("2015-03-01", -365),
        ("2017-03-01", 367),
        ("2016-02-29T23:59", 1),
        ("2016-02", None),
        ("2016", None),
        ("2016---29", None),
        (None, None),
    ],
)
def test_study_day(date: str | None, day: int | None) -> None:
    """The reference is 29FEB2016; a time of day does not count, a partial date has no day."""
    found = compute_study_day(
        pd.Series([date], dtype="str"), pd.Series(["2016-02-29T08:00"], dtype="str")
    )
    assert (None if pd.isna(found[0]) else found[0]) == day


DATES = st.dates(dt.date(1900, 1, 1), dt.date(2150, 12, 31))


@given(DATES, DATES)
def test_study_day_agrees_with_the_calendar(reference: dt.date, date: dt.date) -> None:
    day = relative_day(pd.to_datetime(pd.Series([date])), pd.to_datetime(pd.Series([reference])))[0]
    assert day != 0
    assert day == (date - reference).days + (date >= reference)


def test_whole_dates() -> None:
    found = whole_date(pd.Series(["2016-02-30", "2016-02-29T10:00", "2016-2-1", None], dtype="str"))
    assert [None if pd.isna(day) else day.date().isoformat() for day in found] == [
        None,
        "2016-02-29",
        None,
        None,
    ]


def test_study_days_of_a_dataset() -> None:
    """A subject that DM does not have a reference for has no days."""
    dm = pd.DataFrame({"USUBJID": ["1", "2"], "RFSTDTC": ["2016-01-20", None], "_row_dm": [1, 2]})
    ae = pd.DataFrame(
        {
            "USUBJID": ["2", "1", "1"],
            "AESTDTC": ["2016-01-20", "2016-01-20", "2016-01-19"],
            "AEENDTC": ["2016-01-21", None, "2016-02"],
        }
    )
    found = derive_vars_study_day(ae, dm, "AESTDTC", "AEENDTC")
    assert found["AESTDY"].fillna(0).tolist() == [0, 1, -1]
    assert found["AEENDY"].isna().all()
    assert "_row_dm" not in found.columns
