"""Baseline and change from it (ADaMIG 1.3, section 3.3.4: BASE, CHG, PCHG)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.merge import derive_vars_merged
from pipeline.where import Condition, equals

KEYS = ("USUBJID", "PARAMCD")


def derive_var_base(
    frame: pd.DataFrame, name: str = "BASE", source: str = "AVAL", by: Sequence[str] = KEYS
) -> pd.DataFrame:
    """`frame` with `name` = the value of `source` in the row with ABLFL = Y, one per `by`.

    Missing where there is no such row. StudyError for several.
    """
    flagged = frame.loc[equals("ABLFL", "Y"), list(dict.fromkeys([*by, source]))]
    return derive_vars_merged(frame, flagged, list(by), {name: source}, lineage=False)


def derive_vars_chg(frame: pd.DataFrame, where: Condition) -> pd.DataFrame:
    """`frame` with CHG = AVAL - BASE and PCHG = 100 CHG / BASE in the rows that meet `where`.

    The baseline row itself has neither. PCHG is missing when BASE is 0.
    """
    rows = where(frame) & (frame["ABLFL"] != "Y").fillna(True).astype(bool)
    change = (frame["AVAL"] - frame["BASE"]).where(rows)
    return frame.assign(CHG=change, PCHG=100 * change / frame["BASE"].mask(frame["BASE"] == 0))


def flag_extreme(
    frame: pd.DataFrame, name: str, value: str, where: Condition, highest: bool = True
) -> pd.DataFrame:
    """`frame` with `name` = Y on one row per subject and parameter: the highest (lowest) `value`.

    Only rows that meet `where` and have a value count; of equal ones the first by ADT, then ASEQ
    order of the frame.
    """
    read = list(dict.fromkeys([*KEYS, value, "ADT"]))
    counted = frame.loc[where(frame) & frame[value].notna(), read]
    ordered = counted.sort_values([value, "ADT"], ascending=[not highest, True], kind="stable")
    chosen = ordered.drop_duplicates(list(KEYS)).index
    flag = pd.Series("Y", index=chosen, dtype="str").reindex(frame.index)
    return frame.assign(**{name: flag})
