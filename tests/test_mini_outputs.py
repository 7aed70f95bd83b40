"""Outputs, findings and files of the study of six subjects (tests/mini_values.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pyreadstat
import pytest

from pipeline.frames import read_frame
from tests.mini_values import GASTRO, NERVOUS, cells, output


def test_demographics(built_mini: Path) -> None:
    """Age: Active 40, 60, 44; Placebo 50, 35. SD of Active: sqrt((64 + 144 + 16) / 2)."""
    result = output(built_mini, "t-1-1")
    assert [column["n"] for column in result["columns"]] == [3, 2, 5]
    mean = "age (years)/age/mean (sd)"
    assert cells(result, mean, "mean") == [48, 42.5, pytest.approx(45.8)]
    assert cells(result, mean, "sd")[:2] == [pytest.approx(112**0.5), pytest.approx(112.5**0.5)]
    assert cells(result, mean, "median") == [44, 42.5, 44]
    assert cells(result, mean, "max") == [60, 50, 60]
    assert cells(result, "sex, n (%)/female", "n") == [2, 1, 3]
    assert cells(result, "sex, n (%)/female", "pct") == [pytest.approx(200 / 3), 50, 60]
    assert cells(result, "sex, n (%)/male", "n") == [1, 1, 2]


@pytest.mark.parametrize(
    ("row", "subjects"),
    [
        ("any event", [3, 0, 3]),  # 1001, 1003, 1005
        (NERVOUS, [2, 0, 2]),  # 1001 twice, counted once; 1003
        (f"{NERVOUS}/headache", [2, 0, 2]),
        (GASTRO, [1, 0, 1]),  # 1003; 1001's came before treatment, 1002's has no day
        (f"{GASTRO}/nausea", [1, 0, 1]),
        ("general disorders and administration site conditions/pyrexia", [1, 0, 1]),
    ],
)
def test_adverse_events(built_mini: Path, row: str, subjects: list[int]) -> None:
    result = output(built_mini, "t-1-2")
    assert cells(result, row, "n") == subjects
    shares = [100 * n / of for n, of in zip(subjects, (3, 2, 5), strict=True)]
    assert cells(result, row, "pct") == pytest.approx(shares)


def test_adverse_events_are_ordered_by_frequency(built_mini: Path) -> None:
    """Two subjects before one; on a tie by name. No row for Vomiting."""
    labels = [row["labels"][0] for row in output(built_mini, "t-1-2")["rows"]]
    assert labels == [
        "Any event",
        "Nervous system disorders",
        "Headache",
        "Gastrointestinal disorders",
        "Nausea",
        "General disorders and administration site conditions",
        "Pyrexia",
    ]


def test_survival(built_mini: Path) -> None:
    """Active 29+, 30, 39+: two at risk on day 30, so S = 1/2. Placebo 16+, 29+: S stays 1."""
    data = output(built_mini, "f-1-1")["data"]
    active, placebo = data["groups"]
    assert (active["times"], active["survival"]) == ([29, 30, 39], [1, 0.5, 0.5])
    assert (active["n"], active["events"], active["at_risk"]) == (3, 1, [3, 3, 3, 2, 0])
    assert (placebo["times"], placebo["survival"]) == ([16, 29], [1, 1])
    assert (placebo["events"], placebo["median"]["estimate"]) == (0, None)
    assert placebo["at_risk"] == [2, 2, 1, 0, 0]


def test_listing(built_mini: Path) -> None:
    records = output(built_mini, "l-1-1")["records"]
    assert len(records) == 7
    assert records[3] == [
        "DEMO-7-1002",
        "vomited",
        "Vomiting",
        "2016-02",
        None,
        None,
        "MILD",
        "NOT RELATED",
        None,
    ]


@pytest.mark.parametrize(
    ("name", "synthetic"), [("t-1-1", False), ("f-1-1", False), ("t-1-2", True), ("l-1-1", True)]
)
def test_one_synthetic_record_marks_the_outputs_it_reaches(
    built_mini: Path, name: str, synthetic: bool
) -> None:
    """1003's headache is marked synthetic on its CRF line (row_source)."""
    assert output(built_mini, name)["synthetic"] is synthetic


def test_a_cell_leads_to_its_crf_lines(built_mini: Path) -> None:
    """Headache of Active: lines 2, 4 (1001) and 7 (1003) of events.csv."""
    cell = read_frame(built_mini / "build/tlf/t-1-2.lineage.parquet")
    cell = cell.loc[(cell["row"] == f"{NERVOUS}/headache") & (cell["column"] == "ACT")]
    adae = set(cell.loc[cell["dataset"].str.upper() == "ADAE", "record"])
    up = read_frame(built_mini / "build/adam/adae.lineage.parquet")
    ae = set(up.loc[up["record"].isin(adae) & (up["source"] == "ae"), "source_record"])
    raw = read_frame(built_mini / "build/sdtm/ae.lineage.parquet")
    raw = raw.loc[raw["record"].isin(ae) & (raw["source"] == "raw_events"), "source_record"]
    assert sorted(raw) == [2, 4, 7]


def test_no_finding(built_mini: Path) -> None:
    """A clean study has neither intake findings nor errors of the rules."""
    assert json.loads((built_mini / "build/raw/findings.json").read_text()) == []
    found = json.loads((built_mini / "build/validation/findings.json").read_text())
    assert [item for item in found if item["severity"] == "error"] == []


def test_xpt_and_word(built_mini: Path) -> None:
    frame, meta = pyreadstat.read_xport(built_mini / "build/xpt/adae.xpt")
    assert len(frame) == 7
    assert meta.column_names_to_labels["LDOSEDY"] == "Days From Last Dose to Onset"
    assert sorted(path.name for path in (built_mini / "build/tlf").glob("*.docx")) == [
        "16-2-listings.docx",
        "demo-7-tlf.docx",
        "f-1-1.docx",
        "l-1-1.docx",
        "t-1-1.docx",
        "t-1-2.docx",
        "t-1-3.docx",
    ]
