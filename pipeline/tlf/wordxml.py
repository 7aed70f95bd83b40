"""WordprocessingML as text: paragraphs, fields, bookmarks and tables (ECMA-376, part 1).

Plain text in, XML text out; text from data is escaped here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape as escape_xml

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
KEEP = "<w:keepNext/>"
CENTRED = '<w:jc w:val="center"/>'
RULE = 'w:val="single" w:sz="6" w:space="0" w:color="000000"'


def escaped(text: str) -> str:
    """`text` for an element or a quoted attribute; characters XML forbids show as U+FFFD."""
    return escape_xml(FORBIDDEN.sub("\ufffd", text), {'"': "&quot;"})


def run(text: str) -> str:
    """A run of text; line breaks and tabs stay."""
    clean = escaped(text).replace("\r\n", "\n").replace("\r", "\n")
    pieces = clean.replace("\n", "\0<w:br/>\0").replace("\t", "\0<w:tab/>\0").split("\0")
    content = "".join(piece if piece.startswith("<") else _text(piece) for piece in pieces)
    return f"<w:r>{content}</w:r>"


def _text(text: str) -> str:
    """A text element; blanks count."""
    return f'<w:t xml:space="preserve">{text}</w:t>' if text else ""


def field(instruction: str, shown: str = "1", outdated: bool = False) -> str:
    """A field such as PAGE; `outdated` asks the reader's program to compute it on opening."""
    dirty = ' w:dirty="true"' if outdated else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{dirty}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(content: str, style: str, properties: str = "") -> str:
    """A paragraph of runs; `properties` are elements of pPr in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def spacing(before: int) -> str:
    """Space above a paragraph, in twentieths of a point."""
    return f'<w:spacing w:before="{before}"/>' if before else ""


def indent(left: float, hanging: float = 0) -> str:
    """Indentation, in twentieths of a point."""
    if round(left) == 0 and round(hanging) == 0:
        return ""
    return f'<w:ind w:left="{round(left)}" w:hanging="{round(hanging)}"/>'


def bookmark(number: int, name: str, content: str) -> str:
    """Runs that a link or PAGEREF can name."""
    start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
    return f'{start}{content}<w:bookmarkEnd w:id="{number}"/>'


def link(name: str, content: str) -> str:
    """Runs that lead to a bookmark."""
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'


def cell(width: int, content: str, columns: int = 1, properties: str = "") -> str:
    """A cell of paragraphs, `width` in twentieths of a point, over one or more `columns`."""
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{properties}</w:tcPr>'
        f"{content}</w:tc>"
    )


def rules(*sides: str) -> str:
    """Cell borders on the given sides: top, bottom."""
    lines = "".join(f"<w:{side} {RULE}/>" for side in sides)
    return f"<w:tcBorders>{lines}</w:tcBorders>" if lines else ""


def row(cells: Iterable[str], repeats: bool = False) -> str:
    """A table row that does not split across pages; `repeats` on every page as a head."""
    head = "<w:tblHeader/>" if repeats else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def table(
    widths: Iterable[int], rows: Iterable[str], margins: tuple[int, int, int, int], caption: str
) -> Iterator[str]:
    """A centred table of fixed widths, row by row; the `margins` of cells are top, left, bottom and
    right, all in twentieths of a point; `caption` is the table's alt text."""
    columns = list(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    sides = zip(("top", "left", "bottom", "right"), margins, strict=True)
    cell_margins = "".join(f'<w:{side} w:w="{space}" w:type="dxa"/>' for side, space in sides)
    yield (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>{CENTRED}'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{cell_margins}</w:tblCellMar>'
        f'<w:tblCaption w:val="{escaped(caption)}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )
    yield from rows
    yield "</w:tbl>"
