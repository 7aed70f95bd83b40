"""Checks that need clinical knowledge: liver injury, tumour response, the end of the data."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.check_dates import full_day, not_after
from pipeline.checks.check_others import count_records
from pipeline.checks.conditions import Data, check, is_in, meets
from pipeline.checks.parameter_blocks import Records
from pipeline.checks.parameter_more import Result, TrialDate
from pipeline.checks.parameters import Reference, Variable, Variables
from pipeline.ranges import times_limit

HYS_LAW_DAYS = 30
TRANSAMINASES, BILIRUBIN, PHOSPHATASE = ("ALT", "AST"), ("BILI",), ("ALP",)
SMALLEST_GROWTH, PROGRESSION, PARTIAL, NORMAL_NODE = 5.0, 0.2, 0.3, 10.0
SHORT_AXIS = ("LPERP", "SAXIS")


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
    ratio = times_limit(frame[result.value], frame[result.high])
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

    `record` names the diameters by subject and visit; the first visit is the baseline. A lymph node
    (test LPERP or SAXIS) is gone below 10 mm, any other lesion at 0. Rows at the baseline, not
    evaluable, or at a visit without all diameters pass.
    """
    other, keys = data[record.dataset], list(record.by)
    found = other.loc[meets(other, record.where)].astype({of.variable: "float64"})
    test = found.get(f"{of.dataset}TESTCD", pd.Series("", index=found.index))
    size, node = found[of.variable], is_in(test, SHORT_AXIS)
    found = found.assign(
        _gone=(size == 0) | (node & (size < NORMAL_NODE)), _seen=~node & (size > 0)
    )
    groups = found.groupby(keys)
    complete = groups[of.variable].transform("count") == groups[of.variable].transform("size")
    sums = found[complete].groupby(keys, as_index=False).agg(
        _sum=(of.variable, "sum"), _gone=("_gone", "all"), _seen=("_seen", "any")
    )  # fmt: skip
    subject = sums["USUBJID"]
    grouped = sums.groupby("USUBJID")
    sums["_base"] = grouped["_sum"].transform("first")
    sums["_nadir"] = grouped["_sum"].cummin().groupby(subject).shift()
    sums["_again"] = sums["_seen"] & grouped["_gone"].cummax().groupby(subject).shift().eq(True)
    merged = frame[keys].merge(sums, how="left", on=keys, validate="many_to_one")
    expected = _response(merged).set_axis(frame.index)
    judged = is_in(frame[variable], ("CR", "PR", "SD", "PD"))
    return ~judged | expected.isna() | (frame[variable] == expected).fillna(False).astype(bool)


def _response(rows: pd.DataFrame) -> pd.Series:
    """CR, PR, SD or PD from sum, baseline and nadir; missing where there is none to judge."""
    total, nadir = rows["_sum"], rows["_nadir"]
    growth = (total - nadir).round(6)
    grown = (growth >= (PROGRESSION * nadir).round(6)) & (growth >= SMALLEST_GROWTH)
    fallen = (rows["_base"] - total).round(6) >= (PARTIAL * rows["_base"]).round(6)
    response = pd.Series("SD", index=rows.index).mask(fallen, "PR")
    response = response.mask(grown | rows["_again"].eq(True), "PD")
    response = response.mask(rows["_gone"].eq(True), "CR")
    return response.where(total.notna() & nadir.notna())
