"""Units: known conversions both ways, refusals, comparison signs, ranges."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.sdtm.units import TABLE, conversion, derive_vars_standard_result

# Rounded factors as printed in the AMA Manual of Style, table of SI conversions.
PRINTED = [
    ("BILI", "mg/dL", "umol/L", 17.104),
    ("CREAT", "mg/dL", "umol/L", 88.40),
    ("GLUC", "mg/dL", "mmol/L", 0.0555),
    ("UREAN", "mg/dL", "mmol/L", 0.357),
    ("CA", "mg/dL", "mmol/L", 0.2495),
    ("HGB", "g/dL", "g/L", 10.0),
    ("ALB", "g/dL", "g/L", 10.0),
    ("ALT", "ukat/L", "U/L", 60.0),
    ("PLAT", "10^3/uL", "10^9/L", 1.0),
    ("K", "mEq/L", "mmol/L", 1.0),
    ("TACRO", "nmol/L", "ng/mL", 0.804),
]


@pytest.mark.parametrize(("test", "unit", "to", "factor"), PRINTED)
def test_factors_are_those_in_print(test: str, unit: str, to: str, factor: float) -> None:
    found, offset = conversion(test, unit, to)
    assert found == pytest.approx(factor, rel=2e-3)
    assert offset == 0
    assert conversion(test, to, unit)[0] == pytest.approx(1 / factor, rel=2e-3)


def test_temperature_has_an_offset() -> None:
    factor, offset = conversion("TEMP", "F", "C")
    assert 98.6 * factor + offset == pytest.approx(37.0)
    factor, offset = conversion("TEMP", "C", "F")
    assert 40 * factor + offset == pytest.approx(104.0)


@pytest.mark.parametrize(
    ("test", "unit", "to"),
    [("ALT", "mg/dL", "U/L"), ("BILI", "g/L", "umol/L"), ("XYZ", "a", "b"), ("INR", "%", "RATIO")],
)
def test_an_unknown_pair_is_refused(test: str, unit: str, to: str) -> None:
    with pytest.raises(StudyError, match=f"unit of {test}"):
        conversion(test, unit, to)


def test_the_same_unit_needs_no_table() -> None:
    assert conversion("XYZ", "furlong", "furlong") == (1.0, 0.0)


@given(st.sampled_from(sorted(TABLE)), st.floats(1e-3, 1e5), st.data())
def test_there_and_back(test: str, value: float, data: st.DataObject) -> None:
    standard, others = TABLE[test]
    unit = data.draw(st.sampled_from([standard, *others]))
    there, back = conversion(test, unit, standard)[0], conversion(test, standard, unit)[0]
    assert value * there * back == pytest.approx(value)


def results() -> pd.DataFrame:
    """Five results as collected, and their ranges."""
    rows = [
        ("BILI", "0.62", "mg/dL", "0.2", "1.2"),
        ("BILI", "<0.1", "mg/dL", "0.2", "1.2"),
        ("ALT", "27", "U/L", "7", "56"),
        ("AFP", ">2000", "ng/mL", None, None),
        ("PROT", "Negative", None, None, None),
        ("ALB", "3.1", "g/dL", "3.5", "5.5"),
    ]
    names = ["LBTESTCD", "LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI"]
    return pd.DataFrame(rows, columns=names).astype("str")


def test_results_in_standard_units() -> None:
    made = derive_vars_standard_result(results(), "LB")
    texts = ["10.604", "<1.7104", "27", ">2000", "Negative", "31"]
    assert made["LBSTRESC"].tolist() == texts
    assert made["LBSTRESN"].fillna(-1).tolist() == [10.604, -1, 27, -1, -1, 31]
    units = ["umol/L", "umol/L", "U/L", "ng/mL", None, "g/L"]
    assert [None if pd.isna(u) else u for u in made["LBSTRESU"]] == units
    assert made["LBSTNRHI"].tolist()[0] == pytest.approx(20.525, rel=1e-4)
    assert math.isnan(made["LBSTNRHI"].tolist()[3])
    flags = ["NORMAL", None, "NORMAL", None, None, "LOW"]
    assert [None if pd.isna(f) else f for f in made["LBNRIND"]] == flags


def test_a_result_in_an_unknown_unit_stops_the_program() -> None:
    with pytest.raises(StudyError, match="no conversion from 'mol'"):
        derive_vars_standard_result(results().assign(LBORRESU="mol"), "LB")
