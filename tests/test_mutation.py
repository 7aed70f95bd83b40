"""Every rule that the reference study can ask is asked about a fault, and finds it.

Of each rule on each dataset one fault (tests/faults/) is made in a copy of the built study; the
rule must name a record that it did not name before. `pytest -s tests/test_mutation.py` prints the
table of faults against rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from faults.edits import Edit, edited
from faults.table import FAULTS, faults_of

from pipeline.checks.conditions import library
from pipeline.checks.direct import check_rule
from pipeline.checks.inputs import study_rules
from pipeline.checks.reach import by_subject
from pipeline.checks.records import numbered
from pipeline.checks.results import why_not
from pipeline.checks.rules import Rule
from pipeline.checks.standard_rules import standard_names
from pipeline.checks.structural import WHY
from pipeline.checks.suites import run_suite
from pipeline.datasets import all_datasets
from pipeline.study import open_study
from tests.built_data import built_data

UNFIT = {"columns_are", "at_least", "contains", "points_to_record"}  # spoil other faults
FIXTURES_ONLY = {
    "any_of",
    "coded_flags",
    "filled_alike",
    "has_no_record",
    "percent_change",
    "same_day",
}


@pytest.fixture(scope="module")
def study(built: Path) -> tuple[dict, list[Rule], list[Rule]]:
    """The datasets, the rules that can be asked of them, and those that cannot."""
    folder = open_study(built)
    specified = {dataset.name: dataset for dataset in all_datasets(folder).values()}
    data = built_data(folder)
    rules, faults = study_rules(folder, specified)
    assert faults == []
    columns = {name: list(frame.columns) for name, frame in data.items()}
    asked = [rule for rule in rules if not why_not(rule, columns, specified)]
    return data, asked, [rule for rule in rules if rule not in asked]


def _named(data: dict, rule: Rule) -> set[tuple[int, str]]:
    """The records and variables that a rule names."""
    found = check_rule(data, rule)
    assert not found.fault
    return set(found.failed.itertuples(index=False, name=None))


def _told(edits: list[Edit]) -> str:
    """A fault in words."""
    what, dataset, record, *more = edits[-1]
    times = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
    if what == "set":
        return f"{dataset} record {record}: {more[0]} = {str(more[1])[:20]}{times}"
    words = {"copy": "stands twice", "drop": "is lost", "column": "loses a column"}
    return f"{dataset} record {record} {words[what]}{times}"


def test_every_rule_finds_the_fault_made_for_it(study) -> None:
    data, asked, absent = study
    lines, unseen = [], []
    for rule in asked:
        edits = faults_of(rule, data)
        found = _named(edited(data, edits), rule)
        seen = bool(found - _named(data, rule))
        lines.append(
            f"{rule.id:<13} {rule.dataset:<9} {'found' if seen else 'NOT':<6} {_told(edits)}"
        )
        if not seen:
            unseen.append((rule.id, rule.dataset, rule.check, edits))
    lines += [f"{r.id:<13} {r.dataset:<9} its variables are not in this study" for r in absent]
    print("\nrule          dataset   answer fault", *sorted(lines), sep="\n")
    print(f"{len(asked)} faults, {len({rule.id for rule in asked})} rules, {len(unseen)} unseen")
    assert unseen == []


def test_great_expectations_finds_the_same_records(study) -> None:
    data, asked, _ = study
    chosen: dict[str, list[Rule]] = {}
    edits: list[Edit] = []
    for rule in asked:
        own = chosen.setdefault(rule.dataset, [])
        if rule.check in UNFIT or rule.check in {other.check for other in own}:
            continue
        edits += faults_of(rule, data)
        own.append(rule)
    spoilt = edited(data, sorted(edits, key=lambda edit: edit[0] == "copy"))
    runs = [run_suite(spoilt, name, rules) for name, rules in chosen.items()]
    found = [item for run in runs for item in run.checked]
    assert len(found) == sum(map(len, chosen.values())) > 300
    for item in found:
        assert item.fault == ""
        assert item.failed.equals(check_rule(spoilt, item.rule).failed), item.rule
    assert sum(len(item.failed) > 0 for item in found) > 400  # one fault may mend another


def test_rules_asked_in_batches_find_the_same_records(study) -> None:
    """Of spoiled data, in three batches of subjects: every rule that can be asked so."""
    data, asked, _ = study
    spoilt = edited(data, [edit for rule in asked[::7] for edit in faults_of(rule, data)][:400])
    spoilt = {name: numbered(frame.reset_index(drop=True)) for name, frame in spoilt.items()}
    columns = {name: list(frame.columns) for name, frame in spoilt.items()}
    asked = [rule for rule in asked if not why_not(rule, columns, columns)]
    batches = list(split(spoilt, 3))
    in_batches = [rule for rule in asked if by_subject(rule, columns)]
    failing = 0
    for rule in in_batches:
        whole, parts = check_rule(spoilt, rule), [check_rule(part, rule) for part in batches]
        found = pd.concat([part.failed for part in parts]).drop_duplicates()
        found = found.sort_values(["record", "variable"], ignore_index=True)
        assert found.equals(whole.failed), (rule.id, rule.dataset)
        assert sum(part.rows for part in parts) == whole.rows, (rule.id, rule.dataset)
        failing += len(whole.failed) > 0
    assert failing > 150
    others = {rule.check for rule in asked if rule not in in_batches and in_subjects(rule, columns)}
    assert others == {"one_to_one", "one_value_per", "same_counts", "no_unit_slip", "in_other"}


def split(data: dict[str, pd.DataFrame], number: int) -> Iterator[dict[str, pd.DataFrame]]:
    """Data in batches of subjects: datasets without subjects are in each as a whole."""
    known = sorted(data["DM"]["USUBJID"].dropna().unique())
    of = {subject: place * number // len(known) for place, subject in enumerate(known)}
    for batch in range(number):
        yield {
            name: frame.loc[frame["USUBJID"].map(of).fillna(0) == batch]
            if "USUBJID" in frame.columns
            else frame
            for name, frame in data.items()
        }


def in_subjects(rule: Rule, columns: dict[str, list[str]]) -> bool:
    """Whether the dataset of a rule has subjects."""
    return "USUBJID" in columns[rule.dataset]


def test_the_faults_meet_every_check_that_a_rule_of_the_study_uses(study) -> None:
    _, asked, absent = study
    assert {rule.check for rule in asked} <= set(FAULTS)
    only_fixtures = set(library()) - {rule.check for rule in asked}
    assert only_fixtures <= {rule.check for rule in absent} | FIXTURES_ONLY


def test_the_rules_of_this_run_are_those_of_the_engine_and_the_study(study) -> None:
    _, asked, absent = study
    names = {rule.id for rule in (*asked, *absent)}
    assert set(WHY) <= names
    assert len(names & set(standard_names())) > 110
