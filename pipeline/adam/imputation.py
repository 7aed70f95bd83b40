"""Imputed dates with the flag that says so (ADaMIG 1.3, section 3.1.3: --DTF)."""

from __future__ import annotations

import pandas as pd

from pipeline.days import whole_date


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
