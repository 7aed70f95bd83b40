"""Dates as sites write them, to ISO 8601 without inventing a part (SDTMIG 3.4, section 4.4.2).

A format is written with YYYY, MMM (JAN), MM, DD, HH, MI and SS: `DD MMM YYYY`. An unknown day or
month is entered as UN, UNK, ?? or --, or the parts on the left are left out (`FEB 2016`, `2016`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import cache

import pandas as pd

from pipeline.errors import StudyError

ISO = "_iso_"
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
UNKNOWN = r"UNK?|\?\??|--"
TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "MMM": rf"(?P<name>{'|'.join(MONTHS)}|{UNKNOWN})",
    "MM": rf"(?P<month>\d{{1,2}}|{UNKNOWN})",
    "DD": rf"(?P<day>\d{{1,2}}|{UNKNOWN})",
    "HH": r"(?P<hour>\d{2})",
    "MI": r"(?P<minute>\d{2})",
    "SS": r"(?P<second>\d{2})",
}
TIME = r"(?:[ T](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?"


def iso_dates(values: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Collected dates as ISO 8601; missing where empty, not a date, or a date that does not exist.

    `2016-02-17`, `2016-02`, `2016`, and `2016---17` for an unknown month. The first of `formats`
    that fits decides.
    """
    read = {value: iso_date_of(value, tuple(formats)) for value in values.dropna().unique()}
    return values.map(read).astype("str")


def iso_date_of(text: str, formats: tuple[str, ...]) -> str | None:
    """One collected date as ISO 8601, or None."""
    for form in formats:
        for pattern in _patterns(form):
            found = pattern.fullmatch(text.strip().upper())
            if found:
                return _iso(found.groupdict())
    return None


def iso_date(field: str, time: str = "") -> Callable[[pd.DataFrame], pd.Series]:
    """The date field `field` in ISO 8601, with the clock time of the field `time` when given.

    The intake has read the field (hidden column `_iso_FIELD`) with the formats of study.yaml or
    raw/forms.yaml. A time is kept only beside a complete date.
    """

    def read(frame: pd.DataFrame) -> pd.Series:
        if ISO + field not in frame.columns:
            raise StudyError(
                f"iso_date({field!r})",
                "this is no date field of the form",
                "declare it with type: date in raw/forms.yaml",
            )
        dates = frame[ISO + field]
        if not time:
            return dates
        clock = frame[time].where(frame[time].str.fullmatch(r"\d{2}:\d{2}(:\d{2})?", na=False))
        return (dates + "T" + clock).where(clock.notna() & (dates.str.len() == 10), dates)

    return read


@cache
def _patterns(form: str) -> tuple[re.Pattern[str], ...]:
    """The format as regular expressions: whole, and without its leftmost or rightmost parts."""
    parts = re.findall(r"YYYY|MMM|MM|DD|HH|MI|SS|[^A-Z]+", form)
    if "".join(parts) != form or "YYYY" not in parts:
        raise StudyError(
            f"date format {form!r}",
            "it is not made of YYYY MMM MM DD HH MI SS",
            "write DD MMM YYYY",
        )
    whole = "".join(TOKENS.get(part, re.escape(part)) for part in parts)
    clock = "" if "HH" in parts else TIME
    dated = [part for part in parts if part in ("YYYY", "MMM", "MM", "DD")]
    shorter = []
    if dated[0] == "YYYY":
        tail = parts[: parts.index(dated[-1]) - 1]
        shorter = [tail, ["YYYY"]]
    elif dated[-1] == "YYYY" and dated[0] == "DD":
        shorter = [parts[parts.index("DD") + 2 :], ["YYYY"]]
    texts = [whole + clock] + ["".join(TOKENS.get(p, re.escape(p)) for p in s) for s in shorter]
    return tuple(re.compile(text) for text in texts)


def _iso(parts: dict[str, str | None]) -> str | None:
    """The parts found in a text as ISO 8601; None when there is no such day."""
    year = parts["year"]
    month, day = _number(_month(parts)), _number(parts.get("day"))
    if not _exists(int(year or 0), month, day):
        return None
    if month is None:
        return f"{year}---{day:02d}" if day is not None else year
    if day is None:
        return f"{year}-{month:02d}"
    hour, minute, second = (parts.get(name) for name in ("hour", "minute", "second"))
    if hour is None:
        return f"{year}-{month:02d}-{day:02d}"
    if int(hour) > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return None
    clock = ":".join(part for part in (hour, minute, second) if part)
    return f"{year}-{month:02d}-{day:02d}T{clock}"


def _month(parts: dict[str, str | None]) -> str | None:
    """The month as digits, from its name or its number."""
    name = parts.get("name")
    if name in MONTHS:
        return str(MONTHS.index(name) + 1)
    return name or parts.get("month")


def _number(text: str | None) -> int | None:
    """A day or month as a number; None when it is unknown or left out."""
    return int(text) if text is not None and text.isdigit() else None


def _exists(year: int, month: int | None, day: int | None) -> bool:
    """Whether the calendar has such a day, as far as it is known."""
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return False
    return month != 0 and day != 0
