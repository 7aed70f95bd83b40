"""The records behind an output: row, column, dataset, record; one row per cell and record.

Of a table, `row` and `column` are the keys of the cell, and the row "N" holds the subjects of each
column. Of a listing, `row` is the number of the printed record. Of a figure, both are empty.
"""

from __future__ import annotations

import pandas as pd

from pipeline.lineage import ROW, row_columns
from pipeline.tlf.outputs import Figure, Listing, Table

COLUMNS = ["row", "column", "dataset", "record"]
COLUMN_SUBJECTS = "N"


def records_behind(made: Table | Listing | Figure) -> pd.DataFrame:
    """The records behind what a program returned, in printed order without repeats."""
    if isinstance(made, Table):
        return _of_table(made)
    if isinstance(made, Listing):
        numbers = pd.Series(range(1, len(made.frame) + 1), index=made.frame.index)
        return _of_frame(made.frame, numbers.astype("str"), "")
    return frame_records(made.behind)


def frame_records(frame: pd.DataFrame) -> pd.DataFrame:
    """The records in the hidden columns of `frame`, for no cell in particular."""
    return _of_frame(frame, pd.Series("", index=frame.index, dtype="str"), "")


def _of_table(table: Table) -> pd.DataFrame:
    """The records of the cells, then the subjects of each column."""
    cells = _tidy(pd.DataFrame(table.block.records, columns=COLUMNS))
    return pd.concat([cells, *_subjects(table)], ignore_index=True)


def _subjects(table: Table) -> list[pd.DataFrame]:
    """The subjects whom the N of each column counts."""
    population = table.population
    if population is None:
        return []
    arms = population.subjects[population.treatment].map(population.arm_of)
    parts = []
    for column in population.columns:
        if column not in table.heads:
            continue
        chosen = population.subjects
        if column in population.arms:
            chosen = chosen.loc[arms == column.key]
        rows = pd.Series(COLUMN_SUBJECTS, index=chosen.index, dtype="str")
        parts.append(_of_frame(chosen, rows, column.key))
    return parts


def _of_frame(frame: pd.DataFrame, rows: pd.Series, column: str) -> pd.DataFrame:
    """The records in the hidden columns of `frame`, under the given row keys."""
    parts = [
        pd.DataFrame(
            {
                "row": rows,
                "column": column,
                "dataset": name.removeprefix(ROW),
                "record": frame[name].astype(object),
            }
        )
        for name in row_columns(frame)
    ]
    return _tidy(pd.concat(parts) if parts else pd.DataFrame(columns=COLUMNS))


def _tidy(records: pd.DataFrame) -> pd.DataFrame:
    """One row per record (tuples taken apart), without missing ones and repeats."""
    long = records.explode("record").dropna(subset=["record"])
    typed = long.astype({"row": "str", "column": "str", "dataset": "str", "record": "int64"})
    return typed.drop_duplicates(ignore_index=True)
