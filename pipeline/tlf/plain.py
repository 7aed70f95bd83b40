"""Results as JSON knows them: numpy and pandas values become Python's, missing becomes null."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import StudyError

DIGITS = 12


def plain(value: Any, where: str) -> Any:
    """`value` as dict, list, text, bool, int, finite float or None.

    NaN, infinity, NaT and NA become None; dates become ISO 8601 text. Numbers keep 12 significant
    digits: those after them are noise of binary arithmetic, differ between processors, and would
    hide that a mean of 0.075 lies halfway between two printed numbers. `where` names the output
    in the StudyError for a type that JSON does not know.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item, where) for key, item in value.items()}
    if isinstance(value, np.ndarray | pd.Series | pd.Index):
        return [plain(item, where) for item in value.tolist()]
    if isinstance(value, list | tuple):
        return [plain(item, where) for item in value]
    return _scalar(value.item() if isinstance(value, np.generic) else value, where)


def column_values(values: pd.Series, kind: str, where: str) -> list[Any]:
    """One listing column as plain values; `kind` date and datetime become ISO 8601 text."""
    if pd.api.types.is_datetime64_any_dtype(values):
        shape = "%Y-%m-%d" if kind == "date" else "%Y-%m-%dT%H:%M:%S"
        values = values.dt.strftime(shape)
    listed = values.tolist()
    if kind == "integer":
        listed = [int(v) if isinstance(v, float) and v.is_integer() else v for v in listed]
    return [plain(value, where) for value in listed]


def _scalar(value: Any, where: str) -> Any:
    """One value."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise StudyError(where, f"a result is a {type(value).__name__}", "return numbers, text or None")
