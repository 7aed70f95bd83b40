"""Documents that define.xml points to, and their def:leaf elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.package.define_oids import leaf_oid
from pipeline.package.define_xml import element

CRF, CRF_FILE = "acrf", "acrf.pdf"


@dataclass(frozen=True)
class Documents:
    """What a package holds besides datasets; paths are relative to the folder of define.xml.

    `crf_pages` maps (form, field) to its page of acrf.pdf, empty when there is no annotated CRF.
    `guides` maps the title of a further document (reviewer's guide) to its file; `methods` is the
    one of them that documents the statistical methods. `programs` and
    `outputs` are the folders, with a slash at the end, of study programs and Word outputs; empty
    when the package has none.
    """

    crf_pages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    guides: Mapping[str, str] = field(default_factory=dict)
    methods: str = ""
    programs: str = ""
    outputs: str = ""


def leaf(name: str, href: str, title: str) -> Any:
    """A def:leaf; `name` is that of the document or file."""
    return element(
        "def:leaf",
        {"ID": leaf_oid(name), "xlink:href": href},
        element("def:title", {}, text=title),
    )


def document_leaves(documents: Documents) -> list[Any]:
    """The leaves of the annotated CRF and of the guides."""
    leaves = [leaf(CRF, CRF_FILE, "Annotated CRF")] if documents.crf_pages else []
    return leaves + [leaf(href, href, title) for title, href in documents.guides.items()]


def document_lists(documents: Documents) -> list[Any]:
    """def:AnnotatedCRF and def:SupplementalDoc, as far as there are documents."""
    lists = []
    if documents.crf_pages:
        lists.append(element("def:AnnotatedCRF", {}, document_ref(CRF)))
    if documents.guides:
        refs = [document_ref(href) for href in documents.guides.values()]
        lists.append(element("def:SupplementalDoc", {}, *refs))
    return lists


def document_ref(name: str, pages: Sequence[int] = ()) -> Any:
    """A def:DocumentRef, to pages of a PDF when there are any."""
    page_ref = None
    if pages:
        numbers = " ".join(str(page) for page in sorted(set(pages)))
        page_ref = element("def:PDFPageRef", {"PageRefs": numbers, "Type": "PhysicalRef"})
    return element("def:DocumentRef", {"leafID": leaf_oid(name)}, page_ref)
