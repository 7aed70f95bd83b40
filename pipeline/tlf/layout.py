"""From results to a grid of texts: what stands in which cell, how wide, and what stays together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pipeline.tlf.display import align, show, show_value
from pipeline.tlf.fit import Fit, Need, fit, level, stretch
from pipeline.tlf.written import cells

INDENT = 2
STUB_COMFORT = 38
TEXT_COMFORT = 26
LONGEST_WORD = 24
HEAD_LINES = 3
NUMBERS = ("integer", "float")


@dataclass(frozen=True)
class Line:
    """One printed row: `keep` with the next one, `space` above it, one text over `all_columns`."""

    texts: tuple[str, ...]
    indent: int = 0
    keep: bool = False
    space: bool = False
    all_columns: bool = False
    centred: bool = False


@dataclass(frozen=True)
class Grid:
    """A table as it is printed; widths and offsets in characters.

    `stubs` columns are left-aligned labels; the heads of the others are centred when `centred`,
    their texts begin `offsets` from the left edge.
    """

    fit: Fit
    heads: tuple[tuple[str, ...], ...]
    offsets: tuple[float, ...]
    lines: tuple[Line, ...]
    stubs: int
    centred: bool


def grid_of(result: Mapping[str, Any]) -> Grid:
    """The grid of a table or listing from its results file; StudyError if a cell has no display."""
    return _listing(result) if result["kind"] == "listing" else _table(result)


def _table(result: Mapping[str, Any]) -> Grid:
    """The grid of a table."""
    stubs = len(result["stub"])
    heads = (
        *(tuple(head.split("\n")) for head in result["stub"]),
        *(tuple(_head(column)) for column in result["columns"]),
    )
    lines = _table_lines(result, stubs)
    blocks = [_longest(line.texts[i] for line in _numeric(lines)) for i in range(len(heads))]
    needs = [
        _stub_need(lines, heads[i], i) if i < stubs else _data_need(lines, heads[i], blocks[i], i)
        for i in range(len(heads))
    ]
    found = level(fit(needs), stubs)
    offsets = [
        0.0 if i < stubs else max(0.0, (found.widths[i] - block) / 2)
        for i, block in enumerate(blocks)
    ]
    return Grid(found, heads, tuple(offsets), lines or _empty(result), stubs, True)


def _head(column: Mapping[str, Any]) -> list[str]:
    """The lines of a column head, "(N=xx)" last."""
    return [*column["head"], *([] if column["n"] is None else [f"(N={column['n']})"])]


def _table_lines(result: Mapping[str, Any], stubs: int) -> tuple[Line, ...]:
    """The printed rows of a table; none when all rows are headings."""
    rows = result["rows"]
    if not any(row.get("display") for row in rows):
        return ()
    columns = _aligned(result)
    lines = []
    for number, row in enumerate(rows):
        display = row.get("display", "")
        labels = [*row["labels"], *[""] * (stubs - len(row["labels"]))]
        texts = [column[number] for column in columns]
        lines.append(
            Line(
                (*labels, *texts),
                indent=row["indent"] * INDENT,
                all_columns=not display and len(row["labels"]) == 1,
                centred=display == "text",
            )
        )
    return _grouped(lines)


def _aligned(result: Mapping[str, Any]) -> list[list[str]]:
    """Per column the texts of all rows; numbers lined up, text and headings as they are."""
    found = cells(result["results"])
    rows = result["rows"]
    columns = []
    for column in result["columns"]:
        own = column.get("display", "")
        texts = [
            show(own or row["display"], found.get((row["key"], column["key"]), {}), row["digits"])
            if row.get("display")
            else ""
            for row in rows
        ]
        numeric = [i for i, row in enumerate(rows) if row.get("display") not in (None, "text")]
        for i, text in zip(numeric, align([texts[i] for i in numeric]), strict=True):
            texts[i] = text
        columns.append(texts)
    return columns


def _grouped(lines: Sequence[Line]) -> tuple[Line, ...]:
    """A row stays with the rows below it; a group has space above."""
    first = [replace(line, keep=line.all_columns) for line in lines[:1]]
    rest = [
        replace(
            line,
            keep=line.all_columns,
            space=line.indent == 0 and (line.all_columns or before.indent > 0),
        )
        for before, line in pairwise(lines)
    ]
    marked = [*first, *rest]
    parents = [a.indent < b.indent for a, b in pairwise(marked)] + [False]
    return tuple(
        replace(line, keep=line.keep or parent)
        for line, parent in zip(marked, parents, strict=True)
    )


def _listing(result: Mapping[str, Any]) -> Grid:
    """The grid of a listing; numbers line up, text wraps within its column."""
    columns = result["columns"]
    texts = [
        [show_value(record[i], column["type"], column["digits"]) for record in result["records"]]
        for i, column in enumerate(columns)
    ]
    texts = [
        align(values) if column["type"] in NUMBERS else values
        for column, values in zip(columns, texts, strict=True)
    ]
    needs = [_listing_need(c, values) for c, values in zip(columns, texts, strict=True)]
    lines = tuple(Line(record) for record in zip(*texts, strict=True))
    heads = tuple((column["head"],) for column in columns)
    found = stretch(fit(needs))
    return Grid(found, heads, (0.0,) * len(heads), lines or _empty(result), 0, False)


def _empty(result: Mapping[str, Any]) -> tuple[Line, ...]:
    """The sentence of an output without rows."""
    return (Line((result["empty"],), all_columns=True, centred=True),)


def _stub_need(lines: Sequence[Line], head: Sequence[str], index: int) -> Need:
    """The width of a label column; headings over all columns do not count."""
    indents = [(line.indent if index == 0 else 0, line) for line in lines if not line.all_columns]
    natural = max([len(line.texts[index]) + indent for indent, line in indents] + [_longest(head)])
    word = max([_word(line.texts[index]) + indent for indent, line in indents] + [_word(*head)])
    return _need(word, STUB_COMFORT, natural)


def _data_need(lines: Sequence[Line], head: Sequence[str], block: int, index: int) -> Need:
    """The width of a column of results: numbers and the lines of the head never wrap."""
    text = [line.texts[index] for line in lines if line.centred]
    fixed = max(block, min(_longest(head), TEXT_COMFORT), _word(*head))
    wordy = _need(_word(*text), TEXT_COMFORT, _longest(text))
    return Need(
        max(block, _word(*head), wordy.minimum),
        max(fixed, wordy.comfortable),
        max(fixed, wordy.natural),
    )


def _listing_need(column: Mapping[str, Any], texts: Sequence[str]) -> Need:
    """The width of a listing column; `width` widens or narrows what counts as comfortable."""
    head = column["head"]
    natural = max(_longest(texts), -(-len(head) // HEAD_LINES))
    comfort = round(TEXT_COMFORT * (column["width"] or 1))
    return _need(max(_word(*texts), _word(head)), comfort, natural)


def _need(word: int, comfort: int, natural: int) -> Need:
    """A need from the longest word, the width to be comfortable, and the longest text."""
    minimum = min(word, LONGEST_WORD)
    comfortable = max(minimum, min(natural, comfort))
    return Need(minimum, comfortable, max(natural, comfortable))


def _numeric(lines: Sequence[Line]) -> list[Line]:
    """The lines with numbers."""
    return [line for line in lines if not line.all_columns and not line.centred]


def _longest(texts: Any) -> int:
    """The length of the longest text."""
    return max((len(text) for text in texts), default=0)


def _word(*texts: str) -> int:
    """The length of the longest word; one that no column could hold counts as the limit."""
    return max((len(word) for text in texts for word in text.split()), default=0)
