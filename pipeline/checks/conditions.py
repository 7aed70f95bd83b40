"""The library of checks: what a check is, how it is found by name, what all of them use.

A check is a function `name(frame, data, **parameters)`: `frame` holds the rows of one dataset,
`data` all datasets by CDISC name. It returns True per row that passes (a Series), or one such
column per variable it looks at (a DataFrame), so that a finding names the variable. A row the
check does not apply to passes. A check of the dataset as a whole returns what is wrong with it as a
text, empty when nothing is: one finding. The annotation of a parameter says how YAML gives it
(`pipeline.checks.parameters`).

A large study is checked batch by batch of whole subjects (`pipeline.checks.reach`). A check that
looks at several rows together names what they share as a `Group`; one whose answer about a row
depends on rows of other subjects otherwise is marked `needs_all_records`, one for which it does not
matter how many rows have the same values `depends_on_values`.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.checks.parameters import MISSING, PRESENT, Need, Reference, Where
from pipeline.errors import StudyError, listed
from pipeline.yamltext import Block

Data = Mapping[str, pd.DataFrame]
Outcome = pd.Series | pd.DataFrame | str


@dataclass(frozen=True)
class Check:
    """A named check; `kinds` are the kinds of its parameters, `required` those without default.

    `whole` when the answer about a row depends on rows of other subjects; `of_values` when it
    depends on which values occur together in the rows, and not on how often.
    """

    name: str
    test: Callable[..., Outcome]
    kinds: Mapping[str, Any]
    required: tuple[str, ...]
    whole: bool
    of_values: bool

    def read(self, block: Block) -> dict[str, Any]:
        """The parameters in `with:` of a rule; StudyError for unknown, missing and wrong ones."""
        block.check(self.required, [name for name in self.kinds if name not in self.required])
        return {name: self.kinds[name].read(block, name) for name in block}


CHECKS: dict[str, Check] = {}
OWN = ("frame", "data")
WHOLE, VALUES = "needs_all_records", "depends_on_values"


def check(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Enter a function into the library under its name."""
    hints = typing.get_type_hints(function)
    given = [name for name in inspect.signature(function).parameters if name not in OWN]
    required = tuple(
        name
        for name in given
        if inspect.signature(function).parameters[name].default is inspect.Parameter.empty
    )
    kinds = {name: _kind(hints[name]) for name in given}
    marks = (getattr(function, WHOLE, False), getattr(function, VALUES, False))
    CHECKS[function.__name__] = Check(function.__name__, function, kinds, required, *marks)
    return function


def needs_all_records(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Mark a function whose answer about a row depends on rows of other subjects."""
    setattr(function, WHOLE, True)
    return function


def depends_on_values(function: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Mark a function for which rows with the same values are as good as one of them."""
    setattr(function, VALUES, True)
    return function


def _kind(hint: Any) -> Any:
    """The kind in an annotation: of `Reference | None` the Reference."""
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    return kinds[0] if isinstance(hint, types.UnionType) else hint


def library() -> dict[str, Check]:
    """All checks by name."""
    for path in sorted(Path(__file__).parent.glob("check_*.py")):
        importlib.import_module(f"pipeline.checks.{path.stem}")
    return CHECKS


def known_check(name: str, where: str) -> Check:
    """The check called `name`; StudyError lists the library when there is none."""
    checks = library()
    if name not in checks:
        names = listed(sorted(checks), len(checks))
        raise StudyError(where, f"{name!r} is not a check", f"use one of {names}")
    return checks[name]


def needs_of(parameters: Mapping[str, Any]) -> set[Need]:
    """The variables that parameters need: (dataset or "" for the rule's own, variable)."""
    return {need for value in parameters.values() for need in value.needs()}


def meets(frame: pd.DataFrame, where: Where) -> pd.Series:
    """True for the rows where every variable has one of its values."""
    result = pd.Series(True, index=frame.index)
    for name, values in where.items():
        result &= _is_one(frame[name], values)
    return result


def _is_one(values: pd.Series, allowed: Sequence[str]) -> pd.Series:
    """True where the value is allowed; `present` and `missing` alone mean any value and none."""
    if tuple(allowed) == (PRESENT,):
        return values.notna()
    if tuple(allowed) == (MISSING,):
        return values.isna()
    return is_in(values, allowed)


def is_in(values: pd.Series, allowed: Sequence[str]) -> pd.Series:
    """True where a value is one of the texts; numbers are compared as numbers."""
    if pd.api.types.is_numeric_dtype(values):
        numbers = pd.to_numeric(pd.Series(list(allowed), dtype="object"), errors="coerce")
        return values.isin(numbers.dropna().astype("float64").tolist())
    return values.isin(list(allowed))


def looked_up(
    frame: pd.DataFrame, data: Data, reference: Reference, by: Sequence[str] = ("USUBJID",)
) -> pd.Series:
    """The value of another dataset for each row; missing when it has no such record.

    Where the other dataset repeats its keys the first record counts: the repeat is a finding of
    its own.
    """
    keys = list(by)
    other = data[reference.dataset].dropna(subset=keys).drop_duplicates(keys)
    right = other[keys].assign(_value=other[reference.variable])
    merged = frame[keys].merge(right, how="left", on=keys, validate="many_to_one")
    return merged["_value"].set_axis(frame.index)


def same(left: pd.Series, right: pd.Series) -> pd.Series:
    """True where both are missing or both have the same value."""
    return (left.isna() & right.isna()) | (left == right).fillna(False).astype(bool)
