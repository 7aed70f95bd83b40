"""Results before tables: long, numeric, unrounded, each cell with the records behind it.

Every verb returns a `Block`: rows in printed order and their values. Blocks are put together with
`stack`. Rows and columns exist before anything is counted, so an empty arm shows zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.lineage import ROW, record_numbers, row_columns
from pipeline.tlf.block import (
    Block,
    Records,
    Row,
    Value,
    beside,
    heading,
    keyed,
    slug,
    stack,
)
from pipeline.tlf.population import TOTAL, Column, Population
from pipeline.where import Condition

__all__ = [
    "Block",
    "Records",
    "Row",
    "Value",
    "beside",
    "computed",
    "count_records",
    "count_subjects",
    "count_values",
    "counted",
    "counted_once",
    "counting_columns",
    "describe",
    "heading",
    "keyed",
    "measured",
    "record_counts",
    "records_behind",
    "slug",
    "stack",
    "subject_counts",
    "summarize",
]


def count_subjects(
    frame: pd.DataFrame,
    rows: Mapping[str, Condition],
    population: Population,
    display: str = "n_pct",
) -> Block:
    """Subjects of the population with at least one row that meets each condition: n, N, pct.

    `rows` maps the printed label to its condition. The percentage is of the column's N.
    """
    mine = population.of(frame)
    parts = []
    for label, condition in rows.items():
        row = Row(slug(label), (label,), 0, display)
        chosen = mine.loc[condition, counting_columns(mine)]
        parts.append(counted(chosen, row, population, subject_counts))
    return stack(*parts)


def count_records(
    frame: pd.DataFrame, rows: Mapping[str, Condition], population: Population
) -> Block:
    """Rows of `frame` (events, infusions) that meet each condition: n."""
    mine = population.of(frame)
    parts = []
    for label, condition in rows.items():
        row = Row(slug(label), (label,), 0, "n")
        chosen = mine.loc[condition, counting_columns(mine)]
        parts.append(counted(chosen, row, population, record_counts))
    return stack(*parts)


def count_values(
    frame: pd.DataFrame, variable: str, values: Iterable[str], population: Population
) -> Block:
    """Subjects per value of `variable`, in the order of `values` (zero rows included)."""
    mine = population.of(frame)
    parts = []
    for value in values:
        row = Row(slug(value), (value,), 0, "n_pct")
        chosen = mine.loc[mine[variable] == value, counting_columns(mine)]
        parts.append(counted(chosen, row, population, subject_counts))
    return stack(*parts)


def summarize(
    frame: pd.DataFrame,
    variable: str,
    population: Population,
    rows: Mapping[str, str] | None = None,
    digits: int = 0,
) -> Block:
    """Descriptive statistics of a number, one row per `rows`: printed label -> display recipe.

    Each row gets all of n, mean, sd (sample), median, q1, q3, min, max; the recipe picks. `digits`
    are the decimals of the collected values. Missing values are not counted.
    """
    layout = rows or {
        "n": "n",
        "Mean (SD)": "mean_sd",
        "Median (min, max)": "median_range",
    }
    read = ["USUBJID", variable, *row_columns(frame)]
    mine = population.of(frame.loc[frame[variable].notna(), read])
    lines = [
        Row(slug(variable, label), (label,), 0, display, digits)
        for label, display in layout.items()
    ]
    return counted_once(mine, lines, population, lambda part, _: describe(part[variable]))


def counting_columns(frame: pd.DataFrame) -> list[str]:
    """What counting rows of Population.of reads, and the records behind them."""
    return ["USUBJID", "_column", *row_columns(frame)]


def describe(values: pd.Series) -> dict[str, Value]:
    """n, mean, sd, median, q1, q3, min, max of the values present; None where not estimable."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size:
        return {"n": 0} | dict.fromkeys(("mean", "sd", "median", "q1", "q3", "min", "max"))
    q1, median, q3 = np.quantile(numbers, (0.25, 0.5, 0.75))
    return {
        "n": int(numbers.size),
        "mean": float(numbers.mean()),
        "sd": float(numbers.std(ddof=1)) if numbers.size > 1 else None,
        "median": float(median),
        "q1": float(q1),
        "q3": float(q3),
        "min": float(numbers.min()),
        "max": float(numbers.max()),
    }


def computed(
    label: str,
    values: Mapping[str, Mapping[str, Value]],
    display: str,
    behind: pd.DataFrame | None = None,
    digits: int = 0,
) -> Block:
    """A row whose statistics come from elsewhere: column key -> statistic -> value.

    `behind` are the rows the statistics were computed from (a p-value: all of them).
    """
    row = Row(slug(label), (label,), 0, display, digits)
    results = tuple(
        (row.key, column, statistic, value)
        for column, statistics in values.items()
        for statistic, value in statistics.items()
    )
    records = (
        tuple(record for column in values for record in records_behind(row.key, column, behind))
        if behind is not None
        else ()
    )
    return Block((row,), results, records)


def measured(
    row: Row,
    frame: pd.DataFrame,
    population: Population,
    compute: Callable[[pd.DataFrame], Mapping[str, Value]],
) -> Block:
    """A row with its own statistics: `compute` maps the rows of one column to statistic -> value.

    For what is neither a count nor a description: a Kaplan-Meier median, an exact interval.
    """
    return counted(population.of(frame), row, population, lambda part, _: compute(part))


def counted(
    frame: pd.DataFrame,
    row: Row,
    population: Population,
    count: Callable[[pd.DataFrame, Column], Mapping[str, Value]],
) -> Block:
    """One row: `count` applied to the part of `frame` (from Population.of) in each column."""
    results: list[tuple[str, str, str, Value]] = []
    records: list[Records] = []
    for column in population.columns:
        part = frame if column.key == TOTAL else frame.loc[frame["_column"] == column.key]
        for statistic, value in count(part, column).items():
            results.append((row.key, column.key, statistic, value))
        records += records_behind(row.key, column.key, part)
    return Block((row,), tuple(results), tuple(records))


def counted_once(
    frame: pd.DataFrame,
    rows: Sequence[Row],
    population: Population,
    count: Callable[[pd.DataFrame, Column], Mapping[str, Value]],
) -> Block:
    """Several rows of the same statistics and records, as `counted` makes one."""
    block = counted(frame, rows[0], population, count)
    return stack(
        *(
            Block(
                (row,),
                tuple((row.key, *rest) for _, *rest in block.results),  # type: ignore[misc]
                tuple((row.key, *rest) for _, *rest in block.records),  # type: ignore[misc]
            )
            for row in rows
        )
    )


def subject_counts(part: pd.DataFrame, column: Column) -> dict[str, Value]:
    """Distinct subjects, the column's N, and the percentage."""
    n, size = int(part["USUBJID"].nunique()), column.n or 0
    return {"n": n, "N": size, "pct": 100 * n / size if size else None}


def record_counts(part: pd.DataFrame, column: Column) -> dict[str, Value]:
    """Rows."""
    return {"n": len(part)}


def records_behind(row: str, column: str, frame: pd.DataFrame) -> list[Records]:
    """The records behind a cell: row, column, dataset, record numbers."""
    return [
        (row, column, name.removeprefix(ROW), record_numbers(frame[name]))
        for name in row_columns(frame)
        if frame[name].notna().any()
    ]
