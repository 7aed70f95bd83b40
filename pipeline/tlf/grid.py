"""A table or listing as a grid of texts: what stands where, how wide, what stays together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.tlf.fit import Fit, Need

LONGEST_WORD = 24
TEXT_COMFORT = 26


@dataclass(frozen=True)
class Line:
    """One printed row: `keep` with the next one, `space` above it, one text over `all_columns`.

    `indent` is that of the first label in characters; texts of the `centred` columns stand in
    mid-column.
    """

    texts: tuple[str, ...]
    indent: int = 0
    keep: bool = False
    space: bool = False
    all_columns: bool = False
    centred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Grid:
    """A table as it is printed; widths and offsets in characters.

    The first `stubs` columns are labels, wrapped with a hanging indent. The heads of the columns
    after them are `centred`, their texts begin `offsets` from the left edge.
    """

    fit: Fit
    heads: tuple[str, ...]
    offsets: tuple[float, ...]
    lines: tuple[Line, ...]
    stubs: int = 0
    centred: bool = False


def empty_line(result: Mapping[str, Any]) -> tuple[Line, ...]:
    """The sentence of an output without rows."""
    return (Line((result["empty"],), all_columns=True, centred=frozenset([0])),)


def need(word: int, comfort: int, natural: int) -> Need:
    """A need from the longest word, the width that is comfortable, and the longest line.

    A word longer than any column should be counts as the limit.
    """
    minimum = min(word, LONGEST_WORD)
    comfortable = max(minimum, min(natural, comfort))
    return Need(minimum, comfortable, max(natural, comfortable))


def longest_line(texts: Iterable[str]) -> int:
    """The length of the longest line."""
    return max((len(line) for text in texts for line in text.split("\n")), default=0)


def longest_word(texts: Iterable[str]) -> int:
    """The length of the longest word."""
    return max((len(word) for text in texts for word in text.split()), default=0)
