"""Hy's law: possible drug-induced liver injury (FDA guidance for industry, July 2009)."""

from __future__ import annotations

import pandas as pd

from pipeline.merge import derive_vars_merged, summarised

TRANSAMINASES = ("ALT", "AST")
WINDOW_DAYS = 30
CARRIED = ["STUDYID", "USUBJID"]


def derive_param_hys_law(frame: pd.DataFrame, paramcd: str = "HYSLAW") -> pd.DataFrame:
    """One row per subject of `frame`: AVALC Y for a candidate, N for none, ADT of the bilirubin.

    A candidate has ALT or AST of 3 times the upper limit or more and, up to 30 days later (or on
    the same day), bilirubin of 2 times or more while alkaline phosphatase stays below 2 times
    there. Reads PARAMCD, ADT and R2ANRHI of post-baseline rows; lineage holds the liver tests.
    """
    tests = frame.loc[frame["PARAMCD"].isin([*TRANSAMINASES, "BILI", "ALP"])]
    injured = tests.loc[tests["PARAMCD"].isin(TRANSAMINASES) & (tests["R2ANRHI"] >= 3)]
    jaundice = tests.loc[(tests["PARAMCD"] == "BILI") & (tests["R2ANRHI"] >= 2)]
    cholestasis = tests.loc[(tests["PARAMCD"] == "ALP") & (tests["R2ANRHI"] >= 2)]
    pairs = jaundice[["USUBJID", "ADT"]].merge(
        injured[["USUBJID", "ADT"]], how="left", on="USUBJID", validate="many_to_many"
    )
    days = (pairs["ADT_x"] - pairs["ADT_y"]).dt.days
    found = pairs.loc[days.between(0, WINDOW_DAYS)].rename(columns={"ADT_x": "ADT"})
    explained = found.merge(
        cholestasis[["USUBJID", "ADT"]].drop_duplicates().assign(_alp=True),
        how="left",
        on=["USUBJID", "ADT"],
        validate="many_to_one",
    )
    first = explained.loc[explained["_alp"].isna(), ["USUBJID", "ADT"]]
    first = first.sort_values("ADT").drop_duplicates("USUBJID").assign(AVALC="Y")
    subjects = summarised(tests, CARRIED, _n=("PARAMCD", "size"))
    rows = derive_vars_merged(subjects, first, "USUBJID", ["ADT", "AVALC"])
    return rows.assign(PARAMCD=paramcd, AVALC=rows["AVALC"].fillna("N")).drop(columns="_n")
