"""Structural rules: what every dataset must be, generated from its specification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.checks.parameter_blocks import Lengths, Sets
from pipeline.checks.parameters import Values, Variable, Variables
from pipeline.checks.relations import across_rules, date_rules
from pipeline.checks.rules import Rule
from pipeline.checks.standards import described
from pipeline.checks.structural import structural_rule
from pipeline.codelists import Codelist
from pipeline.frames import ARROW_TYPES
from pipeline.spec import Dataset
from pipeline.spec import Variable as Specified

CONTENTS = "CONTENTS"
CONTENTS_KEYS = ("DATASET", "VARIABLE")
LONGEST_TEXT, LONGEST_LABEL = 200, 40


def structural_rules(datasets: Iterable[Dataset], codelists: Mapping[str, Codelist]) -> list[Rule]:
    """The structural rules of all datasets, and those about what the files say of themselves."""
    specified = {dataset.name: dataset for dataset in datasets}
    rules = [
        rule
        for dataset in specified.values()
        for rule in (
            *_shape(dataset),
            *_required(dataset),
            *_values(dataset, codelists),
            *date_rules(dataset),
            *across_rules(dataset, specified),
        )
    ]
    return [*rules, *_contents()]


def contents_frame(datasets: Iterable[Dataset], read: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What each file says of its columns beside what the specification says.

    `read` holds `frames.contents` by dataset. Columns DATASET, VARIABLE, LABEL, LABELLEN, TYPE,
    SPECLAB, SPECTYPE, KIND (Char or Num) and those of `standards.described`; one row per
    variable that the file and the specification have.
    """
    parts = []
    for dataset in datasets:
        said = read[dataset.name].set_index("variable")
        names = [name for name in dataset.names if name in said.index]
        columns = {
            "DATASET": dataset.name,
            "VARIABLE": names,
            "LABEL": said.loc[names, "label"].to_numpy(),
            "TYPE": said.loc[names, "type"].str.removeprefix("large_").to_numpy(),
            "SPECLAB": [dataset[name].label for name in names],
            "SPECTYPE": [str(ARROW_TYPES.get(dataset[n].type, "string")) for n in names],
        }
        kind = np.where(pd.Series(columns["TYPE"]) == "string", "Char", "Num")
        own = pd.DataFrame(columns).assign(KIND=kind)
        parts.append(pd.concat([own, described(dataset, names)], axis=1))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(LABELLEN=frame["LABEL"].str.len())


def _shape(dataset: Dataset) -> Iterator[Rule]:
    """Columns and keys."""
    yield structural_rule(
        dataset,
        "COLUMNS",
        "The variables are those of the specification, in its order.",
        "Specification",
        "columns_are",
        names=Values(dataset.names),
    )
    yield structural_rule(
        dataset,
        "KEYS",
        f"No two records share {', '.join(dataset.keys)}.",
        "Specification, keys",
        "unique_per",
        by=Variables(dataset.keys),
    )


def _required(dataset: Dataset) -> Iterator[Rule]:
    """Variables no record may be without."""
    needed = [v.name for v in dataset.variables if _is_required(v, dataset)]
    if needed:
        yield structural_rule(
            dataset,
            "REQUIRED",
            "Required variables have a value.",
            "SDTMIG 3.4 section 4.1.5 (Required); ADaMIG 1.3 section 3.3.4",
            "not_missing",
            variables=Variables(needed),
        )


def _is_required(variable: Specified, dataset: Dataset) -> bool:
    """Whether no record may be without a value.

    In SDTM that is core Req. In ADaM, Req only says that the variable exists (ADaMIG 1.3 section
    3.1.1), so there it is what identifies a record.
    """
    if dataset.layer == "sdtm":
        return variable.core == "Req"
    return variable.name in ("STUDYID", "USUBJID", "PARAMCD", "PARAM")


def _values(dataset: Dataset, codelists: Mapping[str, Codelist]) -> Iterator[Rule]:
    """Controlled terms and texts."""
    sets = {v.name: tuple(codelists[v.codelist].values) for v in dataset.variables if v.codelist}
    if sets:
        yield structural_rule(
            dataset,
            "TERMS",
            "Variables with a codelist have one of its terms.",
            "CDISC Controlled Terminology; codelists.yaml",
            "in_sets",
            sets=Sets(sets),
        )
    lengths = {v.name: v.length or LONGEST_TEXT for v in dataset.variables if v.is_text}
    if lengths:
        yield structural_rule(
            dataset,
            "TEXT",
            "Texts are no longer than specified (200 bytes at most) and have no outer blanks.",
            "FDA Study Data Technical Conformance Guide, SAS V5 transport files",
            "text_fits",
            lengths=Lengths(lengths),
        )


def _contents() -> Iterator[Rule]:
    """Labels and types as the files hold them."""
    about = Dataset(CONTENTS, "", "build", "", "", "", CONTENTS_KEYS, "study", ())
    for name, variable, specified in (("LABEL", "LABEL", "SPECLAB"), ("TYPE", "TYPE", "SPECTYPE")):
        yield structural_rule(
            about,
            name,
            f"Variables have the {name.lower()} of the specification.",
            "Specification",
            "as_specified",
            variable=Variable(variable),
            specified=Variable(specified),
        )
    yield structural_rule(
        about,
        "LABEL-LENGTH",
        "Labels have at most 40 characters.",
        "SAS V5 transport files (TS-140)",
        "text_fits",
        lengths=Lengths({"LABEL": LONGEST_LABEL}),
    )
