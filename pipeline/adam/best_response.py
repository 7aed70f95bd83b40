"""Best overall response, with and without confirmation (RECIST 1.1, section 4.6 and Table 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.lineage import row_columns
from pipeline.merge import derive_vars_merged, summarised

RESPONDED = ("CR", "PR")
STABLE = ("CR", "PR", "SD", "NON-CR/NON-PD")


@dataclass(frozen=True)
class Confirmation:
    """Days from a response to its confirmation (0: none is asked), and from start to stable."""

    response_days: int = 28
    stable_days: int = 42


def first_progression(responses: pd.DataFrame) -> pd.DataFrame:
    """The first assessment with response PD of each subject that has one.

    `responses`: USUBJID, ADT (datetime64), AVALC, one row per assessment.
    """
    found = responses.loc[responses["AVALC"] == "PD"]
    return found.sort_values(["USUBJID", "ADT"], kind="stable").drop_duplicates("USUBJID")


def best_response(responses: pd.DataFrame, start: str, rule: Confirmation) -> pd.DataFrame:
    """One row per subject of `responses`: USUBJID, AVALC (CR, PR, SD, PD or NE), ADT.

    Assessments after the first PD do not count. CR counts when confirmed by CR, PR by PR or CR, at
    least `response_days` later; a response that is not confirmed counts as SD. SD (or NON-CR/
    NON-PD) counts from `stable_days` after the date in column `start` on. ADT is the first
    assessment with the best response. Lineage holds all assessments that count.
    """
    progressed = first_progression(responses)
    rows = derive_vars_merged(
        responses, progressed, "USUBJID", {"_end": "ADT"}, lineage=False
    )  # fmt: skip
    rows = rows.loc[~(rows["ADT"] > rows["_end"])]
    rank = _rank(rows, start, rule)
    rows = rows.assign(_rank=rank).sort_values(["USUBJID", "_rank", "ADT"], kind="stable")
    best = rows.drop_duplicates("USUBJID")
    best = best.assign(AVALC=best["_rank"].map(dict(enumerate(("CR", "PR", "SD", "PD", "NE")))))
    counted = summarised(rows, "USUBJID", _n=("ADT", "size"))
    kept = best.drop(columns=[*row_columns(best), "_rank", "_end"])
    return derive_vars_merged(kept, counted, "USUBJID", [])


def _rank(rows: pd.DataFrame, start: str, rule: Confirmation) -> np.ndarray:
    """What each assessment supports: 0 CR, 1 PR, 2 SD, 3 PD, 4 NE."""
    value, date = rows["AVALC"], rows["ADT"]

    def confirmed(given: tuple[str, ...], by: tuple[str, ...]) -> pd.Series:
        later = date.where(value.isin(by)).groupby(rows["USUBJID"]).transform("max")
        enough = later >= date + pd.Timedelta(days=rule.response_days)
        return value.isin(given) & enough

    stable = value.isin(STABLE) & (
        date >= rows[start] + pd.Timedelta(days=rule.stable_days)
    )  # fmt: skip
    return np.select(
        [
            confirmed(("CR",), ("CR",)).to_numpy(),
            confirmed(RESPONDED, RESPONDED).to_numpy(),
            stable.to_numpy(),
            (value == "PD").to_numpy(),
        ],
        [0, 1, 2, 3],
        default=4,
    )
