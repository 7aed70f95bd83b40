"""Waivers hold for what they name until their day; the gate is closed by errors that are open."""

from __future__ import annotations

import pytest
from small_study import in_report, spoil

from pipeline.checks.gate import gate
from pipeline.checks.validate import validate
from pipeline.errors import StudyError

WAIVER = """
W1:
  rule: R-DEATH
  subject: {subject}
  reason: The date was never learned.
  author: A. Statistician
  expires: "{expires}"
"""


@pytest.mark.parametrize(
    ("subject", "expires", "statuses"),
    [
        ("ABC-1-01", "2020-06-30", {"R-DEATH": "waived", "WAIVER": "passed"}),
        ("ABC-1-02", "2020-06-30", {"R-DEATH": "failed", "WAIVER": "failed"}),
        ("ABC-1-01", "2020-06-29", {"R-DEATH": "failed", "WAIVER": "failed"}),
    ],
)
def test_a_waiver_holds_for_its_subject_until_its_day(study, capsys, subject, expires, statuses):
    spoil(study, {("dm", "DTHDTC", 0): None})
    text = WAIVER.format(subject=subject, expires=expires)
    (study.path / "waivers.yaml").write_text(text, encoding="utf-8")
    validate(study)
    results = {r["rule"]: r["status"] for r in in_report(study, "rules.json")}
    assert {rule: results[rule] for rule in statuses} == statuses
    if statuses["R-DEATH"] == "waived":
        gate(study)
        told = capsys.readouterr().err
        assert "waived: R-DEATH (1 finding) by W1: The date was never learned." in told
        assert "The date was never learned." in (study.build / "validation/index.html").read_text()
    else:
        with pytest.raises(StudyError, match="R-DEATH"):
            gate(study)


def test_the_day_of_a_waiver_is_that_of_the_build_when_one_is_set(study, monkeypatch):
    spoil(study, {("dm", "DTHDTC", 0): None})
    text = WAIVER.format(subject="ABC-1-01", expires="2020-06-30")
    (study.path / "waivers.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")  # 2020-09-13
    validate(study)
    with pytest.raises(StudyError, match="no longer holds on 2020-09-13"):
        gate(study)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rule: R-DEATH", "rule: R-DEATHS", "'R-DEATHS' is not a rule"),
        ("reason: The date was never learned.", "reason: ''", "reason is empty"),
        ("author: A. Statistician", "", "the key 'author' is missing"),
        ('expires: "2020"', 'expires: "soon"', "expires is 'soon'"),
    ],
)
def test_a_faulty_waiver_stops_with_its_line(study, old, new, message):
    text = WAIVER.format(subject="ABC-1-01", expires="2020").replace(old, new)
    (study.path / "waivers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=r"waivers\.yaml line \d") as error:
        validate(study)
    assert message in str(error.value)


def test_the_gate_opens_for_warnings_and_closes_for_errors(study):
    spoil(study, {("ae", "USUBJID", 2): "ABC-1-01", ("ae", "AESEQ", 2): 3})
    validate(study)
    assert [item["severity"] for item in in_report(study, "findings.json")] == ["warning"] * 2
    gate(study)
    spoil(study, {("ae", "AESTDY", row): 9.0 for row in range(3)})
    validate(study)
    with pytest.raises(StudyError) as error:
        gate(study)
    assert "3 findings of severity error (STUDY-DAY 3)" in str(error.value)
    assert "build/validation/index.html" in str(error.value)


def test_the_gate_wants_a_report(study):
    with pytest.raises(StudyError, match=r"findings\.json"):
        gate(study)
