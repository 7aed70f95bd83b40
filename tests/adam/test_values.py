"""Verbs of the analysis datasets: groups, rounding, supplemental qualifiers, flags, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.adam.exposure import cumulative_dose
from pipeline.adam.imputation import derive_vars_dt_first_day
from pipeline.adam.limits import derive_vars_limits, distance_from_limits
from pipeline.adam.numbers import group_number, grouped, rounded
from pipeline.adam.occurrence import flag_first, flag_last
from pipeline.adam.supplemental import derive_vars_supp
from pipeline.adam.tte import Endpoint, censor, derive_params_tte, event, first, last
from pipeline.errors import StudyError
from pipeline.where import contains, equals, flagged

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (27.45, 1, 27.5),  # half away from zero, as SAS; Python's round gives 27.4
        (-27.45, 1, -27.5),
        (2.5, 0, 3),
        (1.005, 2, 1.01),  # binary 1.00499999999999989
        (0.0, 1, 0),
        (27.449, 1, 27.4),
        (NAN, 1, NAN),
    ],
)
def test_rounding_is_half_away_from_zero(value: float, digits: int, expected: float) -> None:
    found = rounded(pd.Series([value]), digits).iloc[0]
    assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_groups_begin_at_their_lowest_value() -> None:
    ages = {"<65": 0, "65-80": 65, ">80": 81}
    groups = grouped(pd.Series([64.9, 65, 80, 81, NAN, -1]), ages)
    assert groups.fillna("-").tolist() == ["<65", "65-80", "65-80", ">80", "-", "-"]
    assert group_number(groups, ages).fillna(0).tolist() == [1, 2, 2, 3, 0, 0]


SUPP = pd.DataFrame(
    {
        "USUBJID": ["1", "1", "2", "2"],
        "IDVAR": [None, "AESEQ", None, "AESEQ"],
        "IDVARVAL": [None, "2", None, "1"],
        "QNAM": ["ITT", "TEAE", "SAFETY", "TEAE"],
        "QVAL": ["Y", "Y", "Y", "N"],
        "_row_suppxx": [1, 2, 3, 4],
    }
)


def test_qualifiers_of_the_subject() -> None:
    subjects = pd.DataFrame({"USUBJID": ["1", "2"]})
    found = derive_vars_supp(subjects, SUPP, {"ITTFL": "ITT", "SAFFL": "SAFETY"})
    assert found["ITTFL"].fillna("-").tolist() == ["Y", "-"]
    assert found["SAFFL"].fillna("-").tolist() == ["-", "Y"]
    assert [rows if pd.notna(rows) else 0 for rows in found["_row_suppxx"]] == [1, 3]


def test_qualifiers_of_the_record() -> None:
    events = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AESEQ": [1, 2, 1]})
    found = derive_vars_supp(events, SUPP, {"TRTEMFL": "TEAE"})
    assert found["TRTEMFL"].fillna("-").tolist() == ["-", "Y", "N"]


def test_a_repeated_qualifier_is_an_error() -> None:
    twice = pd.concat([SUPP, SUPP.iloc[:1]])
    with pytest.raises(StudyError, match="several records for '1'"):
        derive_vars_supp(pd.DataFrame({"USUBJID": ["1"]}), twice, {"ITTFL": "ITT"})


EVENTS = pd.DataFrame(
    {
        "USUBJID": ["1", "1", "1", "2"],
        "AESEQ": [1, 2, 3, 1],
        "ASTDT": pd.to_datetime(["2020-03-02", "2020-03-01", "2020-03-01", None]),
        "TRTEMFL": ["Y", None, "Y", "Y"],
    }
)


def test_first_and_last_records_that_meet_the_condition() -> None:
    order, where = ["ASTDT", "AESEQ"], flagged("TRTEMFL")
    first_one = flag_first(EVENTS, "AOCCFL", ["USUBJID"], order, where)
    last_one = flag_last(EVENTS, "LASTFL", ["USUBJID"], order, where)
    assert first_one["AOCCFL"].fillna("-").tolist() == ["-", "-", "Y", "Y"]
    assert last_one["LASTFL"].fillna("-").tolist() == ["Y", "-", "-", "Y"]


def test_a_variable_may_be_both_group_and_order() -> None:
    found = flag_first(
        EVENTS, "DAYFL", ["USUBJID", "ASTDT"], ["ASTDT", "AESEQ"], flagged("TRTEMFL")
    )
    assert found["DAYFL"].fillna("-").tolist() == ["Y", "-", "Y", "Y"]


def test_a_missing_day_is_the_first_of_the_month() -> None:
    frame = pd.DataFrame({"AESTDTC": ["2012-02-29", "2012-02", "2012", None, "2013-07-01T10:30"]})
    found = derive_vars_dt_first_day(frame, "ASTDT", "AESTDTC")
    days = found["ASTDT"].dt.strftime("%Y-%m-%d").fillna("-").tolist()
    assert days == ["2012-02-29", "2012-02-01", "-", "-", "2013-07-01"]
    assert found["ASTDTF"].fillna("-").tolist() == ["-", "D", "-", "-", "-"]
    assert "ASTDTF" not in derive_vars_dt_first_day(frame, "ASTDT", "AESTDTC", flag=False)


LAB = pd.DataFrame(
    {
        "USUBJID": ["1"] * 5,
        "PARAMCD": ["ALT"] * 5,
        "ABLFL": ["Y", None, None, None, None],
        "AVAL": [20.0, 61.0, 60.0, 4.9, NAN],
        "A1LO": [10.0] * 5,
        "A1HI": [40.0] * 5,
    }
)


def test_values_against_their_limits() -> None:
    found = derive_vars_limits(LAB, low=0.5, high=1.5)
    assert found["ANRIND"].tolist() == ["N", "H", "N", "L", "N"]  # 60 is the limit itself
    assert found["R2A1HI"].iloc[0] == 0.5
    assert found[["BASE", "BR2A1LO", "BR2A1HI"]].drop_duplicates().values.tolist() == [[20, 2, 0.5]]
    assert found["BNRIND"].tolist() == ["N"] * 5
    assert derive_vars_limits(LAB)["ANRIND"].tolist() == ["N", "H", "H", "L", "N"]


def test_the_larger_distance_from_a_limit() -> None:
    found = distance_from_limits(LAB, low=0.5, high=1.5)
    # 1.5 x 40 - AVAL and AVAL - 0.5 x 10: 40 and 15, -1 and 56, 0 and 55, 55.1 and -0.1
    assert np.allclose(found, [40, 56, 55, 55.1, NAN], equal_nan=True)


def test_doses_add_up_over_the_days() -> None:
    ex = pd.DataFrame(
        {
            "USUBJID": ["1", "1", "2"],
            "EXSTDTC": ["2020-01-01", "2020-01-11", "2020-01-01"],
            "EXENDTC": ["2020-01-10", None, "2020-01-01"],
            "EXDOSE": [54.0, 81.0, 0.0],
        }
    )
    ends = pd.to_datetime(["2020-01-12", "2020-01-01", None])
    adsl = pd.DataFrame({"USUBJID": ["1", "2", "3"], "TRTEDT": ends})
    # ten days of 54 and two of 81
    assert cumulative_dose(ex, adsl).fillna(-1).tolist() == [702, 0, -1]


def test_text_that_contains_a_part() -> None:
    frame = pd.DataFrame({"T": ["RASH (FACE)", "ERYTHEMA", None, "PAIN"]})
    assert contains("T", "(FACE)", "ERY")(frame).tolist() == [True, True, False, False]
    assert contains("T", ".")(frame).tolist() == [False] * 4


def test_the_number_of_an_event_in_adae_is_that_of_ae() -> None:
    adsl = pd.DataFrame(
        {
            "USUBJID": ["1", "2"],
            "TRTSDT": pd.to_datetime(["2020-03-01"] * 2),
            "EOSDT": pd.to_datetime(["2020-04-01"] * 2),
        }
    )
    endpoint = Endpoint(
        "TTAE",
        "TRTSDT",
        first(event("adae", "ASTDT", "Event", where=equals("TRTEMFL", "Y"))),
        last(censor("adsl", "EOSDT", "End")),
    )
    found = derive_params_tte([endpoint], adsl=adsl, adae=EVENTS)
    assert found["SRCSEQ"].fillna(0).tolist() == [3, 0]
    assert found["SRCDOM"].tolist() == ["ADAE", "ADSL"]
