"""A document (pipeline/document.py) as PDF: wrapped lines, contents with pages, bookmarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import Block, Bullets, Document, Grid, Heading
from pipeline.package.pdf import Bookmark, Box, Link, Page, Text, wrapped, write_pdf

LEFT, RIGHT, TOP, BOTTOM = 72.0, 540.0, 72.0, 720.0
WIDTH = RIGHT - LEFT
SIZE, LEADING = 9.0, 12.5
CELL, CELL_LEADING, PADDING = 7.5, 9.5, 3.0
HEADINGS = {1: 14.0, 2: 11.5, 3: 9.5}
ROOM = {1: 10, 2: 6, 3: 4}
GREY, SHADE, RULE = "#555555", "#E4E9EE", "#888888"
CONTENTS_LEADING = 15.0
MOST_LINES = 50
Cells = list[list[str]]


@dataclass
class _Flow:
    """Pages that fill from top to bottom; `places` is the page of each heading, by its block."""

    pages: list[list[Text | Box | Link]] = field(default_factory=lambda: [[]])
    y: float = TOP
    places: dict[int, int] = field(default_factory=dict)

    def need(self, height: float) -> bool:
        """Go on to a new page unless `height` points are left; whether it did."""
        if self.y + height <= BOTTOM or self.y == TOP:
            return False
        self.pages.append([])
        self.y = TOP
        return True

    def line(self, text: str, size: float, style: str = "regular", x: float = LEFT) -> None:
        """One line of text and the space it takes."""
        leading = size * LEADING / SIZE
        self.need(leading)
        self.pages[-1].append(Text(x, self.y + size, text, size, style))
        self.y += leading


def render_pdf(document: Document, path: Path, time: dt.datetime) -> None:
    """Write the document as PDF: title, contents, blocks, a bookmark for each heading."""
    body = _Flow()
    if not document.contents():
        _title(body, document)
    for place, block in enumerate(document.blocks):
        _flow_block(body, block, place)
    front = _front(document, {}, 0)
    offset = len(front.pages)
    front = _front(document, body.places, offset)
    pages = [*front.pages, *body.pages]
    finished = [
        Page(
            [*items, *_furniture(document, number, len(pages))],
            tuple(f"h{place}" for place, page in body.places.items() if page + offset == number),
        )
        for number, items in enumerate(pages, 1)
    ]
    outline = [
        Bookmark(block.text, body.places[place] + offset, block.level - 1 if offset else 0)
        for place, block in enumerate(document.blocks)
        if isinstance(block, Heading)
    ]
    write_pdf(finished, outline, path, document.title, time)


def _furniture(document: Document, number: int, total: int) -> list[Text | Box | Link]:
    """Running head and page number."""
    return [
        Text(LEFT, 48, document.head, 8, colour=GREY),
        Text(RIGHT, 752, f"Page {number} of {total}", 8, colour=GREY, right=True),
    ]


def _title(flow: _Flow, document: Document) -> None:
    """The title and what stands below it."""
    for line in wrapped(document.title, WIDTH, 18, "bold"):
        flow.line(line, 18, "bold")
    for subtitle in document.subtitles:
        for line in wrapped(subtitle, WIDTH, SIZE):
            flow.line(line, SIZE)
    flow.y += LEADING


def _front(document: Document, places: dict[int, int], offset: int) -> _Flow:
    """Title and contents, no page without; the pages of headings are known on the second time."""
    flow = _Flow()
    if not document.contents():
        return _Flow(pages=[])
    _title(flow, document)
    flow.line("Contents", 11.5, "bold")
    for place, heading in document.contents():
        flow.need(CONTENTS_LEADING)
        x = LEFT + 14 * (heading.level - 1)
        text = wrapped(heading.text, RIGHT - x - 40, SIZE)[0]
        flow.pages[-1] += [
            Text(x, flow.y + SIZE, text, SIZE),
            Text(RIGHT, flow.y + SIZE, str(places.get(place, 0) + offset), SIZE, right=True),
            Link(LEFT, flow.y, WIDTH, CONTENTS_LEADING, f"h{place}"),
        ]
        flow.y += CONTENTS_LEADING
    return flow


def _flow_block(flow: _Flow, block: Block, place: int) -> None:
    """One block below the last."""
    if isinstance(block, Heading):
        _flow_heading(flow, block)
        flow.places[place] = len(flow.pages)
    elif isinstance(block, Grid):
        _flow_grid(flow, block)
    elif isinstance(block, Bullets):
        for item in block.items:
            _flow_lines(flow, wrapped(item, WIDTH - 14, SIZE), LEFT + 14, bullet=True)
        flow.y += 5
    else:
        _flow_lines(flow, wrapped(block.text, WIDTH, SIZE), LEFT)
        flow.y += 5


def _flow_heading(flow: _Flow, heading: Heading) -> None:
    """A heading with room for what follows."""
    size = HEADINGS[heading.level]
    lines = wrapped(heading.text, WIDTH, size, "bold")
    if not flow.need(size * 2 * len(lines) + ROOM[heading.level] * LEADING):
        flow.y += size * 0.8 if flow.y > TOP else 0
    for line in lines:
        flow.line(line, size, "bold")
    flow.y += 3


def _flow_lines(flow: _Flow, lines: Sequence[str], x: float, bullet: bool = False) -> None:
    """Wrapped lines; a list item has a point before the first."""
    for number, line in enumerate(lines):
        flow.line(line, SIZE, x=x)
        if bullet and number == 0:
            flow.pages[-1].append(Text(LEFT + 4, flow.y - LEADING + SIZE, "\u2022", SIZE))


def _flow_grid(flow: _Flow, grid: Grid) -> None:
    """A table; its head is printed again on every page."""
    if not grid.rows:
        _flow_lines(flow, wrapped(grid.empty, WIDTH, SIZE), LEFT)
        flow.y += 5
        return
    widths = [share * WIDTH for share in grid.shares()]
    head = _cells(grid.head, widths, "bold")
    flow.need(_height(head) + 3 * CELL_LEADING)
    _flow_row(flow, head, widths, True)
    for values in grid.rows:
        for cells in _split(_cells(values, widths, "regular")):
            if flow.need(_height(cells)):
                _flow_row(flow, head, widths, True)
            _flow_row(flow, cells, widths, False)
    flow.y += 9


def _cells(values: Sequence[str], widths: Sequence[float], style: str) -> Cells:
    """The wrapped lines of each cell of a row."""
    return [
        wrapped(value, width - 2 * PADDING, CELL, style)
        for value, width in zip(values, widths, strict=True)
    ]


def _height(cells: Cells) -> float:
    """The height of a row."""
    return max(map(len, cells)) * CELL_LEADING + 2 * PADDING


def _split(cells: Cells) -> list[Cells]:
    """A row as rows of at most MOST_LINES lines, so that each fits on a page."""
    longest = max(map(len, cells))
    starts = range(0, longest, MOST_LINES)
    return [[lines[start : start + MOST_LINES] for lines in cells] for start in starts]


def _flow_row(flow: _Flow, cells: Cells, widths: Sequence[float], head: bool) -> None:
    """The cells of a row side by side in their frames."""
    height = _height(cells)
    x = LEFT
    for lines, width in zip(cells, widths, strict=True):
        flow.pages[-1].append(Box(x, flow.y, width, height, SHADE if head else "", RULE))
        for number, line in enumerate(lines):
            y = flow.y + PADDING + CELL + number * CELL_LEADING
            style = "bold" if head else "regular"
            flow.pages[-1].append(Text(x + PADDING, y, line, CELL, style))
        x += width
    flow.y += height
