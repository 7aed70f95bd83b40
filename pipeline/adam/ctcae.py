"""Toxicity grades of laboratory values in both directions (CTCAE 4.03; ADaMIG 1.3, 3.3.6)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.adam.baseline import derive_var_base
from pipeline.adam.ctcae4 import HIGH, LOW, Criterion, Edge
from pipeline.errors import StudyError, listed

ROUNDING = 1e-9  # 1.5 x 1.2 is a little below 1.8 in binary numbers


def derive_vars_toxicity(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    """`frame` with grades of AVAL: ATOXGRL and ATOXGRH (text 0 to 4), ATOXGRLN, ATOXGRHN, BTOXGRL
    and BTOXGRH (at ABLFL = Y), ATOXDSCL and ATOXDSCH (the CTCAE term).

    Reads PARAMCD, AVAL, ANRLO, ANRHI, BASE, ABLFL and the column `unit`. A parameter without a
    criterion has no grade; so has a value without the limit its criterion needs. StudyError when a
    parameter with absolute edges has another unit than its criterion.
    """
    graded = frame
    for side, criteria in (("L", LOW), ("H", HIGH)):
        _check_units(frame, criteria, unit)
        number, term = _grades(frame, criteria, above=side == "H")
        text = number.map(lambda grade: f"{grade:.0f}", na_action="ignore").astype("str")
        graded = graded.assign(
            **{f"ATOXDSC{side}": term, f"ATOXGR{side}": text, f"ATOXGR{side}N": number}
        )
        graded = derive_var_base(graded, f"BTOXGR{side}", f"ATOXGR{side}")
    return graded


def _grades(
    frame: pd.DataFrame, criteria: Mapping[str, Criterion], above: bool
) -> tuple[pd.Series, pd.Series]:
    """The grade of each row as a number, and the term it is a grade of."""
    grade = pd.Series(float("nan"), index=frame.index)
    for code, criterion in criteria.items():
        rows = frame.loc[(frame["PARAMCD"] == code) & frame["AVAL"].notna()]
        if len(rows):
            grade = grade.fillna(_graded(rows, criterion, above).reindex(frame.index))
    term = frame["PARAMCD"].map({code: criterion.term for code, criterion in criteria.items()})
    return grade, term.where(frame["AVAL"].notna()).astype("str")


def _graded(rows: pd.DataFrame, criterion: Criterion, above: bool) -> pd.Series:
    """The highest grade whose edge a value passes; 0 for none, missing without a needed limit."""
    grade = pd.Series(0.0, index=rows.index)
    known = pd.Series(True, index=rows.index)
    for edge in sorted(criterion.edges):
        at = _edge(rows, edge)
        beyond = rows["AVAL"] - at if above else at - rows["AVAL"]
        passed = beyond > at.abs() * ROUNDING
        grade = grade.mask(passed & (grade < edge.grade), float(edge.grade))
        known &= at.notna() | (edge.measure == "base")
    return grade.where(known)


def _edge(rows: pd.DataFrame, edge: Edge) -> pd.Series:
    """The edge of a grade for each row."""
    if edge.measure == "value":
        return pd.Series(edge.size, index=rows.index)
    if edge.measure == "over_uln":
        return rows["ANRHI"] + edge.size
    return rows[{"uln": "ANRHI", "lln": "ANRLO", "base": "BASE"}[edge.measure]] * edge.size


def _check_units(frame: pd.DataFrame, criteria: Mapping[str, Criterion], unit: str) -> None:
    """Values that are compared with absolute edges are in the unit of the edges."""
    needed = frame["PARAMCD"].map({c: k.unit for c, k in criteria.items() if k.unit})
    wrong = needed.notna() & frame["AVAL"].notna() & (frame[unit].fillna("") != needed)
    if wrong.any():
        found = (frame.loc[wrong, "PARAMCD"] + " in " + frame.loc[wrong, unit].fillna("?")).unique()
        raise StudyError(
            "derive_vars_toxicity",
            f"{listed(list(found))}: the criteria are in another unit",
            "convert the results to SI units (pipeline/sdtm/units.py)",
        )
