"""What came of a rule: which records failed, and which of their variables are to blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.checks.conditions import Data, Outcome, library, meets
from pipeline.checks.rule_programs import PROGRAM
from pipeline.checks.rules import Rule

RECORD = "record"


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


def pairs_of(records: Sequence[int], variable: str) -> pd.DataFrame:
    """Records with one variable."""
    return pd.DataFrame({RECORD: pd.Series(list(records), dtype="int64"), "variable": variable})


def blame(outcome: pd.DataFrame, records: Sequence[int]) -> pd.DataFrame:
    """(record, variable) of each value that failed among the failing records."""
    failing = outcome.loc[list(records)]
    parts = [pairs_of(list(failing.index[~failing[name]]), str(name)) for name in failing]
    return pd.concat(parts, ignore_index=True)


def columns_differ(found: list[str], specified: list[str]) -> str:
    """How the columns differ from the specified ones."""
    missing = [name for name in specified if name not in found]
    more = [name for name in found if name not in specified]
    parts = [f"missing: {', '.join(missing)}"] if missing else []
    parts += [f"not specified: {', '.join(more)}"] if more else []
    return "; ".join(parts) or f"the order is {', '.join(found)}"


class RuleTest:
    """A rule as a function of the columns it reads; keeps what each variable did."""

    def __init__(self, rule: Rule, data: Data, outcomes: dict[str, pd.DataFrame]) -> None:
        """For `rule`, with all datasets; `outcomes` takes the result per variable."""
        self.rule, self.data, self.outcomes = rule, data, outcomes

    def __call__(self, frame: pd.DataFrame) -> pd.Series:
        """True per row that passes or that the rule is not about."""
        rows = frame.loc[meets(frame, self.rule.where)]
        outcome = self._outcome(rows)
        passed = _per_row(outcome).reindex(frame.index, fill_value=True)
        if isinstance(outcome, pd.DataFrame):
            self.outcomes[self.rule.id] = outcome.reindex(frame.index, fill_value=True)
        return passed.astype(bool)

    def _outcome(self, rows: pd.DataFrame) -> Outcome:
        """True where the check passes; the index of `rows` is the record number."""
        if self.rule.check == PROGRAM:
            program = self.rule.parameters[PROGRAM]
            return ~program.failing(self.rule.dataset, dict(self.data)).reindex(rows.index)
        return library()[self.rule.check].test(rows, self.data, **self.rule.parameters)


def _per_row(outcome: Outcome) -> pd.Series:
    """True where all variables pass."""
    return outcome.all(axis=1) if isinstance(outcome, pd.DataFrame) else outcome
