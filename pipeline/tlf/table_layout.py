"""From a table's results to its grid: cells as text, numbers lined up, groups kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pipeline.tlf.display import align, show
from pipeline.tlf.fit import GAP, SIZES, Need, fit, level, line_length
from pipeline.tlf.grid import (
    LONGEST_WORD,
    TEXT_COMFORT,
    Grid,
    Line,
    empty_line,
    longest_line,
    longest_word,
    need,
)
from pipeline.tlf.written import cells

INDENT = 2
STUB_COMFORT = 38
TEXT = "text"
Columns = list[list[str]]


def table_grid(result: Mapping[str, Any]) -> Grid:
    """The grid of a table from the content of its results file.

    When the cells are too wide for the page, brackets go to a second line. Raises StudyError for a
    cell that cannot be displayed.
    """
    rows, stubs = result["rows"], len(result["stub"])
    heads = (*result["stub"], *map(_head, result["columns"]))
    columns = _columns(result)
    found = fit([*_stub_needs(result), *_data_needs(rows, columns, heads[stubs:])])
    if found.cramped:
        columns = _broken(columns, _widest_cell(stubs, len(columns)))
        found = fit([*_stub_needs(result), *_data_needs(rows, columns, heads[stubs:])])
    found = level(found, stubs)
    columns = [_lined_up(rows, texts) for texts in columns]
    blocks = [longest_line(_numeric(rows, texts)) for texts in columns]
    free = [width - block for width, block in zip(found.widths[stubs:], blocks, strict=True)]
    offsets = (*(0.0 for _ in range(stubs)), *(max(0.0, room / 2) for room in free))
    lines = _lines(rows, stubs, columns) or empty_line(result)
    return Grid(found, heads, offsets, lines, stubs, centred=True)


def _head(column: Mapping[str, Any]) -> str:
    """The lines of a column head, "(N=xx)" last."""
    counted = [] if column["n"] is None else [f"(N={column['n']})"]
    return "\n".join([*column["head"], *counted])


def _columns(result: Mapping[str, Any]) -> Columns:
    """Per column the text of every row; headings are blank.

    The display of a column, when it has one, replaces that of the rows.
    """
    found = cells(result["results"])
    return [
        [
            show(
                column.get("display") or row["display"],
                found.get((row["key"], column["key"]), {}),
                row["digits"],
            )
            if row.get("display")
            else ""
            for row in result["rows"]
        ]
        for column in result["columns"]
    ]


def _widest_cell(stubs: int, columns: int) -> int:
    """The characters a cell may take when all columns share the line in the smallest font."""
    room = line_length(SIZES[-1]) - GAP * (stubs + columns) - LONGEST_WORD * stubs
    return room // max(columns, 1)


def _broken(columns: Columns, widest: int) -> Columns:
    """The columns with brackets on a second line, in every row with a cell that is too wide."""
    wide = [any(len(text) > widest for text in row) for row in zip(*columns, strict=True)]
    return [
        [text.replace(" (", "\n(", 1) if wrap else text for text, wrap in zip(t, wide, strict=True)]
        for t in columns
    ]


def _numeric(rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> list[str]:
    """The texts that are numbers."""
    return [t for row, t in zip(rows, texts, strict=True) if row.get("display") not in (None, TEXT)]


def _lined_up(rows: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> list[str]:
    """A column with its numbers lined up by their first lines; text as it is."""
    first = iter(align([text.partition("\n")[0] for text in _numeric(rows, texts)]))
    found = []
    for row, text in zip(rows, texts, strict=True):
        if row.get("display") in (None, TEXT):
            found.append(text)
            continue
        line = next(first)
        margin = "\n" + " " * (len(line) - len(line.lstrip()))
        found.append(line.rstrip() + "".join(margin + more for more in text.split("\n")[1:]))
    return found


def _lines(rows: Sequence[Mapping[str, Any]], stubs: int, columns: Columns) -> tuple[Line, ...]:
    """The printed rows; none when all are headings. A row stays with the rows below it."""
    if not any(row.get("display") for row in rows):
        return ()
    lines = [
        Line(
            (*row["labels"], *[""] * (stubs - len(row["labels"])), *texts),
            indent=row["indent"] * INDENT,
            all_columns=_spans(row),
            centred=row.get("display") == TEXT,
        )
        for row, texts in zip(rows, zip(*columns, strict=True), strict=True)
    ]
    begins = [True] + [_begins_group(before, line) for before, line in pairwise(lines)]
    parents = [line.indent < after.indent for line, after in pairwise(lines)] + [False]
    return tuple(
        replace(line, space=begin, keep=line.all_columns or parent)
        for line, begin, parent in zip(lines, begins, parents, strict=True)
    )


def _spans(row: Mapping[str, Any]) -> bool:
    """A heading of one label runs over all columns."""
    return not row.get("display") and len(row["labels"]) == 1


def _begins_group(before: Line, line: Line) -> bool:
    """An outermost row begins a group after indented rows, and as a heading."""
    return line.indent == 0 and (line.all_columns or before.indent > 0)


def _stub_needs(result: Mapping[str, Any]) -> list[Need]:
    """The widths of the label columns; headings over all columns do not count."""
    rows = [row for row in result["rows"] if not _spans(row)]
    needs = []
    for number, head in enumerate(result["stub"]):
        labels = [
            " " * (row["indent"] * INDENT * (number == 0)) + row["labels"][number]
            for row in rows
            if number < len(row["labels"])
        ]
        natural = longest_line([*labels, head]) + 1
        word = max(longest_word([*labels, head]), min(natural, LONGEST_WORD))
        needs.append(need(word, STUB_COMFORT, natural))
    return needs


def _data_needs(
    rows: Sequence[Mapping[str, Any]], columns: Columns, heads: Sequence[str]
) -> list[Need]:
    """The widths of the result columns: numbers never wrap, all are as wide as the widest if the
    page allows."""
    needs = []
    for texts, head in zip(columns, heads, strict=True):
        block = longest_line(_numeric(rows, _lined_up(rows, texts)))
        texts = [t for row, t in zip(rows, texts, strict=True) if row.get("display") == TEXT]
        text = need(longest_word(texts), TEXT_COMFORT, longest_line(texts))
        fixed = max(block, longest_word([head]))
        easy = max(fixed, text.comfortable, min(longest_line([head]), TEXT_COMFORT))
        needs.append(Need(max(fixed, text.minimum), easy, max(easy, text.natural)))
    widest = max((found.natural for found in needs), default=0)
    return [replace(found, natural=widest) for found in needs]
