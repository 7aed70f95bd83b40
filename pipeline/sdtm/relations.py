"""RELREC: relationships between records and between datasets (SDTMIG 3.4, sections 8.2 and 8.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pipeline.distinct import among
from pipeline.errors import StudyError, listed
from pipeline.lineage import row_columns
from pipeline.merge import stacked

RELREC = ["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELTYPE", "RELID"]


def relate_records(
    left: pd.DataFrame,
    right: pd.DataFrame,
    by: Sequence[str] | Mapping[str, str],
    prefix: str,
) -> pd.DataFrame:
    """RELREC rows of the records of two domains that agree in `by` within a subject (section 8.2).

    `by` names variables of both, or maps a variable of `left` to one of `right` (`{"AEINFN":
    "EXLNKID"}`; the values are compared as text). All records of a subject that agree share one
    RELID, `prefix` and a number within the subject; IDVAR is --SEQ. A record without partner, or
    with a missing key, makes no row. RELTYPE is empty; the lineage of the records stays.
    """
    names = dict(by) if isinstance(by, Mapping) else {name: name for name in by}
    mine, other = _keyed(left, list(names)), _keyed(right, list(names.values()))
    keys = ["USUBJID", *(name for name in mine.columns if str(name).startswith("_by"))]
    shared = mine[keys].merge(
        other[keys].drop_duplicates(), how="left", on=keys, indicator=True, validate="many_to_one"
    )
    groups = shared.loc[shared["_merge"] == "both", keys].drop_duplicates().sort_values(keys)
    number = groups.groupby("USUBJID").cumcount() + 1
    groups = groups.assign(RELID=prefix + number.astype("str"))
    return stacked(_rows(mine, groups, keys), _rows(other, groups, keys))


def relate_datasets(
    left: pd.DataFrame, right: pd.DataFrame, by: Sequence[str], relid: str
) -> pd.DataFrame:
    """The two RELREC rows of a relationship between datasets (section 8.3).

    `by` is the identifying variable of `left` and that of `right` (`["TULNKID", "TRLNKID"]`).
    RELTYPE is ONE when no subject has a value twice, otherwise MANY. USUBJID and IDVARVAL are
    missing. StudyError when the two have no value of a subject in common.
    """
    frames = ((left, by[0]), (right, by[1]))
    mine, other = (_keyed(frame, [name])[["USUBJID", "_by0"]] for frame, name in frames)
    links = (_pairs(keys["USUBJID"], keys["_by0"]) for keys in (mine, other))
    if set(next(links)).isdisjoint(next(links)):
        raise StudyError(
            f"relationship {relid}",
            f"{by[0]} and {by[1]} have no value in common",
            "fill both with the same link value, or remove the relationship",
        )
    rows = [
        {
            "STUDYID": frame["STUDYID"].iloc[0],
            "RDOMAIN": frame["DOMAIN"].iloc[0],
            "IDVAR": name,
            "RELTYPE": "MANY" if keys.duplicated().any() else "ONE",
            "RELID": relid,
        }
        for (frame, name), keys in zip(frames, (mine, other), strict=True)
    ]
    return pd.DataFrame(rows).reindex(columns=RELREC).astype("str")


def relrec(*relations: pd.DataFrame, **datasets: pd.DataFrame) -> pd.DataFrame:
    """All relationships as RELREC, in the order of USUBJID and RELID, datasets first.

    `datasets` are the domains by name (`ae=ae`): every row must resolve there. StudyError for a
    RELID that two relationships use, and for what `unresolved` finds.
    """
    numbered = [part.assign(_part=place) for place, part in enumerate(relations)]
    rows = stacked(*numbered)
    used = rows.groupby(["USUBJID", "RELID"], dropna=False)["_part"].nunique()
    twice = sorted({relid for _, relid in used.loc[used > 1].index})
    if twice:
        raise StudyError("RELREC", f"{listed(twice)} used twice", "give each its own prefix")
    faults = unresolved(rows, datasets)
    if len(faults):
        shown = (faults["RELID"] + ": " + faults["REASON"]).drop_duplicates().tolist()
        raise StudyError(
            "RELREC", listed(shown), "relate records of the domains as they are submitted"
        )
    ordered = rows.drop(columns="_part").sort_values(
        ["USUBJID", "RELID", "RDOMAIN"], na_position="first", kind="stable"
    )
    return ordered.reset_index(drop=True)


def unresolved(rows: pd.DataFrame, datasets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of RELREC that do not hold, with REASON; empty when all is well.

    A row must find its dataset, the variable in it, and a record with the value; a RELID must have
    two rows or more. This is what a reviewer does to follow a relationship from either side.
    """
    parts = [
        _faults(part, str(domain), str(variable), datasets)
        for (domain, variable), part in rows.groupby(["RDOMAIN", "IDVAR"], sort=True)
    ]
    reasons = pd.concat([_reason(rows.iloc[:0], ""), *parts]).reindex(rows.index)
    members = rows.groupby(["USUBJID", "RELID"], dropna=False)["RDOMAIN"].transform("size")
    reasons = reasons.mask(reasons.isna() & (members < 2), "a relationship of one row")
    return rows.assign(REASON=reasons).loc[reasons.notna()]


def _faults(
    part: pd.DataFrame, domain: str, variable: str, datasets: Mapping[str, pd.DataFrame]
) -> pd.Series:
    """Why rows of one domain and variable do not hold, missing where they do."""
    frame = datasets.get(domain.lower())
    if frame is None:
        return _reason(part, f"the dataset {domain} is not there")
    if variable not in frame.columns:
        return _reason(part, f"the dataset {domain} has no variable {variable}")
    there = _pairs(frame["USUBJID"], _text(frame[variable]))
    found = part["IDVARVAL"].isna() | among(_pairs(part["USUBJID"], part["IDVARVAL"]), there)
    return _reason(part, f"no record of {domain} has the {variable}").where(~found)


def _reason(rows: pd.DataFrame, text: str) -> pd.Series:
    """The same reason for every row."""
    return pd.Series(text, index=rows.index, dtype="str")


def _keyed(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows of `frame` whose keys are all there, with the keys as text in `_by0`, `_by1`, .."""
    keys = {f"_by{place}": _text(frame[name]) for place, name in enumerate(names)}
    return frame.assign(**keys).loc[frame[list(names)].notna().all(axis=1)]


def _rows(frame: pd.DataFrame, groups: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """One RELREC row for each record of `frame` that belongs to a group."""
    found = frame.merge(groups, how="left", on=keys, validate="many_to_one")
    found = found.loc[found["RELID"].notna()]
    variable = f"{frame['DOMAIN'].iloc[0]}SEQ" if len(frame) else ""
    if not len(found):
        return pd.DataFrame(columns=RELREC, dtype="str")
    made = found.assign(RDOMAIN=found["DOMAIN"], IDVAR=variable, IDVARVAL=_text(found[variable]))
    made = made.assign(RELTYPE=pd.Series(float("nan"), index=made.index, dtype="str"))
    return made[[*RELREC, *row_columns(found)]]


def _text(values: pd.Series) -> pd.Series:
    """Keys as text: the number 5.0 is `5`."""
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype("str")
    return values.astype("float64").map("{:.15g}".format, na_action="ignore").astype("str")


def _pairs(subjects: pd.Series, values: pd.Series) -> pd.Series:
    """Subject and value as one key."""
    return subjects.fillna("") + "\x1f" + values.fillna("")
