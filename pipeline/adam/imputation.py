"""Imputed dates (ADaMIG 1.3, section 3.1.3: --DTF) and records carried forward (DTYPE)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.days import whole_date
from pipeline.merge import last_per, stacked
from pipeline.where import Condition


def derive_vars_dt_first_day(
    frame: pd.DataFrame, name: str, source: str, flag: bool = True
) -> pd.DataFrame:
    """`frame` with the date `name` of the ISO 8601 variable `source`; a missing day is the first.

    With `flag`, `name`F is D where the day was imputed. A date without month stays missing.
    """
    text = frame[source]
    known = whole_date(text)
    month = text.str.fullmatch(r"\d{4}-\d{2}", na=False)
    imputed = whole_date((text + "-01").where(month))
    made = frame.assign(**{name: known.fillna(imputed)})
    if not flag:
        return made
    return made.assign(**{f"{name}F": month.map({True: "D"}).astype("str")})


def carry_forward(
    frame: pd.DataFrame, by: Sequence[str], visits: Sequence[str], order: str, where: Condition
) -> pd.DataFrame:
    """`frame` and records carried forward, DTYPE = LOCF, to visits without a record.

    `visits` are values of AVISIT in the order of time. A group (`by`) without record at a visit
    gets its last one, by `order`, of an earlier visit: of the rows that meet `where` and have an
    AVAL. It is no baseline record (ABLFL). A group that has no earlier record gets none.
    """
    place = frame["AVISIT"].map({visit: number for number, visit in enumerate(visits)})
    known = where(frame) & frame["AVAL"].notna()
    made = [frame.assign(DTYPE=pd.Series(None, index=frame.index, dtype="str"))]
    for number, visit in enumerate(visits[1:], 1):
        there = pd.MultiIndex.from_frame(frame.loc[place == number, list(by)])
        last = last_per(frame.loc[known & (place < number)], by, [order])
        lacking = last.loc[~pd.MultiIndex.from_frame(last[list(by)]).isin(there)]
        made.append(lacking.assign(AVISIT=visit, DTYPE="LOCF", ABLFL=None))
    return stacked(*made)
