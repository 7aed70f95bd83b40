"""Results that look as if they were written in another unit: a suspicion to query, not a fact.

A result that stands off from the usual results of the same subject by just the factor between two
units of the test (18 for glucose, 88.4 for creatinine), or by a power of ten, is a candidate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.sdtm.unit_table import ANALYTES, Analyte
from pipeline.sdtm.units import conversions

LEAST = 5.0
"""Factors nearer to 1 than this cannot be told from a change of the subject."""
POWERS = (10.0, 100.0, 1000.0)
SLIP_COLUMNS = ("TESTCD", "FACTOR", "SLIP")


def slip_factors(analytes: Mapping[str, Analyte] = ANALYTES) -> pd.DataFrame:
    """TESTCD, FACTOR and SLIP (`mg/dL read as mmol/L`, or a power of ten): one row per factor."""
    units = conversions(analytes).loc[lambda f: (f["OFFSET"] == 0) & (f["FACTOR"] != 1)]
    units = units.assign(SLIP=units["TO"] + " read as " + units["FROM"])
    decimal = [
        (test, factor, f"decimal point: {factor:g} times")
        for test in analytes
        for power in POWERS
        for factor in (power, 1 / power)
    ]
    rows = pd.concat(
        [units[["TESTCD", "FACTOR", "SLIP"]], pd.DataFrame(decimal, columns=list(SLIP_COLUMNS))],
        ignore_index=True,
    )
    away = np.maximum(rows["FACTOR"], 1 / rows["FACTOR"]) >= LEAST
    rows = rows.loc[away].assign(_place=rows["FACTOR"].map(lambda factor: f"{factor:.3g}"))
    return rows.drop_duplicates(["TESTCD", "_place"]).drop(columns="_place").reset_index(drop=True)


def find_unit_slips(
    frame: pd.DataFrame,
    domain: str,
    tolerance: float = 0.15,
    analytes: Mapping[str, Analyte] = ANALYTES,
) -> pd.DataFrame:
    """The suspicious rows of `frame` with RATIO, FACTOR and SLIP, in the order of the frame.

    RATIO is --STRESN over the median of the subject's results of the test, of which there must be
    three or more, so that one slip does not move it. A row is suspicious when RATIO lies within
    `tolerance` (relative) of a known factor; the nearest one is named.
    """
    result, test = f"{domain}STRESN", f"{domain}TESTCD"
    groups = frame.groupby(["USUBJID", test], sort=False)[result]
    usual = groups.transform("median").where(groups.transform("count") >= 3)
    known = usual.gt(0) & frame[result].gt(0)
    rows = frame.loc[known].assign(
        RATIO=(frame[result] / usual).loc[known], _row=known.index[known]
    )
    pairs = rows.merge(
        slip_factors(analytes).rename(columns={"TESTCD": test}),
        how="left",
        on=test,
        validate="many_to_many",
    )
    pairs["_off"] = np.abs(np.log(pairs["RATIO"] / pairs["FACTOR"]))
    near = pairs.loc[pairs["_off"] <= np.log1p(tolerance)]
    best = near.sort_values(["_row", "_off"], kind="stable").drop_duplicates("_row")
    return best.set_index("_row").rename_axis(frame.index.name).drop(columns="_off")
