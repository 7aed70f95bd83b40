"""Does a define.xml hold together: every identifier is defined once, every reference resolves."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.package.define_xml import find_all, qualified

# What an attribute of a reference names: the elements that define it.
REFERENCES = {
    "ItemOID": ("ItemDef",),
    "def:ItemOID": ("ItemDef",),
    "ParameterOID": ("ItemDef",),
    "MethodOID": ("MethodDef",),
    "CodeListOID": ("CodeList",),
    "ValueListOID": ("def:ValueListDef",),
    "WhereClauseOID": ("def:WhereClauseDef",),
    "ItemGroupOID": ("ItemGroupDef",),
    "def:CommentOID": ("def:CommentDef",),
    "def:StandardOID": ("def:Standard",),
    "leafID": ("def:leaf",),
    "def:ArchiveLocationID": ("def:leaf",),
}
# Definitions that have to be referred to: an orphan is a fault of the generator.
NEEDED = ("ItemDef", "MethodDef", "CodeList", "def:ValueListDef", "def:WhereClauseDef")


def check_references(root: Any) -> list[str]:
    """What is wrong, in words: repeated identifiers, references to nothing, unused definitions."""
    defined = {tag: _identifiers(root, tag) for tags in REFERENCES.values() for tag in tags}
    faults = [
        f"{identifier} is defined {count} times"
        for tag in defined
        for identifier, count in Counter(defined[tag]).items()
        if count > 1
    ]
    used: dict[str, set[str]] = {tag: set() for tag in defined}
    for found in root.iter():
        for name, (tag, *_) in REFERENCES.items():
            value = found.get(qualified(name, attribute=True))
            if value is None or found.tag == qualified("def:leaf"):
                continue
            used[tag].add(value)
            if value not in defined[tag]:
                faults.append(f"{name} {value} resolves to no {tag}")
    faults += [
        f"{tag} {identifier} is not referred to"
        for tag in (*NEEDED, "def:CommentDef")
        for identifier in defined[tag]
        if identifier not in used[tag]
    ]
    return faults


def _identifiers(root: Any, tag: str) -> list[str]:
    """The identifiers of all elements of one name."""
    name = "ID" if tag == "def:leaf" else "OID"
    return [found.get(name) for found in find_all(root, tag)]
