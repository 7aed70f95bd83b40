"""Rules that cannot be run as they are written, in YAML and in Python; the others run."""

from __future__ import annotations

import shutil

import pytest
from small_study import failures, in_report

from pipeline.checks.gate import gate
from pipeline.checks.validate import check_study, validate
from pipeline.errors import StudyError
from pipeline.study import StudyFolder


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("severity: warning", "severity: severe", "severity is 'severe'"),
        ("expect: unique_per", "expect: unique", "'unique' is not a check"),
        ("with: {by: [USUBJID, AETERM]}", "with: {of: [USUBJID]}", "unknown key 'of'"),
        ("by: [USUBJID, AETERM]", "by: [usubjid]", "'usubjid' is not a variable name"),
        ("source: A checklist", "sauce: A checklist", "unknown key 'sauce'"),
        ("R-TERM:", "KEYS:", "KEYS is a rule of the engine"),
        ("dataset: LB", "dataset: lb", "'lb' is not a dataset name"),
    ],
)
def test_a_faulty_rule_is_told_with_its_line_and_the_others_run(study, old, new, message):
    path = study.path / "expectations/rules.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    validate(study)
    (found,) = in_report(study, "findings.json")
    assert (found["rule"], found["severity"]) == ("RULES", "error")
    assert (found["file"], found["line"] > 0) == ("expectations/rules.yaml", True)
    assert message in found["what"]
    statuses = {r["rule"]: (r["status"], r["reason"]) for r in in_report(study, "rules.json")}
    assert statuses["R-WHERE"][0] == "passed"
    assert any(message in result["reason"] for result in in_report(study, "rules.json"))
    with pytest.raises(StudyError, match="RULES"):
        gate(study)


def test_two_files_cannot_have_a_rule_of_one_name(study):
    shutil.copy(study.path / "expectations/rules.yaml", study.path / "expectations/zz.yaml")
    found = [item.finding.what for item in check_study(study).reported]
    assert len(found) == 6
    assert "the rule R-DEATH is also at expectations/rules.yaml line" in found[0]


PROGRAM_RULE = """
R-PROGRAM:
  says: No event lasts longer than a day.
  why: An example.
  severity: warning
  source: A checklist
  dataset: AE
  program: long_event
"""

PROGRAM = """
def long_event(ae, dm):
    known = ae["USUBJID"].isin(dm["USUBJID"])
    return known & (ae["AEDUR"] == "P2D")
"""


@pytest.fixture
def with_program(study) -> StudyFolder:
    rules = study.path / "expectations"
    (rules / "own.yaml").write_text(PROGRAM_RULE, encoding="utf-8")
    (rules / "long_event.py").write_text(PROGRAM, encoding="utf-8")
    return study


def test_a_rule_in_python_names_the_failing_row(with_program):
    assert failures(with_program) == {("AE", "R-PROGRAM"): (1, [""])}
    (item,) = check_study(with_program).reported
    assert (item.finding.record, item.finding.subject) == (1, "ABC-1-01")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('ae["AEDUR"]', 'ae["AEDURX"]', "KeyError: no column or key 'AEDURX'"),
        ("return known &", "return dm & ", "long_event.py"),
        ('return known & (ae["AEDUR"] == "P2D")', "return True", "does not fit the dataset"),
        ("def long_event", "def longevent", "no function long_event"),
        ("(ae, dm)", "(dm)", "long_event does not read the dataset of the rule"),
        ("known & ", "known &&", "long_event.py"),
    ],
)
def test_a_faulty_program_of_a_rule_is_told_and_the_others_run(with_program, old, new, message):
    path = with_program.path / "expectations/long_event.py"
    path.write_text(PROGRAM.replace(old, new), encoding="utf-8")
    validation = check_study(with_program)
    (item,) = validation.reported
    assert item.finding.rule == "RULES"
    assert message in f"{item.finding.file} {item.finding.what}"
    statuses = {result.rule: result.status for result in validation.results}
    assert (statuses["R-PROGRAM"], statuses["R-WHERE"]) == ("not run", "passed")


def test_a_rule_program_that_reads_a_dataset_of_another_study_does_not_run(with_program):
    path = with_program.path / "expectations/long_event.py"
    path.write_text(PROGRAM.replace("(ae, dm)", "(ae, vs)"), encoding="utf-8")
    (result,) = [r for r in check_study(with_program).results if r.rule == "R-PROGRAM"]
    assert (result.status, result.reason) == ("not run", "VS not in this study")
