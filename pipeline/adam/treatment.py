"""Treatment variables from the arms of study.yaml."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.merge import derive_vars_merged
from pipeline.sorting import numbered
from pipeline.study import Study


def arm_number(values: pd.Series, study: Study) -> pd.Series:
    """The number of each arm name in the order of study.yaml, from 1; missing for no arm."""
    return values.map({arm.name: float(n) for n, arm in enumerate(study.arms, 1)})


def derive_vars_adsl(
    frame: pd.DataFrame, adsl: pd.DataFrame, *names: str, **renamed: str
) -> pd.DataFrame:
    """`frame` with variables of ADSL by USUBJID; `TRTA="TRT01A"` renames (ADaMIG 1.3, 3.2)."""
    new = {name: name for name in names} | renamed
    return derive_vars_merged(frame, adsl, "USUBJID", new, lineage=False)


def derive_var_aseq(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """`frame` with ASEQ numbering the records of each subject in the order of `by`."""
    return frame.assign(ASEQ=numbered(frame, "USUBJID", by))
