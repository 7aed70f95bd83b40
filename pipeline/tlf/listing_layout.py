"""From a listing's results to its grid: numbers line up, text wraps within its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.tlf.display import align, show_value
from pipeline.tlf.fit import Need, fit, stretch
from pipeline.tlf.grid import (
    TEXT_COMFORT,
    Grid,
    Line,
    empty_line,
    longest_line,
    longest_word,
    need,
)

HEAD_LINES = 3
NUMBERS = ("integer", "float")


def listing_grid(result: Mapping[str, Any]) -> Grid:
    """The grid of a listing from the content of its results file."""
    columns = result["columns"]
    texts = [_texts(result, number) for number in range(len(columns))]
    needs = [_need(column, values) for column, values in zip(columns, texts, strict=True)]
    lines = tuple(Line(record) for record in zip(*texts, strict=True))
    heads = tuple(column["head"] for column in columns)
    return Grid(stretch(fit(needs)), heads, (0.0,) * len(heads), lines or empty_line(result))


def _texts(result: Mapping[str, Any], number: int) -> list[str]:
    """The texts of one column."""
    column = result["columns"][number]
    kind, digits = column["type"], column["digits"]
    texts = [show_value(record[number], kind, digits) for record in result["records"]]
    return align(texts) if kind in NUMBERS else texts


def _need(column: Mapping[str, Any], texts: Sequence[str]) -> Need:
    """The width of a column; `width` widens or narrows what counts as comfortable."""
    head = column["head"]
    natural = max(longest_line(texts), -(-len(head) // HEAD_LINES))
    comfort = round(TEXT_COMFORT * (column["width"] or 1))
    return need(longest_word([*texts, head]), comfort, natural)
