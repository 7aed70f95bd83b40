"""Validation of a small study folder, from the datasets to report, waivers and gate."""

from __future__ import annotations

import json
import re
import shutil
import socket
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.checks.direct import run_directly
from pipeline.checks.gate import gate
from pipeline.checks.inputs import read_datasets, study_rules
from pipeline.checks.results import why_not
from pipeline.checks.suites import run_suites
from pipeline.checks.validate import check_study, validate
from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.findings import Finding
from pipeline.frames import prepare_pandas, write_dataset, write_frame, write_json
from pipeline.study import StudyFolder, open_study

prepare_pandas()

STUDY = """
study: ABC-1
title: A <small> study
cutoff: "2020-06-30"
subjects: {form: dm, fields: [SITE, SUBJECT]}
arms: {A: {name: Arm A}}
"""
CODELISTS = 'NY: {label: No Yes Response, terms: {"Y": {}, "N": {}}}\n'
FORMS = """
dm: {label: Demography, structure: One record per subject, key: [SITE, SUBJECT], fields: {
  SITE: {label: Site, type: text, source: derived},
  SUBJECT: {label: Subject, type: text, source: derived}}}
ae: {label: Adverse Events, structure: One record per event, key: [SUBJECT, NO], fields: {
  SUBJECT: {label: Subject, type: text, source: derived},
  NO: {label: Number, type: integer, source: derived}}}
"""
DM = """
dataset: DM
label: Demographics
class: SPECIAL PURPOSE
structure: One record per subject
keys: [USUBJID]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: raw_dm.SUBJECT}
  RFSTDTC: {label: Reference Start, type: iso8601, core: Exp, origin: Derived}
  DTHFL: {label: Death Flag, type: text, codelist: NY, origin: Derived}
  DTHDTC: {label: Date of Death, type: iso8601, origin: Derived}
"""
AE = """
dataset: AE
label: Adverse Events
class: EVENTS
structure: One record per event
keys: [USUBJID, AESEQ]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: raw_ae.SUBJECT}
  AESEQ: {label: Sequence Number, type: integer, core: Req, origin: Derived}
  AETERM: {label: Reported Term, type: text, length: 30, core: Req, origin: Derived}
  AESTDTC: {label: Start, type: iso8601, core: Exp, origin: Derived}
  AEENDTC: {label: End, type: iso8601, core: Exp, origin: Derived}
  AESTDY: {label: Study Day of Start, type: integer, origin: Derived}
  AEDUR: {label: Duration, type: duration, origin: Derived}
"""
ADSL = """
dataset: ADSL
label: Subjects
class: SUBJECT LEVEL ANALYSIS DATASET
structure: One record per subject
keys: [USUBJID]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: DM.USUBJID}
  DTHFL: {label: Death Flag, type: text, origin: DM.DTHFL}
  SAFFL: {label: Safety Population Flag, type: text, core: Req, origin: Derived}
"""
ADAE = """
dataset: ADAE
label: Events
class: OCCURRENCE DATA STRUCTURE
structure: One record per event
keys: [USUBJID, AESEQ]
variables:
  USUBJID: {label: Unique Subject Identifier, type: text, core: Req, origin: AE.USUBJID}
  AESEQ: {label: Sequence Number, type: integer, origin: AE.AESEQ}
  SAFFL: {label: Safety Population Flag, type: text, origin: ADSL.SAFFL}
  ASTDY: {label: Day, type: integer, origin: Derived}
"""
RULES = """
R-DEATH:
  says: A death flag has a date.
  why: Survival is counted to it.
  severity: error
  source: FB0606
  dataset: DM
  expect: equivalent
  with: {when: {DTHFL: "Y"}, then: {DTHDTC: present}}
R-TERM:
  says: No term stands twice.
  why: It would be counted twice.
  severity: warning
  source: A checklist
  dataset: AE
  expect: unique_per
  with: {by: [USUBJID, AETERM]}
R-ABSENT:
  says: A variable this study does not have.
  why: It is reported.
  severity: error
  source: None
  dataset: AE
  expect: not_missing
  with: {variables: [AEREL]}
R-NOWHERE:
  says: A dataset this study does not have.
  why: It is reported.
  severity: error
  source: None
  dataset: LB
  expect: not_missing
  with: {variables: [LBTEST]}
R-WHERE:
  says: A headache does not end before it starts.
  why: Its duration is reported.
  severity: error
  source: A checklist
  dataset: AE
  where: {AETERM: Headache}
  expect: date_order
  with: {start: AESTDTC, end: AEENDTC}
R-NOROW:
  says: Nobody is meant.
  why: It is reported.
  severity: error
  source: None
  dataset: AE
  where: {AETERM: Sepsis}
  expect: not_missing
  with: {variables: [AEENDTC]}
"""
DATA = {
    "dm": {
        "USUBJID": ["ABC-1-01", "ABC-1-02"],
        "RFSTDTC": ["2020-01-10", "2020-02-01"],
        "DTHFL": ["Y", None],
        "DTHDTC": ["2020-05-01", None],
    },
    "ae": {
        "USUBJID": ["ABC-1-01", "ABC-1-01", "ABC-1-02"],
        "AESEQ": [1, 2, 1],
        "AETERM": ["Headache", "Pyrexia", "Pyrexia"],
        "AESTDTC": ["2020-01-10", "2020-01-09", "2020-02"],
        "AEENDTC": ["2020-01-11", None, None],
        "AESTDY": [1.0, -1.0, None],
        "AEDUR": ["P2D", None, None],
    },
    "adsl": {
        "USUBJID": ["ABC-1-01", "ABC-1-02"],
        "DTHFL": ["Y", None],
        "SAFFL": ["Y", "N"],
    },
    "adae": {
        "USUBJID": ["ABC-1-01", "ABC-1-01", "ABC-1-02"],
        "AESEQ": [1, 2, 1],
        "SAFFL": ["Y", "Y", "N"],
        "ASTDY": [1, -1, 1],
    },
}


def _write(folder: StudyFolder, data: dict[str, dict[str, list]]) -> None:
    """The datasets and lineages; record n of DM and AE comes from line n + 1 of its form."""
    for name, dataset in all_datasets(folder).items():
        frame = pd.DataFrame(data[name])
        base = folder.build / dataset.layer
        write_dataset(frame, dataset, base / f"{name}.parquet")
        records = range(1, len(frame) + 1)
        source = {"dm": "raw_dm", "ae": "raw_ae", "adsl": "dm", "adae": "ae"}[name]
        behind = [n + 1 if source.startswith("raw_") else n for n in records]
        lineage = pd.DataFrame({"record": records, "source": source, "source_record": behind})
        write_frame(lineage, base / f"{name}.lineage.parquet")


@pytest.fixture(autouse=True)
def _no_standard(monkeypatch) -> None:
    """Datasets this small conform to no implementation guide; test_standards.py is about that."""
    monkeypatch.setattr("pipeline.checks.inputs.standard_rules", lambda datasets: [])


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """A study without faults; tests work on copies."""
    path = tmp_path_factory.mktemp("clean") / "study"
    texts = {
        "study.yaml": STUDY,
        "codelists.yaml": CODELISTS,
        "raw/forms.yaml": FORMS,
        "sdtm/dm.yaml": DM,
        "sdtm/ae.yaml": AE,
        "adam/adsl.yaml": ADSL,
        "adam/adae.yaml": ADAE,
        "expectations/rules.yaml": RULES,
    }
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    folder = open_study(path)
    _write(folder, DATA)
    write_json([], folder.build / "raw/findings.json")
    records = pd.DataFrame({"form": ["dm", "dm", "ae", "ae", "ae"]})
    write_frame(records, folder.build / "raw/records.parquet")
    return path


@pytest.fixture
def study(clean, tmp_path) -> StudyFolder:
    shutil.copytree(clean, tmp_path / "study")
    return open_study(tmp_path / "study")


def _spoil(folder: StudyFolder, changes: dict[tuple[str, str, int], object]) -> None:
    """Write the datasets with single values changed: (dataset, variable, row) -> value."""
    data = {name: {v: list(x) for v, x in columns.items()} for name, columns in DATA.items()}
    for (dataset, variable, row), value in changes.items():
        data[dataset][variable][row] = value
    _write(folder, data)


def _json(folder: StudyFolder, name: str):
    return json.loads((folder.build / "validation" / name).read_text(encoding="utf-8"))


def _failed(folder: StudyFolder) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """(dataset, rule) -> rows failed, and the variables the findings blame."""
    validation = check_study(folder)
    blamed: dict[tuple[str, str], list[str]] = {}
    for item in validation.reported:
        key = (item.finding.dataset, item.finding.rule)
        blamed.setdefault(key, []).append(item.finding.variable)
    failed = [result for result in validation.results if result.status == "failed"]
    assert {(r.dataset, r.rule) for r in failed} == set(blamed)
    return {(r.dataset, r.rule): (r.failed, blamed[r.dataset, r.rule]) for r in failed}


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
    _spoil(study, changes)
    assert _failed(study)[rule] == expected


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
    _write(folder, DATA)
    assert _failed(folder) == {("CONTENTS", "LABEL-LENGTH"): (1, ["LABEL"])}


def test_a_finding_names_rule_keys_values_and_the_line_of_the_crf(study):
    _spoil(study, {("ae", "AESTDY", 1): 5.0})
    validate(study)
    (found,) = _json(study, "findings.json")
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
    _spoil(study, {("adae", "SAFFL", 2): "Y"})
    (item,) = check_study(study).reported
    assert item.crf == ("raw/ae.csv line 4",)


def test_findings_of_the_intake_stand_in_the_same_report(study):
    late = Finding("INTAKE-DATE", "error", "01-02", "'31 SEP' is no date", "query", "raw/ae.csv", 4)
    write_json([vars(late)], study.build / "raw/findings.json")
    validate(study)
    (result,) = [r for r in _json(study, "rules.json") if r["status"] == "failed"]
    assert (result["dataset"], result["rule"], result["failed"]) == ("raw/ae.csv", "INTAKE-DATE", 1)
    with pytest.raises(StudyError, match="INTAKE-DATE"):
        gate(study)


def test_the_report_is_the_same_bytes_twice_and_shows_data_as_text(study):
    _spoil(study, {("ae", "AETERM", 0): "<script>x</script> ", ("ae", "AETERM", 1): "=1+1 "})
    validate(study)
    report = study.build / "validation"
    first = {p: p.read_bytes() for p in sorted(report.rglob("*")) if p.is_file()}
    validate(study)
    assert {p: p.read_bytes() for p in sorted(report.rglob("*")) if p.is_file()} == first
    names = {path.relative_to(report).as_posix() for path in first}
    assert names >= {
        *("index.html", "findings.json", "rules.json", "findings.xlsx", "suites/AE.json"),
        *("data/findings.js", "data/0000.js", "assets/report.css", "data_docs/index.html"),
        *("subjects/ABC-1-01.html", "subjects/ABC-1-02.html", "data_docs/validations/AE.html"),
    }
    own = [p for p in first if "static" not in p.parts and p.suffix in (".html", ".js", ".css")]
    for path in own:
        page = first[path].decode()
        assert "<script>x" not in page
        loaded = re.findall(r'(?:src|href)="(https?:[^"]*)', page)
        assert set(loaded) <= {"https://greatexpectations.io"}
    assert "\\u003cscript\\u003ex" in first[report / "data/0000.js"].decode()
    assert "\\u003cscript\\u003ex" in first[report / "subjects/ABC-1-01.html"].decode()
    assert "A &lt;small&gt; study" in first[report / "index.html"].decode()


def test_the_workbook_holds_text_where_a_spreadsheet_would_see_a_formula(study):
    from openpyxl import load_workbook

    terms = ["=1+1 ", "+A1 ", "-A1 "]
    _spoil(study, {("ae", "AETERM", row): text for row, text in enumerate(terms)})
    path = study.path / "waivers.yaml"
    waiver = 'W1: {rule: TEXT, reason: "=HYPERLINK(1)", author: "@me", expires: "2021-01-01"}'
    path.write_text(waiver, encoding="utf-8")
    validate(study)
    file = study.build / "validation/findings.xlsx"
    book = load_workbook(file)
    assert book.sheetnames == ["summary", "details", "rules"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    head = [cell.value for cell in book["details"][1]]
    assert head[-3:] == ["response of the sponsor", "key", "response as written"]
    assert book["details"].max_row == 4
    with zipfile.ZipFile(file) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2020, 6, 30, 0, 0, 0)}
        assert b"2020-06-30T00:00:00Z" in archive.read("docProps/core.xml")


def test_a_text_that_looks_like_a_formula_is_written_as_text(tmp_path, study):
    from openpyxl import load_workbook

    from pipeline.checks.report import write_workbook
    from pipeline.checks.reported import Reported

    values = ["=cmd()", "+1", "-1", "@x", "\x0bcontrol"]
    reported = [
        Reported(Finding("R", "error", value, value, value), value, value) for value in values
    ]
    write_workbook(study.study, [], reported, tmp_path / "x.xlsx")
    sheet = load_workbook(tmp_path / "x.xlsx")["details"]
    subject = [row[6] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in subject] == [*values[:4], "\ufffdcontrol"]
    assert {cell.data_type for cell in subject} == {"s"}
    assert [bool(cell.quotePrefix) for cell in subject] == [True, True, True, True, False]


def test_the_suite_is_one_a_great_expectations_user_can_read(study):
    validate(study)
    suite = _json(study, "suites/DM.json")
    kinds = {item["meta"]["rule"]: item["type"] for item in suite["expectations"]}
    assert suite["name"] == "DM"
    assert kinds["COLUMNS"] == "expect_table_columns_to_match_ordered_list"
    assert kinds["REQUIRED"] == "expect_column_values_to_not_be_null"
    assert kinds["TERMS"] == "expect_column_values_to_be_in_set"
    assert kinds["R-DEATH"] == "expect_rows_to_meet_check"
    severities = {item["meta"]["rule"]: item["severity"] for item in suite["expectations"]}
    assert severities["R-DEATH"] == "critical"


def test_nothing_is_sent_anywhere(study, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("validation opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    validate(study)


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
    _spoil(study, {("dm", "DTHDTC", 0): None})
    text = WAIVER.format(subject=subject, expires=expires)
    (study.path / "waivers.yaml").write_text(text, encoding="utf-8")
    validate(study)
    results = {r["rule"]: r["status"] for r in _json(study, "rules.json")}
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
    _spoil(study, {("dm", "DTHDTC", 0): None})
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
    _spoil(study, {("ae", "USUBJID", 2): "ABC-1-01", ("ae", "AESEQ", 2): 3})
    validate(study)
    assert [item["severity"] for item in _json(study, "findings.json")] == ["warning"] * 2
    gate(study)
    _spoil(study, {("ae", "AESTDY", row): 9.0 for row in range(3)})
    validate(study)
    with pytest.raises(StudyError) as error:
        gate(study)
    assert "3 findings of severity error (STUDY-DAY 3)" in str(error.value)
    assert "build/validation/index.html" in str(error.value)


def test_the_gate_wants_a_report(study):
    with pytest.raises(StudyError, match=r"findings\.json"):
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
    _write(study, data)
    validation = check_study(study)
    found = [item for item in validation.reported if item.finding.rule == "R-DEATH"]
    assert len(found) == 501
    assert "100 more are not listed" in " ".join(item.finding.what for item in found)
    (result,) = [r for r in validation.results if r.rule == "R-DEATH"]
    assert (result.failed, result.subjects) == (600, 600)


def test_a_dataset_that_is_not_built_is_an_error(study):
    (study.build / "sdtm/ae.parquet").unlink()
    with pytest.raises(StudyError, match=r"AE: .*not built"):
        check_study(study)


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
    (found,) = _json(study, "findings.json")
    assert (found["rule"], found["severity"]) == ("RULES", "error")
    assert (found["file"], found["line"] > 0) == ("expectations/rules.yaml", True)
    assert message in found["what"]
    statuses = {r["rule"]: (r["status"], r["reason"]) for r in _json(study, "rules.json")}
    assert statuses["R-WHERE"][0] == "passed"
    assert any(message in result["reason"] for result in _json(study, "rules.json"))
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
    assert _failed(with_program) == {("AE", "R-PROGRAM"): (1, [""])}
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


def test_great_expectations_and_the_checks_alone_say_the_same(study):
    changes = {("ae", "AETERM", 0): "x ", ("ae", "AESEQ", 1): 1, ("dm", "DTHDTC", 0): None}
    _spoil(study, changes)
    specified = {dataset.name: dataset for dataset in all_datasets(study).values()}
    data = read_datasets(study, specified)
    columns = {name: list(frame.columns) for name, frame in data.items()}
    rules = [r for r in study_rules(study, specified)[0] if not why_not(r, columns, specified)]
    by_dataset = {name: [r for r in rules if r.dataset == name] for name in data}
    suites = run_suites(data, {name: own for name, own in by_dataset.items() if own})
    direct = {(c.rule.id, c.rule.dataset): c for c in run_directly(data, rules)}
    for suite in suites:
        for checked in suite.checked:
            alone = direct[checked.rule.id, checked.rule.dataset]
            assert set(alone.failed["record"]) == set(checked.failed["record"])
            assert alone.rows == checked.rows
    assert sum(len(checked.failed) for checked in direct.values()) >= 4
