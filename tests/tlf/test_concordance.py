"""Reported beside recomputed numbers: each status, and no change of status in silence."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.study import StudyFolder, read_study
from pipeline.tlf.agreement import agrees, composed, printed, unrounded
from pipeline.tlf.concordance import concordance, concordance_inputs
from pipeline.tlf.concordance_plan import STATUSES, check_complete, read_plan
from pipeline.tlf.reported import read_reported
from pipeline.tlf.word import render_docx

ROOT = Path(__file__).parents[2]

STUDY = """
study: ABC
title: Test
cutoff: "2024-01-31"
subjects: {form: dm, fields: [SUBJECT]}
arms: {X: {name: Drug}}
"""
HEAD = "id,where,population,group,statistic,reported,ci_low,ci_high,p_value,source_of_data,remark"
ROWS = {
    "N1": "N1,Table 1,treated,all,median months,17.7,12.6,30.3,,published,",
    "N2": "N2,Text,treated,all,log-rank,,,,0.0403,published,",
    "N3": "N3,Text,treated,None,age over 0.05,,,,>0.05,published,",
    "N4": "N4,Figure,treated,all,median PFS,4.8,,,,synthetic,",
}
RESULTS = [
    ["os", "total", "estimate", 17.69199],
    ["os", "total", "lower", 12.583],
    ["os", "total", "upper", 24.1807],
    ["s1", "total", "estimate", 17.69199],
    ["s1", "total", "lower", 12.583],
    ["s1", "total", "upper", 30.2587],
    ["log-rank", "total", "p", 0.03572],
    ["age", "p", "p", 0.1025],
    ["time", "p", "p", 0.0844],
    ["small", "p", "p", 0.05],
    ["nobody", "total", "estimate", None],
]
MEDIAN = (
    "{reported: [T1, os, total, estimate], "
    "ci_low: [T1, os, total, lower], ci_high: [T1, os, total, upper]}"
)
ASSUMED = MEDIAN.replace(" os,", " s1,")


def study_with(tmp_path: Path, **entries: str) -> StudyFolder:
    """A study that reports the numbers of `entries` (id -> entry in YAML) and has output T1."""
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "tlf").mkdir()
    (tmp_path / "reported.csv").write_text("\n".join([HEAD, *(ROWS[name] for name in entries)]))
    plan = "".join(f"  {name}: {entry}\n" for name, entry in entries.items())
    (tmp_path / "tlf/concordance.yaml").write_text(f"reported: reported.csv\nnumbers:\n{plan}")
    (tmp_path / "build/tlf").mkdir(parents=True)
    result = {"id": "T1", "sources": ["ADTTE"], "synthetic": False, "results": RESULTS}
    (tmp_path / "build/tlf/t-1.json").write_text(json.dumps(result))
    return StudyFolder(tmp_path, read_study(tmp_path), {}, {}, {})


def table(folder: StudyFolder) -> pd.DataFrame:
    """The CSV that was written, by id."""
    path = folder.path / "build/concordance.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("id")


@pytest.mark.parametrize(
    ("reported", "value", "expected"),
    [
        ("17.7", 17.65, True),  # half goes away from zero
        ("17.7", 17.649999, False),
        ("-0.4", -0.35, True),
        ("24", 24, True),
        ("24", 24.4, True),
        ("24", 24.5, False),
        ("3.0", 3, True),
        ("3.00", 3.004, True),
        ("14.2", None, False),
        (">0.05", 0.0501, True),
        (">0.05", 0.05, False),
        ("<0.001", 0.0009, True),
        ("<0.001", 0.001, False),
    ],
)
def test_numbers_agree_as_printed(reported: str, value: float | None, expected: bool) -> None:
    assert agrees(reported, value) is expected


@pytest.mark.parametrize(
    ("reported", "values", "text"),
    [
        ("17.7", [17.69199], "17.7"),
        ("51.40", [51.4], "51.40"),
        (">0.05", [0.10253, 0.08435], "0.103; 0.084"),
        ("0", [0, 0, 0], "0"),
        ("4.8", [None], "NE"),
    ],
)
def test_ours_prints_with_the_reported_decimals(
    reported: str, values: list[float | None], text: str
) -> None:
    assert printed(reported, values) == text


def test_unrounded_keeps_ten_digits() -> None:
    assert unrounded([0.0357217735412, None]) == "0.03572177354; NE"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"reported": "17.7", "ci_low": "12.6", "ci_high": "30.3"}, "17.7 (12.6, 30.3)"),
        ({"reported": "50.67", "ci_low": "12.17"}, "50.67 (12.17)"),
        ({"ci_low": "56", "ci_high": "224"}, "56, 224"),
        ({"reported": "0.997", "p_value": "0.056"}, "0.997, p 0.056"),
        ({"p_value": "0.65"}, "p 0.65"),
        ({}, ""),
    ],
)
def test_parts_in_one_text(parts: dict[str, str], text: str) -> None:
    assert composed(parts) == text


@pytest.mark.parametrize(
    ("name", "entry", "status"),
    [
        (
            "N4",
            "{status: SYNTHETIC, recomputed: {reported: [T1, os, total, estimate]}}",
            "SYNTHETIC",
        ),
        ("N2", "{status: NOT POSSIBLE, why: no data}", "NOT POSSIBLE"),
        (
            "N2",
            "{status: DIFFERS, recomputed: {p_value: [T1, log-rank, total, p]}, why: unknown}",
            "DIFFERS",
        ),
        (
            "N3",
            "{status: EXACT, recomputed: {p_value: [[T1, age, p, p], [T1, time, p, p]]}}",
            "EXACT",
        ),
        (
            "N3",
            "{status: DIFFERS, why: x, "
            "recomputed: {p_value: [[T1, age, p, p], [T1, small, p, p]]}}",
            "DIFFERS",
        ),
        (
            "N3",
            "{status: CONDITIONAL, recomputed: {p_value: [T1, age, p, p]}, unchecked: half of it}",
            "CONDITIONAL",
        ),
        (
            "N1",
            f"{{status: CONDITIONAL, recomputed: {MEDIAN}, "
            f"assumption: {{says: one more censored, recomputed: {ASSUMED}}}}}",
            "CONDITIONAL",
        ),
        ("N1", f"{{status: EXACT, recomputed: {ASSUMED}}}", "EXACT"),
    ],
)
def test_status(tmp_path: Path, name: str, entry: str, status: str) -> None:
    folder = study_with(tmp_path, **{name: entry})
    concordance(folder)
    assert table(folder).loc[name, "status"] == status


@pytest.mark.parametrize(
    ("name", "entry", "message"),
    [
        ("N1", f"{{status: EXACT, recomputed: {MEDIAN}}}", "expected EXACT, found DIFFERS"),
        (
            "N1",
            f"{{status: DIFFERS, why: x, recomputed: {ASSUMED}}}",
            "N1: expected DIFFERS, found EXACT: reported 17.7 (12.6, 30.3)",
        ),
        (
            "N2",
            "{status: NOT POSSIBLE, why: x, recomputed: {p_value: [T1, log-rank, total, p]}}",
            "expected NOT POSSIBLE, found DIFFERS: reported p 0.0403, recomputed p 0.0357",
        ),
        ("N4", "{status: EXACT}", "found NOT POSSIBLE"),
        (
            "N4",
            "{status: EXACT, recomputed: {reported: [T1, nobody, total, estimate]}}",
            "found SYNTHETIC: reported 4.8, recomputed NE",
        ),
        (
            "N1",
            "{status: EXACT, recomputed: {reported: [T1, os, total, estimate]}}",
            "N1 recomputes reported; reported are reported, ci_low, ci_high",
        ),
        (
            "N2",
            "{status: EXACT, recomputed: {p_value: [T1, logrank, total, p]}}",
            "T1 has no p in row 'logrank', column 'total'",
        ),
        ("N2", "{status: EXACT, recomputed: {p_value: [T2, x, total, p]}}", "T2 has no results"),
        ("N2", "{status: EXACT, recomputed: {p_value: [T1, x]}}", "p_value names no cell"),
        ("N2", "{status: EXACT, recomputed: {p: [T1, x, total, p]}}", "unknown key 'p'"),
        ("N2", "{status: SAME}", "unknown status 'SAME'"),
        ("N2", "{status: NOT POSSIBLE}", "N2 is NOT POSSIBLE without a reason"),
        (
            "N1",
            f"{{status: CONDITIONAL, recomputed: {MEDIAN}, "
            "assumption: {says: x, recomputed: {reported: [T1, s1, total, estimate]}}}",
            "recomputes other parts under the assumption",
        ),
    ],
)
def test_a_faulty_or_changed_number_stops_the_run(
    tmp_path: Path, name: str, entry: str, message: str
) -> None:
    folder = study_with(tmp_path, **{name: entry})
    with pytest.raises(StudyError) as error:
        concordance(folder)
    assert message in str(error.value)
    assert not (tmp_path / "build/concordance.csv").exists()


def test_every_reported_number_has_an_entry_and_no_other(tmp_path: Path) -> None:
    folder = study_with(tmp_path, N2="{status: NOT POSSIBLE, why: x}")
    (tmp_path / "reported.csv").write_text("\n".join([HEAD, ROWS["N1"]]))
    with pytest.raises(StudyError) as error:
        concordance(folder)
    assert "no entry for the reported 'N1'" in str(error.value)
    assert "not in reported.csv: 'N2'" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,where\nN2,x\n", "no column 'population'"),
        ("\n".join([HEAD, ROWS["N2"], ROWS["N2"]]), "'N2' stands twice"),
        ("\n".join([HEAD, ROWS["N2"].replace("0.0403", "about 0.04")]), "not a number"),
    ],
)
def test_faulty_reported_numbers(tmp_path: Path, text: str, message: str) -> None:
    entry = "{status: DIFFERS, why: x, recomputed: {p_value: [T1, log-rank, total, p]}}"
    folder = study_with(tmp_path, N2=entry)
    (tmp_path / "reported.csv").write_text(text)
    with pytest.raises(StudyError, match=message):
        concordance(folder)


def test_what_is_written(tmp_path: Path) -> None:
    entry = (
        f"{{status: CONDITIONAL, why: as <b>said</b>, recomputed: {MEDIAN}, "
        f"assumption: {{says: one more censored, recomputed: {ASSUMED}}}}}"
    )
    folder = study_with(tmp_path, N1=entry, N3="{status: NOT POSSIBLE, why: x}")
    concordance(folder)
    row = table(folder).loc["N1"]
    assert row["reported"] == "17.7 (12.6, 30.3)"
    assert row["recomputed"] == "17.7 (12.6, 24.2)"
    assert row["under_assumption"] == "17.7 (12.6, 30.3)"
    assert row["unrounded"] == "17.69199 (12.583, 24.1807)"
    assert row["why"] == "Assumption: one more censored as <b>said</b>"
    assert row["output"] == "T1"
    assert table(folder).loc["N3", "group"] == "None", "the text None is a value, not missing"
    result = json.loads((tmp_path / "build/concordance.json").read_text())
    assert (result["id"], result["kind"], result["sources"]) == (
        "CONCORDANCE",
        "listing",
        ["ADTTE"],
    )
    render_docx(result, tmp_path / "c.docx", folder.study.timestamp)
    document = zipfile.ZipFile(tmp_path / "c.docx").read("word/document.xml").decode()
    assert "CONCORDANCE" in document
    assert "&lt;b&gt;said&lt;/b&gt;" in document


def test_same_input_same_bytes(tmp_path: Path) -> None:
    folder = study_with(tmp_path, N3="{status: NOT POSSIBLE, why: x}")
    files = [tmp_path / "build/concordance.csv", tmp_path / "build/concordance.json"]
    concordance(folder)
    first = [path.read_bytes() for path in files]
    concordance(folder)
    assert [path.read_bytes() for path in files] == first
    assert first[0].endswith(b"\n")
    assert b"\r" not in first[0]


def test_what_is_read(tmp_path: Path) -> None:
    study_with(tmp_path, N1=f"{{status: EXACT, recomputed: {MEDIAN}}}")
    assert concordance_inputs(tmp_path) == (
        "tlf/concordance.yaml",
        "reported.csv",
        "build/tlf/t-1.json",
    )


# What the article's own tables allow, worked out by hand and with R from the patient-level data:
# status by number, everything else EXACT.
EXPECTED = {
    "CONDITIONAL": [37, 40, 50],
    "DIFFERS": [8, 10, 11, 12, 13, 26, 27, 28, 30, 41, 42, 44, 45, 46, 47, 57],
    "SYNTHETIC": [*range(31, 37), 43, 48, 49],
    "NOT POSSIBLE": [55],
}


def test_the_reference_study_states_each_of_its_57_numbers_once() -> None:
    plan = read_plan(ROOT)
    reported = read_reported(ROOT, plan.reported)
    check_complete(plan, list(reported))
    assert [entry.id for entry in plan.entries] == [f"R{n:02d}" for n in range(1, 58)]
    found = {
        status: [int(e.id[1:]) for e in plan.entries if e.status == status] for status in STATUSES
    }
    assert {name: numbers for name, numbers in found.items() if name != "EXACT"} == EXPECTED
