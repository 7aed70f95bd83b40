"""Tumour assessments from SDTM: TU and TR as the frames that `pipeline/adam/recist.py` reads.

SDTMIG 3.4, section 6.3.5.9 (TU, TR): a lesion of TU and its measurements in TR share --LNKID.
"""

from __future__ import annotations

import pandas as pd

from pipeline.adam.recist import (
    derive_vars_nadir,
    non_target_response,
    overall_response,
    sum_of_diameters,
    target_response,
)
from pipeline.days import whole_date
from pipeline.merge import derive_vars_merged, stacked, summarised
from pipeline.where import Condition, all_of, equals, not_

DIAMETERS = ("LDIAM", "LPERP", "SAXIS", "DIAMETER")
KEYS = ["USUBJID", "AVISITN"]


def lesions_of(tr: pd.DataFrame, tu: pd.DataFrame, node: Condition) -> pd.DataFrame:
    """One row per lesion and assessment, with LESION, KIND, NODE, AVAL, STATE, ADT and AVISITN.

    KIND is TUSTRESC of the lesion (TARGET, NON-TARGET, NEW), NODE is Y where the record of TU meets
    `node` (a lymph node: TULOC). AVAL is the diameter in mm (TRSTRESN; the test that the CRF uses
    for the lesion), STATE is TRSTRESC of TUMSTATE. ABLFL is Y at the baseline assessment: every
    lesion of the visit that TRLOBXFL or TRBLFL marks, or else of the first visit. A planned lesion
    not done (TRSTAT) keeps its row without value, also at baseline.
    """
    identified = tu.loc[equals("TUTESTCD", "TUMIDENT")]
    known = identified.assign(_node=node(identified).map({True: "Y", False: "N"}))
    rows = derive_vars_merged(
        tr.rename(columns={"TRLNKID": "LESION"}),
        known.rename(columns={"TULNKID": "LESION"}),
        ["USUBJID", "LESION"],
        {"KIND": "TUSTRESC", "NODE": "_node"},
    )
    measured = rows["TRTESTCD"].isin(DIAMETERS)
    made = rows.assign(
        AVAL=rows["TRSTRESN"].where(measured),
        STATE=rows["TRSTRESC"].where(~measured),
        ADT=whole_date(rows["TRDTC"]),
        AVISITN=rows["VISITNUM"],
        ABLFL=_first_visit(rows),
    )
    return made.loc[measured | (rows["TRTESTCD"] == "TUMSTATE")]


def derive_responses(lesions: pd.DataFrame) -> pd.DataFrame:
    """One row per subject and assessment with the three responses, the sums and the lineage.

    Reads what lesions_of gives. Adds SUMDIAM, BASE, NADIR and the changes (derive_vars_nadir),
    TRGRESP, NTRGRESP, NEWLIND (Y or N) and OVRLRESP. A subject with target lesions at baseline
    whose assessment has none has target response NE, and so for non-target lesions. A new lesion
    that is EQUIVOCAL is no progression yet (RECIST 1.1, section 4.3.4).
    """
    targets = derive_vars_nadir(sum_of_diameters(lesions.loc[equals("KIND", "TARGET")]))
    targets = targets.assign(TRGRESP=target_response(targets))
    others = non_target_response(lesions.loc[equals("KIND", "NON-TARGET")])
    sure = all_of(equals("KIND", "NEW"), not_(equals("STATE", "EQUIVOCAL")))
    new = lesions.loc[sure].assign(NEWLIND="Y")
    news = summarised(new, KEYS, NEWLIND=("NEWLIND", "first"))
    visits = stacked(*(f[[*KEYS, "ADT", "ABLFL"]] for f in (targets, others, new)))
    rows = visits.groupby(KEYS, as_index=False).agg(ADT=("ADT", "max"), ABLFL=("ABLFL", "first"))
    sums = ["SUMDIAM", "MISSED", "BASE", "NADIR", "CHG", "PCHG", "CHGNAD", "PCHGNAD", "TRGRESP"]
    made = (
        rows.pipe(derive_vars_merged, targets, KEYS, sums)
        .pipe(derive_vars_merged, others, KEYS, {"NTRGRESP": "RESPONSE"})
        .pipe(derive_vars_merged, news, KEYS, ["NEWLIND"])
    )
    later = made["ABLFL"] != "Y"
    trg = made["TRGRESP"].where(~(later & _lacks(made, targets, "TRGRESP")), "NE")
    ntrg = made["NTRGRESP"].where(~(later & _lacks(made, others, "NTRGRESP")), "NE")
    made = made.assign(TRGRESP=trg, NTRGRESP=ntrg, NEWLIND=made["NEWLIND"].fillna("N"))
    overall = overall_response(made["TRGRESP"], made["NTRGRESP"], made["NEWLIND"])
    return made.assign(OVRLRESP=overall.where(later))


def _lacks(rows: pd.DataFrame, lesions: pd.DataFrame, name: str) -> pd.Series:
    """Whether the subject has such lesions at baseline and the assessment has no response."""
    baseline = lesions.loc[lesions["ABLFL"] == "Y", "USUBJID"]
    return rows["USUBJID"].isin(baseline) & rows[name].isna()


def _first_visit(rows: pd.DataFrame) -> pd.Series:
    """Y on every lesion of the baseline assessment."""
    flag = next((name for name in ("TRLOBXFL", "TRBLFL") if name in rows.columns), None)
    if flag is None:
        baseline = rows["VISITNUM"] == rows.groupby("USUBJID")["VISITNUM"].transform("min")
    else:
        marked = rows.assign(_marked=rows[flag] == "Y").groupby(["USUBJID", "VISITNUM"])
        baseline = marked["_marked"].transform("any")
    return baseline.map({True: "Y"}).astype("str")
