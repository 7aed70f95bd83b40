"""What stands beside a field of the CRF: the SDTM variables that hold it.

Annotations follow the CDISC Metadata Submission Guidelines 2.0: DOMAIN.VARIABLE, `QNAM in SUPPxx`
for supplemental qualifiers, `VARIABLE when TESTCD = value` where one variable takes several fields,
NOT SUBMITTED where no variable uses a field.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.datasets import input_path, lineage_path, read_lineage
from pipeline.frames import read_frame
from pipeline.spec import Dataset, Variable
from pipeline.study import StudyFolder

NOT_SUBMITTED = "NOT SUBMITTED"
MOST_VALUES = 3
Place = tuple[str, str]


@dataclass(frozen=True, order=True)
class Annotation:
    """One box beside a field; `derived` when the field is only used to derive the variable."""

    domain: str
    variable: str
    condition: str = ""
    derived: bool = False
    supplemental: bool = False

    @property
    def text(self) -> str:
        """As printed."""
        if not self.domain:
            return NOT_SUBMITTED
        if self.supplemental:
            return f"{self.variable} in SUPP{self.domain}{self.condition}"
        derived = " (derived)" if self.derived else ""
        return f"{self.domain}.{self.variable}{self.condition}{derived}"


def annotate(folder: StudyFolder) -> dict[Place, tuple[Annotation, ...]]:
    """(form, field) -> its annotations, in the order of raw/forms.yaml; never an empty tuple.

    A collected variable (its origin names the field) stands before, and instead of, variables
    that are only derived from the field. Conditions need the built SDTM datasets where several
    forms feed one variable; without them the condition is left out.
    """
    collected: dict[Place, list[Annotation]] = {}
    derived: dict[Place, list[Annotation]] = {}
    for name, dataset in folder.datasets.items():
        if dataset.layer != "sdtm":
            continue
        tests = field_tests(folder, name)
        for variable in (*dataset.variables, *dataset.supplemental):
            for form, field in _fields(variable):
                into = collected if variable.origin == "Collected" else derived
                condition = _condition(folder, dataset, variable, (form, field), tests)
                into.setdefault((form, field), []).append(_annotation(dataset, variable, condition))
    for place, found in _identifiers(folder, collected).items():
        derived.setdefault(place, found)
    return {
        (form.name, field.name): _of_field((form.name, field.name), collected, derived)
        for form in folder.forms.values()
        for field in form.fields
    }


def field_tests(folder: StudyFolder, name: str) -> dict[str, str]:
    """Field -> --TESTCD, as the program of the findings dataset `name` pairs them.

    A pairing is a dictionary in the program's text whose keys are fields of its forms and whose
    values are terms of the codelist of --TESTCD.
    """
    dataset = folder.datasets[name]
    codelist = next(
        (v.codelist for v in dataset.variables if v.name == f"{dataset.name}TESTCD"), ""
    )
    path = folder.path / f"sdtm/{name}.py"
    if not codelist or not path.exists():
        return {}
    terms = set(folder.codelists[codelist].values)
    fields = {field.name for form in folder.forms.values() for field in form.fields}
    pairs: dict[str, str] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            found = _constants(node)
            if found and set(found) <= fields and set(found.values()) <= terms:
                pairs |= found
    return pairs


def _constants(node: ast.Dict) -> dict[str, str]:
    """A dictionary of texts; empty when something else stands in it."""
    pairs = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(value, ast.Constant):
            return {}
        pairs[str(key.value)] = str(value.value)
    return pairs


def _identifiers(
    folder: StudyFolder, collected: Mapping[Place, list[Annotation]]
) -> dict[Place, list[Annotation]]:
    """The fields that identify the subject make USUBJID of every dataset their form feeds."""
    fed: dict[str, list[str]] = {}
    for (form, _), found in collected.items():
        fed.setdefault(form, []).extend(annotation.domain for annotation in found)
    return {
        (form.name, field.name): [
            Annotation(domain, "USUBJID", derived=True)
            for domain in sorted(set(fed.get(form.name, ())))
        ]
        for form in folder.forms.values()
        for field in form.fields
        if field.name in folder.study.subject_fields
    }


def _of_field(
    place: Place,
    collected: Mapping[Place, list[Annotation]],
    derived: Mapping[Place, list[Annotation]],
) -> tuple[Annotation, ...]:
    """The annotations of one field."""
    found = collected.get(place) or derived.get(place) or [Annotation("", "")]
    return tuple(dict.fromkeys(found))


def _annotation(dataset: Dataset, variable: Variable, condition: str) -> Annotation:
    """The annotation of a variable."""
    return Annotation(
        domain=dataset.name,
        variable=variable.name,
        condition=condition,
        derived=variable.origin != "Collected",
        supplemental=variable in dataset.supplemental,
    )


def _fields(variable: Variable) -> list[Place]:
    """The (form, field) that a variable refers to."""
    parts = [reference.split(".", 1) for reference in variable.references]
    return [(owner.removeprefix("raw_"), item) for owner, item in parts if owner.startswith("raw_")]


def _condition(
    folder: StudyFolder,
    dataset: Dataset,
    variable: Variable,
    place: Place,
    tests: Mapping[str, str],
) -> str:
    """` when X = value` where a collected variable takes more than one field, or nothing."""
    places = set(_fields(variable))
    if variable.origin != "Collected" or len(places) < 2:
        return ""
    form, field = place
    if field in tests:
        return f" when {dataset.name}TESTCD = {tests[field]}"
    if len({name for name, _ in places}) < 2:
        return ""
    topic = _topic(dataset)
    values = _topic_values(folder, dataset, topic, form) if topic else []
    if not values or len(values) > MOST_VALUES:
        return ""
    one = f" = {values[0]}" if len(values) == 1 else f" in ({', '.join(values)})"
    return f" when {topic}{one}"


def _topic(dataset: Dataset) -> str:
    """The variable that tells what a record is about."""
    for ending in ("TESTCD", "DECOD", "TRT", "TERM"):
        if dataset.name + ending in dataset.names:
            return dataset.name + ending
    return ""


def _topic_values(folder: StudyFolder, dataset: Dataset, topic: str, form: str) -> list[str]:
    """The values of the topic on the records that come from `form` alone; none before the build."""
    name = dataset.name.lower()
    data = folder.path / input_path(folder, name)
    if not data.exists() or not (folder.path / lineage_path(name, "sdtm")).exists():
        return []
    values = read_frame(data, [topic])[topic]
    sources = read_lineage(folder, name)
    raw = sources.loc[(sources["record"] > 0) & sources["source"].str.startswith("raw_")]
    mine = raw["source"] == f"raw_{form}"
    records = raw.loc[mine & ~raw["record"].isin(raw.loc[~mine, "record"]), "record"].unique()
    found = values.iloc[records - 1].dropna().unique().tolist()
    everywhere = values.dropna().unique().tolist()
    return sorted(map(str, found)) if len(found) < len(everywhere) else []
