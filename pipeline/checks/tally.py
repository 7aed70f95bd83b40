"""What the report needs of a rule that ran: counts, and the first failures as a reader sees them.

A tally is small however many records failed, and the tallies of a rule over batches add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from pipeline.checks.checked import Checked
from pipeline.checks.conditions import Data
from pipeline.checks.evidence import evidence, text_rows
from pipeline.checks.records import RECORD
from pipeline.checks.rules import Rule

MOST_FINDINGS = 500
MOST_NAMED = 3
NAMING = ("USUBJID", "DATASET", "VARIABLE", "PARAMCD", "ASEQ")

Texts = dict[str, str]


@dataclass(frozen=True)
class Told:
    """One failure: the record, the variable to blame (or empty), keys and values as text."""

    record: int
    variable: str
    keys: Texts
    values: Texts


@dataclass(frozen=True)
class Tally:
    """A rule on a dataset: `rows` were looked at, `records` of `subjects` subjects failed.

    `failures` are the (record, variable) pairs, `told` the first of them. `variables` are variable
    -> failing records, `named` variable -> the first of these; empty stands for all. `detail` is
    what is wrong with the dataset as a whole, `fault` why the rule could not be evaluated.
    """

    rule: Rule
    rows: int = 0
    records: int = 0
    subjects: int = 0
    failures: int = 0
    told: Sequence[Told] = ()
    variables: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, Sequence[Texts]] = field(default_factory=dict)
    detail: str = ""
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        """Everything but the rule."""
        return asdict(self) | {"rule": self.rule.id}

    @classmethod
    def from_json(cls, rule: Rule, said: Mapping[str, Any]) -> Tally:
        """The tally of `rule` that `as_json` has written."""
        return cls(**{**said, "rule": rule, "told": [Told(**item) for item in said["told"]]})


def tallied(
    checked: Checked, keys: Sequence[str], frame: pd.DataFrame, rows: pd.DataFrame, data: Data
) -> Tally:
    """The tally of a rule; `keys` are those of its dataset.

    `frame` holds the subject of every record, `rows` all variables of those that are told; `data`
    what the rule has looked at. Frames by record number.
    """
    rule, failed = checked.rule, checked.failed
    if checked.fault or failed.empty:
        return Tally(rule, checked.rows, fault=checked.fault)
    first = failed.head(MOST_FINDINGS)
    records = failed[RECORD].drop_duplicates()
    known = records[records > 0]
    variables = {"": failed} | {str(name): own for name, own in failed.groupby("variable") if name}
    apart = {name: own[RECORD].drop_duplicates() for name, own in variables.items()}
    return Tally(
        rule=rule,
        rows=checked.rows,
        records=len(records),
        subjects=int(frame.loc[known, "USUBJID"].nunique()) if "USUBJID" in frame.columns else 0,
        failures=len(failed),
        told=[] if checked.detail else _told(rule, first, keys, rows, data),
        variables={name: len(own) for name, own in apart.items()},
        named={name: _named(own[own > 0].head(MOST_NAMED), rows) for name, own in apart.items()},
        detail=checked.detail,
    )


def told_records(checked: Checked) -> list[int]:
    """The records that a tally tells of."""
    failed = checked.failed
    first = [failed.head(MOST_FINDINGS)]
    first += [own.head(MOST_NAMED) for _, own in failed.groupby("variable")]
    records = pd.concat(first)[RECORD]
    return sorted(set(records[records > 0].tolist()))


def added(parts: Sequence[Tally]) -> Tally:
    """The tally of one rule over parts of its dataset that share no subject."""
    if len(parts) == 1:
        return parts[0]
    told = sorted((item for part in parts for item in part.told), key=_place)
    names = dict.fromkeys(name for part in parts for name in part.variables)
    detail = next((part.detail for part in parts if part.detail), "")
    return Tally(
        rule=parts[0].rule,
        rows=sum(part.rows for part in parts),
        records=1 if detail else sum(part.records for part in parts),
        subjects=sum(part.subjects for part in parts),
        failures=sum(part.failures for part in parts),
        told=told[:MOST_FINDINGS],
        variables={name: sum(p.variables.get(name, 0) for p in parts) for name in names},
        named={
            name: [row for p in parts for row in p.named.get(name, ())][:MOST_NAMED]
            for name in names
        },
        detail=detail,
        fault=next((part.fault for part in parts if part.fault), ""),
    )


def _place(item: Told) -> tuple[int, str]:
    """Failures go by record, then by variable."""
    return item.record, item.variable


def _told(
    rule: Rule, failed: pd.DataFrame, keys: Sequence[str], rows: pd.DataFrame, data: Data
) -> list[Told]:
    """The failures as text."""
    own = rows.loc[failed[RECORD]]
    key_rows = text_rows({name: own[name] for name in keys if name in own.columns}, len(own))
    value_rows = text_rows(evidence(rule, own, data), len(own))
    parts = zip(failed[RECORD], failed["variable"], key_rows, value_rows, strict=True)
    return [Told(int(record), str(variable), *texts) for record, variable, *texts in parts]


def _named(records: pd.Series, rows: pd.DataFrame) -> list[Texts]:
    """The subject and the sequence number of records, and the like."""
    own = rows.loc[records]
    names = [name for name in own.columns if name in NAMING or name[2:] == "SEQ"]
    return text_rows({name: own[name] for name in names}, len(own))
