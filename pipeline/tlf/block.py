"""Blocks: printed rows with their results and the records behind each cell; and joining them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Value = float | int | str | None
Records = tuple[str, str, str, npt.NDArray[np.int64]]
FOOTNOTE = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True)
class Row:
    """One printed row; without `display` it is a heading. `digits` are those of the raw values."""

    key: str
    labels: tuple[str, ...]
    indent: int = 0
    display: str = ""
    digits: int = 0


@dataclass(frozen=True)
class Block:
    """Rows in order, results (row, column, statistic, value), and the records behind each cell
    (row, column, dataset, record numbers)."""

    rows: tuple[Row, ...]
    results: tuple[tuple[str, str, str, Value], ...] = ()
    records: tuple[Records, ...] = ()


def heading(label: str, *more: str, indent: int = 0) -> Block:
    """A row that only carries labels."""
    return Block((Row(slug(label, *more), (label, *more), indent),))


def stack(*blocks: Block, under: str = "") -> Block:
    """The blocks one below the other; with `under`, indented below that heading."""
    if under:
        shifted = [_shift(block, slug(under)) for block in blocks]
        return stack(heading(under), *shifted)
    return Block(
        tuple(row for block in blocks for row in block.rows),
        tuple(result for block in blocks for result in block.results),
        tuple(record for block in blocks for record in block.records),
    )


def beside(block: Block, *others: Block) -> Block:
    """The rows of `block` with the results of `others` in further columns of the same rows."""
    joined = stack(block, *others)
    return replace(joined, rows=block.rows)


def keyed(block: Block, prefix: str) -> Block:
    """The block with `prefix/` before every row key, to keep repeated labels apart."""
    return _shift(block, prefix, by=0)


def _shift(block: Block, prefix: str, by: int = 1) -> Block:
    """The block with longer keys and a deeper indent."""
    return Block(
        tuple(
            replace(row, key=f"{prefix}/{row.key}", indent=row.indent + by) for row in block.rows
        ),
        tuple((f"{prefix}/{row}", *rest) for row, *rest in block.results),  # type: ignore[misc]
        tuple((f"{prefix}/{row}", *rest) for row, *rest in block.records),  # type: ignore[misc]
    )


def slug(*labels: str) -> str:
    """A row key from labels: lower case, without footnote marks, blanks as they are."""
    return "/".join(FOOTNOTE.sub("", label).strip().lower() for label in labels)
