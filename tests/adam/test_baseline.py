"""Baseline, change, extremes, criteria and Hy's law on a few rows that the eye can check."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.adam.baseline import derive_var_base, derive_vars_chg, flag_extreme
from pipeline.adam.criteria import derive_vars_criterion
from pipeline.adam.hys_law import derive_param_hys_law
from pipeline.errors import StudyError
from pipeline.ranges import range_indicator
from pipeline.where import at_least, present

Y, N, NONE = "Y", "N", None


def rows() -> pd.DataFrame:
    """Two subjects, one parameter: before, baseline, two values after; a baseline of 0."""
    return pd.DataFrame(
        {
            "USUBJID": ["1", "1", "1", "1", "2", "2"],
            "PARAMCD": "X",
            "AVAL": [9.0, 10.0, 15.0, 8.0, 0.0, 3.0],
            "ABLFL": [NONE, Y, NONE, NONE, Y, NONE],
            "ADT": pd.to_datetime(["2020-01-0" + d for d in "123412"]),
            "WHEN": [NONE, Y, Y, Y, Y, Y],
        }
    )


def test_base_and_change() -> None:
    made = rows().pipe(derive_var_base).pipe(derive_vars_chg, present("WHEN"))
    assert made["BASE"].tolist() == [10, 10, 10, 10, 0, 0]
    assert made["CHG"].fillna(-99).tolist() == [-99, -99, 5, -2, -99, 3]
    assert made["PCHG"].fillna(-99).tolist() == [-99, -99, 50, -20, -99, -99]


def test_two_baselines_are_an_error() -> None:
    with pytest.raises(StudyError, match="several records"):
        derive_var_base(rows().assign(ABLFL=Y))


@pytest.mark.parametrize(
    ("highest", "flags"), [(True, [2, 5]), (False, [3, 4])], ids=["highest", "lowest"]
)
def test_the_extreme_record_is_flagged_once_per_subject(highest: bool, flags: list[int]) -> None:
    made = flag_extreme(rows(), "ANL02FL", "AVAL", present("WHEN"), highest)
    assert made.index[made["ANL02FL"] == Y].tolist() == flags


def test_of_equal_extremes_the_first_counts() -> None:
    made = flag_extreme(rows().assign(AVAL=1.0), "ANL02FL", "AVAL", present("WHEN"))
    assert made.index[made["ANL02FL"] == Y].tolist() == [1, 4]


def test_a_variable_may_be_key_and_value() -> None:
    frame = rows()
    assert derive_var_base(frame, "BASEPARM", "PARAMCD")["BASEPARM"].tolist() == ["X"] * 6
    latest = flag_extreme(frame, "LASTFL", "ADT", present("AVAL"))
    assert latest.index[latest["LASTFL"] == Y].tolist() == [3, 5]


def test_a_criterion_holds_for_its_parameter_only() -> None:
    frame = pd.concat([rows(), rows().assign(PARAMCD="Z")], ignore_index=True)
    made = derive_vars_criterion(frame, {"X": ("10 or more", at_least("AVAL", 10))})
    assert made["CRIT1FL"].tolist()[:6] == [N, Y, Y, N, N, N]
    assert made["CRIT1"].tolist()[:1] == ["10 or more"]
    assert made[["CRIT1", "CRIT1FL"]].iloc[6:].isna().all(axis=None)


def test_the_limits_of_a_range_are_normal() -> None:
    value = pd.Series([1.9, 2.0, 5.0, 5.1, None])
    low, high = pd.Series([2.0] * 5), pd.Series([5.0] * 5)
    found = range_indicator(value, low, high)
    assert found.tolist()[:4] == ["LOW", "NORMAL", "NORMAL", "HIGH"]
    assert pd.isna(found.iloc[4])


# days of ALT >= 3 x ULN and of bilirubin >= 2 x ULN, ALP there, candidate
@pytest.mark.parametrize(
    ("alt", "bili", "alp", "candidate"),
    [
        ((3.0, 1), (2.0, 31), 1.9, "Y"),
        ((3.0, 1), (2.0, 32), 1.9, "N"),  # 31 days later
        ((2.9, 1), (2.0, 10), 1.0, "N"),
        ((3.0, 1), (1.9, 10), 1.0, "N"),
        ((3.0, 1), (2.0, 10), 2.0, "N"),  # cholestasis explains it
        ((3.0, 10), (2.0, 1), 1.0, "N"),  # bilirubin first
    ],
)
def test_hys_law(alt: tuple, bili: tuple, alp: float, candidate: str) -> None:
    start = pd.Timestamp("2020-01-01")
    frame = pd.DataFrame(
        {
            "STUDYID": "S",
            "USUBJID": "1",
            "PARAMCD": ["ALT", "BILI", "ALP"],
            "R2ANRHI": [alt[0], bili[0], alp],
            "ADT": [start + pd.Timedelta(days=d) for d in (alt[1], bili[1], bili[1])],
            "_row_lb": [1, 2, 3],
        }
    )
    made = derive_param_hys_law(frame)
    assert made["AVALC"].tolist() == [candidate]
    assert made["_row_lb"].tolist() == [(1, 2, 3)]
