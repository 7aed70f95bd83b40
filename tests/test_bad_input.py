"""Bad input through the command line: a clear message, the place, the fix, and nothing lost.

Every test spoils a copy of the mini study. Faults in files, specifications and programs stop the
run; faults in data are findings of the report, and the gate stops the outputs.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main

Run = Callable[..., str]


@pytest.fixture
def run(mini_folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the spoiled study; what it says on stderr. No traceback, ever."""

    def command(*arguments: str, code: int = 1) -> str:
        assert main([*(arguments or ("build",)), "--study", str(mini_folder)]) == code
        said = capsys.readouterr().err
        assert "Traceback" not in said
        assert ("fix:" in said) == bool(code)
        return said

    return command


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands in the file exactly as given."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def findings(study: Path) -> list[dict[str, Any]]:
    """The findings of the intake."""
    return json.loads((study / "build/raw/findings.json").read_text(encoding="utf-8"))


def set_aside(study: Path) -> list[str]:
    """The records that went nowhere, with the reason."""
    return (study / "build/validation/exclusions.csv").read_text(encoding="utf-8").splitlines()


# Faults in files: the run stops.


def test_a_missing_form(mini_folder: Path, run: Run) -> None:
    (mini_folder / "raw/vitals.csv").unlink()
    said = run()
    assert "raw/vitals.csv: the form 'Vital Signs' has no file" in said


def test_a_missing_and_an_extra_column(mini_folder: Path, run: Run) -> None:
    edit(mini_folder / "raw/vitals.csv", "CLOCK,SYS", "HOUR,SYS")
    said = run()
    assert "raw/vitals.csv line 1: the column CLOCK is missing" in said
    assert "the column 'HOUR' is not declared" in said


def test_another_encoding(mini_folder: Path, run: Run) -> None:
    path = mini_folder / "raw/events.csv"
    path.write_bytes(path.read_bytes().replace(b"vomited", b"vomit\xe9"))
    said = run()
    assert "raw/events.csv line 5: byte 0xE9 is not UTF-8" in said


def test_an_empty_file(mini_folder: Path, run: Run) -> None:
    (mini_folder / "raw/status.csv").write_text("")
    assert "raw/status.csv: the file is empty" in run()


def test_a_file_cut_in_the_middle(mini_folder: Path, run: Run) -> None:
    path = mini_folder / "raw/events.csv"
    path.write_text(path.read_text(encoding="utf-8")[:-25], encoding="utf-8")
    said = run()
    assert "raw/events.csv line 9: the file ends in the middle of a line" in said


def test_a_record_cut_in_the_middle_that_ends_with_a_line(mini_folder: Path, run: Run) -> None:
    edit(mini_folder / "raw/events.csv", "29-FEB-2016,01-MAR-2016,Moderate,No,published", "29-FEB")
    assert "raw/events.csv line 9: 7 fields instead of 11" in run()


def test_a_quoted_field_never_closed(mini_folder: Path, run: Run) -> None:
    edit(mini_folder / "raw/events.csv", '"head ache, again"', '"head ache, again')
    assert "raw/events.csv line 4: a quoted field that begins here is not closed" in run()


# Faults in data: findings, nothing lost, no output.


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "line", "field", "subject", "words"),
    [
        ("events", "20-JAN-2016,22", "31-SEP-2016,22", "INTAKE-DATE", 2, "BEGAN", "1001", "31-SEP"),
        ("events", "05-FEB-2016", "05-FEB-2017", "INTAKE-CUTOFF", 4, "BEGAN", "1001", "2016-12-31"),
        ("events", "Mild,No,pub", "Mld,No,pub", "INTAKE-TERM", 3, "SEVERITY", "1001", "Mld"),
        ("dosing", "01/25/2016,10", "01/25/2016,", "INTAKE-REQUIRED", 5, "MG", "1003", "empty"),
        ("dosing", "01/25/2016,10", "01/25/2016,ten", "INTAKE-NUMBER", 5, "MG", "1003", "'ten'"),
        ("vitals", "09:30,120", "09:30,12.5", "INTAKE-NUMBER", 2, "SYS", "1001", "'12.5'"),
    ],
)  # fmt: skip
def test_a_value_its_field_does_not_allow(
    mini_folder: Path,
    run: Run,
    file: str,
    old: str,
    new: str,
    rule: str,
    line: int,
    field: str,
    subject: str,
    words: str,
) -> None:
    edit(mini_folder / f"raw/{file}.csv", old, new)
    said = run()
    found = [item for item in findings(mini_folder) if item["rule"] == rule]
    assert [(f["file"], f["line"], f["field"], f["subject"]) for f in found] == [
        (f"raw/{file}.csv", line, field, subject)
    ]
    assert words in found[0]["what"]
    assert found[0]["fix"]
    assert f"raw/{file}.csv, line {line}, field {field}, subject {subject}" in said.replace(
        f"{rule}, ", ""
    )
    assert not list((mini_folder / "build/tlf").glob("*.docx"))
    assert new.split(",")[0] in (mini_folder / f"raw/{file}.csv").read_text(encoding="utf-8")


def test_a_program_that_stops_on_bad_data_tells_the_fault_in_the_data(
    mini_folder: Path, run: Run
) -> None:
    """1003 took one dose: without its date there is no start of treatment."""
    edit(mini_folder / "raw/dosing.csv", "1003,1,01/25/2016", "1003,1,01/32/2016")
    said = run()
    assert "endpoint OS: TRTSDT is missing for 'DEMO-7-1003'" in said
    assert "INTAKE-DATE, raw/dosing.csv, line 5, field TAKEN, subject 1003" in said


def test_a_duplicate_subject_is_set_aside(mini_folder: Path, run: Run) -> None:
    path = mini_folder / "raw/enrol.csv"
    path.write_text(path.read_text(encoding="utf-8") + "1003,12-JAN-2016,Tablet,1,61\n")
    said = run()
    assert "the record repeats PAT of line 4" in said
    assert any(row.startswith("enrol,8,1003,set_aside,repeats") for row in set_aside(mini_folder))


def test_a_record_of_an_unknown_subject_is_set_aside(mini_folder: Path, run: Run) -> None:
    path = mini_folder / "raw/status.csv"
    path.write_text(path.read_text(encoding="utf-8") + "2001,Completed,17-FEB-2016\n")
    said = run()
    assert "subject 2001 has no record on the form that lists the subjects" in said
    assert any(row.startswith("status,8,2001,set_aside") for row in set_aside(mini_folder))


def test_a_waiver_lets_a_finding_pass_and_is_printed(mini_folder: Path, run: Run) -> None:
    edit(mini_folder / "raw/events.csv", "05-FEB-2016", "05-FEB-2017")
    (mini_folder / "waivers.yaml").write_text(
        "W1: {rule: INTAKE-CUTOFF, subject: '1001', reason: Site asked, author: A. Uthor, "
        "expires: '2017-06-30'}\n"
    )
    said = run("validate", code=0)
    assert "waived: INTAKE-CUTOFF (1 finding)" in said


def test_text_that_looks_like_a_formula_stays_text(mini_folder: Path, run: Run) -> None:
    import openpyxl
    import pandas as pd

    edit(mini_folder / "raw/events.csv", "felt sick", "=1+1")
    edit(mini_folder / "raw/events.csv", "Mild,No,published", "=SUM(A1),No,published")
    run()
    ae = pd.read_parquet(mini_folder / "build/sdtm/ae.parquet")
    assert "=1+1" in set(ae["AETERM"])
    book = openpyxl.load_workbook(mini_folder / "build/validation/findings.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("=SUM(A1)" in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize(("text", "words"), [("x" * 201, "200"), ("fièvre", "ASCII")])
def test_text_that_an_xpt_file_cannot_hold(
    mini_folder: Path, run: Run, text: str, words: str
) -> None:
    edit(mini_folder / "raw/events.csv", "felt sick", text)
    said = run("export")
    assert words in said
    assert "AETERM" in said
    assert "DEMO-7-1001" in said


# Faults in specifications and programs: the run stops before anything is made.


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("study.yaml", "cutoff:", "cutof:", "unknown key 'cutof'"),
        ("study.yaml", "title:", "study: TWICE\ntitle:", "study.yaml line 3"),
        ("raw/forms.yaml", "type: date, source: p", "type: day, source: p", "type is 'day'"),
        ("sdtm/vs.yaml", "origin: Protocol", "origin: raw_vital.PAT", "names no field"),
        ("sdtm/ae.py", "ae(raw_events,", "ae(raw_event,", "'raw_event' names nothing"),
        ("sdtm/ae.py", "ae(raw_events,", "ae(raw_events, adsl,", "'adsl' names nothing"),
        ("sdtm/dm.py", "def dm(", "def dm(ae, ", "need each other"),
        ("sdtm/ae.py", "AETERM=", "AETRM=", "does not make AETERM"),
        ("sdtm/ae.py", 'collected("VERBATIM")', 'collected("VERBATM")', "sdtm/ae.py line"),
        ("tlf/toc.yaml", "t_1_1_demographics", "t_1_1", "no program tlf/t_1_1.py"),
    ],
)  # fmt: skip
def test_a_faulty_specification_or_program(
    mini_folder: Path, run: Run, file: str, old: str, new: str, message: str
) -> None:
    edit(mini_folder / file, old, new)
    said = run()
    assert message in said
    assert not (mini_folder / "build/tlf").exists()


def test_a_column_that_no_specification_names(mini_folder: Path, run: Run) -> None:
    edit(mini_folder / "sdtm/ae.py", "AETERM=", 'AEEXTRA="x", AETERM=')
    said = run()
    assert "sdtm/ae.py: column AEEXTRA is not in sdtm/ae.yaml" in said


def test_no_stays_no(mini_folder: Path, run: Run) -> None:
    from pipeline.yamltext import read_yaml

    path = mini_folder / "settings.yaml"
    path.write_text("answer: No\nnumber: 1e10\nday: 2016-02-03\n")
    assert dict(read_yaml(path)) == {"answer": "No", "number": "1e10", "day": "2016-02-03"}


# The disk.


def test_no_place_to_write(mini_folder: Path, run: Run) -> None:
    (mini_folder / "build").write_text("a file where the folder should be")
    said = run()
    assert "build" in said


def test_a_full_disk_keeps_what_was_finished(
    mini_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, written = os.replace, []

    def full(source: Any, target: Any) -> None:
        if str(target).endswith("ae.parquet"):
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        written.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    said = run()
    assert "No space left on device" in said
    assert "what was finished stays" in said
    assert written
    monkeypatch.setattr(os, "replace", replace)
    run(code=0)
