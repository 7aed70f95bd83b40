"""Identifiers of define.xml, the same for the same object in every build.

They are made of CDISC names, so Dataset-JSON and the analysis results name the same objects.
"""

from __future__ import annotations

import re

METADATA = "MDV"


def study_oid(study: str) -> str:
    """The study."""
    return f"STDY.{part(study)}"


def version_oid(study: str, layer: str) -> str:
    """The metadata version of one layer (sdtm, adam)."""
    return f"{METADATA}.{part(study)}.{layer.upper()}"


def group_oid(dataset: str) -> str:
    """A dataset."""
    return f"IG.{part(dataset)}"


def item_oid(dataset: str, variable: str, *values: str) -> str:
    """A variable; with `values` its value level where the key variable has this value."""
    return ".".join(["IT", *map(part, (dataset, variable, *values))])


def list_oid(dataset: str, variable: str) -> str:
    """The value list of a variable."""
    return f"VL.{part(dataset)}.{part(variable)}"


def where_oid(dataset: str, *parts: str) -> str:
    """A where clause; `parts` are the variable and values of each of its conditions."""
    return ".".join(["WC", *map(part, (dataset, *parts))])


def codelist_oid(codelist: str, datatype: str = "text") -> str:
    """A codelist; one of numbers is not that of the same terms as text."""
    return f"CL.{part(codelist)}" + ("" if datatype == "text" else f".{datatype}")


def method_oid(dataset: str, variable: str, *values: str) -> str:
    """The method of a derived variable or value."""
    return item_oid(dataset, variable, *values).replace("IT.", "MT.", 1)


def comment_oid(dataset: str, *parts: str) -> str:
    """The comment on a dataset, variable or value."""
    return ".".join(["COM", *map(part, (dataset, *parts))])


def leaf_oid(name: str) -> str:
    """A document or a file."""
    return f"LF.{part(name)}"


def part(text: str) -> str:
    """A text as part of an identifier: other than A-Z, a-z, 0-9, - and _ becomes its code point.

    Two texts that differ give parts that differ.
    """
    return re.sub(r"[^A-Za-z0-9-]", lambda found: _coded(found[0]), text)


def _coded(character: str) -> str:
    """One character that identifiers do not have as such."""
    return "__" if character == "_" else f"_{ord(character):X}_"
