"""Days: ISO 8601 text as dates, and days relative to a reference date."""

from __future__ import annotations

import pandas as pd

from pipeline.distinct import per_distinct


def whole_date(values: pd.Series) -> pd.Series:
    """ISO 8601 text as datetime64 days; missing when the day is not known. Nothing is imputed."""
    return per_distinct(values.astype("str"), _whole_dates)


def _whole_dates(values: pd.Series) -> pd.Series:
    """The dates of distinct values."""
    text = values.str.slice(0, 10)
    complete = text.str.fullmatch(r"\d{4}-\d{2}-\d{2}", na=False)
    return pd.to_datetime(text.where(complete), format="%Y-%m-%d", errors="coerce")


def relative_day(date: pd.Series, reference: pd.Series) -> pd.Series:
    """Days between two datetime64 columns; day 1 is the reference day, there is no day 0.

    Missing when either date is missing (SDTMIG 3.4 section 4.4.4, ADaMIG 1.3 section 3.3.3).
    """
    days = (date - reference).dt.days.astype("float64")
    return days + (days >= 0)
