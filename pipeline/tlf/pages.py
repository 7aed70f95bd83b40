"""One output as paragraphs and tables of a Word file: header, titles, banner, table, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from pipeline.tlf.fit import CHARACTER, GAP
from pipeline.tlf.grid import Grid, Line
from pipeline.tlf.listing_layout import listing_grid
from pipeline.tlf.table_layout import table_grid
from pipeline.tlf.wordxml import (
    CENTRED,
    KEEP,
    bookmark,
    cell,
    field,
    indent,
    link,
    paragraph,
    row,
    rules,
    run,
    spacing,
    table,
)

KINDS = {"T": "Table", "F": "Figure", "L": "Listing"}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
BOTTOM = '<w:vAlign w:val="bottom"/>'
HANGING = re.compile(r"\[\w+\] ")
GROUP_SPACE = 100
HEAD_SPACE = '<w:spacing w:before="40" w:after="40"/>'
TABLE_PADDING = (30, 10)
LISTING_PADDING = (60, 20)
MARGIN_SHARE = 0.45
NOTE_SIZE = 9


def number_line(result: Mapping[str, Any]) -> str:
    """Table 14.1.3; what is not in the plan of outputs has its name instead of a number."""
    kind, number = KINDS.get(result["id"][0]), result["id"][1:]
    return f"{kind} {number}" if kind and number[:1].isdigit() else str(result["id"])


def bookmark_name(result: Mapping[str, Any]) -> str:
    """T14_1_3: letters, digits and underscores, as Word wants them."""
    return str(result["id"]).replace(".", "_")


def header(result: Mapping[str, Any], continued: bool = False) -> str:
    """The page header; `continued` pages repeat number and titles."""
    lines = [protocol_line(result)]
    if result["population"]:
        lines.append(paragraph(run(f"Population: {result['population']}"), "Header"))
    if continued:
        synthetic = " SYNTHETIC DATA" if result["synthetic"] else ""
        text = "\n".join([f"{number_line(result)} (continued){synthetic}", *result["titles"]])
        lines.append(paragraph(run(text), "Header", f"{spacing(120)}{CENTRED}"))
        lines.append(paragraph("", "Header"))
    return "".join(lines)


def protocol_line(result: Mapping[str, Any]) -> str:
    """Protocol on the left, Page X of Y on the right."""
    left = run(f"Protocol: {result['protocol']}\tPage ")
    return paragraph(f"{left}{field('PAGE')}{run(' of ')}{field('NUMPAGES')}", "Header")


def titles(result: Mapping[str, Any], number: int) -> str:
    """Number and titles under one bookmark, and the banner when data are synthetic."""
    text = run("\n".join([number_line(result), *result["titles"]]))
    heading = paragraph(bookmark(number, bookmark_name(result), text), "Heading1")
    return heading + (paragraph(run(banner(result)), "Banner") if result["synthetic"] else "")


def banner(result: Mapping[str, Any]) -> str:
    """What a reader must know before reading a number."""
    return (
        f"SYNTHETIC DATA: this {result['kind']} uses generated values, "
        "which are not observations of the trial."
    )


def notes(result: Mapping[str, Any], size: int = NOTE_SIZE) -> str:
    """Footnotes and the source line, `size` points."""
    width = size * CHARACTER * 20
    lines = []
    for number, note in enumerate(result["footnotes"]):
        mark = HANGING.match(note)
        hanging = width * mark.end() if mark else 0
        before = spacing(GROUP_SPACE if number == 0 else 0)
        lines.append(
            paragraph(run(note), f"Note{size}", f"{KEEP}{before}{indent(hanging, hanging)}")
        )
    return "".join(lines) + paragraph(run(source_line(result)), f"Note{size}", spacing(GROUP_SPACE))


def source_line(result: Mapping[str, Any]) -> str:
    """Source: ADAE, ADSL | Program: tlf/x.py | Data cutoff: 30SEP2024."""
    year, month, day = result["cutoff"].split("-")
    return (
        f"Source: {', '.join(result['sources'])} | Program: {result['program']} | "
        f"Data cutoff: {day}{MONTHS[int(month) - 1]}{year}"
    )


def contents_line(result: Mapping[str, Any]) -> str:
    """Number, title and page of an output, linked to it."""
    name = bookmark_name(result)
    text = f"{number_line(result)}\t{' '.join(result['titles'])}\t"
    page = field(f"PAGEREF {name} \\h", shown="", outdated=True)
    return paragraph(link(name, run(text) + page), "ContentsLine")


def body(result: Mapping[str, Any]) -> Iterator[str]:
    """The table of a table or listing piece by piece, its notes last."""
    grid = listing_grid(result) if result["kind"] == "listing" else table_grid(result)
    size = min(NOTE_SIZE, grid.fit.size)
    caption = f"{number_line(result)} {' '.join(result['titles'])}"
    return chain(grid_table(grid, caption), [notes(result, size)])


def grid_table(grid: Grid, caption: str) -> Iterator[str]:
    """The grid as a Word table: rules above and below the head and at the end, none between.

    A listing may have a hundred thousand rows, which are not all made at once.
    """
    unit = grid.fit.size * CHARACTER * 20
    widths = [int((width + GAP) * unit) for width in grid.fit.widths]
    last = len(grid.lines) - 1
    lines = (_row(grid, line, widths, number == last) for number, line in enumerate(grid.lines))
    above, below = TABLE_PADDING if grid.centred else LISTING_PADDING
    beside = int(GAP * MARGIN_SHARE * unit)
    rows = chain([_head_row(grid, widths)], lines)
    return table(widths, rows, (above, beside, below, beside), caption)


def _head_row(grid: Grid, widths: list[int]) -> str:
    """The heads, on every page."""
    style = f"Cell{grid.fit.size}"
    cells = []
    for i, (head, width) in enumerate(zip(grid.heads, widths, strict=True)):
        centred = CENTRED if grid.centred and i >= grid.stubs else ""
        text = paragraph(run(head), style, f"{KEEP}{HEAD_SPACE}{centred}")
        cells.append(cell(width, text, properties=f"{rules('top', 'bottom')}{BOTTOM}"))
    return row(cells, repeats=True)


def _row(grid: Grid, line: Line, widths: list[int], last: bool) -> str:
    """One printed row; the last one has the closing rule and stays with the footnotes."""
    style = f"Cell{grid.fit.size}"
    keep = KEEP if line.keep or last else ""
    before = spacing(GROUP_SPACE if line.space else 0)
    border = rules("bottom") if last else ""
    unit = grid.fit.size * CHARACTER * 20
    if line.all_columns:
        place = CENTRED if 0 in line.centred else indent(line.indent * unit)
        text = paragraph(run(line.texts[0]), style, f"{keep}{before}{place}")
        return row([cell(sum(widths), text, len(widths), border)])
    cells = []
    for i, text in enumerate(line.texts):
        place = _place(grid, line, i, unit)
        content = paragraph(
            run(text.rstrip()) if text.strip() else "", style, keep + before + place
        )
        cells.append(cell(widths[i], content, properties=border))
    return row(cells)


def _place(grid: Grid, line: Line, column: int, unit: float) -> str:
    """Where the text of a cell begins."""
    if column < grid.stubs:
        wrapped = unit if column == 0 else 0
        left = line.indent * unit if column == 0 else 0
        return indent(left + wrapped, wrapped)
    if column in line.centred:
        return CENTRED
    return indent(grid.offsets[column] * unit)
