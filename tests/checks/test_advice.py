"""What the report advises: the one who can mend a fault, by where its dataset comes from."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from spoiled_study import MINI

from pipeline.checks.advice import Advice
from pipeline.checks.inputs import study_rules
from pipeline.checks.rules import Rule
from pipeline.datasets import all_datasets
from pipeline.study import StudyFolder, open_study

QUERY = "query the site if the CRF is wrong, else correct"


def advised(folder: StudyFolder, name: str, dataset: str, about: str = "", fix: str = "") -> str:
    """The advice about a failure of the rule `name` of the mini study."""
    specified = {item.name: item for item in all_datasets(folder).values()}
    rules: list[Rule] = study_rules(folder, specified)[0]
    rule = next(rule for rule in rules if (rule.id, rule.dataset) == (name, dataset))
    return Advice(folder, specified).of(replace(rule, fix=fix), about or dataset)


@pytest.mark.parametrize(
    ("name", "dataset", "expected"),
    [
        ("KEYS", "AE", "correct sdtm/ae.py or its specification"),
        ("DATE-ORDER", "AE", f"{QUERY} sdtm/ae.py or its specification"),
        ("DQ1.1", "AE", f"{QUERY} sdtm/ae.py"),
        ("COPIED", "ADAE", "correct adam/adae.py or its specification"),
        ("LABEL", "CONTENTS", "correct the specification of the variable"),
    ],
)
def test_a_dataset_of_the_study_is_mended_in_its_program(name, dataset, expected):
    assert advised(open_study(MINI), name, dataset) == expected


def test_a_dataset_taken_as_it_comes_is_mended_by_who_supplies_it():
    files = {"ae": (Path("data/aepart1.xpt"), Path("data/aepart2.xpt"))}
    folder = replace(open_study(MINI), sources=files, forms={})
    taken = (
        "query the supplier of 'aepart1.xpt', 'aepart2.xpt': the study takes AE as it comes; "
        "or waive the finding with its reason"
    )
    for name in ("KEYS", "DATE-ORDER", "DQ1.1"):
        assert advised(folder, name, "AE") == taken
    assert advised(folder, "LABEL", "CONTENTS", about="AE") == taken
    assert advised(folder, "LABEL", "CONTENTS", about="ADAE").startswith("correct the spec")
    assert advised(folder, "DQ1.1", "AE", fix="call the monitor") == "call the monitor"
    made = advised(folder, "DATE-ORDER", "ADAE")
    assert made.startswith("query the supplier if the SDTM is wrong, else correct adam/adae.py")


def test_no_advice_names_a_program_that_is_not_there():
    folder = open_study(Path(__file__).parents[2])
    specified = {item.name: item for item in all_datasets(folder).values()}
    advice = Advice(folder, specified)
    asked = [rule for rule in study_rules(folder, specified)[0] if rule.dataset in specified]
    told = {advice.of(rule, rule.dataset) for rule in asked}
    named = {name for text in told for name in re.findall(r"\b(?:sdtm|adam)/\w+\.py", text)}
    assert len(named) > 40
    assert [name for name in sorted(named) if not (folder.path / name).exists()] == []
