"""Rules asked of a small study: what passes, what fails, what did not run, and where it stands."""

from __future__ import annotations

import pytest
from small_study import DATA, failures, in_report, spoil, write

from pipeline.checks.direct import run_directly
from pipeline.checks.gate import gate
from pipeline.checks.inputs import study_rules
from pipeline.checks.page import rule_groups
from pipeline.checks.results import why_not
from pipeline.checks.suites import run_suite
from pipeline.checks.validate import check_study, validate
from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.findings import Finding
from pipeline.frames import write_json
from pipeline.study import open_study
from tests.built_data import built_data


def test_a_study_without_faults_passes_and_says_what_did_not_run(study):
    results = check_study(study).results
    assert {(r.rule, r.reason) for r in results if r.status == "not run"} == {
        ("R-ABSENT", "AE.AEREL not in this study"),
        ("R-NOWHERE", "LB not in this study"),
        ("R-NOROW", "no row of the dataset is what the rule is about"),
        ("CORE", "CORE: not run; name its rules cache: make core CORE_CACHE=DIR"),
    }
    assert {r.status for r in results} == {"passed", "not run"}
    counts = {(r.dataset, r.rule): r.rows for r in results if r.status == "passed"}
    assert counts["AE", "R-TERM"] == 3
    assert counts["DM", "R-DEATH"] == 2
    assert counts["AE", "R-WHERE"] == 1
    assert counts["raw/ae.csv", "INTAKE-DATE"] == 3
    assert all(rows > 0 for rows in counts.values())


@pytest.mark.parametrize(
    ("changes", "rule", "expected"),
    [
        ({("ae", "AESEQ", 1): 1}, ("AE", "KEYS"), (2, ["", ""])),
        ({("ae", "AETERM", 0): None}, ("AE", "REQUIRED"), (1, ["AETERM"])),
        (
            {("dm", "DTHFL", 1): "X"},
            ("DM", "TERMS"),
            (1, ["DTHFL"]),
        ),
        ({("ae", "AETERM", 0): "x" * 31}, ("AE", "TEXT"), (1, ["AETERM"])),
        ({("ae", "AETERM", 0): "x "}, ("AE", "TEXT"), (1, ["AETERM"])),
        ({("ae", "AEENDTC", 0): "2020-02-30"}, ("AE", "ISO8601"), (1, ["AEENDTC"])),
        ({("ae", "AEDUR", 0): "2 days"}, ("AE", "DURATION"), (1, ["AEDUR"])),
        ({("ae", "AESTDY", 0): 2.0}, ("AE", "STUDY-DAY"), (1, ["AESTDY"])),
        ({("adae", "ASTDY", 1): 0}, ("ADAE", "DAY-ZERO"), (1, ["ASTDY"])),
        ({("ae", "AEENDTC", 0): "2019"}, ("AE", "DATE-ORDER"), (1, ["AEENDTC"])),
        ({("ae", "USUBJID", 2): "ABC-1-09"}, ("AE", "SUBJECT"), (1, [""])),
        ({("adae", "SAFFL", 2): "Y"}, ("ADAE", "COPIED"), (1, ["SAFFL"])),
        ({("adsl", "DTHFL", 0): None}, ("ADSL", "COPIED-DM"), (1, ["DTHFL"])),
        ({("dm", "DTHDTC", 0): None}, ("DM", "R-DEATH"), (1, [""])),
        ({("ae", "AETERM", 1): "Headache"}, ("AE", "R-TERM"), (2, ["", ""])),
        ({("ae", "AEENDTC", 0): "2019"}, ("AE", "R-WHERE"), (1, [""])),
    ],
)
def test_one_fault_fails_the_rule_about_it(study, changes, rule, expected):
    spoil(study, changes)
    assert failures(study)[rule] == expected


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "told"),
    [
        ("sdtm/ae.yaml", "AEDUR: {", "AEDURX: {", "COLUMNS", "AEDURX"),
        ("sdtm/ae.yaml", "label: Start,", "label: Started,", "LABEL", "Started"),
        ("adam/adae.yaml", "Day, type: integer", "Day, type: float", "TYPE", "int64"),
    ],
)
def test_a_file_that_differs_from_its_specification_fails(study, file, old, new, rule, told):
    path = study.path / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = [i for i in check_study(open_study(study.path)).reported if i.finding.rule == rule]
    assert len(found) == 1
    assert told in found[0].finding.what


def test_a_label_that_a_transport_file_would_cut_fails(study):
    path = study.path / "adam/adae.yaml"
    text = path.read_text(encoding="utf-8").replace("label: Day,", f"label: {'D' * 41},")
    path.write_text(text, encoding="utf-8")
    folder = open_study(study.path)
    write(folder, DATA)
    assert failures(folder) == {("CONTENTS", "LABEL-LENGTH"): (1, ["LABEL"])}


def test_a_finding_names_rule_keys_values_and_the_line_of_the_crf(study):
    spoil(study, {("ae", "AESTDY", 1): 5.0})
    validate(study)
    (found,) = in_report(study, "findings.json")
    assert found["rule"] == "STUDY-DAY"
    assert (found["dataset"], found["record"], found["variable"]) == ("AE", 2, "AESTDY")
    assert (found["subject"], found["file"], found["line"]) == ("ABC-1-01", "raw/ae.csv", 3)
    assert found["keys"] == {"USUBJID": "ABC-1-01", "AESEQ": "2"}
    assert found["values"] == {
        "AESTDY": "5",
        "AESTDTC": "2020-01-09",
        "DM.RFSTDTC": "2020-01-10",
    }
    assert found["value"] == "5"
    assert found["crf"] == ["raw/ae.csv line 3"]
    assert Finding(**{name: found[name] for name in Finding.__dataclass_fields__})


def test_the_crf_line_is_found_through_two_layers(study):
    spoil(study, {("adae", "SAFFL", 2): "Y"})
    (item,) = check_study(study).reported
    assert item.crf == ("raw/ae.csv line 4",)


def test_findings_of_the_intake_stand_in_the_same_report(study):
    late = Finding("INTAKE-DATE", "error", "01-02", "'31 SEP' is no date", "query", "raw/ae.csv", 4)
    write_json([vars(late)], study.build / "raw/findings.json")
    validate(study)
    (result,) = [r for r in in_report(study, "rules.json") if r["status"] == "failed"]
    assert (result["dataset"], result["rule"], result["failed"]) == ("raw/ae.csv", "INTAKE-DATE", 1)
    with pytest.raises(StudyError, match="INTAKE-DATE"):
        gate(study)


def test_many_failures_are_counted_and_cannot_be_waived_one_by_one(study):
    rows = 600
    data = DATA | {
        "dm": {
            "USUBJID": [f"ABC-1-{n}" for n in range(rows)],
            "RFSTDTC": [None] * rows,
            "DTHFL": ["Y"] * rows,
            "DTHDTC": [None] * rows,
        }
    }
    write(study, data)
    validation = check_study(study)
    found = [item for item in validation.reported if item.finding.rule == "R-DEATH"]
    assert len(found) == 501
    assert "100 more are not listed" in " ".join(item.finding.what for item in found)
    (result,) = [r for r in validation.results if r.rule == "R-DEATH"]
    assert (result.failed, result.subjects) == (600, 600)
    shown = rule_groups(validation.results, validation.reported)["DM", "R-DEATH"]
    assert (shown["failed"], shown["subjects"]) == (600, 600)


def test_a_dataset_that_is_not_built_is_an_error(study):
    (study.build / "sdtm/ae.parquet").unlink()
    with pytest.raises(StudyError, match=r"AE: .*not built"):
        check_study(study)


def test_great_expectations_and_the_checks_alone_say_the_same(study):
    changes = {("ae", "AETERM", 0): "x ", ("ae", "AESEQ", 1): 1, ("dm", "DTHDTC", 0): None}
    spoil(study, changes)
    specified = {dataset.name: dataset for dataset in all_datasets(study).values()}
    data = built_data(study)
    columns = {name: list(frame.columns) for name, frame in data.items()}
    rules = [r for r in study_rules(study, specified)[0] if not why_not(r, columns, specified)]
    by_dataset = {name: [r for r in rules if r.dataset == name] for name in data}
    runs = [run_suite(data, name, own) for name, own in by_dataset.items() if own]
    direct = {(c.rule.id, c.rule.dataset): c for c in run_directly(data, rules)}
    for run in runs:
        for checked in run.checked:
            alone = direct[checked.rule.id, checked.rule.dataset]
            assert set(alone.failed["record"]) == set(checked.failed["record"])
            assert alone.rows == checked.rows
    assert sum(len(checked.failed) for checked in direct.values()) >= 4
