"""Events per exposure: how many events among how many infusions, in columns of any kind."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.tlf.results import Block, Records, Row, Value, records_behind, slug, stack
from pipeline.where import Condition


def count_rates(
    events: pd.DataFrame,
    exposures: pd.DataFrame,
    rows: Mapping[str, Condition],
    columns: Mapping[str, Condition],
    display: str = "n_of",
) -> Block:
    """Rows of `events` (n) and of `exposures` (N) that meet the row's and the column's condition.

    `rows` maps the printed label, `columns` the column key to its condition; both frames have the
    variables that the conditions read. `pct` is 100 n / N. A column without exposure and without
    event stays blank.
    """
    parts = []
    for label, condition in rows.items():
        row = Row(slug(label), (label,), 0, display)
        parts.append(_rate(row, events.loc[condition], exposures.loc[condition], columns))
    return stack(*parts)


def _rate(
    row: Row, events: pd.DataFrame, exposures: pd.DataFrame, columns: Mapping[str, Condition]
) -> Block:
    """One row: the numbers of each column and the records behind them."""
    results: list[tuple[str, str, str, Value]] = []
    records: list[Records] = []
    for column, condition in columns.items():
        happened, given = events.loc[condition], exposures.loc[condition]
        n, total = len(happened), len(given)
        if not n and not total:
            continue
        values = {"n": n, "N": total, "pct": 100 * n / total if total else None}
        results += [(row.key, column, name, value) for name, value in values.items()]
        records += records_behind(row.key, column, happened)
        records += records_behind(row.key, column, given)
    return Block((row,), tuple(results), tuple(records))
