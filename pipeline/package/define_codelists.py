"""The codelists of define.xml: used terms with their NCI codes, and external dictionaries.

Define-XML 2.1 section 5.3.12 (CodeList): an item is coded (with a decode) or enumerated, carries
its NCI code as an alias, and is marked when a sponsor extended the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.codelists import Codelist, Term
from pipeline.package.define_content import Item
from pipeline.package.define_dictionaries import HREFS
from pipeline.package.define_oids import codelist_oid
from pipeline.package.define_standards import terminology_oid
from pipeline.package.define_xml import described, element

NCI = "nci:ExtCodeID"
Used = dict[tuple[str, str], set[str]]


def used_terms(items: Iterable[Item]) -> Used:
    """(codelist, data type) -> the values that any of the items has."""
    used: Used = {}
    for item in items:
        if item.codelist and item.terms:
            used.setdefault((item.codelist, item.shape.datatype), set()).update(item.terms)
    return used


def reference(item: Item) -> str:
    """The identifier of the codelist that an item refers to; empty when it has none.

    A codelist of which no term is used is not in define.xml.
    """
    if item.dictionary:
        return codelist_oid(item.dictionary, item.shape.datatype)
    if not item.terms:
        return ""
    return codelist_oid(item.codelist, item.shape.datatype)


def codelist_elements(
    items: list[Item],
    codelists: Mapping[str, Codelist],
    dictionaries: Mapping[str, str],
    layer: str,
) -> list[Any]:
    """A CodeList per codelist that an item uses, then one per dictionary."""
    made = [
        _codelist(codelists[name], datatype, terms, layer)
        for (name, datatype), terms in sorted(used_terms(items).items())
    ]
    named = sorted({(item.dictionary, item.shape.datatype) for item in items if item.dictionary})
    return [*made, *(_dictionary(name, kind, dictionaries[name]) for name, kind in named)]


def _codelist(codelist: Codelist, datatype: str, used: set[str], layer: str) -> Any:
    """One codelist with the used terms, in the order of codelists.yaml."""
    terms = [term for term in codelist.terms if term.value in used]
    decoded = any(term.decode for term in terms)
    return element(
        "CodeList",
        {
            "OID": codelist_oid(codelist.name, datatype),
            "Name": _named(codelist.label, datatype),
            "DataType": datatype,
            "def:StandardOID": terminology_oid(layer, codelist.code) if codelist.code else None,
            "def:IsNonStandard": None if codelist.code else "Yes",
        },
        *(_term(term, codelist, number, decoded) for number, term in enumerate(terms, 1)),
        _alias(codelist.code),
    )


def _term(term: Term, codelist: Codelist, number: int, decoded: bool) -> Any:
    """One term; without an NCI code in a coded list it is the sponsor's extension."""
    extended = bool(codelist.code) and not term.code
    attributes = {
        "CodedValue": term.value,
        "OrderNumber": number,
        "def:ExtendedValue": "Yes" if extended else None,
    }
    if not decoded:
        return element("EnumeratedItem", attributes, _alias(term.code))
    decode = described(term.decode or term.value, "Decode")
    return element("CodeListItem", attributes, decode, _alias(term.code))


def _alias(code: str) -> Any:
    """The NCI code of a list or term; None without one."""
    return element("Alias", {"Context": NCI, "Name": code}) if code else None


def _dictionary(name: str, datatype: str, version: str) -> Any:
    """A dictionary that is not shipped, with its version."""
    external = element(
        "ExternalCodeList", {"Dictionary": name, "Version": version, "href": HREFS.get(name)}
    )
    attributes = {
        "OID": codelist_oid(name, datatype),
        "Name": _named(name, datatype),
        "DataType": datatype,
    }
    return element("CodeList", attributes, external)


def _named(label: str, datatype: str) -> str:
    """The name of a list; one of numbers says so."""
    return label if datatype == "text" else f"{label} ({datatype})"
