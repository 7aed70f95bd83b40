"""The reviewer's guides: every count is that of the data, every finding has its explanation."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pandas as pd
import pytest

from pipeline.document import Bullets, Document, Grid, Heading, Paragraph, texts
from pipeline.document_word import render_word
from pipeline.errors import StudyError
from pipeline.package.ectd_places import file_name, places
from pipeline.package.guide_adam import adrg
from pipeline.package.guide_common import by_severity
from pipeline.package.guide_facts import Facts
from pipeline.package.guide_sdtm import csdrg
from pipeline.package.guide_synthetic import synthetic_statement
from pipeline.package.guide_text import REPORT_PLACE, read_guide_text
from pipeline.package.guides import guide_inputs, guide_outputs, make_guides
from pipeline.package.pdf_document import render_pdf
from pipeline.study import open_study

ROOT = Path(__file__).parents[2]
ISSUE = 'P1: {topic: Dates, printed: "31 September", handled: 30 September}\n'


@pytest.fixture
def study(built_mini: Path, tmp_path: Path) -> Path:
    """The built mini study, to be changed."""
    target = tmp_path / "study"
    shutil.copytree(built_mini, target)
    return target


def facts_of(study: Path) -> Facts:
    return Facts(open_study(study))


def guide(study: Path, name: str) -> Document:
    facts = facts_of(study)
    make = {"csdrg": csdrg, "adrg": adrg}[name]
    return make(facts, places(facts.folder, facts.text.report))


def after(document: Document, heading: str) -> list[Heading | Paragraph | Bullets | Grid]:
    """The blocks between a heading and the next."""
    blocks = list(document.blocks)
    start = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and heading in b.text)
    rest = blocks[start + 1 :]
    end = next((i for i, b in enumerate(rest) if isinstance(b, Heading)), len(rest))
    return rest[:end]


def grid(document: Document, heading: str, number: int = 0) -> Grid:
    return [block for block in after(document, heading) if isinstance(block, Grid)][number]


def said(document: Document, heading: str) -> str:
    return " ".join(b.text for b in after(document, heading) if isinstance(b, Paragraph))


@pytest.mark.parametrize(
    ("name", "layer", "heading"),
    [("csdrg", "sdtm", "3.1 Overview"), ("adrg", "adam", "5 Analysis datasets")],
)
def test_records_and_subjects_are_those_of_the_datasets(
    study: Path, name: str, layer: str, heading: str
) -> None:
    rows = {row[0]: row for row in grid(guide(study, name), heading).rows}
    files = sorted((study / "build" / layer).glob("*.parquet"))
    files = [path for path in files if not path.stem.endswith(".lineage")]
    assert sorted(rows) == sorted(path.stem.upper() for path in files)
    for path in files:
        frame = pd.read_parquet(path)
        subjects = str(frame["USUBJID"].nunique()) if "USUBJID" in frame else ""
        assert rows[path.stem.upper()][4:] == (str(len(frame)), subjects)


def test_sections_follow_the_templates(study: Path) -> None:
    first = [
        [b.text for b in guide(study, name).blocks if isinstance(b, Heading) and b.level == 1]
        for name in ("csdrg", "adrg")
    ]
    assert first == [
        [
            "1 Introduction",
            "2 Protocol description",
            "3 Subject data description",
            "4 Data conformance summary",
            "5 Sources of the data",
            "Appendix 1: Inclusion and exclusion criteria",
            "Appendix 2: Running the programs again",
        ],
        [
            "1 Introduction",
            "2 Protocol description",
            "3 Analysis considerations related to several datasets",
            "4 Creation and processing of analysis data",
            "5 Analysis datasets",
            "6 Data conformance summary",
            "7 Submission of programs",
            "8 Directory structure",
            "Appendix 1: Installing and running the programs",
            "Appendix 2: Quality control",
        ],
    ]


def test_a_finding_stands_with_its_explanation(study: Path) -> None:
    path = study / "build/validation/findings.json"
    one = {
        "rule": "AE-09",
        "severity": "error",
        "subject": "S-1",
        "what": "Ended before it began. Here 2 > 1",
        "says": "Ended before it began.",
        "fix": "",
        "file": "",
        "dataset": "AE",
        "waived": "W01: Confirmed by the site (A. Nurse, until 2030-01-01)",
    }
    open_one = one | {"rule": "AE-10", "severity": "warning", "waived": ""}
    adam = one | {"dataset": "ADAE"}
    path.write_text(json.dumps([one, one | {"subject": "S-2"}, open_one, adam]), encoding="utf-8")
    document = guide(study, "csdrg")
    assert said(document, "4.2").startswith("3 findings: 2 error (2 waived), 1 warning, 0 note.")
    rows = list(grid(document, "4.2").rows)
    assert rows == [
        ("AE", "AE-09", "error", "2", "Ended before it began.", one["waived"]),
        ("AE", "AE-10", "warning", "1", "Ended before it began.", "open"),
    ]
    assert [row[0] for row in grid(guide(study, "adrg"), "6.2").rows] == ["ADAE"]


def test_the_sponsors_response_comes_before_the_waiver(study: Path) -> None:
    path = study / "build/validation/findings.json"
    item = {"rule": "R", "severity": "note", "what": "W", "file": "", "dataset": "AE"}
    item |= {"waived": "W01", "response": "Will be queried."}
    path.write_text(json.dumps([item]), encoding="utf-8")
    assert grid(guide(study, "csdrg"), "4.2").rows[0][-1] == "Will be queried."


def test_rules_run_and_not_run_are_counted(study: Path) -> None:
    rules = [
        {"dataset": "AE", "rule": "A", "says": "a", "status": "passed", "rows": 5, "reason": ""},
        {"dataset": "AE", "rule": "B", "says": "b", "status": "not run", "rows": 0, "reason": "x"},
        {"dataset": "ADSL", "rule": "C", "says": "c", "status": "passed", "rows": 7, "reason": ""},
    ]
    (study / "build/validation/rules.json").write_text(json.dumps(rules), encoding="utf-8")
    document = guide(study, "csdrg")
    assert "2 rules, 5 rows checked: 1 not run, 1 passed." in said(document, "4.1")
    assert grid(document, "4.3").rows == (("AE", "B", "b", "x"),)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "0 error, 0 warning, 0 note"),
        ([("error", ""), ("error", "W01"), ("note", "")], "2 error (1 waived), 0 warning, 1 note"),
    ],
)
def test_by_severity(items: list[tuple[str, str]], words: str) -> None:
    assert by_severity([{"severity": s, "waived": w} for s, w in items]) == words


def test_the_balance_of_crf_records(study: Path) -> None:
    balance = grid(guide(study, "csdrg"), "3.3")
    records = {row[0]: int(row[1]) for row in balance.rows}
    for form, file in (("enrol", "enrol.csv"), ("tablets", "dosing.csv"), ("events", "events.csv")):
        lines = (study / "raw" / file).read_text(encoding="utf-8").splitlines()
        assert records[form] == len(lines) - 1


def test_the_studys_words_and_issues(study: Path) -> None:
    (study / "guides.yaml").write_text(
        "acronyms: {BP: blood pressure}\n"
        "sections: {design: [A tablet., Or a placebo.]}\n"
        "datasets: {AE: The gate question is not submitted.}\n",
        encoding="utf-8",
    )
    (study / "paper_issues.yaml").write_text(ISSUE, encoding="utf-8")
    document = guide(study, "csdrg")
    assert said(document, "2.2 Protocol design") == "A tablet. Or a placebo."
    assert ("BP", "blood pressure") in grid(document, "1.2").rows
    assert "gate question" in said(document, "AE: Adverse Events")
    assert grid(document, "Inconsistencies").rows == (
        ("P1", "Dates", "31 September", "30 September"),
    )
    assert "Number of places: 1." in said(document, "Inconsistencies")


@pytest.mark.parametrize(
    ("file", "text", "where", "what"),
    [
        ("guides.yaml", "sections: {desing: x}\n", "guides.yaml line 1", "unknown key 'desing'"),
        ("guides.yaml", "datasets: {XX: x}\n", "guides.yaml line 1", "unknown key 'XX'"),
        ("guides.yaml", "report: ../Up\n", "guides.yaml line 1", "report is '../Up'"),
        ("paper_issues.yaml", "P1: {topic: x}\n", "paper_issues.yaml line 1", "'printed'"),
    ],
)
def test_faults_in_the_studys_words(
    study: Path, file: str, text: str, where: str, what: str
) -> None:
    (study / file).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        read_guide_text(open_study(study))
    assert error.value.where == where
    assert what in str(error.value)


def test_without_guides_yaml_the_report_has_a_place(study: Path) -> None:
    assert read_guide_text(open_study(study)).report == REPORT_PLACE


def test_the_reference_study_has_its_words() -> None:
    text = read_guide_text(open_study(ROOT))
    assert text.report.startswith("53-clin-stud-rep/")
    assert [issue.id for issue in text.issues] == [f"P{n:02}" for n in range(1, 25)]


def test_synthetic_fields_variables_and_outputs(study: Path) -> None:
    forms = study / "raw/forms.yaml"
    text = forms.read_text(encoding="utf-8")
    old = "YEARS: {label: Age, type: integer, source: published"
    assert old in text
    forms.write_text(text.replace(old, old.replace("published", "synthetic")), encoding="utf-8")
    document = synthetic_statement(facts_of(study))
    counts = {row[0]: int(row[2]) for row in grid(document, "2.1").rows}
    assert counts["synthetic"] == 1
    assert sum(counts.values()) == len(re.findall(r"^    \w+: \{label", text, re.MULTILINE))
    fields = next(g for g in after(document, "2.1") if isinstance(g, Grid) and "Field" in g.head)
    assert fields.rows == (("Enrolment", "YEARS", "Age"),)
    variables = grid(document, "2.1", 3)
    assert ("DM", "AGE") in variables.rows
    assert any(name == "ADSL" and "AGE" in found for name, found in variables.rows)


def test_outputs_with_the_banner_are_listed(study: Path) -> None:
    path = study / "build/tlf/t-1-1.json"
    result = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(result | {"synthetic": True}), encoding="utf-8")
    rows = grid(synthetic_statement(facts_of(study)), "2.1", 4).rows
    assert ("T1.1", "Demographics") in rows


def test_populations_and_parameters(study: Path) -> None:
    document = guide(study, "adrg")
    adsl = pd.read_parquet(study / "build/adam/adsl.parquet")
    flags = {row[0]: row[2] for row in grid(document, "2.3").rows}
    assert flags["SAFFL"] == str((adsl["SAFFL"] == "Y").sum())
    adtte = pd.read_parquet(study / "build/adam/adtte.parquet")
    parameters = {row[0]: int(row[2]) for row in grid(document, "ADTTE:").rows}
    assert parameters == adtte["PARAMCD"].value_counts().to_dict()


def test_what_is_not_built_is_named(study: Path) -> None:
    (study / "build/adam/adsl.parquet").unlink()
    with pytest.raises(StudyError, match=r"ADSL: adsl.parquet is not built"):
        guide(study, "adrg")


def test_the_files_are_the_same_bytes_twice_and_word_reads_them(study: Path) -> None:
    folder = open_study(study)
    assert all((study / path).exists() for path in guide_inputs(folder))
    contents = []
    for _ in range(2):
        make_guides(folder)
        contents.append([(study / path).read_bytes() for path in guide_outputs()])
    assert contents[0] == contents[1]
    word = docx.Document(str(study / "build/docs/csdrg.docx"))
    headings = [p.text for p in word.paragraphs if p.style and p.style.name == "Heading 1"]
    assert headings[0] == "1 Introduction"
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "Adverse Events" in cells
    assert word.core_properties.created.year == 2016


SAMPLE = Document(
    "A <title> & more",
    ("line",),
    "head",
    (
        Heading("1 First"),
        Paragraph("x < y & z \u4e2d \x01"),
        Bullets(("one", "two")),
        Grid(("A", "B"), texts([(n, "word " * 12) for n in range(120)]), (1, 3)),
        Heading("1.1 Second", 2),
        Grid(("A",), (), (), "Nothing to say."),
        Grid(("Long",), (("line\n" * 200,),)),
    ),
)


def test_word_keeps_every_block(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    render_word(SAMPLE, path, pd.Timestamp("2020-01-02").to_pydatetime())
    word = docx.Document(str(path))
    said = [p.text for p in word.paragraphs]
    assert "x < y & z \u4e2d \ufffd" in said
    assert "Nothing to say." in said
    assert [cell.text for cell in word.tables[0].rows[120].cells] == ["119", "word " * 12]
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode()
        assert {entry.date_time for entry in archive.infolist()} == {(2020, 1, 2, 0, 0, 0)}
    assert xml.count("<w:tblHeader/>") == 2
    for name in ("h0", "h4"):
        assert f'w:name="{name}"' in xml
        assert f" PAGEREF {name} " in xml


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_pdf_keeps_every_block_and_its_contents_lead_to_the_page(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    render_pdf(SAMPLE, path, pd.Timestamp("2020-01-02").to_pydatetime())
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    pages = done.stdout.split("\f")
    assert "A <title> & more" in pages[0]
    found = re.search(r"1\.1 Second\s+(\d+)", pages[0])
    assert found
    assert "1.1 Second" in pages[int(found[1]) - 1]
    assert "x < y & z [U+4E2D]" in pages[1]
    numbers = re.findall(r"^\s*(\d+)\s+word", done.stdout, re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(120))
    assert done.stdout.count("line") == 1 + 200
    assert "Nothing to say." in done.stdout
    assert f"Page 2 of {len(pages) - 1}" in pages[1]


@pytest.mark.parametrize(
    ("text", "name"), [("NCT02399735", "nct02399735"), ("AB 1/2_x", "ab-1-2-x")]
)
def test_names_of_the_package(text: str, name: str) -> None:
    assert file_name(text) == name
