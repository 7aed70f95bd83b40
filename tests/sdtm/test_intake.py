"""Reading CRF extracts and checking what was collected."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.forms import Field, Form
from pipeline.frames import read_frame
from pipeline.sdtm.extract import read_extract
from pipeline.sdtm.intake import intake_forms
from pipeline.study import open_study


def form(*names: str) -> Form:
    """A form `f` with text fields."""
    fields = tuple(Field(name, name, "text", "", "published", False, (), False) for name in names)
    return Form("f", "Form F", "One record per line", "f.csv", names[:1], fields, "")


def read(folder: Path, data: bytes, *names: str) -> pd.DataFrame:
    """The records of a file with these bytes."""
    (folder / "f.csv").write_bytes(data)
    return read_extract(folder / "f.csv", form(*names))


def test_records_are_text_with_the_line_on_which_they_begin(tmp_path: Path) -> None:
    """A byte order mark, CR LF, a line end in a quoted field, blanks, a value with a zero."""
    data = b'\xef\xbb\xbfB,A\r\n007,"one\ntwo"\r\n  ,x\r\n1.0,"a ""b"", c"\r\n'
    found = read(tmp_path, data, "A", "B")
    assert list(found.columns) == ["A", "B", "_row_raw_f"]
    assert found["B"].fillna("-").tolist() == ["007", "-", "1.0"]
    assert found["A"].tolist() == ["one\ntwo", "x", 'a "b", c']
    assert found["_row_raw_f"].tolist() == [2, 4, 5]


def test_a_quote_within_a_field_is_text(tmp_path: Path) -> None:
    found = read(tmp_path, b'A,B\n5" scale,"a\nb"\n', "A", "B")
    assert found[["A", "B"]].to_numpy().tolist() == [['5" scale', "a\nb"]]


def test_words_that_programs_take_for_missing_stay_text(tmp_path: Path) -> None:
    found = read(tmp_path, b"A\nNA\nnull\nNaN\nNone\n-\n", "A")
    assert found["A"].tolist() == ["NA", "null", "NaN", "None", "-"]


def test_a_form_without_records(tmp_path: Path) -> None:
    found = read(tmp_path, b"A,B\n", "A", "B")
    assert len(found) == 0
    assert found.dtypes.astype(str).tolist() == ["str", "str", "int64"]


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"", "raw/f.csv", "the file is empty"),
        (b" \n\n", "raw/f.csv", "the file is empty"),
        (b"A,B\n1,\xe9\n", "raw/f.csv line 2", "byte 0xE9 is not UTF-8"),
        (b"A,B\n1,2\n3,\0\n", "raw/f.csv line 3", "a NUL byte"),
        (b"A\n1\n", "raw/f.csv line 1", "the column B is missing"),
        (b"A,B,C\n1,2,3\n", "raw/f.csv line 1", "the column 'C' is not declared"),
        (b"A,B,A\n1,2,3\n", "raw/f.csv line 1", "'A' stands twice"),
        (b"A,B\n1,2\n3,", "raw/f.csv line 3", "ends in the middle of a line"),
        (b"A,B\n1,2\n3\n4,5\n", "raw/f.csv line 3", "1 fields instead of 2"),
        (b"A,B\n1,2\n3,4,5\n", "raw/f.csv line 3", "3 fields instead of 2"),
        # an open quote must not swallow the records after it
        (b'A,B\n1,"2\n3,4\n', "raw/f.csv line 2", "not closed properly"),
        (b'A,B\n0,0\n1,"2\n3,"4"\n5,6\n', "raw/f.csv line 3", "not closed properly"),
        (b'A,B\n1,"2"x\n3,"4\n5"\n', "raw/f.csv line 2", "not closed properly"),
        (b'A,B\r\n1,"2\r\n3,4\r\n', "raw/f.csv line 2", "not closed properly"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes, where: str, what: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, data, "A", "B")
    assert caught.value.where == where
    assert what in caught.value.what
    assert caught.value.fix


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_categories=["C"]))] * 2),
        max_size=6,
    )
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str]]
) -> None:
    """Any text comes back as it is; blank fields are missing."""
    frame = pd.DataFrame(records, columns=["A", "B"])
    data = frame.to_csv(index=False, quoting=1, lineterminator="\n").encode()
    found = read(tmp_path_factory.mktemp("f"), data, "A", "B")
    for name in ("A", "B"):
        expected = [text if text.strip() else None for text in frame[name]]
        assert [None if pd.isna(text) else text for text in found[name]] == expected


@pytest.fixture
def spoiled(mini_folder: Path):
    """The findings and the records of the mini study after `old` became `new` in a file."""

    def spoil(file: str, old: str, new: str) -> tuple[list[dict], pd.DataFrame]:
        path = mini_folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        intake_forms(open_study(mini_folder))
        build = mini_folder / "build/raw"
        return json.loads((build / "findings.json").read_text()), read_frame(
            build / "records.parquet"
        )

    return spoil


def test_the_clean_study_has_no_finding(spoiled) -> None:
    findings, records = spoiled("raw/enrol.csv", "1001", "1001")
    assert findings == []
    assert len(records) == 6 + 8 + 8 + 9 + 6 + 15 + 23 + 12 + 1
    assert records["reason"].isna().all()


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "line", "field", "subject"),
    [
        ("dosing", "02/03/2016,10", "02/03/2016,", "INTAKE-REQUIRED", 3, "MG", "1001"),
        ("dosing", "02/03/2016,10", "02/03/2016,1O", "INTAKE-NUMBER", 3, "MG", "1001"),
        ("dosing", "1001,2,", "1001,2.5,", "INTAKE-NUMBER", 3, "NO", "1001"),
        ("dosing", "02/03/2016", "03-FEB-2016", "INTAKE-DATE", 3, "TAKEN", "1001"),
        ("events", "29-FEB-2016", "31-SEP-2016", "INTAKE-DATE", 9, "BEGAN", "1005"),
        ("events", "29-FEB-2016", "01-JAN-2017", "INTAKE-CUTOFF", 9, "BEGAN", "1005"),
        ("events", "Severe", "severe", "INTAKE-TERM", 6, "SEVERITY", "1003"),
    ],
)
def test_a_faulty_value_is_a_finding_and_its_record_goes_on(
    spoiled, file: str, old: str, new: str, rule: str, line: int, field: str, subject: str
) -> None:
    findings, records = spoiled(f"raw/{file}.csv", old, new)
    assert [
        (f["rule"], f["severity"], f["file"], f["line"], f["field"], f["subject"]) for f in findings
    ] == [(rule, "error", f"raw/{file}.csv", line, field, subject)]
    assert findings[0]["fix"]
    assert len(records) == 88
    assert records["reason"].isna().all()


@pytest.mark.parametrize("date", ["31-DEC-2016", "DEC-2016", "UN-UNK-2016"])
def test_a_date_up_to_the_cut_off_is_no_finding(spoiled, date: str) -> None:
    """The last day counts, and so does a partial date that may lie before it."""
    assert spoiled("raw/events.csv", "29-FEB-2016", date)[0] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "line", "reason"),
    [
        ("enrol", "1006,20", "1003,20", "INTAKE-KEY", 7, "repeats the key of line 4"),
        ("status", "1006,", "1009,", "INTAKE-SUBJECT", 7, "subject is not in the form that lists"),
        ("status", "1006,", ",", "INTAKE-SUBJECT", 7, "subject is not in the form that lists"),
        ("enrol", "1006,", ",", "INTAKE-SUBJECT", 7, "subject is not in the form that lists"),
        ("status", "1006,", "\n1006,", "INTAKE-SUBJECT", 7, "subject is not in the form that"),
    ],
)
def test_a_record_that_is_set_aside(
    spoiled, file: str, old: str, new: str, rule: str, line: int, reason: str
) -> None:
    findings, records = spoiled(f"raw/{file}.csv", old, new)
    assert (rule, f"raw/{file}.csv", line) in [(f["rule"], f["file"], f["line"]) for f in findings]
    aside = records.loc[(records["form"] == file) & (records["line"] == line), "reason"]
    assert aside.str.startswith(reason).tolist() == [True]
