"""Baseline, change and normal range of a basic data structure (ADaMIG 1.3, section 3.3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.errors import StudyError, listed
from pipeline.where import Condition, always

KEYS = ("USUBJID", "PARAMCD")


def derive_var_ablfl(
    frame: pd.DataFrame,
    where: Condition,
    order: Sequence[str] = ("ADT",),
    by: Sequence[str] = KEYS,
) -> pd.DataFrame:
    """`frame` with ABLFL = Y on the last record with AVAL that meets `where`, missing elsewhere.

    `where` says what lies before treatment (`at_most("ADY", 1)`). One record per `by`; of several
    with the same `order` the last of the frame.
    """
    usable = frame.loc[where(frame) & frame["AVAL"].notna()]
    last = usable.sort_values([*by, *order], kind="stable").drop_duplicates(list(by), keep="last")
    flag = pd.Series("Y", index=last.index, dtype="str").reindex(frame.index)
    return frame.assign(ABLFL=flag)


def derive_vars_base(
    frame: pd.DataFrame, new_vars: Mapping[str, str], by: Sequence[str] = KEYS
) -> pd.DataFrame:
    """`frame` with baseline values: new variable -> variable of the record with ABLFL = Y.

    `{"BASE": "AVAL", "BTOXGR": "ATOXGR", "BNRIND": "ANRIND"}`. Records of a group without baseline
    stay missing. StudyError for a group with several baseline records.
    """
    keys = list(by)
    baseline = frame.loc[frame["ABLFL"] == "Y"]
    repeated = baseline.loc[baseline.duplicated(keys), keys].drop_duplicates()
    if len(repeated):
        groups = [" ".join(map(str, row)) for row in repeated.to_numpy()]
        raise StudyError(
            f"baseline by {', '.join(keys)}",
            f"several baseline records for {listed(groups)}",
            "flag one record per group (derive_var_ablfl), or add BASETYPE to by",
        )
    right = baseline[keys].assign(**{new: baseline[old] for new, old in new_vars.items()})
    left = frame.drop(columns=[name for name in new_vars if name in frame.columns])
    merged = left.merge(right, how="left", on=keys, validate="many_to_one")
    return merged.set_axis(frame.index)


def derive_vars_chg(frame: pd.DataFrame, where: Condition | None = None) -> pd.DataFrame:
    """`frame` with CHG = AVAL - BASE and PCHG = 100 * CHG / BASE in the rows that meet `where`.

    PCHG is missing when BASE is 0: there is no percentage of nothing.
    """
    change = (frame["AVAL"] - frame["BASE"]).where((where or always())(frame))
    percent = (100 * change / frame["BASE"]).where(frame["BASE"] != 0)
    return frame.assign(CHG=change.astype("float64"), PCHG=percent.astype("float64"))


def derive_var_anrind(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with ANRIND = LOW, NORMAL or HIGH of AVAL by ANRLO and ANRHI (codelist NRIND).

    The limits belong to the range. With one limit only, a value beyond it is told, and on its
    other side nothing: NORMAL needs both limits.
    """
    low = frame["AVAL"] < frame["ANRLO"]
    high = frame["AVAL"] > frame["ANRHI"]
    normal = frame[["AVAL", "ANRLO", "ANRHI"]].notna().all(axis=1) & ~low & ~high
    indicator = pd.Series(float("nan"), index=frame.index, dtype="str")
    for holds, word in ((normal, "NORMAL"), (low, "LOW"), (high, "HIGH")):
        indicator = indicator.where(~holds, word)
    return frame.assign(ANRIND=indicator)
