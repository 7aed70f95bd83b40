"""A document (document.py) as Word; beside tlf/word.py the only module that imports python-docx.

The same blocks and time give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from pipeline.document import Block, Bullets, Document, Grid, Heading
from pipeline.frames import replace_bytes

AUTHOR = "crf2csr"
FONT = "Arial"
TEXT_INCHES = 6.5
FIRST_ZIP_TIME = dt.datetime(1980, 1, 1)
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_word(document: Document, path: Path, time: dt.datetime) -> None:
    """Write the document as a Word file with contents and page numbers, beside and renamed."""
    from docx import Document as new_document

    word = new_document()
    _prepare(word, document, time)
    _front(word, document)
    for place, block in enumerate(document.blocks):
        _add(word, block, f"h{place}")
    buffer = io.BytesIO()
    word.save(buffer)
    replace_bytes(path, _same_bytes(buffer.getvalue(), time))


def _prepare(word: Any, document: Document, time: dt.datetime) -> None:
    """Page, fonts, properties without a person or a clock, running head and foot."""
    from docx.shared import Inches, Pt

    for name, size in (("Normal", 10), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 10.5)):
        _font(word.styles[name], size)
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    section = word.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1)
    section.header.paragraphs[0].text = _clean(document.head)
    foot = section.footer.paragraphs[0]
    foot.add_run("Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    core = word.core_properties
    core.author = core.last_modified_by = AUTHOR
    core.title, core.subject, core.comments = _clean(document.title)[:255], "", ""
    core.created = core.modified = time
    core.revision = 1


def _font(style: Any, size: float) -> None:
    """One font for all scripts, black, instead of the template's theme."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for name in [name for name in fonts.attrib if "heme" in name]:
        del fonts.attrib[name]
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _front(word: Any, document: Document) -> None:
    """The title and the contents, if any: a line per heading that leads to it, with its page."""
    from docx.enum.text import WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Inches, Pt

    title = word.add_paragraph()
    run = title.add_run(_clean(document.title))
    run.bold, run.font.size = True, Pt(18)
    for line in document.subtitles:
        word.add_paragraph(_clean(line))
    if not document.contents():
        return
    word.add_paragraph().add_run("Contents").bold = True
    for place, heading in document.contents():
        line = word.add_paragraph()
        line.paragraph_format.left_indent = Inches(0.25 * (heading.level - 1))
        line.paragraph_format.space_after = Pt(2)
        stops = line.paragraph_format.tab_stops
        stops.add_tab_stop(Inches(TEXT_INCHES), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        link = _child(line._p, "w:hyperlink", **{"w:anchor": f"h{place}", "w:history": "1"})
        link.append(line.add_run(f"{_clean(heading.text)}\t")._r)
        _field(line, f"PAGEREF h{place} \\h", dirty=True)
    word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _add(word: Any, block: Block, name: str) -> None:
    """One block; `name` is the bookmark of a heading."""
    if isinstance(block, Heading):
        heading = word.add_heading(_clean(block.text), level=block.level)
        number = name.removeprefix("h")
        start = _child(heading._p, "w:bookmarkStart", **{"w:id": number, "w:name": name})
        heading._p.insert(1, start)
        _child(heading._p, "w:bookmarkEnd", **{"w:id": number})
    elif isinstance(block, Bullets):
        for item in block.items:
            word.add_paragraph(_clean(item), style="List Bullet")
    elif isinstance(block, Grid):
        _add_grid(word, block)
    else:
        word.add_paragraph(_clean(block.text))


def _add_grid(word: Any, grid: Grid) -> None:
    """A table whose head repeats on every page; the sentence when it has no row."""
    from docx.shared import Inches, Pt

    if not grid.rows:
        word.add_paragraph(grid.empty)
        return
    table = word.add_table(rows=0, cols=len(grid.head), style="Table Grid")
    table.autofit = False
    widths = [Inches(TEXT_INCHES * share) for share in grid.shares()]
    for number, values in enumerate((grid.head, *grid.rows)):
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()
        _child(properties, "w:cantSplit")
        if number == 0:
            _child(properties, "w:tblHeader")
        for cell, width, value in zip(row.cells, widths, values, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_before = Pt(1.5)
            paragraph.paragraph_format.space_after = Pt(1.5)
            run = paragraph.add_run(_clean(value))
            run.font.size, run.bold = Pt(8), number == 0
            if number == 0:
                shade = {"w:val": "clear", "w:color": "auto", "w:fill": "E4E9EE"}
                _child(cell._tc.get_or_add_tcPr(), "w:shd", **shade)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    word.add_paragraph().paragraph_format.space_after = Pt(2)


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last child of an element."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name), value)
    parent.append(element)
    return element


def _field(paragraph: Any, instruction: str, dirty: bool = False) -> None:
    """A field such as PAGE; `dirty` asks Word to compute it on opening."""
    update = {"w:dirty": "true"} if dirty else {}
    for kind in ("begin", "separate", "end"):
        run = paragraph.add_run()
        extra = update if kind == "begin" else {}
        _child(run._r, "w:fldChar", **{"w:fldCharType": kind, **extra})
        if kind == "begin":
            _child(paragraph.add_run()._r, "w:instrText").text = f" {instruction} "
        if kind == "separate":
            paragraph.add_run("1")


def _clean(text: str) -> str:
    """The text without characters that XML forbids (they show as U+FFFD)."""
    return FORBIDDEN.sub("\ufffd", text)


def _same_bytes(archive: bytes, time: dt.datetime) -> bytes:
    """The same file with `time` on every part of the archive."""
    stamp = max(time, FIRST_ZIP_TIME).timetuple()[:6]
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            new.writestr(entry, old.read(name))
    return result.getvalue()
