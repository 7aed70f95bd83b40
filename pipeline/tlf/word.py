"""From results to Word: one output per file, or all of them in one (the only python-docx import).

Written from the results file alone. The same results and timestamp give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO, Any

from pipeline.errors import StudyError
from pipeline.tlf.pages import (
    body,
    contents_line,
    header,
    notes,
    number_line,
    protocol_line,
    titles,
)
from pipeline.tlf.picture import drawing
from pipeline.tlf.wordstyles import defaults, style_definitions
from pipeline.tlf.wordxml import NAMESPACES, paragraph, run

Result = Mapping[str, Any]
Draw = Callable[[dict[str, Any]], bytes]
Section = tuple[Iterator[str], str]
AUTHOR = "crf2csr"
UNUSED = ("/stylesWithEffects", "/numbering", "/customXml", "/thumbnail", "/webSettings")
SECTION = (
    '<w:type w:val="nextPage"/><w:pgSz w:w="15840" w:h="12240" w:orient="landscape"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" '
    'w:footer="720" w:gutter="0"/>'
)
FIRST_ZIP_TIME = dt.datetime(1980, 1, 1)
LARGEST = 2**31 - 1
MAIN_PART = "word/document.xml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def render_docx(
    result: Result, path: Path, timestamp: dt.datetime, draw: Draw | None = None
) -> None:
    """Write one output (the content of its results file) as a Word file to `path`.

    `timestamp` becomes the time of creation; `draw` makes the PNG of a figure's result, by default
    pipeline.tlf.figures.draw. StudyError for a cell that cannot be displayed.
    """
    document = _new_document(" ".join([number_line(result), *result["titles"]]), timestamp)
    _save(document, [_section(document, result, 1, draw)], path)


def render_combined(
    results: Sequence[Result],
    path: Path,
    title: str,
    timestamp: dt.datetime,
    draw: Draw | None = None,
) -> None:
    """Write all outputs in order as one Word file that begins with a linked contents page."""
    document = _new_document(title, timestamp)
    sections = [_contents(document, results, title)] if results else []
    sections += [_section(document, r, number, draw) for number, r in enumerate(results, start=1)]
    _save(document, sections, path)


def _new_document(title: str, timestamp: dt.datetime) -> Any:
    """An empty document with our styles and properties, without what the template adds to it."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    styles = document.styles.element
    for old in list(styles):
        styles.remove(old)
    for relations in (document.part.rels, document.part.package.rels):
        for key, relation in list(relations.items()):
            if relation.reltype.endswith(UNUSED):
                del relations[key]
    styles.insert(0, parse_xml(_rooted(defaults(), "docDefaults")))
    for definition in style_definitions():
        styles.append(parse_xml(_rooted(definition, "style")))
    _set_properties(document, title, timestamp)
    return document


def _set_properties(document: Any, title: str, timestamp: dt.datetime) -> None:
    """Core properties without a person and without a clock."""
    core = document.core_properties
    core.author = core.last_modified_by = AUTHOR
    core.title, core.subject, core.comments = title[:255], "", ""
    core.created = core.modified = timestamp
    core.revision = 1


def _section(document: Any, result: Result, number: int, draw: Draw | None) -> Section:
    """Content and section properties of one output."""
    if result["kind"] == "figure":
        content = iter([_figure(document, result, number, draw), notes(result)])
    else:
        content = body(result)
    properties = _section_properties(document, header(result), header(result, continued=True))
    return chain([titles(result, number)], content), properties


def _figure(document: Any, result: Result, number: int, draw: Draw | None) -> str:
    """The picture of a figure as a paragraph; its part is added to the document."""
    if draw is None:
        from pipeline.tlf.figures import draw as draw_figure

        draw = draw_figure
    key, image = document.part.get_or_add_image(io.BytesIO(draw(dict(result))))
    inches = (image.width.inches, image.height.inches)
    return paragraph(drawing(result, number, key, inches), "Picture")


def _contents(document: Any, results: Sequence[Result], title: str) -> Section:
    """Content and section properties of the contents page."""
    content = paragraph(run(title), "DocumentTitle") + "".join(map(contents_line, results))
    head = protocol_line(results[0])
    return iter([content]), _section_properties(document, head, head)


def _section_properties(document: Any, first: str, following: str) -> str:
    """A section with its own page headers, as sectPr."""
    from docx.oxml import parse_xml

    references = []
    for kind, content in (("first", first), ("default", following)):
        part, key = document.part.add_header_part()
        for old in list(part.element):
            part.element.remove(old)
        part.element.extend(list(parse_xml(f"<w:hdr {NAMESPACES}>{content}</w:hdr>")))
        references.append(f'<w:headerReference w:type="{kind}" r:id="{key}"/>')
    return f"<w:sectPr>{''.join(references)}{SECTION}<w:titlePg/></w:sectPr>"


def _body_xml(sections: Sequence[Section]) -> Iterator[str]:
    """The main part; the last paragraph of a section carries its sectPr, the body the last one."""
    yield f"{DECLARATION}<w:document {NAMESPACES}><w:body>"
    for content, properties in sections[:-1]:
        yield from _ended(content, properties)
    for content, properties in sections[-1:]:
        yield from content
        yield properties
    yield "</w:body></w:document>"


def _ended(content: Iterator[str], properties: str) -> Iterator[str]:
    """The content with the section properties in its last paragraph, which ends the last piece."""
    last = next(content)
    for piece in content:
        yield last
        last = piece
    before, tag, after = last.rpartition("</w:pPr>")
    yield f"{before}{properties}{tag}{after}"


def _save(document: Any, sections: Sequence[Section], path: Path) -> None:
    """Write beside `path` and rename; every part carries the time of the document.

    The body goes into the file as text, row by row: as a tree a long listing takes minutes, as one
    text it takes gigabytes.
    """
    written = io.BytesIO()
    document.save(written)
    created = document.core_properties.created.replace(tzinfo=None)
    when = max(created, FIRST_ZIP_TIME).timetuple()[:6]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(beside, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            if name != MAIN_PART:
                new.writestr(entry, old.read(name))
                continue
            with new.open(entry, "w") as part:
                _write_body(part, sections, path.name)
    os.replace(beside, path)


def _write_body(part: IO[bytes], sections: Sequence[Section], name: str) -> None:
    """The body, row by row; StudyError when it is larger than a part of a Word file can be."""
    written = 0
    for text in _body_xml(sections):
        written += part.write(text.encode())
        if written > LARGEST:
            raise StudyError(
                name, "more rows than a Word file can hold", "plan several listings, each of a part"
            )


def _rooted(element: str, tag: str) -> str:
    """The element with namespace declarations."""
    return element.replace(f"<w:{tag}", f"<w:{tag} {NAMESPACES}", 1)
