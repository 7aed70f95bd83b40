"""What came of a rule: which records failed, and which of their variables are to blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.checks.conditions import Data, Outcome, library, meets
from pipeline.checks.records import RECORD, Records
from pipeline.checks.rule_programs import PROGRAM
from pipeline.checks.rules import Rule


@dataclass(frozen=True)
class Checked:
    """A rule that ran: how many rows it looked at, and (record, variable) of what failed.

    `variable` is empty when the row as a whole failed; record 0 means the dataset as a whole, and
    `detail` says how. `fault` is why the rule could not be evaluated at all.
    """

    rule: Rule
    rows: int
    failed: pd.DataFrame
    detail: str = ""
    fault: str = ""

    @classmethod
    def passed(cls, rule: Rule, frame: pd.DataFrame) -> Checked:
        """A rule that no row of `frame` failed."""
        return cls(rule, looked_at(rule, frame), pairs_of([], ""))

    @classmethod
    def not_evaluated(cls, rule: Rule, fault: str) -> Checked:
        """A rule that could not be evaluated."""
        return cls(rule, 0, pairs_of([], ""), fault=fault)


def looked_at(rule: Rule, frame: pd.DataFrame) -> int:
    """How many rows of `frame` the rule is about."""
    return int(meets(frame, rule.where).sum()) if rule.where else len(frame)


def pairs_of(records: Sequence[int] | Records, variable: str) -> pd.DataFrame:
    """Records with one variable."""
    return pd.DataFrame({RECORD: pd.Series(records, dtype="int64"), "variable": variable})


def blame(outcome: pd.DataFrame, records: Records) -> pd.DataFrame:
    """(record, variable) of each value that failed among the failing records."""
    failing = outcome.loc[records]
    parts = [pairs_of(failing.index[~failing[name]].to_numpy(), str(name)) for name in failing]
    return pd.concat(parts, ignore_index=True)


def checked_columns(rule: Rule, frame: pd.DataFrame) -> Checked:
    """The rule that the columns are those of the specification, in its order."""
    found, specified = list(frame.columns), list(rule.parameters["names"])
    detail = "" if found == specified else columns_differ(found, specified)
    return whole_dataset(rule, len(frame), detail)


def whole_dataset(rule: Rule, rows: int, detail: str) -> Checked:
    """A rule about the dataset as a whole; `detail` is what is wrong with it, if anything."""
    return Checked(rule, rows, pairs_of([0] if detail else [], ""), detail)


def columns_differ(found: list[str], specified: list[str]) -> str:
    """How the columns differ from the specified ones."""
    missing = [name for name in specified if name not in found]
    more = [name for name in found if name not in specified]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not specified: {', '.join(more)}"] if more else []
    return "; ".join(parts) or f"the order is {', '.join(found)}"


class RuleTest:
    """A rule as a function of a frame whose index is the record number."""

    def __init__(self, rule: Rule, data: Data) -> None:
        """For `rule`, with all datasets."""
        self.rule, self.data = rule, data

    def failing(self, frame: pd.DataFrame) -> Records:
        """The records that fail; those that the rule is not about pass."""
        return _failing(self._tested(frame))

    def checked(self, frame: pd.DataFrame) -> Checked:
        """The records that fail, with the variables that are to blame."""
        outcome = self._tested(frame)
        if isinstance(outcome, str):
            return whole_dataset(self.rule, looked_at(self.rule, frame), outcome)
        records = _failing(outcome)
        if isinstance(outcome, pd.DataFrame):
            failed = blame(outcome, records)
        else:
            failed = pairs_of(records, "")
        failed = failed.sort_values([RECORD, "variable"], ignore_index=True)
        return Checked(self.rule, looked_at(self.rule, frame), failed)

    def _tested(self, frame: pd.DataFrame) -> Outcome:
        """True where the check passes, for the rows that the rule is about."""
        named = dict.fromkeys([*self.rule.variables, "USUBJID"])
        rows = frame[[name for name in named if name in frame.columns]]
        if self.rule.where:
            rows = rows.loc[meets(rows, self.rule.where)]
        if self.rule.check == PROGRAM:
            program = self.rule.parameters[PROGRAM]
            return ~program.failing(self.rule.dataset, dict(self.data)).reindex(rows.index)
        return library()[self.rule.check].test(rows, self.data, **self.rule.parameters)


def _failing(outcome: Outcome) -> Records:
    """The records where not all variables pass; 0 for the dataset as a whole."""
    if isinstance(outcome, str):
        return np.array([0] if outcome else [], dtype="int64")
    passed = outcome.all(axis=1) if isinstance(outcome, pd.DataFrame) else outcome
    return np.asarray(passed.index[~passed.astype(bool)])
