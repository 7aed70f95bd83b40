"""Baseline, change, normal range and analysis visits."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipeline.adam.baseline import (
    derive_var_ablfl,
    derive_var_anrind,
    derive_vars_base,
    derive_vars_chg,
)
from pipeline.adam.visits import Window, derive_vars_avisit, read_windows
from pipeline.errors import StudyError
from pipeline.where import at_least, at_most
from pipeline.yamltext import read_yaml

NONE = float("nan")


def results(days: list[float], values: list[float], **more: object) -> pd.DataFrame:
    """Results of one subject and parameter, with the line each came from."""
    frame = pd.DataFrame({"USUBJID": "1", "PARAMCD": "ALT", "ADY": days, "AVAL": values})
    return frame.assign(_row_lb=range(1, len(days) + 1), **more)


@pytest.mark.parametrize(
    ("days", "values", "flagged"),
    [
        ([-14, -1, 8], [10, 20, 30], [1]),
        ([-14, 1, 8], [10, 20, 30], [1]),  # on day 1 counts
        ([-14, -1, 8], [10, NONE, 30], [0]),  # without a value it is none
        ([2, 8], [10, 20], []),
        ([-1, -1], [10, 20], [1]),  # same day: the last record
        ([-1, -14], [10, 20], [0]),  # the order of the rows does not matter
    ],
)
def test_baseline_is_the_last_value_before_treatment(
    days: list[float], values: list[float], flagged: list[int]
) -> None:
    made = derive_var_ablfl(results(days, values), at_most("ADY", 1), order=["ADY"])
    assert made.index[made["ABLFL"] == "Y"].tolist() == flagged
    assert made["ABLFL"].isna().sum() == len(days) - len(flagged)


def test_base_is_by_subject_and_parameter() -> None:
    frame = pd.DataFrame(
        {
            "USUBJID": ["1", "1", "1", "2"],
            "PARAMCD": ["ALT", "ALT", "AST", "ALT"],
            "AVAL": [10.0, 15.0, 99.0, 7.0],
            "ABLFL": ["Y", None, None, None],
            "ATOXGR": ["0", "1", "0", "0"],
            "_row_lb": [4, 5, 6, 7],
        }
    )
    made = derive_vars_base(frame, {"BASE": "AVAL", "BTOXGR": "ATOXGR"})
    assert made["BASE"].tolist()[:2] == [10, 10]
    assert made["BASE"].isna().tolist() == [False, False, True, True]
    assert made["BTOXGR"].tolist()[:2] == ["0", "0"]
    assert made["_row_lb"].tolist() == [4, 5, 6, 7]


def test_two_baselines_are_refused() -> None:
    frame = results([-2, -1], [1, 2], ABLFL="Y")
    with pytest.raises(StudyError, match="several baseline records for '1 ALT'"):
        derive_vars_base(frame, {"BASE": "AVAL"})


@pytest.mark.parametrize(
    ("base", "value", "change", "percent"),
    [
        (40, 60, 20, 50),
        (40, 30, -10, -25),
        (40, 40, 0, 0),
        (0, 5, 5, None),
        (NONE, 5, None, None),
        (40, NONE, None, None),
    ],
)
def test_change(base: float, value: float, change: float | None, percent: float | None) -> None:
    made = derive_vars_chg(results([8], [value], BASE=base)).iloc[0]
    found = [None if pd.isna(made[name]) else made[name] for name in ("CHG", "PCHG")]
    assert found == [change, percent]


def test_change_only_after_baseline() -> None:
    made = derive_vars_chg(results([-1, 8], [1, 3], BASE=1.0), at_least("ADY", 2))
    assert made["CHG"].isna().tolist() == [True, False]
    assert made["PCHG"].tolist()[1] == 200


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (9.9, 10, 40, "LOW"),
        (10, 10, 40, "NORMAL"),
        (40, 10, 40, "NORMAL"),
        (40.1, 10, 40, "HIGH"),
        (41, NONE, 40, "HIGH"),
        (39, NONE, 40, None),
        (9, 10, NONE, "LOW"),
        (11, 10, NONE, None),
        (NONE, 10, 40, None),
    ],
)
def test_range_indicator(value: float, low: float, high: float, expected: str | None) -> None:
    found = derive_var_anrind(results([1], [value], ANRLO=low, ANRHI=high))["ANRIND"].iloc[0]
    assert (None if pd.isna(found) else found) == expected


WINDOWS = (Window("Baseline", -1, -28, 1), Window("Week 1", 8, 2, 11), Window("Week 2", 15, 12, 21))


@pytest.mark.parametrize(
    ("day", "visit", "difference"),
    [
        (-29, None, None),
        (-28, "Baseline", 27),
        (-1, "Baseline", 0),
        (1, "Baseline", 1),  # day 1 follows day -1: one day apart
        (2, "Week 1", 6),
        (11, "Week 1", 3),
        (12, "Week 2", 3),
        (21, "Week 2", 6),
        (22, None, None),
        (NONE, None, None),
    ],
)
def test_windows_at_their_edges(day: float, visit: str | None, difference: float | None) -> None:
    made = derive_vars_avisit(results([day], [1]), WINDOWS).iloc[0]
    found = [None if pd.isna(made[name]) else made[name] for name in ("AVISIT", "AWTDIFF")]
    assert found == [visit, difference]


@pytest.mark.parametrize(
    ("rule", "days", "values", "flagged"),
    [
        ("nearest", [13, 14, 20], [1, 2, 3], [1]),
        ("nearest", [14, 16], [1, 2], [1]),  # the same distance: the later one
        ("nearest", [15, 16], [NONE, 2], [1]),  # without a value it does not count
        ("last", [13, 15, 20], [1, 2, 3], [2]),
        ("last", [20, 13], [1, 2], [0]),
        ("nearest", [2, 15], [1, 2], [0, 1]),  # one per visit
    ],
)
def test_one_record_per_visit(
    rule: str, days: list[float], values: list[float], flagged: list[int]
) -> None:
    made = derive_vars_avisit(results(days, values), WINDOWS, rule)
    assert made.index[made["ANL01FL"] == "Y"].tolist() == flagged


def test_visit_variables() -> None:
    made = derive_vars_avisit(results([9], [1]), WINDOWS).iloc[0]
    assert made[["AVISITN", "AWTARGET", "AWRANGE"]].tolist() == [2.0, 8.0, "2 to 11"]
    with pytest.raises(StudyError, match="'mean' is no rule"):
        derive_vars_avisit(results([9], [1]), WINDOWS, "mean")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{target: "8", from: "2", to: "11"}', None),
        ('{target: "-1", from: "-28", to: "1"}', None),
        ('{target: "12", from: "2", to: "11"}', "target 12 of 'A' lies outside"),
        ('{target: "8", from: "0", to: "11"}', "from is '0'"),
        ('{target: "8", from: "2"}', "the key 'to' is missing"),
        ('{target: "8", from: "x", to: "11"}', "from is 'x'"),
    ],
)
def test_windows_are_read_and_checked(tmp_path: Path, text: str, message: str | None) -> None:
    path = tmp_path / "windows.yaml"
    path.write_text(f"A: {text}\n", encoding="utf-8")
    if message is None:
        assert [window.visit for window in read_windows(read_yaml(path))] == ["A"]
        return
    with pytest.raises(StudyError, match=message):
        read_windows(read_yaml(path))


def test_windows_that_overlap_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_text(
        'B: {target: "15", from: "11", to: "21"}\nA: {target: "8", from: "2", to: "11"}\n',
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match="the window of 'B' begins on day 11, within that of 'A'"):
        read_windows(read_yaml(path))
