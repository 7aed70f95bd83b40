"""Time to event: events, censoring, the end of observation."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.errors import StudyError
from pipeline.where import equals, flagged, present

START = dt.date(2016, 1, 20)
ADSL = pd.DataFrame({"USUBJID": ["1"], "TRTSDT": pd.to_datetime([START]), "_row_adsl": [1]})

progression = event("rs", "RSDTC", "Progression", where=equals("RSSTRESC", "PD"))
death = event("dd", "DTHDTC", "Death")
assessed = censor("rs", "RSDTC", "Last assessment", where=present("RSSTRESC"))
new_therapy = censor("cm", "CMSTDTC", "New therapy", cnsr=2)
PFS = Endpoint("PFS", "TRTSDT", first(progression, death), last(assessed))
CUT = Endpoint("PFS", "TRTSDT", first(progression, death), first(new_therapy, assessed))


def made(
    endpoint: Endpoint,
    rs: tuple[tuple[str | None, str | None], ...] = (),
    dd: tuple[str, ...] = (),
    cm: tuple[str, ...] = (),
    adsl: pd.DataFrame = ADSL,
) -> pd.DataFrame:
    """The rows of the endpoint for one subject with these assessments, deaths and therapies."""
    responses = pd.DataFrame(rs, columns=["RSDTC", "RSSTRESC"]).astype("str")
    numbers = range(1, len(responses) + 1)
    return derive_params_tte(
        [endpoint],
        adsl=adsl,
        rs=responses.assign(USUBJID="1", RSSEQ=numbers, _row_rs=numbers),
        dd=pd.DataFrame({"USUBJID": "1", "DTHDTC": pd.Series(dd, dtype="str")}),
        cm=pd.DataFrame({"USUBJID": "1", "CMSTDTC": pd.Series(cm, dtype="str")}),
    )


@pytest.mark.parametrize(
    ("given_dates", "expected"),
    [
        # the first of two events
        ({"rs": (("2016-03-01", "PD"),), "dd": ("2016-02-01",)}, ("2016-02-01", 13, 0, "Death")),
        ({"rs": (("2016-02-01", "PD"),), "dd": ("2016-03-01",)}, ("2016-02-01", 13, 0, None)),
        # a tie: the source named first
        ({"rs": (("2016-02-01", "PD"),), "dd": ("2016-02-01",)}, ("2016-02-01", 13, 0, None)),
        # no event: the last assessment
        ({"rs": (("2016-02-01", "SD"), ("2016-03-01", "SD"))}, ("2016-03-01", 42, 1, None)),
        # an event after the last assessment counts when censoring is last()
        ({"rs": (("2016-02-01", "SD"),), "dd": ("2016-03-01",)}, ("2016-03-01", 42, 0, "Death")),
        # dates that are partial or missing do not count
        ({"rs": (("2016-02", "PD"), ("2016-03-01", "SD"))}, ("2016-03-01", 42, 1, None)),
        ({"rs": ((None, "PD"), ("2016-03-01", "SD"))}, ("2016-03-01", 42, 1, None)),
        # on the day of the start
        ({"rs": (("2016-01-20", "PD"),)}, ("2016-01-20", 1, 0, "Progression")),
    ],
)
def test_the_first_event_or_else_the_last_contact(given_dates, expected) -> None:
    row = made(PFS, **given_dates).iloc[0]
    day, aval, cnsr, description = expected
    assert (row["ADT"].date().isoformat(), row["AVAL"], row["CNSR"]) == (day, aval, cnsr)
    if description:
        assert row["EVNTDESC"] == description


@pytest.mark.parametrize(
    ("given_dates", "expected"),
    [
        # new therapy before the event: the event does not count
        ({"rs": (("2016-03-01", "PD"),), "cm": ("2016-02-01",)}, ("2016-02-01", 13, 2)),
        # on the day of the event: it counts
        ({"dd": ("2016-02-01",), "cm": ("2016-02-01",)}, ("2016-02-01", 13, 0)),
        # after the event
        ({"dd": ("2016-02-01",), "cm": ("2016-03-01",)}, ("2016-02-01", 13, 0)),
        # no censoring at all, only an event
        ({"dd": ("2016-02-01",)}, ("2016-02-01", 13, 0)),
        # no event: the first censoring
        ({"cm": ("2016-03-01", "2016-02-01")}, ("2016-02-01", 13, 2)),
    ],
)
def test_censoring_that_ends_observation(given_dates, expected) -> None:
    row = made(CUT, **given_dates).iloc[0]
    assert (row["ADT"].date().isoformat(), row["AVAL"], row["CNSR"]) == expected


def test_what_is_said_about_the_date() -> None:
    """Source dataset, variable, sequence number and lineage; CNSDTDSC for a censoring only."""
    row = made(PFS, rs=(("2016-03-01", "SD"), ("2016-02-01", "PD"))).iloc[0]
    assert row[["SRCDOM", "SRCVAR", "SRCSEQ", "_row_rs"]].tolist() == ["RS", "RSDTC", 2, 2]
    assert pd.isna(row["CNSDTDSC"])
    row = made(PFS, rs=(("2016-03-01", "SD"),)).iloc[0]
    assert row["CNSDTDSC"] == row["EVNTDESC"] == "Last assessment"
    assert row["_row_adsl"] == 1


@pytest.mark.parametrize(
    ("given_dates", "adsl", "what"),
    [
        ({}, ADSL, "neither an event nor a censoring for '1'"),
        ({"rs": (("2016-02", "PD"),)}, ADSL, "neither an event nor a censoring for '1'"),
        ({"dd": ("2016-01-19",)}, ADSL, "ADT lies before STARTDT for '1'"),
        ({"dd": ("2016-02-01",)}, ADSL.assign(TRTSDT=pd.NaT), "TRTSDT is missing for '1'"),
    ],
)
def test_a_subject_without_a_time_is_an_error(given_dates, adsl, what: str) -> None:
    with pytest.raises(StudyError, match=what) as caught:
        made(PFS, adsl=adsl, **given_dates)
    assert caught.value.where == "endpoint PFS"


def test_a_dataset_that_was_not_handed_in() -> None:
    with pytest.raises(StudyError, match="the dataset rs was not handed in"):
        derive_params_tte([PFS], adsl=ADSL)


def test_only_the_subjects_of_the_endpoint() -> None:
    """Subject 2 has no start and no data, and is not asked for."""
    adsl = pd.DataFrame(
        {"USUBJID": ["1", "2"], "SAFFL": ["Y", "N"], "TRTSDT": pd.to_datetime([START, None])}
    )
    endpoint = Endpoint("OS", "TRTSDT", first(death), last(assessed), flagged("SAFFL"))
    assert made(endpoint, dd=("2016-02-01",), adsl=adsl)["USUBJID"].tolist() == ["1"]


DAYS = st.lists(st.integers(0, 400), max_size=4)


@given(DAYS, DAYS, DAYS)
def test_against_a_direct_account(pd_days: list[int], sd_days: list[int], cm: list[int]) -> None:
    """AVAL and CNSR again, from the days by min and max."""

    def iso(days: list[int]) -> list[str]:
        return [(START + dt.timedelta(days=day)).isoformat() for day in days]

    rs = [(day, "PD") for day in iso(pd_days)] + [(day, "SD") for day in iso(sd_days)]
    seen = pd_days + sd_days
    if seen:
        row = made(PFS, rs=tuple(rs)).iloc[0]
        expected = (min(pd_days), 0) if pd_days else (max(seen), 1)
        assert (row["AVAL"], row["CNSR"]) == (expected[0] + 1, expected[1])
    if seen or cm:
        row = made(CUT, rs=tuple(rs), cm=tuple(iso(cm))).iloc[0]
        end = min(cm + seen)
        if pd_days and min(pd_days) <= end:
            assert (row["AVAL"], row["CNSR"]) == (min(pd_days) + 1, 0)
        else:
            assert row["AVAL"] == end + 1
            assert row["CNSR"] == (2 if end in cm else 1)
