"""What a concordance compares: the reported numbers, and cells of the outputs' results."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError, listed
from pipeline.tlf.agreement import Value
from pipeline.tlf.concordance_plan import PARTS, PLAN, Cell
from pipeline.tlf.toc import output_file

COLUMNS = ("id", "where", "population", "group", "statistic", *PARTS, "source_of_data")
Results = dict[str, dict[str, Any]]


def read_reported(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """The reported numbers of the CSV file `name` by id, all text.

    Columns id, where, population, group, statistic, reported, ci_low, ci_high, p_value and
    source_of_data (published or synthetic). StudyError for a missing file or column and for a
    repeated id.
    """
    try:
        table = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise StudyError(PLAN, f"{name} does not exist", "correct `reported:`") from None
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise StudyError(name, f"no column {listed(missing)}", "add it; it may be empty")
    repeated = table["id"][table["id"].duplicated()].tolist()
    if repeated:
        raise StudyError(name, f"{listed(repeated)} stands twice", "give every number its own id")
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in table[list(COLUMNS)].to_numpy()}


def read_results(folder: Path, outputs: Iterable[str]) -> Results:
    """The results of the named outputs by id, each with `values`: (row, column, statistic)."""
    results = {}
    for output in outputs:
        path = folder / results_path(output)
        if not path.exists():
            raise StudyError(
                PLAN,
                f"{output} has no results in build/tlf",
                "plan it in tlf/toc.yaml, or build it",
            )
        result = json.loads(path.read_text(encoding="utf-8"))
        result["values"] = {tuple(cell): value for *cell, value in result.get("results", [])}
        results[output] = result
    return results


def results_path(output: str) -> str:
    """The results file of an output id, relative to the study folder."""
    return f"build/tlf/{output_file(output)}.json"


def values_of(cells: Iterable[Cell], results: Results, where: str) -> list[Value]:
    """The values of the cells; StudyError (of `where`) for a cell that the results do not have."""
    return [_value(cell, results[cell.output]["values"], where) for cell in cells]


def _value(cell: Cell, values: dict[tuple[str, ...], Value], where: str) -> Value:
    """One value."""
    key = (cell.row, cell.column, cell.statistic)
    if key not in values:
        alike = sorted({row for row, column, name in values if (column, name) == key[1:]})
        raise StudyError(
            where,
            f"{cell.output} has no {cell.statistic} in row {cell.row!r}, column {cell.column!r}",
            f"rows with this statistic: {listed(alike, 30)}",
        )
    return values[key]
