"""Which rules can be checked batch by batch: those that ask of a record only what its subject says.

Datasets with USUBJID are split by subject, all others are there as a whole in every batch. So a
rule can be checked in batches when its check compares rows of one subject alone, and what it looks
up elsewhere is joined by the subject or stands in a dataset without subjects, such as TS.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pipeline.checks.conditions import library
from pipeline.checks.parameter_blocks import Copies, Plan, Records, Supplemental, Window
from pipeline.checks.parameters import Group, Reference, ValuesOf
from pipeline.checks.rule_programs import PROGRAM
from pipeline.checks.rules import Rule

SUBJECT = "USUBJID"
STRUCTURE = "columns_are"


def by_subject(rule: Rule, columns: Mapping[str, Collection[str]]) -> bool:
    """Whether the rule finds the same records in batches of whole subjects as in all of them.

    `columns` are those of every dataset, by CDISC name.
    """
    if SUBJECT not in columns[rule.dataset]:
        return False
    if rule.check == PROGRAM:
        return rule.scope == "subject"
    if rule.check == STRUCTURE:
        return True
    check = library()[rule.check]
    groups = [name for name, kind in check.kinds.items() if kind is Group]
    return (
        not check.whole
        and all(SUBJECT in rule.parameters.get(name, ()) for name in groups)
        and all(_is_joined(rule, name, by, columns) for name, by in _joins(rule))
    )


def _is_joined(
    rule: Rule, dataset: str, by: Collection[str], columns: Mapping[str, Collection[str]]
) -> bool:
    """Whether another dataset is joined by the subject, or is the same in every batch."""
    return SUBJECT not in columns[dataset] or (SUBJECT in by and SUBJECT in rule.variables)


def _joins(rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The other datasets a rule looks at, and the variables that join them to a row."""
    for value in rule.parameters.values():
        parts = [value, *vars(value).values()] if isinstance(value, Plan | Window) else [value]
        for part in parts:
            if isinstance(part, ValuesOf):
                own = rule.parameters.get("variable")
                yield part.dataset, (part.variable,) if own == part.variable else ()
            elif isinstance(part, Supplemental):
                yield part.dataset, (SUBJECT,)
            elif isinstance(part, Reference | Records | Copies):
                yield part.dataset, tuple(part.by)
