"""From a table's results to its grid: cells as text, numbers lined up, groups kept together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from pipeline.tlf.written import cells, display_of

INDENT = 2
STUB_COMFORT = 38
TEXT = "text"
SMALL_GROUP = 6


@dataclass(frozen=True)
class Results:
    """One column of results: per row its recipe and its text; headings have neither."""

    head: str
    displays: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def numbers(self) -> list[str]:
        """The texts that are numbers."""
        return [t for d, t in zip(self.displays, self.texts, strict=True) if d not in ("", TEXT)]

    @property
    def words(self) -> list[str]:
        """The texts that are not."""
        return [t for d, t in zip(self.displays, self.texts, strict=True) if d == TEXT]


def table_grid(result: Mapping[str, Any]) -> Grid:
    """The grid of a table from the content of its results file.

    When the cells are too wide for the page, brackets go to a second line. Raises StudyError for a
    cell that cannot be displayed.
    """
    stub, stubs = _stub_needs(result), len(result["stub"])
    raw = [_results(result, column) for column in result["columns"]]
    columns = [_lined_up(column) for column in raw]
    found = fit([*stub, *_needs(columns)])
    if found.cramped:
        columns = [_lined_up(column) for column in _broken(raw, _widest_cell(stubs, len(raw)))]
        found = fit([*stub, *_needs(columns)])
    found = level(found, stubs)
    free = [
        max(0.0, (width - longest_line(column.numbers)) / 2)
        for width, column in zip(found.widths[stubs:], columns, strict=True)
    ]
    heads = (*result["stub"], *(column.head for column in columns))
    lines = _lines(result["rows"], stubs, columns) or empty_line(result)
    return Grid(found, heads, (*[0.0] * stubs, *free), lines, stubs, centred=True)


def _head(column: Mapping[str, Any]) -> str:
    """The lines of a column head, "(N=xx)" last."""
    counted = [] if column["n"] is None else [f"(N={column['n']})"]
    return "\n".join([*column["head"], *counted])


def _results(result: Mapping[str, Any], column: Mapping[str, Any]) -> Results:
    """One column with the text of every row."""
    found = cells(result["results"])
    displays = tuple(display_of(row, column) for row in result["rows"])
    texts = tuple(
        show(display, found.get((row["key"], column["key"]), {}), row["digits"]) if display else ""
        for row, display in zip(result["rows"], displays, strict=True)
    )
    return Results(_head(column), displays, texts)


def _widest_cell(stubs: int, columns: int) -> int:
    """The characters a cell may take when all columns share the line in the smallest font."""
    room = line_length(SIZES[-1]) - GAP * (stubs + columns) - LONGEST_WORD * stubs
    return room // max(columns, 1)


def _broken(columns: Sequence[Results], widest: int) -> list[Results]:
    """The columns with brackets on a second line, in every row with a cell that is too wide."""
    texts = zip(*(column.texts for column in columns), strict=True)
    wide = [any(len(text) > widest for text in row) for row in texts]
    return [
        replace(
            column, texts=tuple(_wrapped(t, w) for t, w in zip(column.texts, wide, strict=True))
        )
        for column in columns
    ]


def _wrapped(text: str, wrap: bool) -> str:
    """The text with its bracket on a second line, if it is to wrap."""
    return text.replace(" (", "\n(", 1) if wrap else text


def _lined_up(column: Results) -> Results:
    """The column with its numbers lined up by their first lines; text as it is."""
    first = iter(align([text.partition("\n")[0] for text in column.numbers]))
    texts = [
        _under(next(first), text) if display not in ("", TEXT) else text
        for display, text in zip(column.displays, column.texts, strict=True)
    ]
    return replace(column, texts=tuple(texts))


def _under(first: str, text: str) -> str:
    """`text` with its lined-up first line; its further lines begin below."""
    margin = "\n" + " " * (len(first) - len(first.lstrip()))
    return first.rstrip() + "".join(margin + line for line in text.split("\n")[1:])


def _lines(
    rows: Sequence[Mapping[str, Any]], stubs: int, columns: Sequence[Results]
) -> tuple[Line, ...]:
    """The printed rows; none when all are headings. A row stays with the rows below it."""
    if not any(row.get("display") for row in rows):
        return ()
    lines = [
        Line(
            (*row["labels"], *[""] * (stubs - len(row["labels"])), *(c.texts[i] for c in columns)),
            indent=row["indent"] * INDENT,
            all_columns=_spans(row),
            centred=frozenset(stubs + n for n, c in enumerate(columns) if c.displays[i] == TEXT),
        )
        for i, row in enumerate(rows)
    ]
    begins = [True] + [_begins_group(before, line) for before, line in pairwise(lines)]
    parents = [_is_parent(line, after) for line, after in pairwise(lines)] + [False]
    small = _in_small_groups(begins)
    return tuple(
        replace(line, space=begin, keep=line.all_columns or parent or whole)
        for line, begin, parent, whole in zip(lines, begins, parents, small, strict=True)
    )


def _in_small_groups(begins: Sequence[bool]) -> list[bool]:
    """Whether each row is followed by one of the same group of few rows."""
    starts = [number for number, begin in enumerate(begins) if begin] + [len(begins)]
    return [
        end - start <= SMALL_GROUP and number < end - 1
        for start, end in pairwise(starts)
        for number in range(start, end)
    ]


def _is_parent(line: Line, after: Line) -> bool:
    """Whether the next row belongs to this one: deeper, or without a first label of its own."""
    return line.indent < after.indent or not after.texts[0]


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


def _needs(columns: Sequence[Results]) -> list[Need]:
    """The widths of the result columns: numbers never wrap, all are as wide as the widest if the
    page allows."""
    needs = []
    for column in columns:
        text = need(longest_word(column.words), TEXT_COMFORT, longest_line(column.words))
        fixed = max(longest_line(column.numbers), longest_word([column.head]))
        easy = max(fixed, text.comfortable, min(longest_line([column.head]), TEXT_COMFORT))
        needs.append(Need(max(fixed, text.minimum), easy, max(easy, text.natural)))
    widest = max((found.natural for found in needs), default=0)
    return [replace(found, natural=widest) for found in needs]
