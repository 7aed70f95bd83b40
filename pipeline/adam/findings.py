"""Findings of SDTM as variables of a subject (ADaMIG 1.3, section 3.2: baseline in ADSL)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.merge import derive_vars_merged, summarised


def derive_vars_findings(
    frame: pd.DataFrame, findings: pd.DataFrame, new_vars: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """`frame` with results of a findings domain: new variable -> (--TESTCD, result variable).

    StudyError when a subject has several records of a test: choose one before.
    """
    test = next(name for name in findings.columns if name.endswith("TESTCD"))
    for name, (code, result) in new_vars.items():
        records = findings.loc[findings[test] == code]
        frame = derive_vars_merged(frame, records, "USUBJID", {name: result})
    return frame


def above_limit(values: pd.Series) -> pd.Series:
    """Results as numbers; `>2000` and `<0.5` count as the limit itself."""
    return pd.to_numeric(values.str.replace(r"^[<>]=?\s*", "", regex=True), errors="coerce")


def joined_values(frame: pd.DataFrame, name: str, by: str = "USUBJID") -> pd.DataFrame:
    """One record per `by` with the values of `name` in the order of the frame, comma between."""
    return summarised(frame, by, **{name: (name, ", ".join)})
