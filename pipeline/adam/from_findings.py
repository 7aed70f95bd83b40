"""A findings domain of SDTM as the rows of a basic data structure (ADaMIG 1.3, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.days import relative_day, whole_date
from pipeline.merge import derive_vars_merged

RENAMED = {"VISIT": "AVISIT", "VISITNUM": "AVISITN"}
TAKEN = {
    "TESTCD": "PARAMCD",
    "STRESN": "AVAL",
    "STRESC": "AVALC",
    "TPT": "ATPT",
    "TPTNUM": "ATPTN",
    "LOBXFL": "ABLFL",
    "SEQ": "SRCSEQ",
}


def derive_vars_findings_bds(frame: pd.DataFrame, adsl: pd.DataFrame) -> pd.DataFrame:
    """The records of a findings domain with the variables of a basic data structure.

    Made where the domain has them: PARAMCD (--TESTCD), AVAL and AVALC (--STRESN, --STRESC), AVISIT
    and AVISITN, ATPT and ATPTN, ABLFL (--LOBXFL), ADT (--DTC, missing when partial), ADY, SRCDOM,
    SRCVAR (the result that stands in the row) and SRCSEQ. From ADSL: TRTP, TRTA, TRTAN, SAFFL,
    TRTSDT, TRTEDT. The domain is that of --TESTCD, so a frame may be empty.
    """
    (domain,) = (name[:-6] for name in frame.columns if name.endswith("TESTCD") and len(name) == 8)
    names = RENAMED | {domain + old: new for old, new in TAKEN.items()}
    made = frame.assign(**{new: frame[old] for old, new in names.items() if old in frame.columns})
    treatment = {"TRTP": "TRT01P", "TRTA": "TRT01A", "TRTAN": "TRT01AN"}
    kept = {name: name for name in ("SAFFL", "TRTSDT", "TRTEDT")}
    made = derive_vars_merged(made, adsl, "USUBJID", treatment | kept, lineage=False)
    number = made["AVAL"].notna()
    return made.assign(
        ADT=whole_date(made[f"{domain}DTC"]),
        ADY=lambda rows: relative_day(rows["ADT"], rows["TRTSDT"]),
        SRCDOM=domain,
        SRCVAR=number.map({True: f"{domain}STRESN", False: f"{domain}STRESC"}),
    )


def recoded(frame: pd.DataFrame, codes: Mapping[str, str]) -> pd.DataFrame:
    """`frame` with other values of PARAMCD: that of the test -> that of the parameter."""
    return frame.assign(PARAMCD=frame["PARAMCD"].map(codes).astype("str"))
