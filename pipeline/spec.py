"""Dataset specifications: NAME.yaml as frozen Dataset and Variable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

TYPES = ("text", "integer", "float", "date", "datetime", "time", "iso8601", "duration")
NUMERIC = ("integer", "float", "date", "datetime", "time")
NOT_AVAILABLE = "Not Available"
ORIGINS = ("Derived", "Assigned", "Protocol", NOT_AVAILABLE)
VARIABLE_KEYS = (
    "type",
    "length",
    "role",
    "core",
    "codelist",
    "uses",
    "uses_for",
    "method",
    "comment",
    "format",
    "evaluator",
)
CORES = ("Req", "Exp", "Perm", "Cond")
CLASSES = (
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "TRIAL DESIGN",
    "RELATIONSHIP",
    "STUDY REFERENCE",
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
)


@dataclass(frozen=True)
class Variable:
    """One variable of a dataset; `references` are the fields and variables it is made of.

    `references_for` are further ones of single parameters: (PARAMCD, references).
    """

    name: str
    label: str
    type: str
    length: int | None = None
    role: str = ""
    core: str = "Perm"
    codelist: str = ""
    origin: str = "Derived"
    references: tuple[str, ...] = ()
    references_for: tuple[tuple[str, tuple[str, ...]], ...] = ()
    method: str = ""
    comment: str = ""
    display_format: str = ""
    evaluator: str = ""

    @property
    def all_references(self) -> tuple[str, ...]:
        """What the variable is made of in any parameter."""
        return (*self.references, *(name for _, names in self.references_for for name in names))

    @property
    def is_text(self) -> bool:
        """Whether the values are text (ISO 8601 dates are)."""
        return self.type not in NUMERIC


@dataclass(frozen=True)
class Dataset:
    """One dataset: what it is called, one record per what, its keys and its variables in order."""

    name: str
    label: str
    layer: str
    dataset_class: str
    subclass: str
    structure: str
    keys: tuple[str, ...]
    scope: str
    variables: tuple[Variable, ...]
    supplemental: tuple[Variable, ...] = ()

    def __getitem__(self, name: str) -> Variable:
        """The variable called `name`; KeyError when there is none."""
        for variable in (*self.variables, *self.supplemental):
            if variable.name == name:
                return variable
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        """The names of the variables in order."""
        return [variable.name for variable in self.variables]


def read_dataset(path: Path, layer: str) -> Dataset:
    """The specification in `path` (layer sdtm or adam); StudyError names file, line and key."""
    shown = f"{layer}/{path.name}"
    block = read_yaml(path, shown).check(
        required=("dataset", "label", "class", "structure", "keys", "variables"),
        optional=("subclass", "scope", "supplemental", "comment"),
    )
    dataset = Dataset(
        name=block.text("dataset"),
        label=block.text("label"),
        layer=layer,
        dataset_class=block.one_of("class", CLASSES),
        subclass=block.text("subclass"),
        structure=block.text("structure"),
        keys=tuple(block.texts("keys")),
        scope=block.one_of("scope", ("subject", "study"), default="subject"),
        variables=_variables(block.block("variables")),
        supplemental=_variables(block.block("supplemental"), supplemental=True),
    )
    _check(dataset, block, path)
    return dataset


def _check(dataset: Dataset, block: Block, path: Path) -> None:
    """The name fits the file, the keys are variables."""
    if dataset.name.lower() != path.stem:
        raise StudyError(
            block.where("dataset"),
            f"dataset {dataset.name} stands in {path.name}",
            f"call the file {dataset.name.lower()}.yaml",
        )
    for key in dataset.keys:
        if key not in dataset.names:
            raise StudyError(
                block.where("keys"), f"the key {key} is not a variable", "add it under variables"
            )


def _variables(block: Block, supplemental: bool = False) -> tuple[Variable, ...]:
    """The variables of a block in order."""
    return tuple(_variable(name, block.block(name), supplemental) for name in block)


def _variable(name: str, block: Block, supplemental: bool) -> Variable:
    """One variable; the grammar of `origin` is in ARCHITECTURE.md."""
    block.check(
        required=("label", "origin") if supplemental else ("label", "type", "origin"),
        optional=VARIABLE_KEYS,
    )
    if not re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", name):
        raise StudyError(
            block.where(), f"{name!r} is not a variable name", "use up to 8 of A-Z and 0-9"
        )
    origin, references = _origin(block)
    own = block.block("uses_for")
    return Variable(
        name=name,
        label=block.text("label"),
        type=block.one_of("type", TYPES, default="text"),
        length=block.integer("length"),
        role=block.text("role"),
        core=block.one_of("core", CORES, default="Perm"),
        codelist=block.text("codelist"),
        origin=origin,
        references=references,
        references_for=tuple((code, tuple(own.texts(code))) for code in own),
        method=block.text("method"),
        comment=block.text("comment"),
        display_format=block.text("format"),
        evaluator=block.text("evaluator"),
    )


def _origin(block: Block) -> tuple[str, tuple[str, ...]]:
    """Define-XML origin type and references: raw fields are Collected, variables Predecessor."""
    values = block.texts("origin")
    if len(values) == 1 and values[0] in ORIGINS:
        return values[0], tuple(block.texts("uses"))
    for value in values:
        if not re.fullmatch(r"raw_[a-z0-9_]+\.[A-Za-z0-9_]+|[A-Z0-9]{2,8}\.[A-Z0-9]{1,8}", value):
            raise StudyError(
                block.where("origin"),
                f"origin {value!r} is neither raw_FORM.FIELD nor DATASET.VARIABLE",
                f"write one of those or one of {', '.join(ORIGINS)}",
            )
    collected = values[0].startswith("raw_")
    return ("Collected" if collected else "Predecessor"), (*values, *block.texts("uses"))
