"""Toxicity grades of laboratory results in both directions (ADaMIG 1.3, section 3.3.5).

The criteria are data (`pipeline/adam/ctcae_criteria.py`). The grade of a result is the highest
whose limit it has passed, in the direction of the criterion; passing is strict, as CTCAE writes
`>3.0 - 5.0 x ULN`. Grade 0 means that no limit was passed. A grade that cannot be told, because
a limit of a higher grade is unknown, is missing and `_ungraded` says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.adam.ctcae_criteria import GRADES, Criterion, Limits, read_criteria
from pipeline.ranges import passes

RANGE = {"ULN": "ANRHI", "LLN": "ANRLO", "BASE": "BASE"}
SIDES = {"low": "L", "high": "H"}
FOUND = ("term", "grade", "reason")


def derive_vars_toxicity(
    frame: pd.DataFrame,
    criteria: Sequence[Criterion] | None = None,
    test: str = "PARAMCD",
    unit: str = "LBSTRESU",
) -> pd.DataFrame:
    """`frame` with ATOXGRL, ATOXGRH, ATOXGR (text 0 to 4), their numbers, ATOXDSCL and ATOXDSCH.

    Reads `test`, AVAL, `unit`, ANRLO, ANRHI and, if there, BASE (the criteria of creatinine and
    high haemoglobin; without a baseline their other limits count). CTCAE 4.03 unless `criteria`
    says otherwise. ATOXGR is the worse of the two directions, missing when the other one is not
    known and this one is 0. Rows and lineage stay; `_ungraded` names what a missing grade lacks.
    """
    rows = frame.assign(BASE=frame["BASE"] if "BASE" in frame.columns else np.nan)
    rows = rows[["AVAL", unit, *RANGE.values()]]
    places = frame.groupby(test).indices
    parts: dict[str, list[pd.DataFrame]] = {side: [_empty(frame.iloc[:0])] for side in SIDES}
    for criterion in criteria if criteria is not None else read_criteria():
        if criterion.test in places:
            chosen = rows.iloc[places[criterion.test]]
            parts[criterion.direction].append(grade(chosen, criterion, unit))
    found = {side: _in_place(parts[side], frame) for side in SIDES}
    new: dict[str, pd.Series] = {}
    for side, letter in SIDES.items():
        new[f"ATOXGR{letter}N"] = found[side]["grade"].astype("float64")
        new[f"ATOXGR{letter}"] = as_text(new[f"ATOXGR{letter}N"])
        new[f"ATOXDSC{letter}"] = found[side]["term"].astype("str")
    worst = _worst(found["low"], found["high"])
    low, high = (found[side]["reason"].astype("str") for side in SIDES)
    return frame.assign(**new, ATOXGR=as_text(worst), ATOXGRN=worst, _ungraded=low.fillna(high))


def grade(rows: pd.DataFrame, criterion: Criterion, unit: str) -> pd.DataFrame:
    """`term`, `grade` (0 to 4, missing) and `reason` of results of the criterion's test."""
    values = rows["AVAL"].astype("float64")
    reached = pd.Series(0.0, index=rows.index)
    unknown = pd.Series(0.0, index=rows.index)
    reason = pd.Series(np.nan, index=rows.index, dtype=object)
    for place, number in enumerate(GRADES):
        for limits, lacks in _limits(rows, criterion, unit, place):
            passed = passes(values, limits, criterion.high)
            reached = reached.where(~passed, float(number))
            blind = limits.isna() & lacks.notna()
            unknown = unknown.where(~blind, float(number))
            reason = reason.where(~blind, lacks)
    told = values.notna() & (reached >= unknown)
    reason = reason.where(values.notna(), "AVAL is missing").where(~told)
    return pd.DataFrame({"term": criterion.term, "grade": reached.where(told), "reason": reason})


def _limits(
    rows: pd.DataFrame, criterion: Criterion, unit: str, place: int
) -> list[tuple[pd.Series, pd.Series]]:
    """The limits of one grade, each with what a row without it lacks (missing: lacks nothing)."""
    found = []
    for reference, multiples in criterion.multiples.items():
        if not np.isnan(multiples[place]):
            column = RANGE[reference]
            lacks = np.nan if reference == "BASE" else f"{column} is missing"
            told = pd.Series(lacks, index=rows.index, dtype=object)
            found.append((rows[column] * multiples[place], told))
    if _has(criterion.limits, place):
        found.append(_by_unit(rows[unit], criterion.limits, place))
    if _has(criterion.rise, place):
        rise, without = _by_unit(rows[unit], criterion.rise, place)
        above = rows[["ANRHI", "BASE"]].max(axis=1).where(rows["ANRHI"].notna())
        found.append((above + rise, without.fillna("ANRHI is missing")))
    return found


def _by_unit(
    units: pd.Series, limits: Mapping[str, Limits], place: int
) -> tuple[pd.Series, pd.Series]:
    """The limit of one grade in the unit of each row, and what is lacking where there is none."""
    values = units.map({name: numbers[place] for name, numbers in limits.items()})
    lacks = "no limits in the unit " + units.astype("str").fillna("(none)")
    return values.astype("float64"), lacks.where(values.isna()).astype(object)


def _has(limits: Mapping[str, Limits], place: int) -> bool:
    """Whether a grade has limits by unit."""
    return any(not np.isnan(numbers[place]) for numbers in limits.values())


def _worst(low: pd.DataFrame, high: pd.DataFrame) -> pd.Series:
    """The worse grade; missing when it is 0 and the other direction, which exists, is not known."""
    worst = pd.concat([low["grade"], high["grade"]], axis=1).astype("float64").max(axis=1)
    blind = (low["term"].notna() & low["grade"].isna()) | (
        high["term"].notna() & high["grade"].isna()
    )
    return worst.where(~(blind & worst.eq(0)))


def _empty(frame: pd.DataFrame) -> pd.DataFrame:
    """No criterion yet for any row."""
    return pd.DataFrame(
        {name: pd.Series(np.nan, index=frame.index, dtype=object) for name in FOUND}
    )


def _in_place(parts: list[pd.DataFrame], frame: pd.DataFrame) -> pd.DataFrame:
    """The graded rows at their places in `frame`; of two criteria for a row the later counts."""
    graded = pd.concat([part.astype(object) for part in parts])
    return graded.loc[~graded.index.duplicated(keep="last")].reindex(frame.index)


def as_text(grades: pd.Series) -> pd.Series:
    """Grades as text: 3.0 is `3`."""
    return grades.map({grade: f"{grade:.0f}" for grade in grades.dropna().unique()}).astype("str")
