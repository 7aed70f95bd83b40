"""The clinical rules of the reference study name datasets and variables that it specifies."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.checks.rules import Rule, read_rules
from pipeline.checks.standard_rules import standard_names
from pipeline.checks.structural import WHY
from pipeline.datasets import all_datasets
from pipeline.study import open_study

ROOT = Path(__file__).parents[2]
RULES = read_rules(ROOT)
NOT_COLLECTED = {  # by this trial; the rules say so in the report
    *(("AE", name) for name in ("AESEV", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB")),
    *(("AE", name) for name in ("AESCONG", "AESMIE")),
    *(("CM", name) for name in ("CMSTDTC", "CMENDTC")),
    *((domain, domain + name) for domain in ("LB", "RS", "VS") for name in ("STAT", "REASND")),
    ("LB", "LBTOXGR"),
}
OPTIONAL = {"CONTENTS", "DD", "QS", "VS", "TR", "TU", "PC", "CP", "ADTR", "ADAESI", "ADCP"}
BY_THE_ENGINE = {  # number of the review's list -> rules of the engine
    17: {"DATE-ORDER"},
    18: {"STUDY-DAY", "DAY-ZERO"},
    43: {"SD40", "SD41", "SD44", "SD46"},
}
ON_OUTPUTS = {40, 42}  # checks.outputs


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_runs_on_what_the_study_specifies(rule: Rule):
    specified = {dataset.name: dataset for dataset in all_datasets(open_study(ROOT)).values()}
    absent = {
        (dataset, variable)
        for dataset, variable in rule.needs
        if dataset not in OPTIONAL and (dataset, variable) not in NOT_COLLECTED
        if dataset not in specified or (variable and variable not in specified[dataset].names)
    }
    assert not absent


def test_the_43_rules_of_the_review_are_there():
    numbers = {int(rule.id[2:4]) for rule in RULES if rule.id.startswith("DQ")}
    assert numbers | set(BY_THE_ENGINE) | ON_OUTPUTS == set(range(1, 44))
    assert set().union(*BY_THE_ENGINE.values()) <= {*WHY, *standard_names()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_in_words_what_holds_and_why(rule: Rule):
    for text in (rule.says, rule.why):
        assert text[0].isupper()
        assert text.endswith(".")
    assert rule.source
