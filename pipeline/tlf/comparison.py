"""Columns of p-values beside counts: Fisher's exact test of two columns of a table."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.tlf.population import Column
from pipeline.tlf.results import Block, Value, beside
from pipeline.tlf.statistics import fisher_exact


def compare_counts(block: Block, pairs: Mapping[str, tuple[str, str]]) -> Block:
    """`block` with a p-value per row in further columns: column key -> the two columns compared.

    Reads n and N of each row in both columns: subjects with and without. A row that has no counts
    stays blank. The records behind a p-value are those of both cells.
    """
    cells: dict[tuple[str, str], dict[str, Value]] = {}
    for row, column, statistic, value in block.results:
        cells.setdefault((row, column), {})[statistic] = value
    tested = tuple(
        (row.key, name, "p", _p(cells[row.key, first], cells[row.key, second]))
        for row in block.rows
        for name, (first, second) in pairs.items()
        if {"n", "N"} <= set(cells.get((row.key, first), ()))
    )
    behind = tuple(
        (row, name, dataset, records)
        for name, pair in pairs.items()
        for row, column, dataset, records in block.records
        if column in pair
    )
    return beside(block, Block((), tested, behind))


def p_value_columns(heads: Mapping[str, tuple[str, ...]]) -> tuple[Column, ...]:
    """The columns of `compare_counts`: key -> lines of the column head."""
    return tuple(Column(key, head, None, "p_value") for key, head in heads.items())


def _p(first: Mapping[str, Value], second: Mapping[str, Value]) -> float:
    """The two-sided p of subjects with and without in two columns."""
    table = [[int(c["n"] or 0), int(c["N"] or 0) - int(c["n"] or 0)] for c in (first, second)]
    return fisher_exact(table)
