"""Standard results: collected results and reference ranges in one unit per test.

SDTMIG 3.4, section 6.3 (--ORRES to --STRESC, --STRESN, --STRESU): the standard result is the
collected one in the standard unit of the test. A result with a comparison sign keeps the sign and
has no --STRESN; a text result stays as it is. Which units a test may have stands in
`pipeline/sdtm/unit_table.py`; a unit that does not stand there is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd

from pipeline.distinct import per_distinct
from pipeline.errors import StudyError, listed, raise_all
from pipeline.sdtm.unit_table import ANALYTES, Analyte

DIGITS = 7
"""Significant digits of a converted result; a result already in the standard unit is not touched.

Collected results have up to five, so nothing is lost, and a result at k times a limit of the
reference range stays there to within 1e-6: half a unit of the last digit of each is at most 5e-7.
"""
NUMBER = r"^\s*(?P<sign>[<>]=?)?\s*(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*$"


def conversions(analytes: Mapping[str, Analyte] = ANALYTES) -> pd.DataFrame:
    """Every known conversion: TESTCD, FROM, TO, FACTOR, OFFSET, SOURCE.

    value in TO = FACTOR * value in FROM + OFFSET. Both directions and the identity are there.
    """
    rows = [
        (test, start, end, f / to_f, (o - to_o) / to_f, analyte.source)
        for test, analyte in analytes.items()
        for start, (f, o) in analyte.units.items()
        for end, (to_f, to_o) in analyte.units.items()
    ]
    return pd.DataFrame(rows, columns=["TESTCD", "FROM", "TO", "FACTOR", "OFFSET", "SOURCE"])


def standard_units(system: str, analytes: Mapping[str, Analyte] = ANALYTES) -> dict[str, str]:
    """--TESTCD -> standard unit in `system`, `SI` or `US`; StudyError for any other word."""
    if system not in ("SI", "US"):
        raise StudyError("standard units", f"{system!r} is no system of units", "write SI or US")
    return {test: a.si if system == "SI" else a.us for test, a in analytes.items()}


def derive_vars_standard_result(
    frame: pd.DataFrame,
    domain: str,
    units: str | Mapping[str, str] = "SI",
    analytes: Mapping[str, Analyte] | None = None,
) -> pd.DataFrame:
    """`frame` with --STRESC, --STRESN, --STRESU and, where collected, --STNRLO and --STNRHI.

    Reads --TESTCD, --ORRES and --ORRESU of `domain` (and --ORNRLO, --ORNRHI). `units` is `SI`,
    `US`, or the standard unit of each test; what it leaves out is SI. `analytes` adds tests, or
    replaces known ones (an assay with its own factor). A text result has no unit and no number.
    Rows and lineage stay. StudyError names each test and unit that has no conversion.
    """
    known = {**ANALYTES, **(analytes or {})}
    wanted = _wanted(units, known)
    results = _parsed(frame[f"{domain}ORRES"])
    numeric = results["number"].notna()
    factors = _factors(frame, domain, numeric, wanted, known)
    made = _converted(results["number"], factors)
    whole = frame[f"{domain}ORRES"].str.strip().where(~numeric, results["sign"] + made["text"])
    new = {
        f"{domain}STRESC": whole,
        f"{domain}STRESN": made["value"].where(results["sign"] == ""),
        f"{domain}STRESU": factors["TO"].where(numeric).replace("", np.nan).astype("str"),
    }
    for bound in ("NRLO", "NRHI"):
        if f"{domain}OR{bound}" in frame.columns:
            limit = _converted(frame[f"{domain}OR{bound}"].str.strip(), factors)
            new[f"{domain}ST{bound}"] = limit["value"]
    return frame.assign(**new)


def _wanted(units: str | Mapping[str, str], known: Mapping[str, Analyte]) -> dict[str, str]:
    """--TESTCD -> the unit to convert to."""
    if isinstance(units, str):
        return standard_units(units, known)
    return {**standard_units("SI", known), **units}


def _parsed(results: pd.Series) -> pd.DataFrame:
    """Collected results as `sign` ("" for none) and `number`, both missing for a text result."""
    codes, distinct = pd.factorize(results.astype("str"))
    parts = pd.Series(distinct, dtype="str").str.extract(NUMBER)
    parts = parts.assign(sign=parts["sign"].fillna("").where(parts["number"].notna()))
    return parts.reindex(codes).set_axis(results.index)


def _factors(
    frame: pd.DataFrame,
    domain: str,
    numeric: pd.Series,
    wanted: Mapping[str, str],
    known: Mapping[str, Analyte],
) -> pd.DataFrame:
    """FROM, TO, FACTOR and OFFSET of each row; StudyError for a number without a conversion."""
    keys = pd.DataFrame(
        {
            "TESTCD": frame[f"{domain}TESTCD"],
            "FROM": frame[f"{domain}ORRESU"].astype("str").fillna(""),
            "TO": frame[f"{domain}TESTCD"].map(dict(wanted)).astype("str"),
        }
    )
    on = ["TESTCD", "FROM", "TO"]
    found = keys.merge(conversions(known), how="left", on=on, validate="many_to_one")
    found.index = frame.index
    unknown = keys.loc[numeric & found["FACTOR"].isna()].drop_duplicates().fillna("")
    pairs = unknown.sort_values(on).itertuples(index=False)
    raise_all([_refusal(known, *map(str, pair)) for pair in pairs])
    return found


def _refusal(known: Mapping[str, Analyte], test: str, unit: str, to: str) -> StudyError:
    """What is unknown, and what to add."""
    where = f"unit of {test}"
    if test not in known:
        return StudyError(
            where,
            f"the test {test} has no conversion table (unit {unit!r})",
            f"hand in analytes={{{test!r}: Analyte(...)}}, or add it to unit_table.py",
        )
    fix = f"collect one of {listed(list(known[test].units), 10)}, or add the unit to the table"
    if not unit:
        return StudyError(where, "a number has no unit", f"query the unit; {fix}")
    return StudyError(where, f"no conversion from {unit!r} to {to!r} for {test}", fix)


def _converted(numbers: pd.Series, factors: pd.DataFrame) -> pd.DataFrame:
    """`text` and `value` of the numbers (text) in the standard unit; the identity changes none."""
    collected = pd.to_numeric(numbers, errors="coerce").astype("float64")
    same = (factors["FACTOR"] == 1) & (factors["OFFSET"] == 0)
    values = collected * factors["FACTOR"] + factors["OFFSET"]
    text = per_distinct(values, lambda distinct: distinct.map(significant).astype("str"))
    text = text.where(~same, numbers)
    return pd.DataFrame({"text": text, "value": pd.to_numeric(text, errors="coerce")})


def significant(value: float, digits: int = DIGITS) -> str:
    """A number with up to `digits` significant digits, never with an exponent: 88.4, 0.00012."""
    rounded = Decimal(f"{value:.{digits - 1}e}")
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
