"""Rules as data: expectations/*.yaml of a study, each a named check with its parameters.

```yaml
DQ03:                                  # the name of the rule, unique in the study
  says: A death flag has a death date, and the reverse.
  why: Survival is counted from this date.
  severity: error                      # error stops the outputs; warning and note are reported
  source: FDA business rules FB0606 and FB0610
  dataset: DM
  where: {ACTARMCD: present}           # optional: the rows the rule is about
  expect: equivalent                   # a check of pipeline/checks/check_*.py
  with: {when: {DTHFL: Y}, then: {DTHDTC: present}}
  fix: query the date of death         # optional
```
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.checks.conditions import known_check, needs_of
from pipeline.checks.parameters import Need, Where, dataset_name
from pipeline.errors import StudyError, listed
from pipeline.yamltext import Block, read_yaml

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Rule:
    """One rule about one dataset; `at` is where it is written, `parameters` go to the check."""

    id: str
    dataset: str
    says: str
    why: str
    severity: str
    source: str
    check: str
    parameters: Mapping[str, Any]
    where: Where = field(default_factory=Where)
    fix: str = ""
    at: str = ""

    @property
    def needs(self) -> set[Need]:
        """The (dataset, variable) pairs the rule reads."""
        pairs = needs_of(self.parameters) | self.where.needs()
        return {(dataset or self.dataset, name) for dataset, name in pairs}

    @property
    def variables(self) -> list[str]:
        """The variables of its own dataset that the rule reads, in the order it names them."""
        named: dict[str, None] = {}
        for value in (*self.parameters.values(), self.where):
            needed = {name for dataset, name in value.needs() if dataset == ""}
            ordered = list(value) if isinstance(value, tuple | dict) else sorted(needed)
            named |= dict.fromkeys(name for name in ordered if name in needed)
            named |= dict.fromkeys(sorted(needed))
        return list(named)


def read_rules(path: Path) -> list[Rule]:
    """The rules in expectations/*.yaml of the study folder `path`, in the order of the files.

    Raises StudyError for an unknown key, check or severity, a wrong parameter, or a name that
    stands twice.
    """
    rules: dict[str, Rule] = {}
    for file in sorted((path / "expectations").glob("*.yaml")):
        block = read_yaml(file, f"expectations/{file.name}")
        for name in block:
            if name in rules:
                raise StudyError(
                    block.where(name), f"the rule {name} is also at {rules[name].at}", "rename one"
                )
            rules[name] = _rule(name, block.block(name))
    return list(rules.values())


def _rule(name: str, block: Block) -> Rule:
    """One rule."""
    block.check(
        required=("says", "why", "severity", "source", "dataset", "expect"),
        optional=("where", "with", "fix"),
    )
    severity = block.text("severity")
    if severity not in SEVERITIES:
        raise StudyError(
            block.where("severity"), f"severity is {severity!r}", f"use one of {listed(SEVERITIES)}"
        )
    check = known_check(block.text("expect"), block.where("expect"))
    return Rule(
        id=name,
        dataset=dataset_name(block.text("dataset"), block.where("dataset")),
        says=block.text("says"),
        why=block.text("why"),
        severity=severity,
        source=block.text("source"),
        check=check.name,
        parameters=check.read(block.block("with")),
        where=Where.read(block, "where") if "where" in block else Where(),
        fix=block.text("fix"),
        at=block.where(),
    )
