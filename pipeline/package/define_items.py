"""Datasets, variables, value levels and where clauses as elements of define.xml.

Define-XML 2.1 sections 5.3.6 to 5.3.11 (ValueListDef, WhereClauseDef, ItemGroupDef, ItemDef) and
5.3.14 (MethodDef), 5.3.15 (CommentDef).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.package.define_codelists import reference
from pipeline.package.define_content import Group, Item, ValueList
from pipeline.package.define_documents import CRF, Documents, document_ref, leaf
from pipeline.package.define_oids import (
    comment_oid,
    item_oid,
    leaf_oid,
    list_oid,
    method_oid,
    where_oid,
)
from pipeline.package.define_origins import Origin
from pipeline.package.define_xml import described, element
from pipeline.spec import Dataset

PURPOSES = {"sdtm": "Tabulation", "adam": "Analysis"}
SUBJECT_KEYS = frozenset({"STUDYID", "USUBJID", "SUBJID"})
Check = tuple[str, Sequence[str]]


def group_element(group: Group, standard: str, parent_label: str) -> Any:
    """The ItemGroupDef of a dataset; `parent_label` is that of the parent of a SUPP--."""
    spec = group.spec
    parts = spec.name.removeprefix("SUPP")
    alias = element("Alias", {"Context": "DomainDescription", "Name": parent_label})
    return element(
        "ItemGroupDef",
        {
            "OID": group.oid,
            "Name": spec.name,
            "Domain": parts,
            "SASDatasetName": spec.name,
            "Repeating": "Yes" if _repeats(spec) else "No",
            "IsReferenceData": "Yes" if spec.scope == "study" else "No",
            "Purpose": PURPOSES[spec.layer],
            "def:Structure": spec.structure,
            "def:StandardOID": standard,
            "def:ArchiveLocationID": leaf_oid(spec.name),
            "def:HasNoData": None if group.rows else "Yes",
            "def:CommentOID": comment_oid(spec.name) if group.comment else None,
        },
        described(spec.label),
        *(_item_ref(item, number, group) for number, item in enumerate(group.items, 1)),
        alias if parts != spec.name else None,
        _class(spec),
        leaf(spec.name, f"{spec.name.lower()}.xpt", f"{spec.name.lower()}.xpt"),
    )


def _class(spec: Dataset) -> Any:
    """The class of a dataset and its subclass, if it has one."""
    subclass = element("def:SubClass", {"Name": spec.subclass}) if spec.subclass else None
    return element("def:Class", {"Name": spec.dataset_class}, subclass)


def value_list_element(values: ValueList, dataset: str) -> Any:
    """The ValueListDef of one variable."""
    refs = []
    for number, item in enumerate(values.items, 1):
        where = value_where(dataset, values, item)[0]
        refs.append(
            element(
                "ItemRef",
                {
                    "ItemOID": item.oid,
                    "OrderNumber": number,
                    "Mandatory": "No",
                    "MethodOID": method_oid(*item.keys) if item.method else None,
                },
                element("def:WhereClauseRef", {"WhereClauseOID": where}),
            )
        )
    return element("def:ValueListDef", {"OID": list_oid(dataset, values.level.variable)}, *refs)


def value_where(dataset: str, values: ValueList, item: Item) -> tuple[str, list[Check]]:
    """Identifier and conditions of the where clause of a value: its key variable has this value."""
    key = values.level.key
    return where_oid(dataset, key, item.key_value), [(key, [item.key_value])]


def where_element(oid: str, dataset: str, checks: Sequence[Check]) -> Any:
    """A WhereClauseDef: every variable of `checks` has one of its values."""
    return element(
        "def:WhereClauseDef",
        {"OID": oid},
        *(
            element(
                "RangeCheck",
                {
                    "Comparator": "EQ" if len(values) == 1 else "IN",
                    "SoftHard": "Soft",
                    "def:ItemOID": item_oid(dataset, variable),
                },
                *(element("CheckValue", {}, text=value) for value in values),
            )
            for variable, values in checks
        ),
    )


def item_element(item: Item, value_list: bool, documents: Documents) -> Any:
    """The ItemDef of a variable or value; `value_list` says that it has a value level.

    The origin of QVAL stands at the value level only.
    """
    shape, codelist = item.shape, reference(item)
    levelled = value_list and item.variable.name == "QVAL"
    return element(
        "ItemDef",
        {
            "OID": item.oid,
            "Name": item.key_value or item.variable.name,
            "SASFieldName": (item.key_value or item.variable.name)[:8],
            "DataType": shape.datatype,
            "Length": shape.length,
            "SignificantDigits": shape.digits,
            "def:DisplayFormat": item.display_format,
            "def:CommentOID": comment_oid(*item.keys) if item.comment else None,
        },
        described(item.label),
        element("CodeListRef", {"CodeListOID": codelist}) if codelist else None,
        *(() if levelled else (_origin(origin, documents) for origin in item.origins)),
        element("def:ValueListRef", {"ValueListOID": list_oid(*item.keys)}) if value_list else None,
    )


def method_elements(groups: Sequence[Group]) -> Iterator[Any]:
    """A MethodDef per derived variable or value."""
    for group in groups:
        for item in group.all_items():
            if item.method:
                name = f"Algorithm of {'.'.join(item.keys)}"
                attributes = {
                    "OID": method_oid(*item.keys),
                    "Name": name,
                    "Type": "Computation",
                }
                yield element("MethodDef", attributes, described(item.method))


def comment_elements(groups: Sequence[Group]) -> Iterator[Any]:
    """A CommentDef per dataset, variable or value with a comment."""
    for group in groups:
        if group.comment:
            oid = comment_oid(group.spec.name)
            yield element("def:CommentDef", {"OID": oid}, described(group.comment))
        for item in group.all_items():
            if item.comment:
                oid = comment_oid(*item.keys)
                yield element("def:CommentDef", {"OID": oid}, described(item.comment))


def _item_ref(item: Item, number: int, group: Group) -> Any:
    """The place of a variable in its dataset."""
    keys, name = group.spec.keys, item.variable.name
    return element(
        "ItemRef",
        {
            "ItemOID": item.oid,
            "OrderNumber": number,
            "Mandatory": "Yes" if item.variable.core == "Req" else "No",
            "KeySequence": keys.index(name) + 1 if name in keys else None,
            "MethodOID": method_oid(*item.keys) if item.method else None,
            "Role": item.variable.role,
            "def:HasNoData": "Yes" if name in group.empty and group.rows else None,
        },
    )


def _origin(origin: Origin, documents: Documents) -> Any:
    """One def:Origin with the pages of its fields."""
    pages = [documents.crf_pages[at] for at in origin.fields if at in documents.crf_pages]
    return element(
        "def:Origin",
        {"Type": origin.type, "Source": origin.source},
        described(origin.text) if origin.text else None,
        document_ref(CRF, pages) if pages else None,
    )


def _repeats(spec: Dataset) -> bool:
    """Whether a subject may have several records; reference data belong to no subject."""
    return spec.scope == "subject" and not set(spec.keys) <= SUBJECT_KEYS
