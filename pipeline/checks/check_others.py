"""Checks against other datasets."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.conditions import (
    Data,
    check,
    depends_on_values,
    is_in,
    looked_up,
    meets,
    needs_all_records,
    same,
)
from pipeline.checks.evidence import text_rows
from pipeline.checks.parameter_blocks import Copies, Groups, Records, Supplemental
from pipeline.checks.parameters import (
    Number,
    Reference,
    TrialLimits,
    Values,
    ValuesOf,
    Variable,
    Variables,
)
from pipeline.checks.reported import in_words

MOST_GROUPS = 5


@check
@depends_on_values
def in_other(frame: pd.DataFrame, data: Data, variable: Variable, of: ValuesOf) -> pd.Series:
    """The value occurs in a variable of another dataset; a missing one passes."""
    known = data[of.dataset][of.variable].dropna().unique()
    return frame[variable].isna() | frame[variable].isin(known)


@check
def has_record(frame: pd.DataFrame, data: Data, record: Records) -> pd.Series:
    """At least one record of another dataset belongs to the row."""
    return count_records(frame, data, record) > 0


@check
def has_no_record(frame: pd.DataFrame, data: Data, record: Records) -> pd.Series:
    """No record of another dataset belongs to the row."""
    return count_records(frame, data, record) == 0


def count_records(frame: pd.DataFrame, data: Data, record: Records) -> pd.Series:
    """How many records of another dataset belong to each row."""
    other, by = data[record.dataset], list(record.by)
    counts = other.loc[meets(other, record.where)].groupby(by).size().rename("_n").reset_index()
    merged = frame[by].merge(counts, how="left", on=by, validate="many_to_one")
    return merged["_n"].fillna(0).astype("int64").set_axis(frame.index)


@check
def count_of(frame: pd.DataFrame, data: Data, record: Records, count: Number) -> pd.Series:
    """So many records of another dataset belong to the row."""
    return count_records(frame, data, record) == count


@check
def other_present(frame: pd.DataFrame, data: Data, of: Reference) -> pd.Series:
    """The subject has a value in another dataset."""
    return looked_up(frame, data, of).notna()


@check
def count_per(
    frame: pd.DataFrame, data: Data, record: Records, group: Variable, counts: Groups
) -> pd.Series:
    """As many records of another dataset belong to the row as its group calls for.

    A row whose group is missing or not in the table calls for none.
    """
    expected = frame[group].astype("str").map({name: int(n) for name, n in counts.items()})
    return count_records(frame, data, record) == expected.fillna(0)


@check
def other_in_set(frame: pd.DataFrame, data: Data, of: Reference, values: Values) -> pd.Series:
    """The subject's value in another dataset is one of `values`."""
    return is_in(looked_up(frame, data, of), values)


@check
def equal_to_other(frame: pd.DataFrame, data: Data, copies: Copies) -> pd.DataFrame:
    """Each variable equals that of another dataset; both may be missing."""
    return pd.DataFrame(
        {
            own: same(
                frame[own], looked_up(frame, data, Reference(copies.dataset, there), copies.by)
            )
            for own, there in copies.variables.items()
        },
        index=frame.index,
    )


@check
def equal_to_supplemental(
    frame: pd.DataFrame, data: Data, variable: Variable, number: Variable, of: Supplemental
) -> pd.Series:
    """`variable` equals the supplemental qualifier of the record that `number` (--SEQ) names.

    A record without the qualifier passes.
    """
    supp = data[of.dataset]
    supp = supp.loc[supp["QNAM"] == of.qualifier].drop_duplicates(["USUBJID", "IDVARVAL"])
    right = supp[["USUBJID", "QVAL"]].assign(_number=pd.to_numeric(supp["IDVARVAL"]))
    left = frame[["USUBJID"]].assign(_number=frame[number].astype("float64"))
    right = right.astype({"_number": "float64"})
    keys = ["USUBJID", "_number"]
    value = left.merge(right, how="left", on=keys, validate="many_to_one")["QVAL"]
    value = value.set_axis(frame.index)
    if pd.api.types.is_numeric_dtype(frame[variable]):
        return value.isna() | (frame[variable] == pd.to_numeric(value, errors="coerce"))
    return value.isna() | (frame[variable] == value).fillna(False)


@check
@needs_all_records
def same_counts(frame: pd.DataFrame, data: Data, by: Variables, dataset: Records) -> str:
    """Each group has as many rows here as in another dataset; one finding names all that differ."""
    other = data[dataset.dataset]
    here = _sizes(frame, by, "_here")
    there = _sizes(other.loc[meets(other, dataset.where)], by, "_there")
    both = here.merge(there, how="outer", on=list(by), validate="one_to_one")
    both = both.fillna({"_here": 0, "_there": 0})
    wrong = both.loc[both["_here"] != both["_there"]]
    groups = text_rows({name: wrong[name] for name in by}, len(wrong))
    told = [
        f"{in_words(group)}: {own:.0f} records, {others:.0f} in {dataset.dataset}"
        for group, own, others in zip(groups, wrong["_here"], wrong["_there"], strict=True)
    ]
    more = [f"{len(told) - MOST_GROUPS} groups more"] if len(told) > MOST_GROUPS else []
    return "; ".join([*told[:MOST_GROUPS], *more])


def _sizes(frame: pd.DataFrame, by: Variables, name: str) -> pd.DataFrame:
    """The number of rows of each group, those without a value among them."""
    return frame.groupby(list(by), dropna=False).size().rename(name).reset_index()


@check
def resolves(
    frame: pd.DataFrame, data: Data, domain: Variable, variable: Variable, sequence: Variable
) -> pd.Series:
    """SRCDOM, SRCVAR and SRCSEQ point to a record that has a value (ADaMIG 1.3 section 3.3.9).

    In a dataset without a sequence number, such as DM or ADSL, the record of the subject is
    meant. A row without a domain passes.
    """
    result = frame[domain].isna()
    for source, rows in frame.groupby([domain, variable], dropna=True):
        name, value = map(str, source)
        found = _points(rows, data, Reference(name, value), sequence)
        result |= found.reindex(result.index, fill_value=False)
    return result


def _points(rows: pd.DataFrame, data: Data, source: Reference, sequence: str) -> pd.Series:
    """True for rows whose source record exists and has a value."""
    name = source.dataset
    if name not in data or source.variable not in data[name].columns:
        return pd.Series(False, index=rows.index)
    other = data[name].loc[data[name][source.variable].notna()]
    numbers = (f"{name}SEQ", f"{name.removeprefix('AD')}SEQ", "ASEQ")
    number = next((column for column in numbers if column in other.columns), None)
    if number is None:
        return rows["USUBJID"].isin(other["USUBJID"])
    known = pd.MultiIndex.from_arrays([other["USUBJID"], other[number].astype("float64")])
    asked = pd.MultiIndex.from_arrays([rows["USUBJID"], rows[sequence].astype("float64")])
    return pd.Series(asked.isin(known), index=rows.index)


@check
def outside_without(
    frame: pd.DataFrame,
    data: Data,
    variable: Variable,
    limits: TrialLimits,
    record: Records | None = None,
) -> pd.Series:
    """A value outside the two limits in TS has a record in another dataset that says so.

    Without `record` it fails. A limit that TS does not state is no limit; a missing value passes.
    """
    value = frame[variable]
    low, high = (limit(data, parameter) for parameter in limits)
    inside = ~(value < low) & ~(value > high)
    good = value.isna() | inside
    return good if record is None else good | (count_records(frame, data, record) > 0)


def limit(data: Data, parameter: str) -> float:
    """The number in TSVAL of a trial parameter, of `P18Y` the 18; NaN when TS has none."""
    ts = data["TS"]
    values = ts.loc[ts["TSPARMCD"] == parameter, "TSVAL"].dropna()
    numbers = values.str.extract(r"^P?(\d+(?:\.\d+)?)Y?$", expand=False).dropna()
    return float(numbers.iloc[0]) if len(numbers) else float("nan")
