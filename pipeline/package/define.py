"""define.xml of SDTM and of ADaM, version 2.1, from specification, data, lineage and results.

Element order and required attributes: Define-XML 2.1 section 5 and Analysis Results Metadata 1.0.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError, listed
from pipeline.package.define_arm import (
    Display,
    arm_element,
    display_leaves,
    read_displays,
    where_elements,
)
from pipeline.package.define_check import check_references
from pipeline.package.define_codelists import codelist_elements
from pipeline.package.define_content import Group
from pipeline.package.define_documents import Documents, document_leaves, document_lists
from pipeline.package.define_items import (
    comment_elements,
    group_element,
    item_element,
    method_elements,
    value_list_element,
    value_where,
    where_element,
)
from pipeline.package.define_model import read_groups
from pipeline.package.define_oids import part, study_oid, version_oid
from pipeline.package.define_standards import SYSTEM, SYSTEM_VERSION, Standard, read_standards
from pipeline.package.define_xml import element, write_xml
from pipeline.study import Study, StudyFolder

VERSION = "2.1.0"
TITLES = {"sdtm": "Data Tabulation", "adam": "Analysis Data"}


def write_define(
    folder: StudyFolder, layer: str, path: Path, documents: Documents | None = None
) -> None:
    """Write the define.xml of `layer` (sdtm, adam) to `path`.

    Reads the built datasets, build/xpt/lengths.json and, for adam, the results of the outputs.
    `documents` are those the package has. StudyError when something is not built, the data differ
    from the specification, or an identifier does not resolve.
    """
    root = define_element(folder, layer, documents or Documents())
    faults = check_references(root)
    if faults:
        raise StudyError(str(path.name), listed(faults), "report it: the generator is wrong")
    write_xml(root, path)


def define_element(folder: StudyFolder, layer: str, documents: Documents) -> Any:
    """The ODM element of the define.xml of one layer."""
    study = folder.study
    groups = read_groups(folder, layer, _lengths(folder))
    displays = read_displays(folder, groups) if layer == "adam" else []
    stamp = study.timestamp.isoformat(timespec="seconds")
    return element(
        "ODM",
        {
            "FileType": "Snapshot",
            "FileOID": f"{part(study.id)}.{layer}.define",
            "ODMVersion": "1.3.2",
            "CreationDateTime": stamp,
            "AsOfDateTime": stamp,
            "Originator": study.id,
            "SourceSystem": SYSTEM,
            "SourceSystemVersion": SYSTEM_VERSION,
            "def:Context": "Submission",
        },
        element(
            "Study",
            {"OID": study_oid(study.id)},
            _global_variables(study),
            _version(folder, layer, groups, displays, documents),
        ),
    )


def _global_variables(study: Study) -> Any:
    """Name and description of the study."""
    return element(
        "GlobalVariables",
        {},
        element("StudyName", {}, text=study.id),
        element("StudyDescription", {}, text=study.title),
        element("ProtocolName", {}, text=study.id),
    )


def _version(
    folder: StudyFolder,
    layer: str,
    groups: list[Group],
    displays: list[Display],
    documents: Documents,
) -> Any:
    """The MetaDataVersion with everything in the order of the schema."""
    standards = read_standards(folder.path, layer)
    items = [item for group in groups for item in group.all_items()]
    codelists = codelist_elements(items, folder.codelists, folder.study.dictionaries, layer)
    return element(
        "MetaDataVersion",
        {
            "OID": version_oid(folder.study.id, layer),
            "Name": f"Study {folder.study.id}, {TITLES[layer]} Definition",
            "Description": f"{TITLES[layer]} Definition of study {folder.study.id}",
            "def:DefineVersion": VERSION,
        },
        element("def:Standards", {}, *map(_standard, standards)),
        *document_lists(documents),
        *(value_list_element(v, group.spec.name) for group in groups for v in group.value_lists),
        *_where_clauses(groups, displays),
        *_groups(groups, standards[0]),
        *_items(groups, documents),
        *codelists,
        *method_elements(groups),
        *comment_elements(groups),
        *document_leaves(documents),
        *display_leaves(displays, documents),
        arm_element(displays, documents),
    )


def _groups(groups: list[Group], guide: Standard) -> list[Any]:
    """The ItemGroupDef of each dataset; that of a SUPP-- also has the label of its parent."""
    labels = {group.spec.name: group.spec.label for group in groups}
    return [group_element(group, guide.oid, labels.get(_parent(group), "")) for group in groups]


def _parent(group: Group) -> str:
    """The dataset that a SUPP-- belongs to; of others their own name."""
    return group.spec.name.removeprefix("SUPP")


def _standard(standard: Standard) -> Any:
    """One def:Standard."""
    return element(
        "def:Standard",
        {
            "OID": standard.oid,
            "Name": standard.name,
            "Type": standard.type,
            "PublishingSet": standard.publishing_set,
            "Version": standard.version,
            "Status": "Final",
        },
    )


def _where_clauses(groups: list[Group], displays: list[Display]) -> list[Any]:
    """The where clauses of values, then those of outputs that are not among them."""
    made: dict[str, Any] = {}
    for group in groups:
        for values in group.value_lists:
            for item in values.items:
                oid, checks = value_where(group.spec.name, values, item)
                made.setdefault(oid, where_element(oid, group.spec.name, checks))
    for clause in where_elements(displays):
        made.setdefault(clause.get("OID"), clause)
    return list(made.values())


def _items(groups: list[Group], documents: Documents) -> list[Any]:
    """The ItemDef of each variable and value."""
    return [
        item_element(
            item,
            not item.key_value
            and any(values.level.variable == item.variable.name for values in group.value_lists),
            documents,
        )
        for group in groups
        for item in group.all_items()
    ]


def _lengths(folder: StudyFolder) -> dict[str, int]:
    """Text variable -> bytes in the transport files."""
    path = folder.build / "xpt" / "lengths.json"
    if not path.exists():
        raise StudyError("build/xpt/lengths.json", "it is not built", "run make export first")
    return dict(json.loads(path.read_text(encoding="utf-8")))
