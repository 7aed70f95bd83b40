"""Supplemental qualifiers back beside their parent records (SDTMIG 3.4, section 8.4)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.merge import derive_vars_merged


def derive_vars_supp(
    frame: pd.DataFrame, supp: pd.DataFrame, new_vars: Mapping[str, str]
) -> pd.DataFrame:
    """`frame` with variables of its SUPP-- dataset: new variable -> QNAM.

    Qualifiers without IDVAR (SUPPDM) belong to the subject, others to the record whose IDVAR has
    the value IDVARVAL. Missing where there is no qualifier. StudyError for several.
    """
    for name, qualifier in new_vars.items():
        values = supp.loc[supp["QNAM"] == qualifier]
        identifier = values["IDVAR"].dropna().unique()
        if len(identifier) == 0:
            frame = derive_vars_merged(frame, values, "USUBJID", {name: "QVAL"})
            continue
        numbers = pd.to_numeric(values["IDVARVAL"], errors="coerce")
        values = values.assign(**{identifier[0]: numbers.astype("float64")})
        keyed = frame.assign(**{identifier[0]: frame[identifier[0]].astype("float64")})
        frame = derive_vars_merged(keyed, values, ["USUBJID", identifier[0]], {name: "QVAL"})
    return frame
