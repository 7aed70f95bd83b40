"""Criteria: CRITy says what is asked of a value, CRITyFL whether it holds (ADaMIG 1.3, 3.3.7)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.where import Condition


def derive_vars_criterion(
    frame: pd.DataFrame, criteria: Mapping[str, tuple[str, Condition]], number: int = 1
) -> pd.DataFrame:
    """`frame` with CRITy and CRITyFL: Y where the criterion of the row's PARAMCD holds, else N.

    `criteria` maps PARAMCD to the text of CRITy and its condition. Both variables are missing for a
    parameter without a criterion.
    """
    text = frame["PARAMCD"].map({code: says for code, (says, _) in criteria.items()})
    flag = pd.Series(None, index=frame.index, dtype="str")
    for code, (_, condition) in criteria.items():
        rows = frame["PARAMCD"] == code
        flag = flag.mask(rows, condition(frame).map({True: "Y", False: "N"}))
    return frame.assign(**{f"CRIT{number}": text.astype("str"), f"CRIT{number}FL": flag})
