"""The records behind an output: row, column, dataset, record; one row per cell and record.

Of a table, `row` and `column` are the keys of the cell, and the row "N" holds the subjects of each
column. Of a listing, `row` is the number of the printed record. Of a figure, both are empty. The
three are categories: a table of a large study names its few cells millions of times.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.lineage import ROW, record_numbers, row_columns
from pipeline.tlf.block import Records
from pipeline.tlf.outputs import Figure, Listing, Table

CELL = ["row", "column", "dataset"]
COLUMN_SUBJECTS = "N"


def records_behind(made: Table | Listing | Figure) -> pd.DataFrame:
    """The records behind what a program returned, in printed order without repeats."""
    if isinstance(made, Table):
        return _long([*made.block.records, *_subjects(made)])
    if isinstance(made, Listing):
        return _of_listing(made.frame)
    return frame_records(made.behind)


def frame_records(frame: pd.DataFrame) -> pd.DataFrame:
    """The records in the hidden columns of `frame`, for no cell in particular."""
    return _long(_in_cell("", "", frame))


def _subjects(table: Table) -> list[Records]:
    """The subjects whom the N of each column counts."""
    population = table.population
    if population is None:
        return []
    arms = population.subjects[population.treatment].map(population.arm_of)
    found = []
    for column in population.columns:
        if column not in table.heads:
            continue
        chosen = population.subjects
        if column in population.arms:
            chosen = chosen.loc[arms == column.key]
        found += _in_cell(COLUMN_SUBJECTS, column.key, chosen)
    return found


def _in_cell(row: str, column: str, frame: pd.DataFrame) -> list[Records]:
    """All records in the hidden columns of `frame`, in one cell."""
    return [
        (row, column, name.removeprefix(ROW), record_numbers(frame[name]))
        for name in row_columns(frame)
    ]


def _of_listing(frame: pd.DataFrame) -> pd.DataFrame:
    """The records of each printed one, dataset by dataset."""
    printed = np.arange(1, len(frame) + 1)
    parts = [_long([])]
    for name in row_columns(frame):
        shown = pd.DataFrame({"row": printed, "record": frame[name].array}).explode("record")
        shown = shown.dropna().astype("int64").astype({"row": "str"})
        parts.append(shown.assign(column="", dataset=name.removeprefix(ROW)))
    found = pd.concat(parts, ignore_index=True)[[*CELL, "record"]].drop_duplicates()
    return found.astype(dict.fromkeys(CELL, "str")).astype(dict.fromkeys(CELL, "category"))


def _long(records: Sequence[Records]) -> pd.DataFrame:
    """One row per record and cell, without repeats."""
    cells = pd.DataFrame([cell for *cell, _ in records], columns=CELL, dtype="str")
    numbers = [behind for *_, behind in records]
    places = np.repeat(np.arange(len(cells)), [len(behind) for behind in numbers])
    record = np.concatenate([np.empty(0, "int64"), *numbers])
    found = cells.astype("category").take(places).reset_index(drop=True).assign(record=record)
    same = cells.groupby(CELL, sort=False).ngroup().to_numpy()
    repeated = pd.Series(same[places] * (record.max(initial=0) + 1) + record).duplicated()
    return found.loc[~repeated].reset_index(drop=True) if repeated.any() else found
