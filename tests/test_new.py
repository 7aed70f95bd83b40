"""New studies: the walk of docs/tutorial.md, and files that build as they are made."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.scaffold import new_dataset, new_output, new_study
from pipeline.scaffold_forms import Extract, subject_extract
from pipeline.study import open_study

ROOT = Path(__file__).parent.parent
TUTORIAL = ROOT / "docs/tutorial.md"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUBJECTS = "PAT,SEX,BORN\n001,F,1960-02-29\n002,M,1971-12-01\n"
EVENTS = "PAT,NO,TERM,HOURS\n001,1,Headache,1.5\n001,2,Nausea,3\n002,1,,\n"


def steps() -> Iterator[tuple[str, str, str]]:
    """(kind, name, text) of each fenced block of the tutorial in order."""
    yield from FENCE.findall(TUTORIAL.read_text(encoding="utf-8"))


def pipeline(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder after the walk, and what the commands printed."""
    place = tmp_path_factory.mktemp("walk")
    said = []
    for kind, name, text in steps():
        if kind == "sh":
            for line in text.splitlines():
                python, *arguments = shlex.split(line)
                assert python == "python"
                done = pipeline(place, *arguments)
                assert done.returncode == 0, f"{line}\n{done.stderr}"
                said.append(done.stdout)
        elif kind != "text":
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return place / "first", said


def printed(name: str) -> list[str]:
    """The lines of a text block of the tutorial."""
    return next(text.splitlines() for kind, n, text in steps() if (kind, n) == ("text", name))


def test_the_walk_ends_with_the_table_that_the_tutorial_shows(
    walked: tuple[Path, list[str]],
) -> None:
    from docx import Document

    table = Document(str(walked[0] / "build/tlf/t-14-1-1.docx")).tables[0]
    rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
    found = [row[:1] if len(set(row)) == 1 else row for row in rows if any(row)]
    assert found == [re.split(r"\s{2,}", line.strip()) for line in printed("table")]


def test_the_walk_ends_at_the_lines_of_the_crf(walked: tuple[Path, list[str]]) -> None:
    lines = walked[1][-1].splitlines()
    assert [line for line in lines if line.startswith("raw/dosing")] == printed("trace")


def test_each_step_of_the_walk_is_announced(walked: tuple[Path, list[str]]) -> None:
    written = [line for said in walked[1] for line in said.splitlines() if "written:" in line]
    assert written == [
        "written: study.yaml, codelists.yaml, raw/forms.yaml, .gitignore",
        "written: sdtm/dm.py, sdtm/dm.yaml",
        "written: sdtm/ex.py, sdtm/ex.yaml",
        "written: adam/adsl.py, adam/adsl.yaml",
        "written: tlf/t_14_1_1.py, tlf/toc.yaml",
    ]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A folder with two CSV files and nothing else."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/people.csv").write_text(SUBJECTS, encoding="utf-8")
    (tmp_path / "raw/Events.csv").write_text(EVENTS, encoding="utf-8")
    return tmp_path


def test_what_is_made_builds_as_it_is(raw: Path) -> None:
    new_study(raw)
    assert pipeline(raw, "-m", "pipeline", "build").returncode == 0
    for name, form in (("dm", "people"), ("ae", "events"), ("adsl", ""), ("adae", "")):
        new_dataset(raw, name, form)
    assert new_output(raw, "T14.1.1") == ["tlf/t_14_1_1.py", "tlf/toc.yaml"]
    assert new_output(raw, "L16.2.1") == ["tlf/l_16_2_1.py", "tlf/toc.yaml"]
    done = pipeline(raw, "-m", "pipeline", "build")
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (raw / "build/tlf").glob("*.docx")}
    assert {"l-16-2-1.docx", "t-14-1-1.docx", "16-2-listings.docx"} < made
    assert {p.name for p in (raw / "build/xpt").glob("*.xpt")} == {
        *("dm.xpt", "ae.xpt", "adsl.xpt", "adae.xpt"),
    }


def test_types_and_keys_are_read_from_the_values(raw: Path) -> None:
    new_study(raw)
    folder = open_study(raw)
    people, events = folder.forms["people"], folder.forms["events"]
    assert {field.name: field.type for field in (*people.fields, *events.fields)} == {
        "PAT": "text", "SEX": "text", "BORN": "date",
        "NO": "integer", "TERM": "text", "HOURS": "number",
    }  # fmt: skip
    assert (people.key, events.key, events.file) == (("PAT",), ("PAT", "NO"), "Events.csv")
    assert (folder.study.subject_form, folder.study.subject_fields) == ("people", ("PAT",))
    assert folder.study.cutoff.isoformat() == "1971-12-01"


def test_nothing_is_overwritten(raw: Path) -> None:
    new_study(raw)
    before = (raw / "study.yaml").read_bytes()
    (raw / "codelists.yaml").unlink()
    with pytest.raises(StudyError, match="this file exists"):
        new_study(raw)
    assert (raw / "study.yaml").read_bytes() == before
    assert not (raw / "codelists.yaml").exists()


@pytest.mark.parametrize(
    ("name", "form", "message"),
    [
        ("dm", "", "there is no form 'dm'"),
        ("adsl", "", "there is no dataset dm to make it of"),
        ("adae", "", "there is no dataset ae to make it of"),
    ],
)
def test_a_dataset_needs_something_to_be_made_of(
    raw: Path, name: str, form: str, message: str
) -> None:
    new_study(raw)
    with pytest.raises(StudyError, match=message):
        new_dataset(raw, name, form)


def test_an_output_needs_adsl_and_a_number_of_its_own(raw: Path) -> None:
    new_study(raw)
    with pytest.raises(StudyError, match="the study has no ADSL"):
        new_output(raw, "T14.1.1")
    new_dataset(raw, "dm", "people")
    new_dataset(raw, "adsl")
    new_output(raw, "T14.1.1")
    with pytest.raises(StudyError, match=r"plans T14\.1\.1 already"):
        new_output(raw, "T14.1.1")
    with pytest.raises(StudyError, match="only tables and listings"):
        new_output(raw, "F14.1.1")


def test_files_that_are_no_extracts_are_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="there is no CSV file"):
        new_study(tmp_path)
    (tmp_path / "raw").mkdir()
    for text, message in (("A,B\n1\n", "as many values"), ("A,B\n", "a header, a record")):
        (tmp_path / "raw/a.csv").write_text(text, encoding="utf-8")
        with pytest.raises(StudyError, match=message):
            new_study(tmp_path)


@pytest.mark.parametrize(
    ("header", "named"),
    [("Patient ID,AGE", "'Patient ID'"), ("PAT;AGE", "'PAT;AGE'"), ("PAT,1ST", "'1ST'"),
     ("PAT,", "''"), ("PAT,PAT", "a column twice")],
)  # fmt: skip
def test_columns_have_names_that_a_specification_can_use(
    tmp_path: Path, header: str, named: str
) -> None:
    (tmp_path / "raw").mkdir()
    record = "1" + ",2" * header.count(",")
    (tmp_path / "raw/a.csv").write_text(f"{header}\n{record}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=rf"a\.csv: the header has {named}, which"):
        new_study(tmp_path)


def test_a_file_of_any_name_is_a_form(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in ("Enrol-list 1.csv", "2nd.csv"):
        (tmp_path / "raw" / name).write_text("PAT\n1\n", encoding="utf-8")
    new_study(tmp_path)
    forms = open_study(tmp_path).forms
    assert {name: form.file for name, form in forms.items()} == {
        "enrol_list_1": "Enrol-list 1.csv",
        "form_2nd": "2nd.csv",
    }
    (tmp_path / "raw/enrol list-1.csv").write_text("PAT\n1\n", encoding="utf-8")
    with pytest.raises(StudyError, match="several files would be the form 'enrol_list_1'"):
        new_study(tmp_path)


def test_the_form_of_the_subjects_has_one_record_per_subject() -> None:
    visits = Extract("visits", "visits.csv", ("P", "V"), (("1", "1"), ("1", "2")))
    people = Extract("people", "people.csv", ("P",), (("1",),))
    assert subject_extract([visits, people]) is people
    with pytest.raises(StudyError, match="no file has one record per value"):
        subject_extract([visits])
