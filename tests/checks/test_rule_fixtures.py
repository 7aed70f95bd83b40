"""Every rule that is data, with rows that pass and rows that fail: tests/checks/fixtures/*.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.direct import check_rule
from pipeline.checks.rules import Rule, read_rules
from pipeline.checks.standard_rules import standard_kinds, standard_names, standard_rules
from pipeline.spec import Dataset, Variable
from pipeline.yamltext import read_yaml

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
CELL = re.compile(r'([A-Z@][A-Z0-9_]*)=(?:"([^"]*)"|(\S*))')
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e\d+)?")
ADAM_DATE = re.compile(r"(?!.*DTC)[A-Z0-9]*DTM?")
STUDY = {rule.id: rule for rule in read_rules(ROOT)}
DATASETS = {  # the dataset that stands for a kind
    "SDTM": ("AE", "sdtm", "EVENTS"),
    "EVENTS": ("AE", "sdtm", "EVENTS"),
    "INTERVENTIONS": ("EX", "sdtm", "INTERVENTIONS"),
    "FINDINGS": ("LB", "sdtm", "FINDINGS"),
    "SUPP": ("SUPPAE", "sdtm", "RELATIONSHIP"),
    "ADAM": ("ADLB", "adam", "BASIC DATA STRUCTURE"),
    "BDS": ("ADLB", "adam", "BASIC DATA STRUCTURE"),
    "SUBJECT PARAMETER": ("ADTTE", "adam", "BASIC DATA STRUCTURE"),
    "TTE": ("ADTTE", "adam", "BASIC DATA STRUCTURE"),
    "ADSL": ("ADSL", "adam", "SUBJECT LEVEL ANALYSIS DATASET"),
    "OCCDS": ("ADAE", "adam", "OCCURRENCE DATA STRUCTURE"),
    "ADAE": ("ADAE", "adam", "OCCURRENCE DATA STRUCTURE"),
}


def _pairs() -> list[tuple[str, str]]:
    """(rule, text) of every fixture; a + after the name marks a second text for the rule."""
    found = []
    for file in sorted(FIXTURES.glob("*.yaml")):
        block = read_yaml(file)
        found += [(name, block.text(key)) for key in block for name in key.split()]
    return found


PAIRS = _pairs()


def _cells(text: str, first: str) -> dict[str, str | float | pd.Timestamp | None]:
    """One row; `@` is the first variable of the rule."""
    row: dict[str, str | float | pd.Timestamp | None] = {}
    for name, quoted, bare in CELL.findall(text):
        name = first if name == "@" else name
        if not bare and f'="{quoted}"' in text:
            row[name] = quoted
        elif bare and NUMBER.fullmatch(bare) and name != "USUBJID":
            row[name] = float(bare)
        elif bare and ADAM_DATE.fullmatch(name):
            row[name] = pd.Timestamp(bare)
        else:
            row[name] = bare or None
    return row


def _frame(rows: list[dict], needed: set[str]) -> pd.DataFrame:
    """Rows as a frame; needed variables that no row has are there and missing."""
    frame = pd.DataFrame(rows)
    for name in sorted(needed - set(frame.columns)):
        frame[name] = pd.Series(None, index=frame.index, dtype="str")
    return frame


def _read(rule: Rule, text: str) -> tuple[dict[str, pd.DataFrame], list[int]]:
    """All datasets of a fixture, and the records that must fail."""
    rows: dict[str, list[dict]] = {rule.dataset: []}
    failing = []
    for line in text.strip().splitlines():
        mark, _, cells = line.partition(" ")
        name = rule.dataset if mark in "+-" else mark
        rows.setdefault(name, []).append(_cells(cells, rule.variables[0] if rule.variables else ""))
        if mark == "-":
            failing.append(len(rows[name]))
    needs: dict[str, set[str]] = {}
    for dataset, variable in rule.needs:
        needs.setdefault(dataset, set()).update([variable] if variable else [])
    names = [*rows, *(name for name in needs if name not in rows)]
    return {n: _frame(rows.get(n, []), needs.get(n, set())) for n in names}, failing


def _standard_rule(name: str, text: str) -> Rule:
    """A rule of the standards about a dataset that has the variables of the fixture."""
    kind = standard_kinds(name)[0]
    own, layer, group = DATASETS.get(kind, (kind, "sdtm", "SPECIAL PURPOSE"))
    columns: dict[str, dict[str, None]] = {own: {}}
    for line in text.strip().splitlines():
        mark, _, cells = line.partition(" ")
        there = columns.setdefault(own if mark in "+-" else mark, {})
        there.update(dict.fromkeys(name for name, _, _ in CELL.findall(cells)))
    structure = "One record per subject per parameter" if kind == "SUBJECT PARAMETER" else "x"
    subclass = "TIME-TO-EVENT" if kind == "TTE" else ""
    datasets = [
        _dataset(n, "adam" if n.startswith("AD") else "sdtm", group, subclass, structure, names)
        if n != own
        else _dataset(n, layer, group, subclass, structure, names)
        for n, names in columns.items()
    ]
    return next(r for r in standard_rules(datasets) if r.id == name and r.dataset == own)


def _dataset(
    name: str, layer: str, group: str, subclass: str, structure: str, columns: dict
) -> Dataset:
    """A specification with the columns of a fixture."""
    variables = tuple(Variable(name=column, label=column, type="text") for column in columns)
    return Dataset(name, name, layer, group, subclass, structure, (), "subject", variables)


@pytest.mark.parametrize(("name", "text"), PAIRS, ids=[name for name, _ in PAIRS])
def test_the_rows_of_a_fixture_pass_and_fail_as_it_says(name: str, text: str) -> None:
    own = name.removesuffix("+")
    rule = STUDY[own] if own in STUDY else _standard_rule(own, text)
    data, failing = _read(rule, text)
    found = check_rule(data, rule)
    whole = [0] if failing and found.detail else failing  # the dataset fails, not its rows
    assert sorted(set(found.failed["record"])) == whole


def test_every_rule_has_rows_that_pass_and_rows_that_fail() -> None:
    marks: dict[str, set[str]] = {}
    for name, text in PAIRS:
        marks.setdefault(name.removesuffix("+"), set()).update(
            line[0] for line in text.splitlines() if line[:2] in ("+ ", "- ")
        )
    assert set(marks) == {*STUDY, *standard_names()}
    assert [name for name, found in marks.items() if found != {"+", "-"}] == []


def test_there_are_more_than_sixty_checks_of_the_structure_of_adam() -> None:
    assert len([name for name in standard_names() if name.startswith("AD")]) >= 100
