"""Tumour response by RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247).

Sums of diameters and the response of target lesions (section 4.3.1), overall response per
assessment (section 4.5.1, Tables 1 and 2). Dates are datetime64, diameters millimetres.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.merge import derive_vars_merged, summarised

PARTIAL = 0.70  # of the baseline sum, or less
PROGRESSIVE = 1.20  # of the smallest sum so far, or more
GROWTH_MM = 5.0  # and at least so much above it
NODE_MM = 10.0  # short axis of a lymph node that is not pathological
ROUNDING = 1e-9


def derive_params_sum_diameters(
    lesions: pd.DataFrame, value: str, date: str, visit: tuple[str, ...], node: str = ""
) -> pd.DataFrame:
    """One row per USUBJID and `visit` with the sum of diameters of the target lesions.

    `lesions` has one row per target lesion and assessment: `value` in mm (missing: not evaluated)
    and `date` as datetime64; `node` names a column that is "Y" for lymph nodes (short axis). The
    first assessment of a subject is the baseline. Adds AVAL (missing when a baseline lesion was not
    measured), ADT (the latest date), BASE, CHG, PCHG, NADIR (smallest sum before, baseline
    included), CHGNAD and PCHGNAD (change from it), and GONE: every node below 10 mm, every other
    lesion 0. Lineage collects the lesions.
    """
    keys = ["USUBJID", *visit]
    nodal = lesions[node] == "Y" if node else pd.Series(False, index=lesions.index)
    marked = lesions.assign(
        _gone=(lesions[value] == 0) | (nodal & (lesions[value] < NODE_MM)),
        _measured=lesions[value].notna(),
    )
    sums = summarised(
        marked, keys,
        AVAL=(value, "sum"), ADT=(date, "max"), GONE=("_gone", "all"), _n=("_measured", "sum"),
    )  # fmt: skip
    sums = sums.sort_values(["USUBJID", "ADT"], kind="stable").reset_index(drop=True)
    expected = sums.groupby("USUBJID")["_n"].transform("first")
    complete = sums["_n"] == expected
    sums = sums.assign(AVAL=sums["AVAL"].astype("float64").where(complete), GONE=sums["GONE"])
    baseline = sums.drop_duplicates("USUBJID", keep="first")
    sums = derive_vars_merged(sums, baseline, "USUBJID", {"BASE": "AVAL"}, lineage=False)
    nadir = sums.groupby("USUBJID")["AVAL"].cummin().groupby(sums["USUBJID"]).ffill()
    nadir = nadir.groupby(sums["USUBJID"]).shift()
    return sums.assign(NADIR=nadir).assign(
        CHG=lambda rows: rows["AVAL"] - rows["BASE"],
        PCHG=lambda rows: _percent(rows["CHG"], rows["BASE"]),
        CHGNAD=lambda rows: rows["AVAL"] - rows["NADIR"],
        PCHGNAD=lambda rows: _percent(rows["CHGNAD"], rows["NADIR"]),
    ).drop(columns="_n")  # fmt: skip


def target_response(sums: pd.DataFrame) -> pd.Series:
    """CR, PR, SD, PD or NE per row of `derive_params_sum_diameters`; missing at baseline.

    PD: 20% or more and 5 mm or more above the nadir; CR: nothing left; PR: 30% or more below
    baseline; NE: a target lesion was not measured.
    """
    growth = sums["AVAL"] - sums["NADIR"]
    progressed = sums["AVAL"] >= PROGRESSIVE * sums["NADIR"] - ROUNDING
    progressed &= growth >= GROWTH_MM - ROUNDING
    found = np.select(
        [
            sums["NADIR"].isna().to_numpy(),
            sums["AVAL"].isna().to_numpy(),
            progressed.to_numpy(),
            sums["GONE"].to_numpy(dtype=bool),
            (sums["AVAL"] <= PARTIAL * sums["BASE"] + ROUNDING).to_numpy(),
        ],
        ["", "NE", "PD", "CR", "PR"],
        default="SD",
    )
    return pd.Series(found, index=sums.index, dtype="str").replace("", None)


def overall_response(target: pd.Series, non_target: pd.Series, new: pd.Series) -> pd.Series:
    """The overall response per assessment (Tables 1 and 2 of RECIST 1.1).

    `target` is CR, PR, SD, PD, NE or missing (no target lesions); `non_target` is CR,
    NON-CR/NON-PD, PD, NE or missing (no non-target lesions); `new` is "Y" for a new lesion.
    """
    none = target.isna()
    progressed = (target == "PD") | (non_target == "PD") | (new == "Y")
    rest_gone = non_target.isna() | (non_target == "CR")
    found = np.select(
        [
            progressed.to_numpy(),
            (none & non_target.isna()).to_numpy(),
            none.to_numpy(),
            (target == "NE").to_numpy(),
            ((target == "CR") & rest_gone).to_numpy(),
            target.isin(["CR", "PR"]).to_numpy(),
        ],
        ["PD", "NE", "other", "NE", "CR", "PR"],
        default="SD",
    )
    answers = pd.Series(found, index=target.index, dtype="str")
    return answers.mask(answers == "other", non_target)


def _percent(change: pd.Series, of: pd.Series) -> pd.Series:
    """Percent change; missing where the reference is 0."""
    return 100 * change / of.where(of != 0)
