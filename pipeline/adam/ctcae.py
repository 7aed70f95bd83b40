"""Toxicity grades of laboratory results in both directions (ADaMIG 1.3, section 3.3.5).

The criteria are data (`pipeline/adam/ctcae_criteria.py`); `pipeline/adam/ctcae_grade.py` says how a
result is graded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.adam.ctcae_criteria import GRADES, Criterion, read_criteria
from pipeline.adam.ctcae_grade import NOTHING, Codes, Numbers, Vocabulary, grade, results_of

SIDES = {"low": "L", "high": "H"}


@dataclass
class Side:
    """What the criteria of one direction say of each row: grade, term and reason by code."""

    grade: Numbers
    term: Codes
    reason: Codes


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
    terms, reasons, rows = Vocabulary(), Vocabulary(), len(frame)
    results = results_of(frame, unit)
    codes, tests = pd.factorize(frame[test])
    known = {name: code for code, name in enumerate(tests)}
    sides = {
        side: Side(np.full(rows, np.nan), np.full(rows, NOTHING), np.full(rows, NOTHING))
        for side in SIDES
    }
    for criterion in criteria if criteria is not None else read_criteria():
        if criterion.test in known:
            places = np.flatnonzero(codes == known[criterion.test])
            side = sides[criterion.direction]
            side.grade[places], side.reason[places] = grade(results.at(places), criterion, reasons)
            side.term[places] = terms.code(criterion.term)
    new: dict[str, pd.Series] = {}
    for name, letter in SIDES.items():
        new[f"ATOXGR{letter}N"] = pd.Series(sides[name].grade, index=frame.index)
        new[f"ATOXGR{letter}"] = as_text(new[f"ATOXGR{letter}N"])
        new[f"ATOXDSC{letter}"] = terms.series(sides[name].term, frame.index)
    worst = pd.Series(_worst(sides["low"], sides["high"]), index=frame.index)
    reason = np.where(sides["low"].reason >= 0, sides["low"].reason, sides["high"].reason)
    why = reasons.series(reason, frame.index)
    return frame.assign(**new, ATOXGR=as_text(worst), ATOXGRN=worst, _ungraded=why)


def _worst(low: Side, high: Side) -> Numbers:
    """The worse grade; missing when it is 0 and the other direction, which exists, is not known."""
    worst = np.fmax(low.grade, high.grade)
    blind = ((low.term >= 0) & np.isnan(low.grade)) | ((high.term >= 0) & np.isnan(high.grade))
    return np.where(blind & (worst == 0), np.nan, worst)


def as_text(grades: pd.Series) -> pd.Series:
    """Grades as text: 3.0 is `3`."""
    words = Vocabulary(["0", *map(str, GRADES)])
    return words.series(grades.fillna(NOTHING).to_numpy().astype("int64"), grades.index)
