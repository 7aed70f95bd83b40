"""Units of laboratory results: conversion per test, both ways, from a table; never a guess.

A table entry is `standard unit, {other unit: factor}` with standard = other x factor. Mass
concentrations in SI units follow from the molar mass in g/mol: 1 mg/dL = 10000 / molar mass umol/L.
Molar masses: bilirubin 584.66, creatinine 113.12, glucose 180.16, urea nitrogen 28.01 (two N),
calcium 40.08, tacrolimus 804.02, sirolimus 914.17 (PubChem). One equivalent of Na+ or K+ is one
mole, of Ca++ half a mole.
"""

from __future__ import annotations

import re

import pandas as pd

from pipeline.errors import StudyError
from pipeline.ranges import range_indicator

SIGN = r"^\s*(<=|>=|<|>)?\s*(.*)$"
DIGITS = 5  # significant digits of a converted number

CELLS = ("10^9/L", {"10^3/uL": 1.0, "10^6/L": 1e-3})
ENZYME = ("U/L", {"IU/L": 1.0, "ukat/L": 60.0})
MASS = ("g/L", {"g/dL": 10.0})
TABLE: dict[str, tuple[str, dict[str, float]]] = {
    "ALT": ENZYME,
    "AST": ENZYME,
    "ALP": ENZYME,
    "GGT": ENZYME,
    "HGB": MASS,
    "ALB": MASS,
    "WBC": CELLS,
    "NEUT": CELLS,
    "LYM": CELLS,
    "PLAT": CELLS,
    "BILI": ("umol/L", {"mg/dL": 1e4 / 584.66}),
    "CREAT": ("umol/L", {"mg/dL": 1e4 / 113.12, "mmol/L": 1e3}),
    "GLUC": ("mmol/L", {"mg/dL": 10 / 180.16}),
    "UREAN": ("mmol/L", {"mg/dL": 10 / 28.01}),
    "SODIUM": ("mmol/L", {"mEq/L": 1.0}),
    "K": ("mmol/L", {"mEq/L": 1.0}),
    "CA": ("mmol/L", {"mg/dL": 10 / 40.08, "mEq/L": 0.5}),
    "PT": ("s", {}),
    "INR": ("RATIO", {}),
    "AFP": ("ng/mL", {"ug/L": 1.0}),
    "TACRO": ("ng/mL", {"ug/L": 1.0, "nmol/L": 0.80402}),
    "SIRO": ("ng/mL", {"ug/L": 1.0, "nmol/L": 0.91417}),
    "TEMP": ("C", {}),
}
OFFSET = {("TEMP", "F", "C"): (5 / 9, -160 / 9), ("TEMP", "C", "F"): (9 / 5, 32.0)}


def conversion(test: str, unit: str, to: str) -> tuple[float, float]:
    """(factor, offset) with `to` = `unit` x factor + offset for the test (--TESTCD).

    The same unit needs no table. Raises StudyError for a pair that the table does not know.
    """
    if unit == to:
        return 1.0, 0.0
    if (test, unit, to) in OFFSET:
        return OFFSET[test, unit, to]
    standard, others = TABLE.get(test, ("", {}))
    factors = {standard: 1.0} | others
    if unit not in factors or to not in factors:
        raise StudyError(
            f"unit of {test}",
            f"no conversion from {unit!r} to {to!r} is known",
            "correct the unit, or add the pair to TABLE in pipeline/sdtm/units.py",
        )
    return factors[unit] / factors[to], 0.0


def standard_unit(test: str, unit: str) -> str:
    """The standard unit of a test; StudyError when the table does not know the test."""
    if test not in TABLE:
        raise StudyError(
            f"unit of {test}",
            f"no standard unit is known for results in {unit!r}",
            "add the test to TABLE in pipeline/sdtm/units.py",
        )
    return TABLE[test][0]


def derive_vars_standard_result(frame: pd.DataFrame, domain: str) -> pd.DataFrame:
    """`frame` with --STRESC, --STRESN, --STRESU, --STNRLO, --STNRHI and --NRIND.

    Reads --TESTCD, --ORRES, --ORRESU, --ORNRLO, --ORNRHI. A result without a unit stays as it is;
    a comparison sign is kept in --STRESC and leaves --STRESN and --NRIND missing. Converted
    numbers have 5 significant digits; a number that needs no conversion keeps its text.
    """
    unit, factor, offset = _conversions(frame[f"{domain}TESTCD"], frame[f"{domain}ORRESU"])
    result = _converted(frame[f"{domain}ORRES"], factor, offset)
    value = pd.to_numeric(result, errors="coerce").astype("float64")
    low, high = (
        _limit(frame[f"{domain}ORNR{end}"], factor, offset)
        if f"{domain}ORNR{end}" in frame.columns
        else pd.Series(float("nan"), index=frame.index)
        for end in ("LO", "HI")
    )
    made = {"STRESC": result, "STRESN": value, "STRESU": unit, "STNRLO": low, "STNRHI": high}
    made["NRIND"] = range_indicator(value, low, high)
    return frame.assign(**{domain + name: values for name, values in made.items()})


def _conversions(tests: pd.Series, units: pd.Series) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Standard unit, factor and offset of each row; missing where no unit was collected."""
    pairs = pd.DataFrame({"test": tests, "unit": units}).dropna().drop_duplicates()
    known = {}
    for test, unit in pairs.itertuples(index=False):
        standard = standard_unit(test, unit)
        known[f"{test}|{unit}"] = (standard, *conversion(test, unit, standard))
    keys = tests.astype("str") + "|" + units.astype("str")
    unit = keys.map({key: how[0] for key, how in known.items()}).astype("str")
    factor, offset = (
        keys.map({key: how[part] for key, how in known.items()}).astype("float64")
        for part in (1, 2)
    )
    return unit, factor, offset


def _converted(collected: pd.Series, factor: pd.Series, offset: pd.Series) -> pd.Series:
    """Collected results in the standard unit, as text."""
    parts = collected.str.extract(SIGN)
    number = pd.to_numeric(parts[1], errors="coerce").astype("float64")
    moved = number.notna() & factor.notna() & ((factor != 1) | (offset != 0))
    text = (number * factor + offset).map(_written, na_action="ignore").astype("str")
    return collected.mask(moved, parts[0].fillna("") + text)


def _limit(collected: pd.Series, factor: pd.Series, offset: pd.Series) -> pd.Series:
    """A limit of the range in the standard unit."""
    number = pd.to_numeric(collected, errors="coerce").astype("float64")
    return (number * factor + offset).map(_rounded, na_action="ignore").astype("float64")


def _written(value: float) -> str:
    """A converted number as text: 5 significant digits, no exponent, no trailing zeros."""
    text = f"{_rounded(value):.10f}"
    return re.sub(r"\.?0+$", "", text)


def _rounded(value: float) -> float:
    """A number with 5 significant digits."""
    return float(f"{value:.{DIGITS}g}")
