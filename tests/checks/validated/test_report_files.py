"""The files of the report: the same bytes twice, data as text, suites, nothing sent."""

from __future__ import annotations

import re
import socket
import zipfile

import pytest
from openpyxl import load_workbook
from small_study import in_report, spoil

from pipeline.checks.sheets import Sheet, lines_of
from pipeline.checks.validate import validate
from pipeline.findings import Finding


def test_the_report_is_the_same_bytes_twice_and_shows_data_as_text(study):
    spoil(study, {("ae", "AETERM", 0): "<script>x</script> ", ("ae", "AETERM", 1): "=1+1 "})
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
    terms = ["=1+1 ", "+A1 ", "-A1 "]
    spoil(study, {("ae", "AETERM", row): text for row, text in enumerate(terms)})
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
    suite = in_report(study, "suites/DM.json")
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


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("x" * 58, 1), ("x" * 59, 2), ("one\ntwo\n\nfour", 4), ("x" * 40_000, 20)],
)
def test_a_row_is_as_high_as_the_longest_of_its_texts(text, lines):
    sheet = Sheet("details", ("what", "key"), [], hidden=("key",))  # what: 60 characters wide
    assert lines_of(sheet, (text, "y" * 9_000)) == lines


def test_no_text_of_the_workbook_lies_over_the_next_row(study):
    spoil(study, {("ae", "AETERM", 0): "x " * 14})
    validate(study)
    details = load_workbook(study.build / "validation/findings.xlsx")["details"]
    assert details.row_dimensions[2].height >= 30
