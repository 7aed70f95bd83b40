"""Elements of define.xml, and the file as bytes: the only place that knows lxml for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.frames import replace_bytes

NAMESPACES = {
    None: "http://www.cdisc.org/ns/odm/v1.3",
    "def": "http://www.cdisc.org/ns/def/v2.1",
    "arm": "http://www.cdisc.org/ns/arm/v1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
PREFIXES = {prefix: uri for prefix, uri in NAMESPACES.items() if prefix != "xml"}
STYLESHEET = "define2-1.xsl"


def element(
    tag: str, attributes: Mapping[str, object] | None = None, *children: Any, text: str = ""
) -> Any:
    """An element such as def:Origin with attributes in order; those that are None or empty go.

    Children that are None go too; text is escaped when written.
    """
    from lxml import etree

    made = etree.Element(qualified(tag), nsmap=PREFIXES)
    for name, value in (attributes or {}).items():
        if value not in (None, ""):
            made.set(qualified(name, attribute=True), str(value))
    made.extend(child for child in children if child is not None)
    if text:
        made.text = text
    return made


def described(text: str, tag: str = "Description") -> Any:
    """A Description (or Decode) with its text in English."""
    return element(tag, {}, element("TranslatedText", {"xml:lang": "en"}, text=text))


def qualified(name: str, attribute: bool = False) -> str:
    """The name with its namespace; an attribute without prefix has none."""
    prefix, colon, local = name.rpartition(":")
    if not colon and attribute:
        return name
    return f"{{{NAMESPACES[prefix or None]}}}{local}"


def find_all(root: Any, tag: str) -> Iterable[Any]:
    """Every element of this name below `root`, in order."""
    return root.iter(qualified(tag))


def read_xml(path: Path) -> Any:
    """The root element of a file; entities are not resolved and nothing is fetched."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    return etree.parse(path, parser).getroot()


def xml_bytes(root: Any) -> bytes:
    """The document with its stylesheet, indented."""
    from lxml import etree

    etree.indent(root, space="  ")
    body = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    heading = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<?xml-stylesheet type="text/xsl" href="{STYLESHEET}"?>\n'
    )
    return heading.encode() + body


def write_html(define: Path, stylesheet: Path, path: Path) -> None:
    """Write the document `define` as its stylesheet shows it: browsers are giving up XSLT.

    The stylesheet may read and write nothing besides.
    """
    from lxml import etree

    nothing = etree.XSLTAccessControl.DENY_ALL
    shown = etree.XSLT(etree.parse(stylesheet), access_control=nothing)
    replace_bytes(path, bytes(shown(read_xml(define).getroottree())))


def write_xml(root: Any, path: Path) -> None:
    """Write the document beside `path` and rename it."""
    replace_bytes(path, xml_bytes(root))
