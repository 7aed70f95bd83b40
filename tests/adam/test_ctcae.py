"""Grades of CTCAE 4.03 at every limit, from both sides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.ctcae_criteria import read_criteria
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas

NONE = float("nan")


def graded(
    test: str,
    values: list[float],
    unit: str = "",
    low: float = NONE,
    high: float = NONE,
    **more: float,
) -> pd.DataFrame:
    """Results of one test with one range, graded."""
    prepare_pandas()
    frame = pd.DataFrame({"PARAMCD": test, "AVAL": values, "LBSTRESU": unit or None})
    frame = frame.assign(ANRLO=low, ANRHI=high, **more).astype({"LBSTRESU": "str"})
    return derive_vars_toxicity(frame)


# test, ULN, then (value, grade): on a limit the lower grade, just above it the higher one
HIGH = [
    (
        "ALT",
        40,
        [(40, 0), (40.1, 1), (120, 1), (120.1, 2), (200, 2), (200.1, 3), (800, 3), (800.1, 4)],
    ),
    (
        "AST",
        35,
        [(35, 0), (35.1, 1), (105, 1), (105.1, 2), (175, 2), (175.1, 3), (700, 3), (700.1, 4)],
    ),
    (
        "ALP",
        100,
        [(100, 0), (101, 1), (250, 1), (251, 2), (500, 2), (501, 3), (2000, 3), (2001, 4)],
    ),
    ("GGT", 60, [(60, 0), (61, 1), (150, 1), (151, 2), (300, 2), (301, 3), (1200, 3), (1201, 4)]),
    (
        "BILI",
        20.5,
        [(20.5, 0), (20.6, 1), (30.75, 1), (30.8, 2), (61.5, 2), (61.6, 3), (205, 3), (206, 4)],
    ),
    ("INR", 1.2, [(1.2, 0), (1.21, 1), (1.8, 1), (1.81, 2), (3.0, 2), (3.01, 3), (30, 3)]),
    (
        "CREAT",
        106,
        [(106, 0), (106.1, 1), (159, 1), (159.1, 2), (318, 2), (318.1, 3), (636, 3), (636.1, 4)],
    ),
    ("APTT", 40, [(40, 0), (40.1, 1), (60, 1), (60.1, 2), (100, 2), (100.1, 3)]),
    (
        "CK",
        200,
        [(200, 0), (201, 1), (500, 1), (501, 2), (1000, 2), (1001, 3), (2000, 3), (2001, 4)],
    ),
    ("LIPASE", 60, [(60, 0), (61, 1), (90, 1), (91, 2), (120, 2), (121, 3), (300, 3), (301, 4)]),
]
# test, unit, LLN, then (value, grade): on a limit the lower grade, just below it the higher one
LOW = [
    ("ALB", "g/L", 35, [(35, 0), (34.9, 1), (30, 1), (29.9, 2), (20, 2), (19.9, 3), (5, 3)]),
    ("ALB", "g/dL", 3.5, [(3.5, 0), (3.4, 1), (3.0, 1), (2.9, 2), (2.0, 2), (1.9, 3)]),
    ("HGB", "g/L", 130, [(130, 0), (129, 1), (100, 1), (99, 2), (80, 2), (79, 3), (40, 3)]),
    ("HGB", "g/dL", 13, [(13, 0), (12.9, 1), (10, 1), (9.9, 2), (8, 2), (7.9, 3)]),
    ("HGB", "mmol/L", 8, [(8, 0), (7.9, 1), (6.2, 1), (6.1, 2), (4.9, 2), (4.8, 3)]),
    ("WBC", "10^9/L", 4, [(4, 0), (3.9, 1), (3, 1), (2.9, 2), (2, 2), (1.9, 3), (1, 3), (0.9, 4)]),
    (
        "PLAT",
        "10^9/L",
        150,
        [(150, 0), (149, 1), (75, 1), (74, 2), (50, 2), (49, 3), (25, 3), (24, 4)],
    ),
    (
        "NEUT",
        "10^3/uL",
        2,
        [(2, 0), (1.9, 1), (1.5, 1), (1.4, 2), (1, 2), (0.9, 3), (0.5, 3), (0.4, 4)],
    ),
    (
        "LYM",
        "10^9/L",
        1,
        [(1, 0), (0.9, 1), (0.8, 1), (0.7, 2), (0.5, 2), (0.4, 3), (0.2, 3), (0.1, 4)],
    ),
    ("SODIUM", "mmol/L", 135, [(135, 0), (134, 1), (130, 1), (129, 3), (120, 3), (119, 4)]),
    ("K", "mmol/L", 3.5, [(3.5, 0), (3.4, 1), (3.0, 1), (2.9, 3), (2.5, 3), (2.4, 4)]),
    (
        "GLUC",
        "mmol/L",
        3.9,
        [(3.9, 0), (3.8, 1), (3, 1), (2.9, 2), (2.2, 2), (2.1, 3), (1.7, 3), (1.6, 4)],
    ),
    (
        "CACR",
        "mg/dL",
        8.5,
        [(8.5, 0), (8.4, 1), (8, 1), (7.9, 2), (7, 2), (6.9, 3), (6, 3), (5.9, 4)],
    ),
]
# test, unit, ULN: limits are values
HIGH_BY_VALUE = [
    (
        "SODIUM",
        "mmol/L",
        145,
        [(145, 0), (146, 1), (150, 1), (151, 2), (155, 2), (156, 3), (161, 4)],
    ),
    (
        "K",
        "mmol/L",
        5.1,
        [(5.1, 0), (5.2, 1), (5.5, 1), (5.6, 2), (6, 2), (6.1, 3), (7, 3), (7.1, 4)],
    ),
    ("GLUC", "mg/dL", 100, [(100, 0), (101, 1), (160, 1), (161, 2), (250, 2), (251, 3), (501, 4)]),
    ("WBC", "10^9/L", 10, [(10, 0), (99, 0), (100, 0), (101, 3)]),
    ("LYM", "10^9/L", 3, [(3.5, 0), (4, 0), (4.1, 2), (20, 2), (20.1, 3)]),
    ("HGB", "g/L", 170, [(170, 0), (171, 1), (190, 1), (191, 2), (210, 2), (211, 3)]),
    ("HGB", "g/dL", 17, [(17, 0), (17.1, 1), (19, 1), (19.1, 2), (21, 2), (21.1, 3)]),
    ("MG", "mmol/L", 1.0, [(1.0, 0), (1.1, 1), (1.23, 1), (1.24, 3), (3.3, 3), (3.31, 4)]),
]
Pairs = list[tuple[float, int]]


@pytest.mark.parametrize(("test", "limit", "pairs"), HIGH)
def test_high_by_multiples_of_uln(test: str, limit: float, pairs: Pairs) -> None:
    values, grades = zip(*pairs, strict=True)
    made = graded(test, list(values), "any", high=limit)
    assert made["ATOXGRHN"].tolist() == list(grades)
    assert made["ATOXGRH"].tolist() == [str(grade) for grade in grades]


@pytest.mark.parametrize(("test", "unit", "limit", "pairs"), LOW)
def test_low(test: str, unit: str, limit: float, pairs: Pairs) -> None:
    values, grades = zip(*pairs, strict=True)
    assert graded(test, list(values), unit, low=limit)["ATOXGRLN"].tolist() == list(grades)


@pytest.mark.parametrize(("test", "unit", "limit", "pairs"), HIGH_BY_VALUE)
def test_high_by_value(test: str, unit: str, limit: float, pairs: Pairs) -> None:
    values, grades = zip(*pairs, strict=True)
    assert graded(test, list(values), unit, high=limit)["ATOXGRHN"].tolist() == list(grades)


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [(60, 60, 0), (61, 60, 1), (90, 60, 1), (91, 60, 2), (180, 60, 2), (181, 60, 3), (700, 60, 4)],
)
def test_creatinine_also_against_baseline(value: float, base: float, expected: int) -> None:
    assert graded("CREAT", [value], high=106, BASE=base)["ATOXGRHN"].tolist() == [expected]


def test_haemoglobin_above_a_high_baseline_counts_from_it() -> None:
    made = graded("HGB", [185, 186, 205, 206], "g/L", high=170, BASE=185)
    assert made["ATOXGRHN"].tolist() == [0, 1, 1, 2]


def test_a_haemoglobin_at_the_high_baseline_is_no_toxicity() -> None:
    made = graded("HGB", [190.0, 190.1], "g/L", low=130, high=170, BASE=190.0)
    assert made["ATOXGRH"].tolist() == ["0", "1"]


def test_total_calcium_has_no_grade() -> None:
    made = graded("CA", [1.2, 3.5], "mmol/L", low=2.2, high=2.6)
    assert made[["ATOXGRL", "ATOXGRH"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("test", "value", "unit", "side", "expected", "why"),
    [
        ("ALT", 500, "U/L", "H", None, "ANRHI is missing"),
        ("HGB", 110, "g/L", "L", None, "ANRLO is missing"),
        ("ALB", 15, "g/L", "L", "3", None),
        ("PLAT", 60, "10^9/L", "L", "2", None),
        ("PLAT", 60, "giga", "L", None, "no limits in the unit giga"),
        ("SODIUM", 100, None, "L", None, "no limits in the unit (none)"),
        ("WBC", 50, "giga", "H", None, "no limits in the unit giga"),
        ("AST", NONE, "U/L", "H", None, "AVAL is missing"),
        ("XYZ", 5, "U/L", "H", None, None),
    ],
)
def test_without_a_limit_the_grade_is_missing_with_the_reason(
    test: str, value: float, unit: str | None, side: str, expected: str | None, why: str | None
) -> None:
    made = graded(test, [value], unit or "").iloc[0]
    found = made[f"ATOXGR{side}"]
    assert (None if pd.isna(found) else found) == expected
    assert (None if pd.isna(made["_ungraded"]) else made["_ungraded"]) == why


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [(4.0, 3.5, 5.0, "0"), (2.4, 3.5, NONE, "4"), (7.1, NONE, 5.0, "4"), (4.0, 3.5, NONE, None)],
)
def test_atoxgr_is_the_worse_direction(
    value: float, low: float, high: float, expected: str | None
) -> None:
    found = graded("K", [value], "mmol/L", low=low, high=high)["ATOXGR"].iloc[0]
    assert (None if pd.isna(found) else found) == expected


def test_terms_and_lineage_stay() -> None:
    made = graded("K", [4.0], "mmol/L", low=3.5, high=5.0, _row_lb=7)
    assert made["ATOXDSCL"].tolist() == ["Hypokalemia"]
    assert made["ATOXDSCH"].tolist() == ["Hyperkalemia"]
    assert made["_row_lb"].tolist() == [7]


def test_the_unit_does_not_change_the_grade() -> None:
    si = graded("BILI", [30.7866, 30.8], "umol/L", high=20.5244)
    us = graded("BILI", [1.8, 1.801], "mg/dL", high=1.2)
    assert si["ATOXGRH"].tolist() == us["ATOXGRH"].tolist() == ["1", "2"]


def test_every_criterion_rises_with_the_grade() -> None:
    for criterion in read_criteria():
        for limits in (*criterion.multiples.values(), *criterion.limits.values()):
            known = pd.Series(limits).dropna()
            ordered = (
                known.is_monotonic_increasing
                if criterion.high
                else known[::-1].is_monotonic_increasing
            )
            assert ordered, f"{criterion.test} {criterion.direction}: {limits}"


CRITERIA = {(criterion.test, criterion.direction): criterion for criterion in read_criteria()}


@settings(max_examples=60, deadline=None)
@given(
    key=st.sampled_from(sorted(CRITERIA)),
    values=st.lists(st.floats(0.01, 5000), min_size=2, max_size=6),
    low=st.floats(1, 150),
)
def test_a_grade_never_falls_as_the_value_gets_worse(
    key: tuple[str, str], values: list[float], low: float
) -> None:
    test, direction = key
    criterion = CRITERIA[key]
    unit = next(iter(criterion.limits or criterion.rise), "U/L")
    ordered = sorted(values, reverse=direction == "low")
    made = graded(test, ordered, unit, low=low, high=2 * low, BASE=low)
    grades = made["ATOXGRHN" if direction == "high" else "ATOXGRLN"]
    assert grades.notna().all()
    assert grades.is_monotonic_increasing


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{term: T, ULN: ["1", "2"]}', "ULN has 2 limits"),
        ('{term: T, ULN: ["1", "2", "x", "-"]}', "the limit 'x' is not a number"),
        ("{term: T}", "ALT high has no limits"),
        ('{term: T, LLN: ["1", "2", "3", "4"]}', "unknown key 'LLN'"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"version: x\ncriteria:\n  ALT:\n    high: {text}\n", encoding="utf-8")
    with pytest.raises(StudyError, match=message):
        read_criteria(path)
