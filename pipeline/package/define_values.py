"""Value level: how a result variable differs by its test, parameter or qualifier name.

SDTM results by --TESTCD, SUPP-- by QNAM, TS by TSPARMCD, ADaM values by PARAMCD (Define-XML 2.1
section 4.4, value level metadata). Which CRF field a value was copied from is looked up in the
lineage, record by record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.datasets import input_path, read_lineage
from pipeline.frames import read_frame
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder

RESULTS = ("ORRES", "STRESC", "STRESN")
ANALYSIS_VALUES = ("AVAL", "AVALC")


@dataclass(frozen=True)
class Level:
    """`variable` differs by `key`; `label` is the variable that says what a key value means."""

    variable: str
    key: str
    label: str


def levels(dataset: Dataset) -> tuple[Level, ...]:
    """The variables of a dataset that have a value level."""
    prefix = dataset.name[:2]
    tests = [Level(prefix + r, f"{prefix}TESTCD", f"{prefix}TEST") for r in RESULTS]
    parameters = [Level(v, "PARAMCD", "PARAM") for v in ANALYSIS_VALUES]
    possible = [
        *tests,
        Level("QVAL", "QNAM", "QLABEL"),
        Level("TSVAL", "TSPARMCD", "TSPARM"),
        *parameters,
    ]
    names = set(dataset.names)
    return tuple(lev for lev in possible if {lev.variable, lev.key, lev.label} <= names)


def by_key(frame: pd.DataFrame, level: Level) -> Iterator[tuple[str, str, pd.Series]]:
    """(key value, its label, the values present), sorted by key value; those without a value go.

    `frame` has the three columns of `level`.
    """
    present = frame.loc[frame[level.variable].notna() & frame[level.key].notna()]
    for key, part in present.groupby(level.key, sort=True):
        labels = part[level.label].dropna()
        label = str(labels.iloc[0]) if len(labels) else str(key)
        yield str(key), label, part[level.variable]


def fields_by_key(
    folder: StudyFolder, dataset: Dataset, level: Level, named: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Key value -> those of the fields `named` (raw_FORM.FIELD) that hold every one of its values.

    A field holds a value when a CRF record behind the dataset record has it, as collected or as
    the codelist of the field submits it. A key whose values no field holds is not in the result.
    """
    name = dataset.name.lower()
    frame = read_frame(folder.path / input_path(folder, name), [level.key, level.variable])
    frame = frame.assign(record=range(1, len(frame) + 1)).dropna()
    lineage = read_lineage(folder, name)
    sizes = frame.groupby(level.key)["record"].nunique()
    held: dict[str, list[str]] = {}
    for reference in named:
        records = _holding(folder, frame, lineage, level.variable, reference)
        counts = frame.loc[frame["record"].isin(records)].groupby(level.key)["record"].nunique()
        for key in counts.index[counts == sizes.reindex(counts.index)]:
            held.setdefault(str(key), []).append(reference)
    return {key: tuple(references) for key, references in held.items()}


def field_codelist(folder: StudyFolder, fields: Sequence[str], values: pd.Series) -> str:
    """The codelist of the only field behind `values`, if it submits all of them; else empty."""
    if len(fields) != 1:
        return ""
    owner, item = fields[0].split(".", 1)
    name = folder.forms[owner.removeprefix("raw_")][item].codelist
    if not name or not values.isin(folder.codelists[name].values).all():
        return ""
    return name


def qualifiers(folder: StudyFolder, dataset: Dataset) -> dict[str, Variable]:
    """QNAM -> supplemental variable, for a SUPP-- dataset."""
    parent = folder.datasets.get(dataset.name.lower().removeprefix("supp"))
    return {v.name: v for v in parent.supplemental} if parent else {}


def _holding(
    folder: StudyFolder, frame: pd.DataFrame, lineage: pd.DataFrame, variable: str, reference: str
) -> pd.Series:
    """The numbers of the dataset records whose value a field holds."""
    form, field = reference.split(".", 1)
    line = f"_row_{form}"
    raw = read_frame(folder.path / input_path(folder, form), [field, line]).dropna()
    behind = lineage.loc[lineage["source"] == form]
    found = behind.merge(
        raw, how="left", left_on="source_record", right_on=line, validate="many_to_one"
    )
    found = found.merge(
        frame[["record", variable]], how="left", on="record", validate="many_to_one"
    )
    collected = found[field].astype("str").str.strip()
    wanted = found[variable].astype("str")
    same = collected == wanted
    name = folder.forms[form.removeprefix("raw_")][field].codelist
    if name:
        same = same | (folder.codelists[name].submission(collected) == wanted)
    return found.loc[same.fillna(False).astype(bool), "record"]
