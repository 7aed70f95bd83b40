"""Pages of text and boxes as a PDF (the only reportlab import).

A page is data: items with coordinates in points from its upper left corner. Fonts are embedded, the
outline is shown on opening, and the same pages and time give the same bytes (FDA Portable Document
Format Specifications: PDF 1.4 or later, embedded fonts, bookmarks, no security).
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 612.0, 792.0
AUTHOR = "crf2csr"
BLANKS = re.compile("[ \t]+")  # a no-break space is part of a word
FONTS = {"regular": "Vera", "bold": "VeraBd", "italic": "VeraIt"}


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is its base line, `style` regular, bold or italic; `right` aligns."""

    x: float
    y: float
    text: str
    size: float = 9
    style: str = "regular"
    colour: str = "#000000"
    right: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle whose upper left corner is (x, y); an empty `fill` or `border` is not drawn."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    border: str = "#000000"
    dashed: bool = False


@dataclass(frozen=True)
class Link:
    """An area that leads to the anchor `target`."""

    x: float
    y: float
    width: float
    height: float
    target: str


@dataclass(frozen=True)
class Page:
    """Items in drawing order; `anchors` are named destinations at the top of the page."""

    items: list[Text | Box | Link] = field(default_factory=list)
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bookmark:
    """One line of the outline: level 0 is the outermost; `page` counts from 1."""

    title: str
    page: int
    level: int = 0


def write_pdf(
    pages: Sequence[Page], outline: Iterable[Bookmark], path: Path, title: str, time: dt.datetime
) -> None:
    """Write the pages to `path` with outline, title and time of creation, beside and renamed."""
    from reportlab.pdfgen.canvas import Canvas

    _fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), initialFontName=FONTS["regular"], invariant=1)
    canvas.setDateFormatter(lambda *_clock: f"D:{time:%Y%m%d%H%M%S}+00'00'")
    canvas.setTitle(title)
    canvas.setAuthor(AUTHOR)
    canvas.setSubject("")
    canvas.setKeywords("")
    canvas.setCreator(AUTHOR)
    canvas.showOutline()
    marks = list(outline)
    for number, page in enumerate(pages, 1):
        _draw(canvas, page, number)
        for place, mark in enumerate(marks):
            if mark.page == number:
                canvas.bookmarkPage(f"outline-{place}", fit="XYZ", top=HEIGHT)
        canvas.showPage()
    depth = -1
    for place, mark in enumerate(marks):
        depth = min(mark.level, depth + 1)
        canvas.addOutlineEntry(mark.title, f"outline-{place}", level=depth, closed=0)
    canvas.save()
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(buffer.getvalue())
    os.replace(beside, path)


def text_width(text: str, size: float, style: str = "regular") -> float:
    """The printed width of a text in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    _fonts()
    return float(stringWidth(printable(text), FONTS[style], size))


def wrapped(text: str, width: float, size: float, style: str = "regular") -> list[str]:
    """The text in lines no wider than `width` points; a longer word is broken; never empty."""
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        line = ""
        for word in _pieces(part, width, size, style):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, style) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def printable(text: str) -> str:
    """The text with [U+XXXX] for what the embedded font cannot show, so that nothing vanishes."""
    known = _fonts()
    return "".join(c if ord(c) in known else f"[U+{ord(c):04X}]" for c in text)


def _pieces(text: str, width: float, size: float, style: str) -> list[str]:
    """The words of a text; one wider than `width` in parts that are not."""
    pieces = []
    for word in BLANKS.split(text.strip(" \t")):
        while text_width(word, size, style) > width and len(word) > 1:
            fits = len(word) - 1
            while fits > 1 and text_width(word[:fits], size, style) > width:
                fits -= 1
            pieces.append(word[:fits])
            word = word[fits:]
        pieces.append(word)
    return pieces


@cache
def _fonts() -> frozenset[int]:
    """Register the embedded fonts once; the characters that all of them have."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    known: set[int] | None = None
    for name in FONTS.values():
        font = TTFont(name, f"{name}.ttf")
        registerFont(font)
        characters = set(font.face.charToGlyph)
        known = characters if known is None else known & characters
    return frozenset(known or ())


def _draw(canvas: Any, page: Page, number: int) -> None:
    """The items of one page."""
    for anchor in (f"page-{number}", *page.anchors):
        canvas.bookmarkPage(anchor, fit="XYZ", top=HEIGHT)
    for item in page.items:
        if isinstance(item, Box):
            _draw_box(canvas, item)
        elif isinstance(item, Text):
            _draw_text(canvas, item)
        else:
            area = (item.x, HEIGHT - item.y - item.height, item.x + item.width, HEIGHT - item.y)
            canvas.linkRect("", item.target, area, relative=0, thickness=0)


def _draw_box(canvas: Any, box: Box) -> None:
    """A rectangle."""
    canvas.setLineWidth(0.6)
    canvas.setDash(*(([2, 2], 0) if box.dashed else ([], 0)))
    if box.fill:
        canvas.setFillColor(_colour(box.fill))
    if box.border:
        canvas.setStrokeColor(_colour(box.border))
    below = HEIGHT - box.y - box.height
    canvas.rect(
        box.x, below, box.width, box.height, stroke=int(bool(box.border)), fill=int(bool(box.fill))
    )


def _draw_text(canvas: Any, item: Text) -> None:
    """A line of text."""
    canvas.setFont(FONTS[item.style], item.size)
    canvas.setFillColor(_colour(item.colour))
    draw = canvas.drawRightString if item.right else canvas.drawString
    draw(item.x, HEIGHT - item.y, printable(item.text))


def _colour(code: str) -> Any:
    """A colour from #RRGGBB."""
    from reportlab.lib.colors import HexColor

    return HexColor(code)
