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

`program: late_onset` in place of `expect:` and `with:` names a rule written in Python
(`pipeline.checks.rule_programs`). It is asked subject by subject, a large study in batches, unless
`scope: study` says that it needs all subjects at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.checks.conditions import known_check, needs_of
from pipeline.checks.parameters import Need, Where, dataset_name
from pipeline.checks.rule_programs import PROGRAM, RuleProgram
from pipeline.errors import StudyError, raise_all
from pipeline.yamltext import Block, read_yaml

SEVERITIES = ("error", "warning", "note")
SCOPES = ("subject", "study")


@dataclass(frozen=True)
class Rule:
    """One rule about one dataset; `at` is where it is written, `parameters` go to the check.

    `scope` is subject or study: what a program has to see at once.
    """

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
    scope: str = SCOPES[0]

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


@dataclass(frozen=True)
class RuleFault:
    """A rule that cannot be run as it is written: its name and dataset as far as known, and why."""

    id: str
    dataset: str
    error: StudyError


def read_rules(path: Path) -> list[Rule]:
    """The rules in expectations/*.yaml of the study folder `path`, in the order of the files.

    Raises StudyError for an unknown key, check or severity, a wrong parameter, or a name that
    stands twice.
    """
    rules, faults = collect_rules(path)
    raise_all([fault.error for fault in faults])
    return rules


def collect_rules(path: Path) -> tuple[list[Rule], list[RuleFault]]:
    """The rules of `read_rules` that can be run, and the faults of all others."""
    rules: dict[str, Rule] = {}
    faults = []
    for file in sorted((path / "expectations").glob("*.yaml")):
        try:
            block = read_yaml(file, f"expectations/{file.name}")
        except StudyError as error:
            faults.append(RuleFault(file.name, "", error))
            continue
        for name in block:
            try:
                if name in rules:
                    raise _twice(block, name, rules[name])
                rules[name] = read_rule(name, block.block(name), study_check(path))
            except StudyError as error:
                faults.append(RuleFault(name, _dataset(block.get(name)), error))
    return list(rules.values()), faults


def _twice(block: Block, name: str, other: Rule) -> StudyError:
    """The error of a name that stands twice."""
    return StudyError(block.where(name), f"the rule {name} is also at {other.at}", "rename one")


def _dataset(block: Any) -> str:
    """The dataset that a faulty rule names, if it is a text."""
    named = block.get("dataset", "") if isinstance(block, Block) else ""
    return named if isinstance(named, str) else ""


Parameters = tuple[str, Mapping[str, Any]]


def study_check(path: Path) -> Callable[[Block], Parameters]:
    """How a rule of the study in `path` names its check: `expect:` and `with:`, or `program:`."""

    def read(block: Block) -> Parameters:
        if "program" in block and "expect" not in block:
            return PROGRAM, {PROGRAM: RuleProgram.find(path, block)}
        check = known_check(block.text("expect"), block.where("expect"))
        return check.name, check.read(block.block("with"))

    return read


def read_rule(name: str, block: Block, check: Callable[[Block], Parameters]) -> Rule:
    """The rule `name`; `check` reads its check and the parameters. Raises StudyError."""
    asked = "program" if "program" in block else "expect"
    block.check(
        required=("says", "why", "severity", "source", "dataset", asked),
        optional=("where", "fix", "with" if asked == "expect" else "scope"),
    )
    named, parameters = check(block)
    return Rule(
        id=name,
        dataset=dataset_name(block.text("dataset"), block.where("dataset")),
        says=block.text("says"),
        why=block.text("why"),
        severity=block.one_of("severity", SEVERITIES),
        source=block.text("source"),
        check=named,
        parameters=parameters,
        where=Where.read(block, "where") if "where" in block else Where(),
        fix=block.text("fix"),
        at=block.where(),
        scope=block.one_of("scope", SCOPES, default=SCOPES[0]),
    )
