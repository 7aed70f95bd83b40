"""Analysis visits by windows of days, and records carried forward to visits without."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.imputation import carry_forward
from pipeline.adam.windows import (
    Window,
    derive_var_avisit,
    derive_vars_window,
    flag_nearest,
    windows_between,
)
from pipeline.errors import StudyError
from pipeline.where import always, not_

WEEKS = (Window("Baseline", 1, last=1), *windows_between({"Week 8": 56, "Week 16": 112}, 2))
VISITS = ["Baseline", "Week 8", "Week 16"]


def scores(*rows: tuple[str, str | None, int, float | None]) -> pd.DataFrame:
    """Records (subject, visit, day, value) of one parameter, as adam/ programs have them."""
    frame = pd.DataFrame(rows, columns=["USUBJID", "AVISIT", "ADY", "AVAL"])
    number = range(1, len(rows) + 1)
    return frame.assign(PARAMCD="X", ABLFL=None, _row_qs=number).astype({"AVISIT": "str"})


def test_windows_meet_halfway_and_the_day_between_is_of_the_earlier() -> None:
    assert WEEKS[1:] == (Window("Week 8", 56, 2, 84), Window("Week 16", 112, 85, None))
    assert [window.shown for window in WEEKS] == ["<=1", "2-84", ">84"]
    odd = windows_between({"A": 10, "B": 15}, 1)
    assert [(window.first, window.last) for window in odd] == [(1, 12), (13, None)]


@pytest.mark.parametrize(("targets", "first"), [({"A": 15, "B": 8}, 1), ({"A": 8}, 8)])
def test_targets_rise(targets: dict[str, int], first: int) -> None:
    with pytest.raises(StudyError, match=r"analysis visits: the days .* do not rise"):
        windows_between(targets, first)


@pytest.mark.parametrize(
    ("day", "visit", "distance"),
    [
        (-1, "Baseline", 1),  # the day before day 1: there is no day 0
        (1, "Baseline", 0),
        (2, "Week 8", 54),
        (84, "Week 8", 28),
        (85, "Week 16", 27),
        (900, "Week 16", 788),
    ],
)
def test_a_day_lies_in_one_window(day: int, visit: str, distance: int) -> None:
    made = derive_vars_window(derive_var_avisit(scores(("1", None, day, 1)), WEEKS), WEEKS)
    assert made[["AVISIT", "AWTDIFF", "AWU"]].values.tolist() == [[visit, distance, "DAYS"]]


def test_a_day_outside_and_a_visit_without_window_have_none() -> None:
    late = derive_var_avisit(scores(("1", None, 9, 1)), [Window("Day 1", 1, 1, 3)])
    assert late["AVISIT"].isna().all()
    made = derive_vars_window(scores(("1", "Unscheduled", 9, 1)), WEEKS)
    assert made[["AWRANGE", "AWTARGET", "AWTDIFF", "AWLO", "AWHI", "AWU"]].isna().all(axis=None)


def test_the_nearest_record_counts_and_of_two_the_earlier() -> None:
    frame = scores(("1", None, 60, 1), ("1", None, 52, 2), ("1", None, 50, 3), ("2", None, 3, 4))
    made = derive_vars_window(derive_var_avisit(frame, WEEKS), WEEKS)
    flags = flag_nearest(made, "ANL01FL", ["USUBJID"])["ANL01FL"]
    assert flags.fillna("-").tolist() == ["-", "Y", "-", "Y"]


def test_the_last_record_is_carried_to_visits_without_one() -> None:
    frame = scores(
        ("1", "Baseline", 1, 10), ("1", "Week 8", 50, 20), ("1", "Week 8", 80, 30),
        ("2", "Baseline", 1, 11),
        ("3", "Week 16", 99, 12),
        ("4", "Baseline", 1, 13), ("4", "Week 8", 50, None),
    )  # fmt: skip
    made = carry_forward(frame.assign(ABLFL="Y"), ["USUBJID"], VISITS, "ADY", always())
    carried = made.loc[made["DTYPE"] == "LOCF"].sort_values(["USUBJID", "AVISIT"])
    assert carried[["USUBJID", "AVISIT", "ADY", "AVAL", "_row_qs"]].values.tolist() == [
        ["1", "Week 16", 80, 30, 3],
        ["2", "Week 16", 1, 11, 4],
        ["2", "Week 8", 1, 11, 4],
        ["4", "Week 16", 1, 13, 6],  # a missing value is a record, but is not carried
    ]
    assert carried["ABLFL"].isna().all()
    assert made["DTYPE"].isna().sum() == len(frame)


def test_nothing_is_carried_of_what_does_not_meet_the_condition() -> None:
    made = carry_forward(
        scores(("1", "Baseline", 1, 10)), ["USUBJID"], VISITS, "ADY", not_(always())
    )
    assert len(made) == 1
