"""Worst values under treatment and shifts."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.shift import Worst, derive_params_extreme, derive_var_shift, derive_var_worst
from pipeline.where import flagged

NONE = float("nan")


@pytest.fixture
def adlb() -> pd.DataFrame:
    """Grades 3 (before treatment), 1, 2, 2 and none of one subject; one value of another."""
    return pd.DataFrame(
        {
            "USUBJID": ["1"] * 5 + ["2"],
            "PARAMCD": "ALT",
            "ADT": pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-20", "2024-01-15"] * 2)[:6],
            "AVAL": [300.0, 50.0, 130.0, 150.0, NONE, 20.0],
            "ATOXGRHN": [3.0, 1.0, 2.0, 2.0, NONE, 0.0],
            "ONTRTFL": [None, "Y", "Y", "Y", "Y", "Y"],
            "_row_lb": [1, 2, 3, 4, 5, 6],
        }
    )


def test_the_worst_grade_under_treatment_is_the_earlier_of_two(adlb: pd.DataFrame) -> None:
    made = derive_var_worst(adlb, "WGRHIFL", Worst("ATOXGRHN"), flagged("ONTRTFL"))
    assert made.index[made["WGRHIFL"] == "Y"].tolist() == [3, 5]
    shuffled = derive_var_worst(
        adlb.sample(frac=1, random_state=1), "W", Worst("ATOXGRHN"), flagged("ONTRTFL")
    )
    assert sorted(shuffled.index[shuffled["W"] == "Y"]) == [3, 5]


def test_without_a_condition_every_record_counts(adlb: pd.DataFrame) -> None:
    made = derive_var_worst(adlb, "W", Worst("ATOXGRHN"))
    assert made.index[made["W"] == "Y"].tolist() == [0, 5]


@pytest.mark.parametrize(
    ("highest", "value", "dtype", "row"), [(True, 150, "MAXIMUM", 4), (False, 50, "MINIMUM", 2)]
)
def test_extreme_records(
    adlb: pd.DataFrame, highest: bool, value: float, dtype: str, row: int
) -> None:
    worst = Worst("AVAL", highest)
    new = {"AVISIT": "Worst", "AVISITN": 99.0}
    made = derive_params_extreme(adlb, worst, new, flagged("ONTRTFL"))
    added = made.iloc[6:]
    assert len(made) == 8
    assert added["AVAL"].tolist() == [value, 20]
    assert added["DTYPE"].tolist() == [dtype, dtype]
    assert added["AVISIT"].tolist() == ["Worst", "Worst"]
    assert added["_row_lb"].tolist() == [row, 6]
    assert made.iloc[:6]["DTYPE"].isna().all()


def test_a_subject_without_values_gets_no_record(adlb: pd.DataFrame) -> None:
    made = derive_params_extreme(adlb.assign(AVAL=NONE), Worst("AVAL"), {"AVISIT": "Worst"})
    assert len(made) == 6


def test_shift_from_baseline() -> None:
    frame = pd.DataFrame(
        {"BNRIND": ["NORMAL", None, "LOW"], "ANRIND": ["HIGH", "LOW", None]}, dtype="str"
    )
    assert derive_var_shift(frame, "SHIFT1", "BNRIND", "ANRIND")["SHIFT1"].tolist() == [
        "NORMAL to HIGH",
        "MISSING to LOW",
        "LOW to MISSING",
    ]
