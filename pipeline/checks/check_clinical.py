"""Checks that need clinical knowledge: liver injury, tumour response, the end of the data."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.check_dates import full_day, not_after
from pipeline.checks.check_others import count_records
from pipeline.checks.conditions import Data, check, is_in, meets
from pipeline.checks.parameter_blocks import Records
from pipeline.checks.parameter_more import Result, TrialDate
from pipeline.checks.parameters import Reference, Variable, Variables

HYS_LAW_DAYS = 30
TRANSAMINASES, BILIRUBIN, PHOSPHATASE = ("ALT", "AST"), ("BILI",), ("ALP",)
SMALLEST_GROWTH, PROGRESSION, PARTIAL = 5.0, 1.2, 0.7


@check
def not_after_cutoff(
    frame: pd.DataFrame, data: Data, variables: Variables, cutoff: TrialDate
) -> pd.DataFrame:
    """No date is after the date in TS; without that parameter every date passes."""
    ts = data["TS"]
    values = ts.loc[ts["TSPARMCD"] == cutoff, "TSVAL"].dropna()
    last = pd.Series(values.iloc[0] if len(values) else None, index=frame.index, dtype="str")
    return pd.DataFrame(
        {name: not_after(frame[name], last) for name in variables}, index=frame.index
    )


@check
def hys_law(frame: pd.DataFrame, data: Data, result: Result, record: Records) -> pd.Series:
    """A possible drug-induced liver injury has a record elsewhere (FDA guidance of 2009).

    Bilirubin of twice the upper limit or more, within 30 days of ALT or AST of three times, and
    no alkaline phosphatase of twice the limit within the same days.
    """
    ratio = frame[result.value].astype("float64") / frame[result.high].astype("float64")
    rows = pd.DataFrame(
        {"USUBJID": frame["USUBJID"], "day": full_day(frame[result.date]), "ratio": ratio}
    )
    rows["row"] = range(len(rows))
    tests = frame[result.test]
    raised = rows.loc[is_in(tests, TRANSAMINASES) & (ratio >= 3)]
    cholestatic = rows.loc[is_in(tests, PHOSPHATASE) & (ratio >= 2)]
    bilirubin = rows.loc[is_in(tests, BILIRUBIN) & (ratio >= 2)]
    candidates = _near(bilirubin, raised) - _near(bilirubin, cholestatic)
    candidate = rows["row"].isin(candidates)
    return ~candidate | (count_records(frame, data, record) > 0)


def _near(rows: pd.DataFrame, others: pd.DataFrame) -> set[int]:
    """The rows with another row of the subject within 30 days."""
    pairs = rows.merge(
        others[["USUBJID", "day"]].rename(columns={"day": "other"}),
        how="left",
        on="USUBJID",
        validate="many_to_many",
    )
    apart = (pairs["day"] - pairs["other"]).dt.days.abs()
    return set(pairs.loc[apart <= HYS_LAW_DAYS, "row"])


@check
def agrees_with_diameters(
    frame: pd.DataFrame, data: Data, variable: Variable, record: Records, of: Reference
) -> pd.Series:
    """The response of the target lesions follows from the sums of their diameters (RECIST 1.1).

    `record` names the diameters by subject and visit; the first visit is the baseline. Rows at the
    baseline, not evaluable, or at a visit without all diameters pass.
    """
    other, keys = data[record.dataset], list(record.by)
    diameters = other.loc[meets(other, record.where)].astype({of.variable: "float64"})
    complete = diameters.groupby(keys)[of.variable].transform("count")
    complete = complete == diameters.groupby(keys)[of.variable].transform("size")
    sums = diameters[complete].groupby(keys)[of.variable].sum().rename("_sum").reset_index()
    grouped = sums.groupby("USUBJID")["_sum"]
    sums = sums.assign(_base=grouped.transform("first"), _first=grouped.cumcount() == 0)
    sums["_nadir"] = grouped.cummin().groupby(sums["USUBJID"]).shift()
    merged = frame[keys].merge(sums, how="left", on=keys, validate="many_to_one")
    expected = _response(merged).set_axis(frame.index)
    judged = is_in(frame[variable], ("CR", "PR", "SD", "PD"))
    return ~judged | expected.isna() | (frame[variable] == expected).fillna(False).astype(bool)


def _response(rows: pd.DataFrame) -> pd.Series:
    """CR, PR, SD or PD from sum, baseline and nadir; missing where there is none to judge."""
    total, nadir = rows["_sum"], rows["_nadir"]
    grown = (total >= PROGRESSION * nadir) & (total - nadir >= SMALLEST_GROWTH)
    response = pd.Series("SD", index=rows.index).mask(total <= PARTIAL * rows["_base"], "PR")
    response = response.mask(grown, "PD").mask(total == 0, "CR")
    return response.where(total.notna() & nadir.notna())
