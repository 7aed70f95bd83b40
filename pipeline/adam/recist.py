"""RECIST 1.1 at one assessment: target, non-target and overall response.

Eisenhauer EA et al., New response evaluation criteria in solid tumours: revised RECIST guideline
(version 1.1), Eur J Cancer 2009; 45: 228-247. Responses are terms of the CDISC codelist ONCRSR.

The assessments of a subject are told apart by `visit` and put in order by ADT. The first one
(`ABLFL` = Y) is the baseline and has no response.
"""

from __future__ import annotations

import pandas as pd

from pipeline.merge import summarised

NODE_NORMAL = 10.0
"""mm; a lymph node with a shorter short axis is not pathological (section 3.1.2)."""
DECREASE = 0.30
INCREASE = 0.20
LEAST_INCREASE = 5.0
"""mm; progression needs both the relative and the absolute increase (section 4.3.1)."""
UNEQUIVOCAL = ("UNEQUIVOCAL", "UNEQUIVOCAL PROGRESSION")
"""States of a non-target lesion that are progression (codelist TRPROPRS, and as CRFs print it)."""


def sum_of_diameters(lesions: pd.DataFrame, visit: str = "AVISITN") -> pd.DataFrame:
    """One row per subject and assessment of the target lesions, with lineage.

    Reads USUBJID, `visit`, ADT, ABLFL, LESION, NODE (Y for a lymph node, which is measured by its
    short axis, others by the longest diameter) and AVAL in mm, missing for a lesion not measured;
    one row per lesion and assessment. Gives ADT (of the last scan), ABLFL, SUMDIAM (of what was
    measured; nodes count at any size), MEASURED (number of lesions), MISSED (lesions of the
    baseline without a measurement), VISIBLE (lesions other than nodes that are there) and NORMAL (Y
    when every lesion has disappeared, nodes being shorter than 10 mm). Section 4.2: the sum;
    section 4.3.2: nodes.
    """
    node = lesions["NODE"] == "Y"
    gone = (lesions["AVAL"] == 0) | (node & (lesions["AVAL"] < NODE_NORMAL))
    seen = ~node & (lesions["AVAL"] > 0)
    rows = lesions.assign(_gone=gone.where(lesions["AVAL"].notna(), False), _seen=seen)
    keys = ["USUBJID", visit]
    sums = summarised(
        rows,
        keys,
        ADT=("ADT", "max"),
        ABLFL=("ABLFL", "first"),
        SUMDIAM=("AVAL", _total),
        MEASURED=("AVAL", "count"),
        VISIBLE=("_seen", "sum"),
        _gone=("_gone", "sum"),
    )
    planned = lesions.loc[lesions["ABLFL"] == "Y"].groupby("USUBJID")["LESION"].nunique()
    expected = sums["USUBJID"].map(planned).fillna(0)
    missed = (expected - sums["MEASURED"]).clip(lower=0).astype("int64")
    whole = (missed == 0) & (sums["MEASURED"] > 0) & (sums["_gone"] == sums["MEASURED"])
    normal = whole.map({True: "Y", False: "N"})
    return sums.assign(MISSED=missed, NORMAL=normal).drop(columns="_gone")


def derive_vars_nadir(sums: pd.DataFrame, visit: str = "AVISITN") -> pd.DataFrame:
    """`sums` with BASE (the complete sum at baseline), NADIR and the changes, in mm and percent.

    NADIR is the smallest complete sum before the assessment, the baseline included (section 4.3.1).
    CHG and PCHG are against BASE, CHGNAD and PCHGNAD against NADIR, missing when a lesion was
    missed; no percentage of 0. AFTERCR is Y when the target lesions were in complete response
    before.
    """
    ordered = sums.sort_values(["USUBJID", "ADT", visit], kind="stable")
    complete = ordered["SUMDIAM"].where(ordered["MISSED"] == 0)
    before = complete.groupby(ordered["USUBJID"], sort=False).shift()
    nadir = before.groupby(ordered["USUBJID"], sort=False).cummin()
    nadir = nadir.groupby(ordered["USUBJID"], sort=False).ffill()
    first = complete.where(ordered["ABLFL"] == "Y").groupby(ordered["USUBJID"]).first()
    normal = (ordered["NORMAL"] == "Y").astype("int64")
    earlier = normal.groupby(ordered["USUBJID"], sort=False).cumsum() - normal
    after = (earlier > 0).map({True: "Y", False: "N"})
    made = ordered.assign(BASE=ordered["USUBJID"].map(first), NADIR=nadir, AFTERCR=after)
    for reference, change, percent in (("BASE", "CHG", "PCHG"), ("NADIR", "CHGNAD", "PCHGNAD")):
        difference = complete - made[reference]
        made[change] = difference
        made[percent] = (100 * difference / made[reference]).where(made[reference] != 0)
    return made.reindex(sums.index)


def target_response(sums: pd.DataFrame) -> pd.Series:
    """CR, PR, SD, PD or NE of the target lesions (section 4.3.1), missing at baseline.

    Reads what derive_vars_nadir gives. CR comes first (nodes may stay up to 10 mm), then PD against
    the nadir, then PR against the baseline. After CR a lesion that is there again is PD (table 3,
    note a); a node is judged by its growth. With a lesion missed the sum is too small: PD by what
    was measured stands, everything else is NE (section 4.4.2). Without a baseline sum: NE.
    """
    whole = (sums["MISSED"] == 0) & sums["SUMDIAM"].notna()
    risen = _reaches(sums["SUMDIAM"] - sums["NADIR"], INCREASE * sums["NADIR"]) & _reaches(
        sums["SUMDIAM"] - sums["NADIR"], LEAST_INCREASE
    )
    fallen = _reaches(sums["BASE"] - sums["SUMDIAM"], DECREASE * sums["BASE"])
    response = pd.Series("SD", index=sums.index, dtype="str")
    response = response.where(~fallen, "PR").where(whole & sums["BASE"].notna(), "NE")
    again = (sums["AFTERCR"] == "Y") & (sums["VISIBLE"] > 0)
    response = response.where(~(risen | again), "PD").where(
        ~(whole & (sums["NORMAL"] == "Y")), "CR"
    )
    return response.where(sums["ABLFL"] != "Y")


def non_target_response(lesions: pd.DataFrame, visit: str = "AVISITN") -> pd.DataFrame:
    """One row per subject and assessment with RESPONSE of the non-target lesions (section 4.3.3).

    Reads USUBJID, `visit`, ADT, ABLFL, LESION and STATE (ABSENT, PRESENT, UNEQUIVOCAL, or
    missing for a lesion not assessed). One lesion in unequivocal progression is PD; all absent
    is CR; one not assessed is NE; anything else is NON-CR/NON-PD. Missing at baseline.
    """
    state = lesions["STATE"]
    rows = lesions.assign(
        _absent=state == "ABSENT", _worse=state.isin(UNEQUIVOCAL), _known=state.notna()
    )
    found = summarised(
        rows,
        ["USUBJID", visit],
        ADT=("ADT", "max"),
        ABLFL=("ABLFL", "first"),
        _absent=("_absent", "sum"),
        _worse=("_worse", "sum"),
        _known=("_known", "sum"),
    )
    planned = lesions.loc[lesions["ABLFL"] == "Y"].groupby("USUBJID")["LESION"].nunique()
    expected = found["USUBJID"].map(planned).fillna(0)
    response = pd.Series("NON-CR/NON-PD", index=found.index, dtype="str")
    response = response.where(found["_absent"] < found["_known"], "CR")
    response = response.where(found["_known"] >= expected.clip(lower=1), "NE")
    response = response.where(found["_worse"] == 0, "PD").where(found["ABLFL"] != "Y")
    return found.assign(RESPONSE=response).drop(columns=["_absent", "_worse", "_known"])


def overall_response(target: pd.Series, non_target: pd.Series, new_lesion: pd.Series) -> pd.Series:
    """The overall response at an assessment: tables 1 and 2 of the guideline (section 4.4.1).

    `target` is CR, PR, SD, PD, NE or missing (no measurable disease at baseline), `non_target` is
    CR, NON-CR/NON-PD, PD, NE or missing (no non-target lesion at baseline), `new_lesion` is Y for
    an unequivocal new lesion. Missing when there is no lesion and no new one.
    """
    clean = non_target.isna() | (non_target == "CR")
    response = target.where(~((target == "CR") & ~clean), "PR")
    response = response.where(target.notna(), non_target)
    worse = (target == "PD") | (non_target == "PD") | (new_lesion == "Y")
    return response.where(~worse, "PD").astype("str")


def _total(values: pd.Series) -> float:
    """The sum of what was measured; missing when nothing was. Free of the order of the lesions."""
    return float(round(values.sort_values().sum(min_count=1), 6))


def _reaches(change: pd.Series, limit: pd.Series | float) -> pd.Series:
    """Whether a change in mm is the limit or more; both are known to far less than 1e-6 mm."""
    return (change - limit).round(6) >= 0
