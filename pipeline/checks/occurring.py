"""Values that occur together: each combination once with its number of records, part by part.

A rule such as "one PARAM per PARAMCD" depends on which values occur together and not on how many
records have them, so a large dataset is asked about its combinations. The records behind those that
fail are looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.checks.built import Built
from pipeline.checks.reach import SUBJECT
from pipeline.checks.records import RECORD, numbered
from pipeline.frames import read_frame

COUNT = "_count"
COMBINATION = "_combination"


def occurring(built: Built, name: str, variables: Sequence[str]) -> pd.DataFrame:
    """The combinations of the variables in a dataset, numbered from 1; COUNT is their records."""
    found = [
        _counted(pq.read_table(path, columns=list(variables), partitioning=None), "", "count_all")
        for path, _, _ in built.parts_of(name)
    ]
    return numbered(_counted(pa.concat_tables(found), COUNT, "sum").to_pandas())


def records_behind(built: Built, name: str, combinations: pd.DataFrame) -> pd.DataFrame:
    """The records that have one of the combinations: COMBINATION its number, and the subject."""
    wanted = combinations.drop(columns=COUNT).assign(**{COMBINATION: combinations.index})
    variables = [column for column in wanted.columns if column != COMBINATION]
    found = []
    for path, before, _ in built.parts_of(name):
        columns = list(dict.fromkeys([*variables, SUBJECT]))
        part = numbered(read_frame(path, columns), before).reset_index()
        joined = part.merge(wanted, how="inner", on=variables, validate="many_to_one")
        found.append(joined.set_index(RECORD)[[COMBINATION, SUBJECT]])
    return pd.concat(found)


def _counted(table: pa.Table, column: str, how: str) -> pa.Table:
    """Each combination once, and COUNT: its records, or the sum of `column`."""
    names = [name for name in table.column_names if name != column]
    counted = table.group_by(names).aggregate([(column or [], how)])
    made = f"{column}_{how}" if column else how
    return counted.rename_columns([COUNT if n == made else n for n in counted.column_names])
