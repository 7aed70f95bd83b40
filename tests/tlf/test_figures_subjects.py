"""Waterfall, spider and swimmer plots: their data, words and pictures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.tlf.figure_subjects import (
    Level,
    spider_alt,
    spider_data,
    swimmer_alt,
    swimmer_data,
    waterfall_alt,
    waterfall_data,
)
from pipeline.tlf.figures import draw

GROUPS = {"A": "Group A", "B": "Group B"}
BEST = pd.DataFrame(
    {
        "SUBJID": ["001", "002", "003", "004"],
        "_column": ["A", "B", "A", "B"],
        "PCHG": [-30.0, 12.5, float("nan"), -30.0],
        "BEST": ["PR", None, "NE", "SD"],
    }
)
POINTS = pd.DataFrame(
    {
        "SUBJID": ["002", "001", "001", "001"],
        "_column": ["B", "A", "A", "A"],
        "MONTHS": [1.0, 2.0, 0.0, 3.0],
        "PCHG": [5.0, -10.0, 0.0, None],
    }
)
SUBJECTS = pd.DataFrame(
    {"USUBJID": ["S2", "S1"], "label": ["002", "001"], "group": ["Group B", "Group A"]}
)
BARS = pd.DataFrame(
    {
        "USUBJID": ["S1", "S1", "S2", "S2"],
        "kind": ["Infusions", "Drug", "Infusions", "Drug"],
        "start": [0.0, -20.0, 0.0, 40.0],
        "end": [2.0, 50.0, 4.0, 41.0],
    }
)
MARKS = pd.DataFrame({"USUBJID": ["S1", "S2"], "kind": ["Death", "Death"], "at": [12.0, 99.0]})


def waterfall() -> dict[str, Any]:
    return waterfall_data(BEST, "PCHG", "BEST", GROUPS, "Change (%)", Level(-30, "-30%"))


def spider() -> dict[str, Any]:
    return spider_data(POINTS, ("MONTHS", "PCHG"), ("Months", "Change (%)"), GROUPS, Level(20))


def swimmer() -> dict[str, Any]:
    return swimmer_data(SUBJECTS, BARS, MARKS, "Months", (-6, 36))


def test_bars_fall_from_the_greatest_value_and_missing_ones_are_left_out() -> None:
    bars = waterfall()["bars"]
    assert [(bar["label"], bar["value"], bar["mark"]) for bar in bars] == [
        ("002", 12.5, ""),
        ("001", -30.0, "PR"),
        ("004", -30.0, "SD"),
    ]
    assert "001 (Group A): -30.0 PR." in waterfall_alt(waterfall())


def test_lines_go_in_time_order_by_group() -> None:
    groups = spider()["groups"]
    assert groups[0]["lines"] == [{"subject": "001", "points": [[0.0, 0.0], [2.0, -10.0]]}]
    assert groups[1]["lines"][0]["points"] == [[1.0, 5.0]]
    assert "001 (Group A): 2 assessments, last -10.0." in spider_alt(spider())


def test_lanes_are_cut_at_the_limits_and_say_when_a_bar_goes_on() -> None:
    data = swimmer()
    assert [lane["label"] for lane in data["lanes"]] == ["002", "001"]
    assert data["lanes"][1]["bars"] == [
        {"kind": "Infusions", "start": 0.0, "end": 2.0, "on": False},
        {"kind": "Drug", "start": -6.0, "end": 36.0, "on": True},
    ]
    assert [bar["kind"] for bar in data["lanes"][0]["bars"]] == ["Infusions"]
    assert data["lanes"][0]["marks"] == []
    assert data["lanes"][1]["marks"] == [{"kind": "Death", "at": 12.0}]
    assert (data["bars"], data["marks"]) == (["Infusions", "Drug"], ["Death"])
    assert "001 (Group A): 1 Infusions, 1 Drug, 1 Death." in swimmer_alt(data)


@pytest.mark.parametrize(
    ("kind", "data"), [("waterfall", waterfall), ("spider", spider), ("swimmer", swimmer)]
)
def test_the_same_data_give_the_same_picture(kind: str, data: Any) -> None:
    result = {"id": "F1", "figure": kind, "data": data()}
    picture = draw(result)
    assert picture.startswith(b"\x89PNG")
    assert picture == draw(result)
    assert len(picture) > 10_000


def test_a_figure_without_data_is_an_error() -> None:
    with pytest.raises(StudyError, match="waterfall"):
        waterfall_data(BEST.iloc[2:3], "PCHG", "BEST", GROUPS, "Change (%)")
    with pytest.raises(StudyError, match="spider"):
        spider_data(POINTS.iloc[3:], ("MONTHS", "PCHG"), ("x", "y"), GROUPS)
    with pytest.raises(StudyError, match="swimmer"):
        swimmer_data(SUBJECTS.iloc[:0], BARS, MARKS, "Months", (0, 1))
