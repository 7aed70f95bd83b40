"""--SEQ stays with its record over data cuts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.registers import freeze, keep_numbers
from pipeline.sdtm.sequence import derive_var_seq
from pipeline.spec import Dataset, Variable

AE = Dataset(
    "AE",
    "Adverse Events",
    "sdtm",
    "EVENTS",
    "",
    "One record per event",
    ("USUBJID", "AESEQ"),
    "subject",
    (Variable("USUBJID", "Subject", "text"), Variable("AESEQ", "Number", "integer")),
)


def cut(*records: tuple[str, str]) -> pd.DataFrame:
    """A cut with (subject, CRF line) records, numbered in this order."""
    frame = pd.DataFrame(records, columns=["USUBJID", "_key"]).astype("str")
    return derive_var_seq(frame, "AESEQ", by=[])


def numbers(frame: pd.DataFrame, study: Path) -> dict[str, int]:
    """Record -> its number after the register of `study` was heeded."""
    (study / "sdtm").mkdir(exist_ok=True)
    kept = keep_numbers(frame, AE, study)
    return dict(zip(kept["_key"], kept["AESEQ"], strict=True))


def test_numbers_of_a_first_cut_are_those_of_the_program(tmp_path: Path) -> None:
    assert numbers(cut(("1", "a"), ("1", "b"), ("2", "c")), tmp_path) == {"a": 1, "b": 2, "c": 1}
    assert freeze(tmp_path) == ["AE"]


def test_new_records_continue_and_numbers_are_not_given_again(tmp_path: Path) -> None:
    """b is deleted, x comes first in the new order: a stays 1, c stays 3, x gets 4."""
    numbers(cut(("1", "a"), ("1", "b"), ("1", "c")), tmp_path)
    freeze(tmp_path)
    assert numbers(cut(("1", "x"), ("1", "a"), ("1", "c"), ("2", "y")), tmp_path) == {
        "x": 4,
        "a": 1,
        "c": 3,
        "y": 1,
    }
    freeze(tmp_path)
    assert numbers(cut(("1", "c"), ("1", "b"), ("1", "z")), tmp_path) == {"c": 3, "b": 2, "z": 5}


@given(st.lists(st.lists(st.integers(0, 9), unique=True, max_size=6), min_size=2, max_size=4))
def test_a_number_never_changes_over_any_cuts(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[list[int]]
) -> None:
    study = tmp_path_factory.mktemp("cuts")
    ever: dict[str, int] = {}
    for records in cuts:
        found = numbers(cut(*(("1", str(record)) for record in records)), study)
        assert len(set(found.values())) == len(found)
        for record, number in found.items():
            assert ever.setdefault(record, number) == number
        assert len(set(ever.values())) == len(ever)
        freeze(study)


def test_the_same_cut_twice_writes_the_same_register(tmp_path: Path) -> None:
    frame = cut(("1", "a"), ("2", "b"), ("1", "c"))
    register = tmp_path / "build/sdtm/ae.register.csv"
    numbers(frame, tmp_path)
    before = register.read_bytes()
    freeze(tmp_path)
    keep_numbers(frame, AE, tmp_path)
    assert register.read_bytes() == before


def test_registers_that_are_missing_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no register to keep"):
        freeze(tmp_path)
    numbers(cut(("1", "a")), tmp_path)
    freeze(tmp_path)
    (tmp_path / "sdtm/registers/ae.csv").write_text("USUBJID,record,number\n1,a,one\n")
    with pytest.raises(StudyError, match="no register of sequence numbers"):
        numbers(cut(("1", "a")), tmp_path)


def test_sequence_numbers() -> None:
    """1..n within the subject by date, missing last, ties in the order of the CRF."""
    frame = pd.DataFrame(
        {
            "USUBJID": ["2", "1", "1", "1", "2"],
            "D": ["2016-03", None, "2016-02", "2016-02", "2016-01"],
        },
        index=[10, 11, 12, 13, 14],
    )
    assert derive_var_seq(frame, "AESEQ", by=["D"])["AESEQ"].tolist() == [2, 3, 1, 2, 1]


@given(st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 3)), max_size=12))
def test_sequence_numbers_are_1_to_n(rows: list[tuple[str, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["USUBJID", "D"]).astype({"USUBJID": "str", "D": "int64"})
    made = derive_var_seq(frame, "N", by=["D"])
    assert made["USUBJID"].tolist() == frame["USUBJID"].tolist()
    for _, own in made.sort_values("N").groupby("USUBJID"):
        assert own["N"].tolist() == list(range(1, len(own) + 1))
        assert own["D"].is_monotonic_increasing
