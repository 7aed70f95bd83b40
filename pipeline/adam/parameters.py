"""Parameters: rows of a basic data structure (ADaMIG 1.3, section 3.3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

import pandas as pd

from pipeline.codelists import Codelist
from pipeline.merge import stacked


def derive_params(frame: pd.DataFrame, values: Mapping[str, str]) -> pd.DataFrame:
    """`frame` once per parameter: PARAMCD, and AVAL from the variable that `values` names.

    A missing value makes no row. Lineage and all other columns stay.
    """
    parts = [
        frame.loc[frame[column].notna()].assign(
            PARAMCD=code, AVAL=itemgetter(column), SRCVAR=column
        )
        for code, column in values.items()
    ]
    return stacked(*parts).astype({"AVAL": "float64"})


def derive_vars_param(frame: pd.DataFrame, codelist: Codelist) -> pd.DataFrame:
    """`frame` with PARAM and PARAMN: the decode and the place of PARAMCD in the codelist."""
    order = {code: float(n) for n, code in enumerate(codelist.values, 1)}
    return frame.assign(PARAM=codelist.decode(frame["PARAMCD"]), PARAMN=frame["PARAMCD"].map(order))
