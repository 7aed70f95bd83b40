"""Tables and listings as the results file has them (ARCHITECTURE.md, "Results before tables")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.errors import StudyError, listed, raise_all
from pipeline.spec import Dataset, Variable
from pipeline.tlf.display import Statistics, Value, show
from pipeline.tlf.outputs import Listing, Table
from pipeline.tlf.plain import column_values, plain
from pipeline.tlf.population import Column
from pipeline.tlf.results import Row


def written_table(table: Table, where: str) -> dict[str, Any]:
    """The stub, columns, rows and results of a table.

    Raises StudyError (of the program `where`) when two rows have one key, a result belongs to no
    row or column, a row has more labels than the stub, or a cell cannot be displayed.
    """
    _check_keys(table, where)
    results = plain(table.block.results, where)
    _check_cells(table, results, where)
    return {
        "kind": "table",
        "stub": table.stub,
        "empty": table.empty,
        "columns": [_head(column) for column in table.heads],
        "rows": [_row(row) for row in table.block.rows],
        "results": results,
    }


def written_listing(listing: Listing, inputs: Sequence[Dataset], where: str) -> dict[str, Any]:
    """The columns and records of a listing, heads from the specifications of its inputs.

    Raises StudyError (of the program `where`) for a column that is not in the frame and for one
    that has no head.
    """
    absent = [name for name in listing.columns if name not in listing.frame.columns]
    if absent:
        raise StudyError(
            where, f"the listing's frame has no column {listed(absent)}", "correct the columns"
        )
    known = {variable.name: variable for dataset in inputs for variable in dataset.variables}
    columns = [_column(listing, name, known.get(name), where) for name in listing.columns]
    values = [
        column_values(listing.frame[column["key"]], column["type"], where) for column in columns
    ]
    return {
        "kind": "listing",
        "empty": listing.empty,
        "columns": columns,
        "records": [list(record) for record in zip(*values, strict=True)],
    }


def cells(results: Sequence[Sequence[Any]]) -> dict[tuple[str, str], dict[str, Value]]:
    """(row key, column key) -> statistic -> value."""
    found: dict[tuple[str, str], dict[str, Value]] = {}
    for row, column, statistic, value in results:
        found.setdefault((row, column), {})[statistic] = value
    return found


def _head(column: Column) -> dict[str, Any]:
    """One column; its own display, when it has one, replaces that of the rows."""
    written = {"key": column.key, "head": column.head, "n": column.n}
    return written | ({"display": column.display} if column.display else {})


def display_of(row: Mapping[str, Any], column: Mapping[str, Any]) -> str:
    """The recipe of a cell: that of its column if it has one, else of its row; empty for a heading.

    `row` and `column` are those of the results file.
    """
    return (column.get("display") or row["display"]) if row.get("display") else ""


def _row(row: Row) -> dict[str, Any]:
    """One row; a heading has no display."""
    written = {"key": row.key, "labels": row.labels, "indent": row.indent}
    return written | ({"display": row.display, "digits": row.digits} if row.display else {})


def _check_keys(table: Table, where: str) -> None:
    """Rows have keys of their own, results have a row and a column, labels fit the stub."""
    shown = [row.key for row in table.block.rows if row.display]
    columns = {column.key for column in table.heads}
    twice = [key for key, times in Counter(shown).items() if times > 1]
    lost = {row for row, *_ in table.block.results} - set(shown)
    astray = {column for _, column, *_ in table.block.results} - columns
    wide = [row.key for row in table.block.rows if len(row.labels) > len(table.stub)]
    raise_all(
        [
            StudyError(where, f"{what} {listed(sorted(keys))}", fix)
            for what, keys, fix in (
                ("several rows have the key", twice, "keep them apart with keyed(block, prefix)"),
                ("results belong to no row:", lost, "give the row a display"),
                ("results belong to no column:", astray, "use the keys of the columns"),
                ("more labels than stub heads:", wide, "name every label column in stub"),
            )
            if keys
        ]
    )


def _check_cells(table: Table, results: Sequence[Sequence[Any]], where: str) -> None:
    """Every cell can be displayed."""
    rows = {row.key: row for row in table.block.rows if row.display}
    own = {column.key: column.display for column in table.heads if column.display}
    for (key, column), statistics in cells(results).items():
        row = replace(rows[key], display=own.get(column, rows[key].display))
        _check_cell(row, column, statistics, where)


def _check_cell(row: Row, column: str, statistics: Statistics, where: str) -> None:
    """One cell can be displayed."""
    try:
        show(row.display, statistics, row.digits)
    except StudyError as error:
        place = f"{where} > row {row.key!r} > column {column!r}"
        raise StudyError(f"{place} > {error.where}", error.what, error.fix) from error


def _column(listing: Listing, name: str, variable: Variable | None, where: str) -> dict[str, Any]:
    """One column of a listing."""
    head = listing.heads.get(name) or (variable.label if variable else "")
    if not head:
        raise StudyError(
            where,
            f"the column {name} has no label in a specification",
            f"give heads={{{name!r}: ...}}",
        )
    return {
        "key": name,
        "head": head,
        "type": variable.type if variable else _type(listing.frame[name]),
        "digits": listing.digits.get(name),
        "width": listing.widths.get(name),
    }


def _type(values: pd.Series) -> str:
    """The type of a column that no specification describes."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return (
            "date"
            if bool((values.dropna().dt.normalize() == values.dropna()).all())
            else "datetime"
        )
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    return "float" if pd.api.types.is_float_dtype(values) else "text"
