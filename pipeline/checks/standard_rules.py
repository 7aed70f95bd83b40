"""Rules of the standards as data: pipeline/checks/standards/rules-*.yaml, for datasets of a kind.

They are written like the rules of a study, with `for:` in place of `dataset:`

```yaml
AD033:
  for: [BDS, TTE]                      # SDTM, ADAM, a class, a structure, or a dataset
  expect: one_to_one
  with: {pairs: {PARAMCD: PARAM, "~(PARCAT\\\\d)N": "\\\\1"}}
```

`--` stands for the prefix of an SDTM domain. A name with ~ is a regular expression: it stands for
every variable of the dataset that matches, and the text beside it may refer to its groups. A rule
is asked of a dataset that has all variables it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pipeline.checks.conditions import known_check
from pipeline.checks.rules import Parameters, Rule, read_rule
from pipeline.checks.standards import STANDARD, structure_of
from pipeline.checks.structure import CONTENTS
from pipeline.errors import StudyError
from pipeline.spec import Dataset
from pipeline.standards import FACTS
from pipeline.yamltext import Block, read_yaml

FILES = ("rules-sdtm.yaml", "rules-adam.yaml")
MATCH = "~"
META = (CONTENTS, STANDARD)


@cache
def _blocks() -> dict[str, Block]:
    """The rules of the standards by name."""
    found: dict[str, Block] = {}
    for file in FILES:
        block = read_yaml(FACTS / file, f"standards/{file}")
        for name in block:
            if name in found:
                raise StudyError(block.where(name), f"the rule {name} stands twice", "rename one")
            found[name] = block.block(name)
    return found


def standard_names() -> list[str]:
    """The names of all rules of the standards."""
    return list(_blocks())


def standard_kinds(name: str) -> list[str]:
    """What the standard rule `name` is for: classes, structures, datasets."""
    return _blocks()[name].texts("for")


def standard_rules(datasets: Iterable[Dataset]) -> list[Rule]:
    """The rules of the standards for the datasets of a study."""
    specified = {dataset.name: dataset for dataset in datasets}
    return [
        rule
        for name, block in _blocks().items()
        for dataset in _meant(block, specified)
        for rule in [_rule(name, block, dataset, specified)]
        if rule is not None
    ]


def _meant(block: Block, specified: Mapping[str, Dataset]) -> list[str]:
    """The datasets a rule is for."""
    kinds = set(block.texts("for"))
    named = [name for name, dataset in specified.items() if kinds & kinds_of(dataset)]
    return [*named, *(name for name in META if name in kinds)]


def kinds_of(dataset: Dataset) -> set[str]:
    """What `for:` may call a dataset."""
    kinds = {dataset.name, dataset.layer.upper(), structure_of(dataset)}
    if dataset.name.startswith("SUPP"):
        kinds.add("SUPP")
    if re.search("per subject per parameter$", dataset.structure, re.IGNORECASE):
        kinds.add("SUBJECT PARAMETER")
    return kinds


def _rule(name: str, block: Block, dataset: str, specified: Mapping[str, Dataset]) -> Rule | None:
    """The rule about one dataset; None when the dataset has not what it reads."""
    columns = specified[dataset].names if dataset in specified else []
    resolved = _resolved(block, _prefix(dataset), columns)
    if resolved is None:
        return None
    asked = Block(block.path, block.line)
    asked.lines = {**block.lines, "dataset": block.line}
    asked.update({key: value for key, value in resolved.items() if key != "for"})
    asked["dataset"] = dataset
    rule = read_rule(name, asked, _library_check)
    return rule if _applies(rule, specified) else None


def _library_check(block: Block) -> Parameters:
    """The check of a rule and its parameters."""
    check = known_check(block.text("expect"), block.where("expect"))
    return check.name, check.read(block.block("with"))


def _prefix(dataset: str) -> str:
    """The prefix of the variables of an SDTM domain."""
    return dataset[:2]


def _applies(rule: Rule, specified: Mapping[str, Dataset]) -> bool:
    """Whether all variables are there that the rule reads."""
    needs = {(owner, name) for owner, name in rule.needs if owner not in META}
    return all(owner in specified and name in specified[owner].names for owner, name in needs)


def _resolved(value: Any, prefix: str, columns: list[str], elsewhere: bool = False) -> Any:
    """A value with prefix and matching variables filled in; None when nothing matches."""
    if isinstance(value, Block):
        return _resolved_block(value, prefix, columns, elsewhere)
    if isinstance(value, list):
        texts = [text for item in value for text in _names(item, prefix, columns)]
        return texts or (None if value else value)
    return value.replace("--", prefix)


def _resolved_block(
    block: Block, prefix: str, columns: list[str], elsewhere: bool = False
) -> Block | None:
    """A block with its keys resolved; None when a part of it matches nothing."""
    result = Block(block.path, block.line)
    for key, value in block.items():
        if key in ("says", "why", "source", "fix", "for", "pattern", "partners"):
            result[key] = value
        elif key.startswith(MATCH):
            result.update(_matching(key, value, prefix, columns, elsewhere))
        else:
            copied = key == "variables" and "dataset" in block
            inner = _resolved(value, prefix, columns, copied)
            if inner is None:
                return None
            result[key.replace("--", prefix)] = inner
    result.lines = dict.fromkeys(result, block.line) | block.lines
    return result if result or not block else None


def _matching(
    key: str, value: Any, prefix: str, columns: list[str], elsewhere: bool = False
) -> dict[str, Any]:
    """Matching variable -> the value beside it.

    A text must name a variable of the dataset unless it names one `elsewhere`.
    """
    pattern = re.compile(key[1:].replace("--", prefix))
    found = [match for match in map(pattern.fullmatch, columns) if match]
    if not isinstance(value, str):
        return {match.group(): value for match in found}
    pairs = {match.group(): match.expand(value).replace("--", prefix) for match in found}
    return {own: other for own, other in pairs.items() if elsewhere or other in columns}


def _names(item: str, prefix: str, columns: list[str]) -> list[str]:
    """A name with its prefix, or the variables that match."""
    if not item.startswith(MATCH):
        return [item.replace("--", prefix)]
    pattern = re.compile(item[1:].replace("--", prefix))
    return [name for name in columns if pattern.fullmatch(name)]
