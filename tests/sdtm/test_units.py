"""Units: factors from molar masses, standard results, refusals."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError, StudyErrors
from pipeline.sdtm.unit_table import ANALYTES, MOLAR_MASS, Analyte
from pipeline.sdtm.units import (
    conversions,
    derive_vars_standard_result,
    significant,
    standard_units,
)

# IUPAC abridged standard atomic weights (five digits)
WEIGHTS = {
    "H": 1.0080,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "Na": 22.990,
    "Mg": 24.305,
    "P": 30.974,
    "Cl": 35.45,
    "K": 39.098,
    "Ca": 40.078,
}
FORMULAS = {
    "bilirubin": "C33H36N4O6",
    "calcium": "Ca",
    "chloride": "Cl",
    "cholesterol": "C27H46O",
    "creatinine": "C4H7N3O",
    "glucose": "C6H12O6",
    "magnesium": "Mg",
    "phosphorus": "P",
    "potassium": "K",
    "sirolimus": "C51H79NO13",
    "sodium": "Na",
    "tacrolimus": "C44H69NO12",
    "urate": "C5H4N4O3",
    "urea": "CH4N2O",
    "urea nitrogen": "N2",
}


@pytest.mark.parametrize("substance", sorted(MOLAR_MASS))
def test_molar_mass_is_that_of_the_formula(substance: str) -> None:
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", FORMULAS[substance])
    mass = sum(WEIGHTS[element] * int(count or 1) for element, count in atoms)
    assert MOLAR_MASS[substance] == pytest.approx(mass, rel=5e-5)


# Factors as clinical chemistry prints them (to the digits printed)
PRINTED = [
    ("BILI", "mg/dL", "umol/L", "1", 17.1, 0.05),
    ("CREAT", "mg/dL", "umol/L", "1", 88.4, 0.05),
    ("GLUC", "mg/dL", "mmol/L", "18", 1.0, 0.005),
    ("CA", "mg/dL", "mmol/L", "1", 0.2495, 0.0001),
    ("CA", "mEq/L", "mmol/L", "5", 2.5, 1e-9),
    ("MG", "mg/dL", "mmol/L", "1", 0.4114, 0.0001),
    ("UREA", "mg/dL", "mmol/L", "1", 0.1665, 0.0001),
    ("UREAN", "mg/dL", "mmol/L", "1", 0.357, 0.0005),
    ("PHOS", "mg/dL", "mmol/L", "1", 0.3229, 0.0001),
    ("URATE", "mg/dL", "umol/L", "1", 59.48, 0.01),
    ("CHOL", "mg/dL", "mmol/L", "1", 0.02586, 0.00001),
    ("SODIUM", "mEq/L", "mmol/L", "140", 140, 1e-9),
    ("K", "mEq/L", "mmol/L", "4.1", 4.1, 1e-9),
    ("HGB", "g/dL", "g/L", "13.5", 135, 1e-9),
    ("HGB", "g/dL", "mmol/L", "1", 0.6206, 0.0001),
    ("ALB", "g/dL", "g/L", "4.2", 42, 1e-9),
    ("ALT", "ukat/L", "U/L", "1", 60, 1e-9),
    ("AST", "nkat/L", "U/L", "1000", 60, 1e-9),
    ("ALP", "IU/L", "U/L", "77", 77, 1e-9),
    ("GGT", "U/L", "ukat/L", "60", 1, 1e-9),
    ("WBC", "10^3/uL", "10^9/L", "4.5", 4.5, 1e-9),
    ("PLAT", "/uL", "10^9/L", "75000", 75, 1e-9),
    ("NEUT", "/mm3", "10^9/L", "1500", 1.5, 1e-9),
    ("LYM", "10^6/L", "10^9/L", "800", 0.8, 1e-9),
    ("AFP", "IU/mL", "ng/mL", "100", 121, 1e-9),
    ("AFP", "ng/mL", "ug/L", "20", 20, 1e-9),
    ("HBDNA", "copies/mL", "IU/mL", "5820", 1000, 1e-6),
    ("HBVDNA", "IU/mL", "copies/mL", "20", 116.4, 1e-6),
    ("TACRO", "nmol/L", "ng/mL", "10", 8.04, 0.005),
    ("SIRO", "ng/mL", "nmol/L", "1", 1.094, 0.001),
    ("TACRO", "ng/mL", "ug/L", "7.5", 7.5, 1e-9),
    ("INR", "", "RATIO", "1.1", 1.1, 1e-9),
    ("PT", "sec", "s", "12.4", 12.4, 1e-9),
    ("HCT", "%", "fraction of 1", "42", 0.42, 1e-9),
    ("TEMP", "F", "C", "98.6", 37.0, 1e-9),
    ("TEMP", "F", "C", "32", 0.0, 1e-9),
    ("TEMP", "F", "C", "-40", -40.0, 1e-9),
    ("TEMP", "C", "F", "38.5", 101.3, 1e-9),
]


@pytest.mark.parametrize(("test", "unit", "to", "result", "expected", "within"), PRINTED)
def test_printed_factors(
    test: str, unit: str, to: str, result: str, expected: float, within: float
) -> None:
    made = standard([(test, result, unit)], units={test: to}).iloc[0]
    assert made["LBSTRESN"] == pytest.approx(expected, abs=within)
    assert made["LBSTRESU"] == to


def standard(rows: list[tuple[str, str | None, str | None]], **options: Any) -> pd.DataFrame:
    """Rows of test, result and unit with their standard results."""
    frame = pd.DataFrame(rows, columns=["LBTESTCD", "LBORRES", "LBORRESU"], dtype="str")
    return derive_vars_standard_result(frame, "LB", **options)


@pytest.mark.parametrize(
    ("test", "result", "unit", "text", "number", "to"),
    [
        ("AFP", ">2000", "ng/mL", ">2000", None, "ug/L"),
        ("CREAT", "<0.5", "mg/dL", "<44.20085", None, "umol/L"),
        ("CREAT", ">= 10", "mg/dL", ">=884.017", None, "umol/L"),
        ("CREAT", "80.0", "umol/L", "80.0", 80.0, "umol/L"),
        ("ALB", "4.20", "g/dL", "42", 42.0, "g/L"),
        ("HBDNA", "1.2e7", "IU/mL", "1.2e7", 12000000.0, "IU/mL"),
        ("UREA", "100", "mg/dL", "16.65113", 16.65113, "mmol/L"),
        ("KETONES", "1+", None, "1+", None, None),
        ("GLUC", "+1", "mg/dL", "+1", None, None),
        ("PROT", "NEGATIVE ", None, "NEGATIVE", None, None),
        ("ALT", None, "U/L", None, None, None),
        ("PH", "6.5", None, "6.5", 6.5, None),
    ],
)
def test_standard_results(
    test: str, result: str, unit: str, text: str | None, number: float | None, to: str | None
) -> None:
    made = standard([(test, result, unit)]).iloc[0]
    found = [made[name] for name in ("LBSTRESC", "LBSTRESN", "LBSTRESU")]
    assert [None if pd.isna(value) else value for value in found] == [text, number, to]


def test_the_range_is_converted_like_the_result() -> None:
    frame = pd.DataFrame(
        {
            "LBTESTCD": ["BILI", "ALT"],
            "LBORRES": ["1.8", "30"],
            "LBORRESU": ["mg/dL", "U/L"],
            "LBORNRLO": ["0.2", None],
            "LBORNRHI": ["1.2", "40"],
            "_row_raw_lb": [2, 3],
        }
    )
    made = derive_vars_standard_result(frame, "LB")
    assert made["LBSTNRHI"].tolist() == [20.5244, 40.0]
    assert made["LBSTNRLO"].isna().tolist() == [False, True]
    assert made.loc[0, "LBSTRESN"] / made.loc[0, "LBSTNRHI"] == pytest.approx(1.5, rel=1e-6)
    assert made["_row_raw_lb"].tolist() == [2, 3]


def test_us_units_and_units_of_the_study() -> None:
    rows: list[tuple[str, str | None, str | None]] = [("CREAT", "88.4", "umol/L")]
    assert standard(rows, units="US").loc[0, "LBSTRESC"] == "0.9999808"
    rows = [("CREAT", "88.4", "umol/L"), ("GLUC", "90", "mg/dL")]
    made = standard(rows, units={"GLUC": "mg/dL"})
    assert made["LBSTRESU"].tolist() == ["umol/L", "mg/dL"]
    with pytest.raises(StudyError, match="'metric' is no system of units"):
        standard_units("metric")


def test_what_is_unknown_is_refused_by_name() -> None:
    with pytest.raises(StudyError, match=r"unit of CREAT: no conversion from 'g' to 'umol/L'"):
        standard([("CREAT", "1", "g")])
    with pytest.raises(StudyError, match=r"unit of ALT: a number has no unit"):
        standard([("ALT", "30", None)])
    with pytest.raises(StudyError, match=r"the test XYZ has no conversion table"):
        standard([("XYZ", "30", "g/L")])
    with pytest.raises(StudyErrors) as several:
        standard([("XYZ", "30", "g/L"), ("CREAT", "1", "g"), ("CREAT", "2", "g")])
    assert len(several.value.errors) == 2
    with pytest.raises(StudyError, match="no conversion from 'U/L' to 'mol/L' for ALT"):
        standard([("ALT", "30", "U/L")], units={"ALT": "mol/L"})


def test_an_assay_brings_its_own_factor() -> None:
    assay = {"HBDNA": Analyte({"IU/mL": (1, 0), "copies/mL": (0.2, 0)}, "IU/mL", "IU/mL", "kit")}
    assert standard([("HBDNA", "100", "copies/mL")], analytes=assay).loc[0, "LBSTRESN"] == 20


@given(
    pair=st.sampled_from(
        [
            (test, start, end)
            for test, analyte in ANALYTES.items()
            for start in analyte.units
            for end in analyte.units
        ]
    ),
    value=st.integers(1, 99999).map(lambda number: number / 100),
)
def test_there_and_back_is_the_same(pair: tuple[str, str, str], value: float) -> None:
    test, start, end = pair
    table = conversions({test: ANALYTES[test]}).set_index(["FROM", "TO"])
    there, back = table.loc[(start, end)], table.loc[(end, start)]
    converted = value * there["FACTOR"] + there["OFFSET"]
    assert converted * back["FACTOR"] + back["OFFSET"] == pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("test", sorted(ANALYTES))
def test_both_systems_are_units_of_the_test(test: str) -> None:
    analyte = ANALYTES[test]
    assert {analyte.si, analyte.us} <= set(analyte.units)
    assert (1.0, 0.0) in analyte.units.values()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (88.40169731, "88.4017"),
        (123456789.0, "123456800"),
        (0.000123456789, "0.0001234568"),
        (37.0, "37"),
        (0.0, "0"),
        (100.0, "100"),
    ],
)
def test_seven_significant_digits_without_exponent(value: float, text: str) -> None:
    assert significant(value) == text
