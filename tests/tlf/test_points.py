"""Scatter plots, mean profiles, tables by visit and by grade, on rows that the eye can check."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.study import Arm
from pipeline.tlf.by_visit import summarize_by_visit
from pipeline.tlf.figure_points import (
    Axis,
    ReferenceLine,
    profiles_alt,
    profiles_data,
    scatter_alt,
    scatter_data,
)
from pipeline.tlf.figures import draw
from pipeline.tlf.population import Column, Population
from pipeline.tlf.toxicity_tables import count_grades, count_shifts

prepare_pandas()

ARMS = (Arm("A", "Arm A", ("Arm A",)), Arm("B", "Arm B", ("Arm B",)))
COLUMNS = (Column("A", ("A",), 2), Column("B", ("B",), 1), Column("total", ("Total",), 3))
SUBJECTS = pd.DataFrame({"USUBJID": ["1", "2", "3"], "TRT01A": ["Arm A", "Arm A", "Arm B"]})
POPULATION = Population(SUBJECTS, "TRT01A", {arm.name: arm.code for arm in ARMS}, COLUMNS)
NOTHING = float("nan")


def values() -> pd.DataFrame:
    """One parameter: baseline of three subjects, a second visit of two."""
    return pd.DataFrame(
        {
            "USUBJID": ["1", "2", "3", "1", "2"],
            "PARAMCD": "X",
            "PARAM": "Test (U/L)",
            "PARAMN": 1,
            "AVISIT": ["BASELINE"] * 3 + ["WEEK 2"] * 2,
            "AVISITN": [1.0, 1.0, 1.0, 2.0, 2.0],
            "AVAL": [10.0, 20.0, 30.0, 14.0, 20.0],
            "CHG": [NOTHING] * 3 + [4.0, 0.0],
            "_row_adlb": [1, 2, 3, 4, 5],
        }
    )


def test_value_and_change_by_visit() -> None:
    block = summarize_by_visit(values(), POPULATION)
    cells = {(row, column, name): value for row, column, name, value in block.results}
    base, week = "test (u/l)/baseline/aval", "test (u/l)/week 2"
    assert cells[f"{base}/mean (sd)", "total", "mean"] == 20
    assert cells[f"{base}/n", "A", "n"] == 2
    assert cells[f"{week}/chg/change: mean (sd)", "A", "mean"] == 2
    assert (f"{week}/aval/n", "B", "n") not in cells  # nobody of arm B: the cell stays blank
    assert f"{base.removesuffix('aval')}chg" not in {row.key for row in block.rows}
    behind = {(row, column): records for row, column, _, records in block.records}
    assert behind[f"{week}/chg/change: mean (sd)", "A"].tolist() == [4, 5]


def graded() -> pd.DataFrame:
    """Worst record of three subjects: grade 0 stays, 0 to 2, 1 to 1."""
    return values().iloc[:3].assign(TERM="Term", WORST=["0", "2", "1"], BEFORE=["0", "0", "1"])


def test_grades_and_shifts() -> None:
    names = {"term": "TERM", "grade": "WORST", "baseline": "BEFORE"}
    counts = {
        (row, column): value
        for row, column, name, value in count_grades(graded(), names, POPULATION).results
        if name == "n"
    }
    title = "test (u/l): term"
    assert [counts[f"{title}/grade {g}", "total"] for g in range(5)] == [1, 1, 1, 0, 0]
    shifts = {
        (row, column): value
        for row, column, name, value in count_shifts(graded(), names, POPULATION).results
        if name == "n"
    }
    assert shifts[f"{title}/grade 0/2", "A"] == 1
    assert shifts[f"{title}/grade 1/1", "B"] == 1
    assert shifts[f"{title}/grade 1/2", "total"] == 0


def test_a_scatter_plot_as_data_words_and_picture() -> None:
    x, y = pd.Series([0.5, 2.0, NOTHING]), pd.Series([0.2, 4.0, 1.0])
    axes = (Axis("Peak ALT", log=True), Axis("Peak bilirubin", log=True))
    data = scatter_data([("A", x, y)], axes, [ReferenceLine("x", 3, "3 x ULN")])
    assert data["groups"][0]["points"] == [[0.5, 0.2], [2.0, 4.0]]
    assert data["x"]["ticks"][0] <= 0.5
    assert data["x"]["ticks"][-1] >= 3
    assert scatter_alt(data) == (
        "Scatter plot of Peak bilirubin against Peak ALT. A: 2 points. 3 x ULN."
    )
    picture = draw({"figure": "scatter", "data": data})
    assert picture == draw({"figure": "scatter", "data": data})
    assert picture.startswith(b"\x89PNG")


def test_a_scatter_plot_refuses_what_it_cannot_draw() -> None:
    none = pd.Series([NOTHING])
    with pytest.raises(StudyError, match="no point"):
        scatter_data([("A", none, none)], (Axis("x"), Axis("y")))
    zero = pd.Series([0.0])
    with pytest.raises(StudyError, match="not positive"):
        scatter_data([("A", zero, zero)], (Axis("x", log=True), Axis("y")))


def test_ticks_are_round_and_reach_around_the_values() -> None:
    data = scatter_data(
        [("A", pd.Series([1.0, 16.0]), pd.Series([82.5, 97.9]))], (Axis("x"), Axis("y"))
    )
    assert data["x"]["ticks"] == [0, 2, 4, 6, 8, 10, 12, 14, 16]
    assert data["y"]["ticks"] == [82, 84, 86, 88, 90, 92, 94, 96, 98]


def test_mean_profiles() -> None:
    frame = POPULATION.of(values())
    data = profiles_data(frame, {"X": ()}, {"A": "Arm A", "B": "Arm B"})
    first, second = data["panels"][0]["groups"]
    assert (first["n"], first["mean"]) == ([2, 2], [15.0, 17.0])
    assert second["mean"] == [30.0, None]
    assert second["sd"] == [None, None]
    assert "Test (U/L), Arm A: 15.0 to 17.0." in profiles_alt(data)
    assert draw({"figure": "profiles", "data": data}).startswith(b"\x89PNG")
    with pytest.raises(StudyError, match="no value of Y"):
        profiles_data(frame, {"Y": ()}, {"A": "Arm A"})
