"""CTCAE 4.03: the edge of every grade from both sides, typed from the published table."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adam.ctcae import derive_vars_toxicity
from pipeline.adam.ctcae4 import HIGH, LOW
from pipeline.errors import StudyError

UNITS = {
    **dict.fromkeys(("HGB", "ALB"), "g/L"),
    **dict.fromkeys(("WBC", "NEUT", "LYM", "PLAT"), "10^9/L"),
    **dict.fromkeys(("K", "SODIUM", "GLUC", "CA"), "mmol/L"),
}


def grades(code: str, values: list[float], low: float, high: float, base: float = 0.0):
    """ATOXGRL and ATOXGRH of values; the first row is a baseline of `base`."""
    frame = pd.DataFrame(
        {
            "USUBJID": "1",
            "PARAMCD": code,
            "AVAL": [base or (low + high) / 2, *values],
            "ANRLO": low,
            "ANRHI": high,
            "BASE": base or (low + high) / 2,
            "ABLFL": ["Y", *[None] * len(values)],
            "UNIT": UNITS.get(code, "U/L"),
        }
    )
    made = derive_vars_toxicity(frame, "UNIT")
    return made["ATOXGRL"].tolist()[1:], made["ATOXGRH"].tolist()[1:]


# code, range, edges of grade 1, 2, 3, 4: a value at an edge has the grade below it
HIGH_EDGES = [
    ("ALT", (10, 40), {1: 40, 2: 120, 3: 200, 4: 800}),
    ("AST", (10, 40), {1: 40, 2: 120, 3: 200, 4: 800}),
    ("ALP", (40, 120), {1: 120, 2: 300, 3: 600, 4: 2400}),
    ("GGT", (10, 60), {1: 60, 2: 150, 3: 300, 4: 1200}),
    ("BILI", (3, 20), {1: 20, 2: 30, 3: 60, 4: 200}),
    ("INR", (0.8, 1.2), {1: 1.2, 2: 1.8, 3: 3.0}),
    ("HGB", (130, 170), {1: 170, 2: 190, 3: 210}),
    ("LYM", (1, 3.5), {2: 4, 3: 20}),
    ("WBC", (4, 11), {3: 100}),
    ("K", (3.5, 5.1), {1: 5.1, 2: 5.5, 3: 6.0, 4: 7.0}),
    ("SODIUM", (135, 145), {1: 145, 2: 150, 3: 155, 4: 160}),
    ("GLUC", (3.9, 6.1), {1: 6.1, 2: 8.9, 3: 13.9, 4: 27.8}),
    ("CA", (2.2, 2.6), {1: 2.6, 2: 2.9, 3: 3.1, 4: 3.4}),
]
LOW_EDGES = [
    ("HGB", (130, 170), {1: 130, 2: 100, 3: 80}),
    ("PLAT", (150, 400), {1: 150, 2: 75, 3: 50, 4: 25}),
    ("WBC", (4, 11), {1: 4, 2: 3, 3: 2, 4: 1}),
    ("NEUT", (1.8, 7.5), {1: 1.8, 2: 1.5, 3: 1.0, 4: 0.5}),
    ("LYM", (1, 3.5), {1: 1, 2: 0.8, 3: 0.5, 4: 0.2}),
    ("ALB", (35, 52), {1: 35, 2: 30, 3: 20}),
    ("K", (3.5, 5.1), {1: 3.5, 3: 3.0, 4: 2.5}),
    ("SODIUM", (135, 145), {1: 135, 3: 130, 4: 120}),
    ("GLUC", (3.9, 6.1), {1: 3.9, 2: 3.0, 3: 2.2, 4: 1.7}),
    ("CA", (2.2, 2.6), {1: 2.2, 2: 2.0, 3: 1.75, 4: 1.5}),
]


@pytest.mark.parametrize(("code", "limits", "edges"), HIGH_EDGES)
def test_edges_of_high_values(code: str, limits: tuple, edges: dict[int, float]) -> None:
    below = dict(zip(edges, [0, *edges], strict=False))
    at, above = ([edge * by for edge in edges.values()] for by in (1.0, 1.001))
    assert grades(code, at, *limits)[1] == [str(below[grade]) for grade in edges]
    assert grades(code, above, *limits)[1] == [str(grade) for grade in edges]


@pytest.mark.parametrize(("code", "limits", "edges"), LOW_EDGES)
def test_edges_of_low_values(code: str, limits: tuple, edges: dict[int, float]) -> None:
    above = dict(zip(edges, [0, *edges], strict=False))
    at, below = ([edge * by for edge in edges.values()] for by in (1.0, 0.999))
    assert grades(code, at, *limits)[0] == [str(above[grade]) for grade in edges]
    assert grades(code, below, *limits)[0] == [str(grade) for grade in edges]


@pytest.mark.parametrize(
    ("value", "grade"),
    [(80, "0"), (81, "1"), (100, "1"), (120, "1"), (121, "2"), (240, "2"), (241, "3"), (601, "4")],
)
def test_creatinine_by_the_limit_and_by_baseline(value: float, grade: str) -> None:
    # limit 100, baseline 80: grade 2 above 120 (1.5 x 80), grade 3 above 240, grade 4 above 600
    assert grades("CREAT", [value], 60, 100, base=80)[1] == [grade]


def test_every_criterion_is_tested() -> None:
    assert {code for code, *_ in HIGH_EDGES} | {"CREAT"} == set(HIGH)
    assert {code for code, *_ in LOW_EDGES} == set(LOW)


def test_without_the_limit_there_is_no_grade() -> None:
    nothing = float("nan")
    low, high = grades("ALT", [500.0], nothing, nothing, base=20)
    assert pd.isna(low[0])
    assert pd.isna(high[0])


def test_absolute_edges_need_their_unit() -> None:
    frame = pd.DataFrame(
        {"USUBJID": ["1"], "PARAMCD": "HGB", "AVAL": 14.0, "ANRLO": 13.0, "ANRHI": 17.0}
    ).assign(BASE=14.0, ABLFL="Y", UNIT="g/dL")
    with pytest.raises(StudyError, match="HGB in g/dL"):
        derive_vars_toxicity(frame, "UNIT")


@given(st.lists(st.floats(0.01, 5000), min_size=2, max_size=6), st.sampled_from(sorted(HIGH)))
def test_grades_rise_with_the_value(values: list[float], code: str) -> None:
    found = grades(code, sorted(values), 10, 40)[1]
    assert found == sorted(found)
