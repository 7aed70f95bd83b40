"""Row conditions: a condition is a function of a frame that knows the columns it reads.

`frame.loc[flagged("TRTEMFL")]` works because pandas calls what it is given. A missing value never
meets a condition. `all_of`, `any_of` and `not_` combine; `.columns` lists what was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Condition:
    """`test` maps a frame to True and False per row; `columns` are the columns it reads."""

    columns: tuple[str, ...]
    test: Callable[[pd.DataFrame], pd.Series]

    def __call__(self, frame: pd.DataFrame) -> pd.Series:
        """True where the condition holds, never missing; KeyError names an absent column."""
        return self.test(frame).fillna(False).astype(bool)


def equals(column: str, value: object) -> Condition:
    """The column is exactly `value`."""
    return Condition((column,), lambda frame: frame[column] == value)


def is_in(column: str, values: list[str] | tuple[str, ...]) -> Condition:
    """The column is one of `values`."""
    return Condition((column,), lambda frame: frame[column].isin(list(values)))


def contains(column: str, *parts: str) -> Condition:
    """The text contains at least one of `parts`."""
    pattern = "|".join(re.escape(part) for part in parts)
    return Condition(
        (column,), lambda frame: frame[column].str.contains(pattern, regex=True, na=False)
    )


def flagged(*columns: str) -> Condition:
    """Every one of the columns is "Y"."""
    return Condition(columns, lambda frame: (frame[list(columns)] == "Y").all(axis=1))


def at_least(column: str, limit: float) -> Condition:
    """The number is `limit` or more."""
    return Condition((column,), lambda frame: frame[column] >= limit)


def at_most(column: str, limit: float) -> Condition:
    """The number is `limit` or less."""
    return Condition((column,), lambda frame: frame[column] <= limit)


def below(column: str, limit: float) -> Condition:
    """The number is less than `limit`."""
    return Condition((column,), lambda frame: frame[column] < limit)


def above(column: str, limit: float) -> Condition:
    """The number is more than `limit`."""
    return Condition((column,), lambda frame: frame[column] > limit)


def not_less(column: str, other: str) -> Condition:
    """The number is at least that of another column."""
    return Condition((column, other), lambda frame: frame[column] >= frame[other])


def between(column: str, low: float, high: float) -> Condition:
    """The number lies in [low, high]."""
    return Condition((column,), lambda frame: frame[column].between(low, high))


def present(*columns: str) -> Condition:
    """Every one of the columns has a value."""
    return Condition(columns, lambda frame: frame[list(columns)].notna().all(axis=1))


def missing(*columns: str) -> Condition:
    """None of the columns has a value."""
    return Condition(columns, lambda frame: frame[list(columns)].isna().all(axis=1))


def all_of(*conditions: Condition) -> Condition:
    """Every condition holds."""
    return Condition(
        _columns(conditions),
        lambda frame: pd.concat([test(frame) for test in conditions], axis=1).all(axis=1),
    )


def any_of(*conditions: Condition) -> Condition:
    """At least one condition holds."""
    return Condition(
        _columns(conditions),
        lambda frame: pd.concat([test(frame) for test in conditions], axis=1).any(axis=1),
    )


def not_(condition: Condition) -> Condition:
    """The condition does not hold (a missing value counts: it did not hold)."""
    return Condition(condition.columns, lambda frame: ~condition(frame))


def always() -> Condition:
    """Every row."""
    return Condition((), lambda frame: pd.Series(True, index=frame.index))


def _columns(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The columns of several conditions, each once."""
    return tuple(dict.fromkeys(column for test in conditions for column in test.columns))
