"""The clinical rules of the reference study name datasets and variables that it specifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.checks.rules import Rule, read_rules
from pipeline.checks.structural import WHY
from pipeline.datasets import all_datasets
from pipeline.study import open_study

ROOT = Path(__file__).parents[2]
RULES = read_rules(ROOT)
NOT_COLLECTED = {("AE", "AESEV")}  # the article grades events and does not rate their severity
NUMBERS = [2, 3, 5, 9, 10, 13, 14, 15, 16, 19, 22, 23, 26, 27, 30, 31, 34, 38, 39, 41]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_runs_on_what_the_study_specifies(rule: Rule):
    specified = {dataset.name: dataset for dataset in all_datasets(open_study(ROOT)).values()}
    absent = {
        (dataset, variable)
        for dataset, variable in rule.needs
        if dataset not in specified or variable not in specified[dataset].names
    }
    assert absent <= NOT_COLLECTED


def test_the_rules_asked_for_are_there():
    names = {rule.id.split(".")[0] for rule in RULES}
    assert names == {f"DQ{number:02d}" for number in NUMBERS}
    assert {"STUDY-DAY", "DATE-ORDER", "SUBJECT"} <= set(WHY)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_in_words_what_holds_and_why(rule: Rule):
    for text in (rule.says, rule.why):
        assert text[0].isupper()
        assert text.endswith(".")
    assert rule.source
