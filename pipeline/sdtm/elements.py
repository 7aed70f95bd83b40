"""Elements that subjects went through (SDTMIG 3.4, domain SE)."""

from __future__ import annotations

import pandas as pd

from pipeline.merge import derive_vars_merged, stacked

KEYS = ["ARMCD", "TAETORD"]


def derive_vars_element(frame: pd.DataFrame, ta: pd.DataFrame) -> pd.DataFrame:
    """`frame` (USUBJID, ARMCD, TAETORD) with ETCD, ELEMENT and EPOCH as TA plans them.

    A subject without an arm gets the element that every arm has at that place, if there is one.
    """
    shared = ta.loc[~ta.duplicated(["TAETORD", "ETCD"])].drop_duplicates("TAETORD", keep=False)
    planned = stacked(ta, shared.assign(ARMCD="")).astype({"TAETORD": "int64"})
    placed = frame.assign(ARMCD=frame["ARMCD"].fillna(""))
    return derive_vars_merged(placed, planned, KEYS, ["ETCD", "ELEMENT", "EPOCH"])
