"""Collected dates to ISO 8601: nothing is invented, nothing impossible is accepted."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.sdtm.dates import ISO, MONTHS, iso_date, iso_date_of, iso_dates

FORMATS = ("YYYY-MM-DD", "DD MMM YYYY", "DD-MMM-YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "YYYYMMDD")


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("17 FEB 2016", "DD MMM YYYY", "2016-02-17"),
        ("7 Feb 2016", "DD MMM YYYY", "2016-02-07"),
        (" 17-feb-2016 ", "DD-MMM-YYYY", "2016-02-17"),
        ("UN-FEB-2016", "DD-MMM-YYYY", "2016-02"),
        ("UNK-FEB-2016", "DD-MMM-YYYY", "2016-02"),
        ("??-FEB-2016", "DD-MMM-YYYY", "2016-02"),
        ("UN-UNK-2016", "DD-MMM-YYYY", "2016"),
        ("17-UNK-2016", "DD-MMM-YYYY", "2016---17"),
        ("FEB-2016", "DD-MMM-YYYY", "2016-02"),
        ("2016", "DD-MMM-YYYY", "2016"),
        ("02/17/2016", "MM/DD/YYYY", "2016-02-17"),
        ("02/UN/2016", "MM/DD/YYYY", "2016-02"),
        ("17/02/2016", "DD/MM/YYYY", "2016-02-17"),
        ("2016-02-17", "YYYY-MM-DD", "2016-02-17"),
        ("2016-02", "YYYY-MM-DD", "2016-02"),
        ("2016", "YYYY-MM-DD", "2016"),
        ("2016-UN-UN", "YYYY-MM-DD", "2016"),
        ("2016-02-17 08:30", "YYYY-MM-DD", "2016-02-17T08:30"),
        ("2016-02-17T08:30:15", "YYYY-MM-DD", "2016-02-17T08:30:15"),
        ("29-FEB-2016", "DD-MMM-YYYY", "2016-02-29"),
        # what is no date
        ("31-SEP-2016", "DD-MMM-YYYY", None),
        ("29-FEB-2015", "DD-MMM-YYYY", None),
        ("00-FEB-2016", "DD-MMM-YYYY", None),
        ("2016-00-01", "YYYY-MM-DD", None),
        ("17/13/2016", "DD/MM/YYYY", None),
        ("13/17/2016", "MM/DD/YYYY", None),
        ("31-UNK-0000", "DD-MMM-YYYY", None),
        ("17-FEB-16", "DD-MMM-YYYY", None),
        ("yesterday", "DD-MMM-YYYY", None),
        ("2016-02-17 24:00", "YYYY-MM-DD", None),
        ("2016-02-17 08:60", "YYYY-MM-DD", None),
        ("42417", "YYYY-MM-DD", None),
        ("", "YYYY-MM-DD", None),
    ],
)
def test_one_date(text: str, form: str, iso: str | None) -> None:
    assert iso_date_of(text, (form,)) == iso


@given(st.dates(dt.date(1000, 1, 1)), st.sampled_from(FORMATS))
def test_every_day_comes_back_from_every_format(day: dt.date, form: str) -> None:
    written = (
        form.replace("YYYY", f"{day.year:04d}")
        .replace("MMM", MONTHS[day.month - 1])
        .replace("MM", f"{day.month:02d}")
        .replace("DD", f"{day.day:02d}")
    )
    assert iso_date_of(written, (form,)) == day.isoformat()


@given(
    st.integers(1900, 2100),
    st.one_of(st.none(), st.integers(0, 13)),
    st.one_of(st.none(), st.integers(0, 32)),
)
def test_no_part_is_invented(year: int, month: int | None, day: int | None) -> None:
    """What comes out names the parts that went in, and only those; impossible gives nothing."""
    parts = (
        f"{year}",
        "UN" if month is None else f"{month:02d}",
        "UN" if day is None else f"{day:02d}",
    )
    iso = iso_date_of("-".join(parts), ("YYYY-MM-DD",))
    try:
        dt.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        assert iso is None
        return
    if day is None:
        assert iso == "-".join(part for part in parts[:2] if part != "UN")
    else:
        assert iso == (f"{year}---{parts[2]}" if month is None else "-".join(parts))


def test_the_first_format_that_fits_decides() -> None:
    values = pd.Series(["03/04/2016", "4 MAR 2016", None, "x"], dtype="str")
    european = iso_dates(values, ["DD/MM/YYYY", "DD MMM YYYY"])
    american = iso_dates(values, ["MM/DD/YYYY", "DD MMM YYYY"])
    assert european.fillna("-").tolist() == ["2016-04-03", "2016-03-04", "-", "-"]
    assert american.fillna("-").tolist() == ["2016-03-04", "2016-03-04", "-", "-"]


@pytest.mark.parametrize("form", ["DD MON YYYY", "MM/DD", "dd/mm/yyyy"])
def test_a_format_of_other_parts(form: str) -> None:
    with pytest.raises(StudyError, match="not made of YYYY MMM MM DD HH MI SS"):
        iso_date_of("17 FEB 2016", (form,))


def test_a_clock_time_stands_beside_a_whole_date_only() -> None:
    frame = pd.DataFrame(
        {
            ISO + "D": ["2016-02-17", "2016-02", "2016-02-17", "2016-02-17", None],
            "T": ["08:30", "08:30", None, "8h30", "08:30"],
        }
    ).astype("str")
    found = iso_date("D", time="T")(frame).fillna("-").tolist()
    assert found == ["2016-02-17T08:30", "2016-02", "2016-02-17", "2016-02-17", "-"]


def test_a_field_that_is_no_date() -> None:
    with pytest.raises(StudyError, match="no date field of the form"):
        iso_date("AGE")(pd.DataFrame({"AGE": ["40"]}))
