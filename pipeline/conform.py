"""conform: a program's frame and the specification become exactly that dataset, or an error.

YAML says what a variable is, Python says how it is made; here they meet. Faults found in this
step are faults of the specification or the program, so they stop the run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.codelists import Codelist
from pipeline.errors import StudyError, listed, raise_all
from pipeline.lineage import lineage_of, row_columns
from pipeline.sorting import Codes, in_code_order, key_codes
from pipeline.spec import NOT_AVAILABLE, Dataset, Variable
from pipeline.typed_values import as_text, typed

SUPP_KEYS = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")


@dataclass(frozen=True)
class Conformed:
    """A dataset as specified and its lineage (record, source, source_record, reason)."""

    frame: pd.DataFrame
    lineage: pd.DataFrame


def conform(
    frame: pd.DataFrame,
    dataset: Dataset,
    codelists: Mapping[str, Codelist],
    inputs: Collection[str] = (),
    exclusions: Collection[pd.DataFrame] = (),
) -> Conformed:
    """Select, order, type, check and sort `frame` as `dataset` says.

    `inputs` are the column names of the program's inputs: only those may be left over. Raises
    StudyError for a missing or unspecified column, a value of the wrong type, a term outside its
    codelist, a missing key, records with equal keys, and lost lineage. Text holds its words.
    """
    ordered = conform_records(frame, dataset, codelists, inputs)
    _check_lineage(ordered, dataset)
    return Conformed(ordered[dataset.names], lineage_of(ordered, list(exclusions)))


def conform_records(
    frame: pd.DataFrame,
    dataset: Dataset,
    codelists: Mapping[str, Codelist],
    inputs: Collection[str] = (),
) -> pd.DataFrame:
    """The records as `conform` makes them, with their `_row_` columns if they have any."""
    frame = _with_not_available(frame, dataset)
    _check_columns(frame, dataset, inputs)
    whole = pd.DataFrame(
        {v.name: typed(frame[v.name], v, dataset) for v in dataset.variables}
        | {name: frame[name] for name in row_columns(frame)},
        copy=False,
    )
    _check_terms(whole, dataset.variables, dataset, codelists)
    codes = key_codes(whole, dataset.keys)
    _check_keys(whole, codes, dataset)
    return in_code_order(whole, codes).reset_index(drop=True)


def _with_not_available(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """`frame` with an empty column for each variable whose origin is Not Available."""
    return frame.assign(
        **{
            variable.name: pd.Series(None, index=frame.index, dtype="object")
            for variable in dataset.variables
            if variable.origin == NOT_AVAILABLE and variable.name not in frame.columns
        }
    )


def conform_supplemental(
    frame: pd.DataFrame, dataset: Dataset, codelists: Mapping[str, Codelist]
) -> Conformed:
    """The supplemental variables of `frame` as the SUPP-- dataset: one record per value.

    Columns are those of SDTMIG 3.4 section 8.4 (supplemental qualifiers), keyed by --SEQ.
    """
    names = [variable.name for variable in dataset.supplemental]
    absent = [name for name in names if name not in frame.columns]
    if absent:
        what = f"the program does not make {listed(absent)}"
        raise StudyError(dataset.name, what, "make it or unlist it")
    _check_terms(frame, dataset.supplemental, dataset, codelists)
    sequence = dataset.name + "SEQ"
    keys = ["STUDYID", "USUBJID", sequence]
    kept = frame[keys + names + row_columns(frame)]
    long = kept.melt(
        id_vars=[c for c in kept if c not in names], var_name="QNAM", value_name="QVAL"
    )
    long = long.loc[long["QVAL"].notna()]
    about = {variable.name: variable for variable in dataset.supplemental}
    supp = long.assign(
        RDOMAIN=dataset.name,
        IDVAR=sequence,
        IDVARVAL=long[sequence].astype("int64").astype("str"),
        QNAM=long["QNAM"].astype("str"),
        QVAL=as_text(long["QVAL"]),
        QLABEL=long["QNAM"].map({n: v.label for n, v in about.items()}).astype("str"),
        QORIG=long["QNAM"].map({n: v.origin for n, v in about.items()}).astype("str"),
        QEVAL=long["QNAM"].map({n: v.evaluator or None for n, v in about.items()}).astype("str"),
    ).sort_values(["USUBJID", sequence, "QNAM"], kind="stable")
    variables = supplemental_spec(dataset).names
    return Conformed(supp[variables].reset_index(drop=True), lineage_of(supp, []))


def supplemental_spec(dataset: Dataset) -> Dataset:
    """The specification of SUPP-- for `dataset` (SDTMIG 3.4 section 8.4)."""
    labels = {
        "STUDYID": ("Study Identifier", "Identifier", "Req"),
        "RDOMAIN": ("Related Domain Abbreviation", "Identifier", "Req"),
        "USUBJID": ("Unique Subject Identifier", "Identifier", "Req"),
        "IDVAR": ("Identifying Variable", "Identifier", "Exp"),
        "IDVARVAL": ("Identifying Variable Value", "Identifier", "Exp"),
        "QNAM": ("Qualifier Variable Name", "Topic", "Req"),
        "QLABEL": ("Qualifier Variable Label", "Synonym Qualifier", "Req"),
        "QVAL": ("Data Value", "Result Qualifier", "Req"),
        "QORIG": ("Origin", "Record Qualifier", "Req"),
        "QEVAL": ("Evaluator", "Record Qualifier", "Exp"),
    }
    references = tuple(ref for v in dataset.supplemental for ref in v.references)
    return Dataset(
        name="SUPP" + dataset.name,
        label=f"Supplemental Qualifiers for {dataset.name}",
        layer="sdtm",
        dataset_class="RELATIONSHIP",
        subclass="",
        structure="One record per supplemental qualifier per related parent domain record",
        keys=SUPP_KEYS,
        scope=dataset.scope,
        variables=tuple(
            Variable(
                name,
                label,
                "text",
                role=role,
                core=core,
                origin="Assigned",
                references=references if name == "QVAL" else (),
            )
            for name, (label, role, core) in labels.items()
        ),
    )


def _check_columns(frame: pd.DataFrame, dataset: Dataset, inputs: Collection[str]) -> None:
    """Every variable is made; every made column is specified."""
    where = f"{dataset.layer}/{dataset.name.lower()}"
    named = [*dataset.names, *(variable.name for variable in dataset.supplemental)]
    errors = [
        StudyError(
            f"{where}.yaml > {name}", f"{where}.py does not make {name}", "make it or unlist it"
        )
        for name in named
        if name not in frame.columns
    ]
    errors += [
        StudyError(
            f"{where}.py",
            f"column {name} is not in {where}.yaml",
            "specify it, or name it _" + name,
        )
        for name in map(str, frame.columns)
        if name not in named and name not in inputs and not name.startswith("_")
    ]
    raise_all(errors)


def _check_terms(
    frame: pd.DataFrame,
    variables: Collection[Variable],
    dataset: Dataset,
    codelists: Mapping[str, Codelist],
) -> None:
    """Values of variables with a codelist are its submission values; all faults at once."""
    errors = []
    for variable in variables:
        if not variable.codelist:
            continue
        values, codelist = frame[variable.name], codelists[variable.codelist]
        used = pd.Series(pd.factorize(values)[1])
        numeric = pd.api.types.is_numeric_dtype(values)
        text = as_text(used.astype("float64")) if numeric else used
        unknown = used[~text.isin(codelist.values)]
        if len(unknown):
            counts = values[values.isin(unknown)].value_counts()
            counted = [f"{value!r} ({count} rows)" for value, count in counts.items()]
            errors.append(
                StudyError(
                    f"{dataset.name}.{variable.name}",
                    f"not in codelist {codelist.name}: {', '.join(counted[:5])}",
                    f"add it to codelists.yaml > {codelist.name}, or map it in the program",
                )
            )
    raise_all(errors)


def _check_keys(frame: pd.DataFrame, codes: Codes, dataset: Dataset) -> None:
    """Records differ in their keys, which `codes` stand for."""
    ranked = np.sort(codes)
    if (ranked[1:] != ranked[:-1]).all():
        return
    keys = list(dataset.keys)
    repeated = frame.loc[pd.Series(codes, index=frame.index).duplicated(keep=False), keys]
    rows = [" ".join(map(str, row)) for row in repeated.drop_duplicates().to_numpy()[:5]]
    raise StudyError(
        f"{dataset.name} keys {', '.join(keys)}",
        f"{len(repeated)} records share their keys: {listed(rows)}",
        "add a key to the specification, or make one record of them in the program",
    )


def _check_lineage(frame: pd.DataFrame, dataset: Dataset) -> None:
    """Every record of a subject-level dataset names a source record."""
    if dataset.scope == "study" or frame.empty:
        return
    rows = row_columns(frame)
    without = frame[rows].isna().all(axis=1) if rows else pd.Series(True, index=frame.index)
    if without.any():
        raise StudyError(
            f"{dataset.layer}/{dataset.name.lower()}.py",
            f"{int(without.sum())} of {len(frame)} records do not say which records they come from",
            "keep the _row_ columns: use derive_vars_merged, summarised, or plain .assign and .loc",
        )
