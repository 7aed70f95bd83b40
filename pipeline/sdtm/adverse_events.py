"""Flags of adverse events that leave as supplemental qualifiers."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from pipeline.days import whole_date
from pipeline.merge import derive_vars_merged
from pipeline.toxicity import dose_limiting, latest_before


def flag_treatment_emergent(frame: pd.DataFrame, dm: pd.DataFrame, name: str) -> pd.DataFrame:
    """`frame` with `name` = Y when the event began on or after the first exposure.

    Otherwise N; missing when one of the dates is unknown or partial (FDA's AETRTEM).
    """
    merged = derive_vars_merged(frame, dm, "USUBJID", {"_exposed": "RFXSTDTC"}, lineage=False)
    start, exposed = whole_date(merged["AESTDTC"]), whole_date(merged["_exposed"])
    flag = (start >= exposed).map({True: "Y", False: "N"})
    return frame.assign(**{name: flag.where(start.notna() & exposed.notna()).astype("str")})


def flag_terms(frame: pd.DataFrame, name: str, terms: Collection[str]) -> pd.DataFrame:
    """`frame` with `name` = Y when AEDECOD is one of `terms`, otherwise N."""
    return frame.assign(**{name: frame["AEDECOD"].isin(list(terms)).map({True: "Y", False: "N"})})


def derive_var_dlt(
    frame: pd.DataFrame, ex: pd.DataFrame, name: str, window: int | None
) -> pd.DataFrame:
    """`frame` with `name` = Y for a dose-limiting toxicity (see pipeline/toxicity.py), else N."""
    given = ex.assign(_date=whole_date(ex["EXSTDTC"]))
    since = latest_before(
        frame.assign(_start=whole_date(frame["AESTDTC"])), given, "_start", "_date"
    )
    limiting = dose_limiting(frame, since["_days"], window or 0)
    return frame.assign(**{name: limiting.map({True: "Y", False: "N"})})
