"""Every recipe at its edges, and the alignment of a column."""

import pytest

from pipeline.errors import StudyError
from pipeline.tlf.display import RECIPES, align, show, show_value

NONE = None


@pytest.mark.parametrize(
    ("display", "statistics", "digits", "text"),
    [
        ("n", {"n": 18}, 0, "18"),
        ("n", {"n": 0}, 0, "0"),
        ("n_pct", {"n": 6, "N": 18, "pct": 100 / 3}, 0, "6 ( 33.3)"),
        ("n_pct", {"n": 1, "N": 18, "pct": 100 / 18}, 0, "1 (  5.6)"),
        ("n_pct", {"n": 3, "N": 3, "pct": 100.0}, 0, "3 (100.0)"),
        ("n_pct", {"n": 0, "N": 18, "pct": 0.0}, 0, "0"),
        ("n_pct", {"n": 0, "N": 0, "pct": NONE}, 0, "0"),
        ("n_pct", {"n": 1, "N": 4000, "pct": 0.025}, 0, "1 ( <0.1)"),
        ("n_pct", {"n": 1, "N": 2000, "pct": 0.05}, 0, "1 (  0.1)"),
        ("n_pct_events", {"n": 2, "pct": 200 / 3, "events": 5}, 0, "2 ( 66.7) [5]"),
        ("n_pct_events", {"n": 0, "pct": 0.0, "events": 0}, 0, "0"),
        ("n_of", {"n": 5, "N": 28}, 0, "5/28"),
        ("pct", {"pct": 12.25}, 0, "12.3"),
        ("value", {"value": 3.14159}, 2, "3.14"),
        ("value", {"value": NONE}, 2, "NE"),
        ("mean_sd", {"mean": 152 / 3, "sd": 12.6623}, 0, "50.7 (12.66)"),
        ("mean_sd", {"mean": 50.0, "sd": NONE}, 0, "50.0 (NE)"),
        ("mean_sd", {"mean": NONE, "sd": NONE}, 0, "NE"),
        ("median_range", {"median": 49.0, "min": 38, "max": 65}, 0, "49.0 (38, 65)"),
        ("median_iqr", {"median": 49.0, "q1": 44.25, "q3": 52}, 0, "49.0 (44.3, 52.0)"),
        ("range", {"min": 1.25, "max": 3}, 1, "1.3, 3.0"),
        ("range", {"min": NONE, "max": NONE}, 1, "NE"),
        ("median_ci", {"estimate": 17.69, "lower": 12.65, "upper": NONE}, 1, "17.7 (12.7, NE)"),
        ("estimate_ci", {"estimate": 0.075, "lower": 0.0085, "upper": 0.66}, 3,
         "0.075 (0.009, 0.660)"),
        ("estimate_ci", {"estimate": NONE, "lower": NONE, "upper": NONE}, 2, "NE"),
        ("pct_ci", {"pct": 700 / 18, "lower": 17.299, "upper": 64.252}, 0, "38.9 (17.3, 64.3)"),
        ("p_value", {"p": 0.03567}, 0, "0.0357"),
        ("p_value", {"p": 0.00009}, 0, "<.0001"),
        ("p_value", {"p": 0.0001}, 0, "0.0001"),
        ("p_value", {"p": 1.0}, 0, ">.9999"),
        ("p_value", {"p": NONE}, 0, "NE"),
        ("text", {"text": "5E9 x 4"}, 0, "5E9 x 4"),
        ("text", {"text": NONE}, 0, ""),
        ("n_pct", {}, 0, ""),
    ],
)  # fmt: skip
def test_recipe(display: str, statistics: dict, digits: int, text: str) -> None:
    assert show(display, statistics, digits) == text


@pytest.mark.parametrize("display", RECIPES)
def test_a_missing_statistic_is_an_error(display: str) -> None:
    with pytest.raises(StudyError, match="has no statistic"):
        show(display, {"other": 1})


@pytest.mark.parametrize(
    ("display", "statistics", "message"),
    [
        ("n_percent", {"n": 1}, "no such recipe"),
        ("value", {"value": "12"}, "a number belongs here"),
        ("value", {"value": float("nan")}, "a number belongs here"),
        ("text", {"text": 12}, "is no text"),
    ],
)
def test_errors(display: str, statistics: dict, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        show(display, statistics)


def test_a_column_lines_up_on_the_decimal_point() -> None:
    texts = ["18", "0", "2 ( 66.7)", "50.7 (12.66)", "", "NE", "0.0357", "<.0001", "-1.5"]
    assert align(texts) == [
        "18          ",
        " 0          ",
        " 2 ( 66.7)  ",
        "50.7 (12.66)",
        "            ",
        "NE          ",
        " 0.0357     ",
        " <.0001     ",
        "-1.5        ",
    ]


def test_aligning_nothing() -> None:
    assert align([]) == []
    assert align(["", ""]) == ["", ""]


@pytest.mark.parametrize(
    ("value", "kind", "digits", "text"),
    [
        (None, "text", None, ""),
        ("2016-02", "iso8601", None, "2016-02"),
        (3.0, "integer", None, "3"),
        (0.1, "float", None, "0.1"),
        (2.25, "float", 1, "2.3"),
        (34200, "time", None, "09:30:00"),
    ],
)
def test_listing_value(value: object, kind: str, digits: int | None, text: str) -> None:
    assert show_value(value, kind, digits) == text
