"""Edits: what is changed in the datasets so that a rule has something to find.

An edit is

    ("set", dataset, record, variable, value)     one value is wrong
    ("copy", dataset, record, {variable: value})  a record stands twice, the copy with changes
    ("drop", dataset, record, {})                 a record is lost
    ("column", dataset, 0, variable)              a variable is lost
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline.checks.parameters import MISSING, PRESENT
from pipeline.checks.rules import Rule

Edit = tuple[Any, ...]


Data = Mapping[str, pd.DataFrame]


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the record number as index."""
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis=0)


def edited(data: Data, edits: list[Edit]) -> dict[str, pd.DataFrame]:
    """The datasets with the edits made; the others are the same frames."""
    result = dict(data)
    for what, name, record, *more in edits:
        frame = result[name]
        if what == "set":
            frame = _set(frame, record - 1, *more)
        elif what == "column":
            frame = frame.drop(columns=more)
        elif what == "drop":
            frame = frame.drop(index=frame.index[record - 1]).reset_index(drop=True)
        else:
            frame = pd.concat([frame, frame.iloc[[record - 1]]], ignore_index=True)
            for variable, value in more[0].items():
                frame = _set(frame, len(frame) - 1, variable, value)
        result[name] = frame
    return result


def _set(frame: pd.DataFrame, position: int, variable: str, value: Any) -> pd.DataFrame:
    """One value changed; a column of whole numbers takes others and none."""
    column = frame[variable]
    if pd.api.types.is_integer_dtype(column):
        column = column.astype("float64")
    elif isinstance(value, str) and pd.api.types.is_datetime64_any_dtype(column):
        value = pd.Timestamp(value)
    column = column.copy()
    column.iloc[position] = value
    return frame.assign(**{variable: column})


def met(column: pd.Series, values: tuple[str, ...]) -> Any:
    """A value that meets a condition."""
    if tuple(values) == (MISSING,):
        return None
    if tuple(values) == (PRESENT,):
        return some(column)
    return typed(column, values[0])


def some(column: pd.Series) -> Any:
    """A value the column has, else one it could have."""
    known = column.dropna()
    return known.iloc[0] if len(known) else typed(column, "1")


def typed(column: pd.Series, text: str) -> Any:
    """A text in the type of the column."""
    return float(text) if pd.api.types.is_numeric_dtype(column) else text


def other(column: pd.Series, value: Any = None) -> Any:
    """A value that is not the one given, nor any the column has."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp("1901-02-03")
    return 987654.0 if pd.api.types.is_numeric_dtype(column) else "OTHER THAN ALL"


def first(frame: pd.DataFrame, *present: str) -> int:
    """The first record that has values of these variables, else the first of all."""
    rows = frame.dropna(subset=[name for name in present if name in frame])
    return int((rows if len(rows) else frame).index[0])


def change(frame: pd.DataFrame, rule: Rule, variable: str, *present: str) -> list[Edit]:
    """One value becomes another."""
    record = first(frame, variable, *present)
    return [("set", rule.dataset, record, variable, other(frame[variable]))]


def lose(frame: pd.DataFrame, rule: Rule, variable: str, *present: str) -> list[Edit]:
    """One value is lost."""
    return [("set", rule.dataset, first(frame, variable, *present), variable, None)]


def twice(frame: pd.DataFrame, rule: Rule, **changes: Any) -> list[Edit]:
    """A record stands twice."""
    return [("copy", rule.dataset, int(frame.index[0]), changes)]


def put(rule: Rule, record: int, variable: str, value: Any) -> list[Edit]:
    """One value is set."""
    return [("set", rule.dataset, record, variable, value)]


def not_met(frame: pd.DataFrame, rule: Rule, record: int, then: Any) -> list[Edit]:
    """The record does not meet the condition `then`."""
    variable, values = next(iter(then.items()))
    filled = tuple(values) == (MISSING,)
    value = some(frame[variable]) if filled else None
    if not filled and tuple(values) != (PRESENT,):
        value = other(frame[variable])
    return put(rule, record, variable, value)
