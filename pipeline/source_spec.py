"""Specifications of SDTM datasets that come as files: from the labels and types in the files.

Keys, classes, roles and cores follow SDTMIG 3.4 (section 3.2, table of datasets with keys).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import StudyError, listed
from pipeline.source_files import SourceColumn, SourceHead, read_head
from pipeline.spec import NOT_AVAILABLE, Dataset, Variable
from pipeline.standards import Fact, sdtm_class, sdtm_facts

SUBJECT = "USUBJID"
KEYS = {
    "DM": ("STUDYID", "USUBJID"),
    "SE": ("STUDYID", "USUBJID", "SESTDTC", "TAETORD", "ETCD"),
    "SV": ("STUDYID", "USUBJID", "VISITNUM"),
    "TA": ("STUDYID", "ARMCD", "TAETORD"),
    "TE": ("STUDYID", "ETCD"),
    "TI": ("STUDYID", "IETESTCD", "TIVERS"),
    "TS": ("STUDYID", "TSPARMCD", "TSSEQ"),
    "TV": ("STUDYID", "VISITNUM", "ARMCD"),
    "RELREC": ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"),
    "SUPP": ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"),
}
BY_TOPIC = {"TESTCD": "FINDINGS", "TRT": "INTERVENTIONS", "TERM": "EVENTS"}
WHOLE_NUMBERS = re.compile(r"[A-Z]{2}(SEQ|DY|STDY|ENDY)|VISITDY")


def source_datasets(files: Mapping[str, Sequence[Path]]) -> dict[str, Dataset]:
    """Dataset (lower case) -> the specification that its files imply.

    Several files of one dataset add their columns. StudyError when they disagree on a type.
    """
    return {name: derive_dataset(name.upper(), [*map(read_head, files[name])]) for name in files}


def derive_dataset(name: str, heads: Sequence[SourceHead]) -> Dataset:
    """The specification of dataset `name` (upper case) from what its files say of themselves."""
    variables = _variables(name, heads)
    names = [variable.name for variable in variables]
    keys = _keys(name, names)
    return Dataset(
        name=name,
        label=heads[0].label or name,
        layer="sdtm",
        dataset_class=_class(name, names),
        subclass="",
        structure=f"One record per {', '.join(keys[1:] or keys)}",
        keys=keys,
        scope="subject" if SUBJECT in names else "study",
        variables=variables,
    )


def _variables(name: str, heads: Sequence[SourceHead]) -> tuple[Variable, ...]:
    """The columns of all files, each once, in the order of the first file that has it."""
    found: dict[str, SourceColumn] = {}
    for column in (column for head in heads for column in head.columns):
        first = found.setdefault(column.name, column)
        if (first.type == "text") != (column.type == "text"):
            raise StudyError(
                f"{name}.{column.name}",
                f"is {first.type} in one file and {column.type} in another",
                "correct one of the files",
            )
        found[column.name] = replace(first, length=max(first.length or 0, column.length or 0))
    facts = {fact.name: fact for fact in sdtm_facts(name)[1]}
    return tuple(_variable(column, facts.get(column.name)) for column in found.values())


def _variable(column: SourceColumn, fact: Fact | None) -> Variable:
    """One variable: a number that SDTM counts is an integer, --DTC and --DUR are ISO 8601.

    Role and core are those of SDTMIG; a variable it does not list is permissible.
    """
    kind = column.type
    if kind == "float" and WHOLE_NUMBERS.fullmatch(column.name):
        kind = "integer"
    if kind == "text" and column.name.endswith("DTC"):
        kind = "iso8601"
    return Variable(
        name=column.name,
        label=column.label or column.name,
        type=kind,
        length=column.length or None,
        role=fact.role if fact else "",
        core=fact.core if fact else "Perm",
        origin=NOT_AVAILABLE,
    )


def _keys(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """The variables that identify a record: those of SDTMIG, or subject and --SEQ, or all."""
    known = KEYS.get("SUPP" if name.startswith("SUPP") else name, ("STUDYID", SUBJECT))
    keys = [key for key in known if key in names]
    keys += [key for key in (f"{name}SEQ", f"{name[:2]}SEQ") if key in names and key not in keys]
    if name in KEYS or name.startswith("SUPP") or any(key.endswith("SEQ") for key in keys):
        return tuple(dict.fromkeys(keys))
    return tuple(names)


def _class(name: str, names: Sequence[str]) -> str:
    """The class of a dataset: that of SDTMIG, or of the variable that is its topic."""
    if sdtm_class(name):
        return sdtm_class(name)
    for topic, kind in BY_TOPIC.items():
        if f"{name[:2]}{topic}" in names:
            return kind
    raise StudyError(
        name,
        f"none of its variables says what it is: {listed([f'{name[:2]}{t}' for t in BY_TOPIC])}",
        f"describe it in sdtm/{name.lower()}.yaml",
    )
