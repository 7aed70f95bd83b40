"""What is carried from one run to the next: keys, the findings of the last cut, responses."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from spoiled_study import (
    ENDS_EARLY,
    EVENTS,
    HEADACHE,
    NAUSEA,
    NOT_CODED,
    SUBJECT,
    build_report,
    change,
)

from pipeline.__main__ import main
from pipeline.checks.baseline import BASELINE, compared, freeze_findings, read_baseline, resolved
from pipeline.checks.finding_keys import identity, with_keys
from pipeline.checks.reported import Reported
from pipeline.checks.responses import (
    RESPONSES,
    WORKBOOK,
    Response,
    _text,
    read_responses,
    respond,
)
from pipeline.checks.typed import read_typed
from pipeline.errors import StudyError
from pipeline.findings import Finding
from pipeline.frames import write_json
from pipeline.study import open_study

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


def a_finding(record: int = 3, line: int = 5, seq: str = "2", what: str = "X") -> Reported:
    found = Finding(
        "R1", "error", "S-1", what, "fix", "raw/ae.csv", line, "", "AE", record, "AEENDTC"
    )
    return Reported(found, "Says.", "Why.", {"STUDYID": "S", "USUBJID": "S-1", "AESEQ": seq})


def findings_of(study: Path) -> list[dict]:
    return json.loads((study / "build/validation/findings.json").read_text(encoding="utf-8"))


def test_a_key_knows_no_line_and_no_record_number():
    assert identity(a_finding()) == identity(a_finding(record=9, line=77))
    assert identity(a_finding()) != identity(a_finding(seq="3"))
    assert identity(a_finding()) != identity(
        replace(a_finding(), finding=replace(a_finding().finding, variable="AESTDTC"))
    )


def test_findings_that_nothing_tells_apart_have_keys_of_their_own(built_mini):
    study = open_study(built_mini).study
    keys = [item.key for item in with_keys([a_finding()] * 3 + [a_finding(seq="9")], study, {})]
    assert len(set(keys)) == 4
    assert keys[:3] == [i.key for i in with_keys([a_finding()] * 3, study, {})]
    assert all(len(key) == 12 for key in keys)


def test_every_finding_has_a_key_a_subject_and_a_site(spoiled):
    found = findings_of(spoiled)
    assert len({item["key"] for item in found}) == len(found) > 5
    about = {item["rule"]: (item["usubjid"], item["site"]) for item in found}
    assert about["DQ1.1"] == (SUBJECT, "01")
    assert about["INTAKE-SUBJECT"] == ("", "")  # the subject is in no dataset
    assert {(item["state"], item["since"]) for item in found} == {("", "2016-12-31")}


def test_new_changed_unchanged_and_resolved_are_told_apart(tmp_path):
    old = [
        {"key": key, "rule": "R", "dataset": "AE", "file": "", "severity": "error"}
        | {"subject": "S", "what": what, "since": "2016-06-30"}
        for key, what in (("same", "A"), ("other", "B"), ("gone", 'C, with "quotes"\r\nand more'))
    ]
    (tmp_path / "expectations").mkdir()
    write_json(old, tmp_path / "build/validation/findings.json")
    assert freeze_findings(tmp_path) == 3
    baseline = read_baseline(tmp_path)
    now = [
        replace(a_finding(what="A"), key="same"),
        replace(a_finding(what="B2"), key="other"),
        replace(a_finding(), key="fresh"),
    ]
    marked = compared(now, baseline, "2016-12-31")
    assert [(item.state, item.since) for item in marked] == [
        ("unchanged", "2016-06-30"),
        ("changed", "2016-06-30"),
        ("new", "2016-12-31"),
    ]
    (gone,) = resolved(marked, baseline)
    assert (gone.key, gone.what) == ("gone", 'C, with "quotes"\r\nand more')
    assert [item.state for item in compared(now, None, "2016-12-31")] == ["", "", ""]


@pytest.mark.parametrize("text", ["", "key,rule\n", "key,rule,dataset\na,b,c\n", "x\ny\n"])
def test_a_damaged_list_of_findings_is_an_error(tmp_path, text):
    (tmp_path / "expectations").mkdir()
    (tmp_path / BASELINE).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="this is no list of findings"):
        read_baseline(tmp_path)


def test_freezing_before_a_validation_says_what_to_run(tmp_path):
    with pytest.raises(StudyError, match="run make validate first"):
        freeze_findings(tmp_path)


def test_the_next_cut_tells_what_became_of_the_findings(spoiled_own):
    study = spoiled_own
    assert main(["freeze", "--study", str(study)]) == 0
    build_report(study)
    assert {item["state"] for item in findings_of(study)} == {"unchanged"}
    page = (study / "build/validation/index.html").read_text(encoding="utf-8")
    assert "None of the findings of the last data cut is gone." in page
    coded = NOT_CODED.replace(",,", ",Nausea,")
    worse = ENDS_EARLY.replace("18-JAN-2016", "17-JAN-2016")
    again = HEADACHE.replace("1001,1", "1002,9").replace("22-JAN", "19-JAN")
    change(study, (NOT_CODED, coded), (ENDS_EARLY, worse))
    with (study / EVENTS).open("a", encoding="utf-8") as file:
        file.write(f"{again},Mild,Yes,published\n")
    build_report(study)
    states = {(i["rule"], i["dataset"], i["subject"]): i["state"] for i in findings_of(study)}
    assert states["DATE-ORDER", "AE", SUBJECT] == "changed"
    assert states["DATE-ORDER", "AE", "DEMO-7-1002"] == "new"
    assert states["AD027", "CONTENTS", ""] == "unchanged"
    assert ("DQ1.1", "AE", SUBJECT) not in states
    page = (study / "build/validation/index.html").read_text(encoding="utf-8")
    assert 'id="resolved"' in page
    assert "Every adverse event is coded to a preferred term. Here AEDECOD is missing" in page
    book = load_workbook(study / WORKBOOK)
    gone = {row[1] for row in book["resolved"].iter_rows(min_row=2, values_only=True)}
    assert {"DQ1.1", "REQUIRED"} <= gone
    summary = dict(book["summary"].iter_rows(values_only=True))
    assert summary["findings resolved since the last cut"] == len(gone)


def type_into(path: Path, answers: dict[str, str], sheet: str = "details") -> None:
    """Answer the findings of rules (AE alone) as a person would: open, type, sort, save."""
    book = load_workbook(path)
    rows = list(book[sheet].iter_rows())
    head = {cell.value: place for place, cell in enumerate(rows[0])}
    for row in rows[1:]:
        rule, dataset = row[head["rule"]].value, row[head["dataset"]].value
        if rule in answers and dataset in ("AE", EVENTS):
            row[head["response of the sponsor"]].value = answers[rule]
    values = [[cell.value for cell in row] for row in rows[1:]]
    for row, turned in zip(rows[1:], reversed(values), strict=True):
        for cell, value in zip(row, turned, strict=True):
            cell.value = value
    book.save(path)


ANSWERS = {
    "DQ1.1": "=cmd() typed as it is",
    "DATE-ORDER": "Zu prüfen: <b>Anlage 3</b>\nsecond line",
    "INTAKE-SUBJECT": "No",
}


def test_what_was_typed_survives_builds_is_kept_and_comes_back(spoiled_own, capsys):
    study, book = spoiled_own, spoiled_own / WORKBOOK
    before = book.read_bytes()
    type_into(book, ANSWERS)
    build_report(study)
    typed = {item.rule: item.response for item in read_typed(book).values()}
    assert typed == ANSWERS
    assert (
        "3 responses in build/validation/findings.xlsx are not kept yet" in capsys.readouterr().err
    )
    assert not (study / RESPONSES).exists()  # a build writes nothing into the study
    assert {item["response"] for item in findings_of(study)} == {""}

    assert main(["respond", "--study", str(study)]) == 0
    assert "3 responses kept, changed or removed" in capsys.readouterr().out
    kept = {item.rule: item.response for item in read_responses(study).values()}
    assert kept == ANSWERS
    build_report(study)
    assert read_typed(book) == {}
    told = {i["rule"]: i["response"] for i in findings_of(study) if i["response"]}
    assert told == ANSWERS
    once = book.read_bytes()
    shutil.rmtree(study / "build/validation")
    build_report(study)
    assert book.read_bytes() == once != before

    type_into(book, {"DQ1.1": "", "INTAKE-SUBJECT": "Yes"})
    lines = respond(study, book)
    assert sorted(line.split(":")[0] for line in lines) == ["changed", "removed"]
    assert {item.rule: item.response for item in read_responses(study).values()} == {
        "DATE-ORDER": ANSWERS["DATE-ORDER"],
        "INTAKE-SUBJECT": "Yes",
    }


def test_a_response_outlives_its_finding_and_says_what_it_was_given_to(spoiled_own):
    study, book = spoiled_own, spoiled_own / WORKBOOK
    type_into(book, ANSWERS)
    change(study, (NOT_CODED, NAUSEA), (ENDS_EARLY, ENDS_EARLY.replace("18-JAN", "17-JAN")))
    build_report(study)  # what was typed meets a report that has changed
    typed = {item.rule: item.response for item in read_typed(book).values()}
    assert typed == ANSWERS
    sheet = load_workbook(book)["resolved"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["DQ1.1"]
    respond(study, book)
    build_report(study)
    (dated,) = [i for i in findings_of(study) if i["response"] == ANSWERS["DATE-ORDER"]]
    assert "AEENDTC = 2016-01-17" in dated["what"]
    assert "AEENDTC = 2016-01-17" in dated["answered"]  # typed beside the changed finding
    assert len(read_responses(study)) == 3


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(b"not a workbook"), "cannot be read as a workbook"),
        (lambda path: _without(path, "key"), "sheet details has no column key"),
        (lambda path: _without(path, "details"), "it has no sheet details"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_not_overwritten(spoiled_own, spoil, told):
    book = spoiled_own / WORKBOOK
    spoil(book)
    spoilt = book.read_bytes()
    with pytest.raises(StudyError, match=told):
        build_report(spoiled_own)
    assert book.read_bytes() == spoilt


def _without(path: Path, name: str) -> None:
    """Take a sheet or the head of a column out of a workbook."""
    book = load_workbook(path)
    if name in book.sheetnames:
        del book[name]
    else:
        for cell in book["details"][1]:
            cell.value = None if cell.value == name else cell.value
    book.save(path)


def test_respond_names_a_file_that_does_not_exist(tmp_path, capsys):
    assert main(["respond", str(tmp_path / "x.xlsx")]) == 1
    assert "the file does not exist" in capsys.readouterr().err


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), min_size=1, max_size=4))
def test_responses_are_read_as_they_were_written(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("responses")
    written = {
        f"{number:012x}": Response(f"{number:012x}", rule, "AE", subject, "said", text)
        for number, (rule, subject, text) in enumerate(texts)
    }
    (folder / RESPONSES).write_text(_text(written), encoding="utf-8")
    assert read_responses(folder) == written
