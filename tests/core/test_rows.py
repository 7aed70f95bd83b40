"""Conditions, lineage and merges: what happens to rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.lineage import collecting_exclusions, exclude, join_rows, lineage_of, with_rows
from pipeline.merge import derive_vars_merged, first_per, last_per, stacked, summarised
from pipeline.where import (
    all_of,
    always,
    any_of,
    at_least,
    at_most,
    between,
    equals,
    flagged,
    is_in,
    missing,
    not_,
    not_less,
    present,
)

FRAME = pd.DataFrame(
    {"F": ["Y", "N", None], "G": ["Y", "Y", "Y"], "X": [1.0, 2.0, np.nan], "Z": [2.0, 1.0, 0.0]}
)


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (equals("F", "Y"), [1, 0, 0]),
        (is_in("F", ["N", "U"]), [0, 1, 0]),
        (flagged("F", "G"), [1, 0, 0]),
        (at_least("X", 2), [0, 1, 0]),
        (at_most("X", 2), [1, 1, 0]),
        (between("X", 1, 1), [1, 0, 0]),
        (not_less("X", "Z"), [0, 1, 0]),
        (present("F", "X"), [1, 1, 0]),
        (missing("F", "X"), [0, 0, 1]),
        (missing("F", "G"), [0, 0, 0]),
        (not_(equals("F", "Y")), [0, 1, 1]),
        (all_of(flagged("G"), at_least("X", 2)), [0, 1, 0]),
        (any_of(equals("F", "Y"), at_least("X", 2)), [1, 1, 0]),
        (always(), [1, 1, 1]),
    ],
)
def test_conditions(condition, met: list[int]) -> None:
    """A missing value never meets a condition; only `not_` counts it."""
    found = condition(FRAME)
    assert found.dtype == bool
    assert found.tolist() == [bool(n) for n in met]


def test_a_condition_knows_its_columns() -> None:
    assert all_of(equals("A", "1"), any_of(present("B"), equals("A", "2"))).columns == ("A", "B")
    with pytest.raises(KeyError, match="AESER"):
        FRAME.loc[equals("AESER", "Y")]


@given(st.lists(st.sampled_from(["Y", "N", None])))
def test_a_condition_and_its_opposite_part_the_rows(values: list[str | None]) -> None:
    frame = pd.DataFrame({"F": pd.Series(values, dtype="str")})
    yes, no = equals("F", "Y"), not_(equals("F", "Y"))
    assert len(frame.loc[yes]) + len(frame.loc[no]) == len(frame)


LEFT = pd.DataFrame({"USUBJID": ["3", "1", "2", "1"], "_row_ae": [1, 2, 3, 4]}, index=[9, 7, 5, 3])
RIGHT = pd.DataFrame({"USUBJID": ["1", "2"], "AGE": [40, 50], "_row_dm": [1, 2]})


def test_a_merge_keeps_rows_order_index_and_lineage() -> None:
    merged = derive_vars_merged(LEFT, RIGHT, "USUBJID", {"YEARS": "AGE"})
    assert merged.index.tolist() == [9, 7, 5, 3]
    assert merged["USUBJID"].tolist() == ["3", "1", "2", "1"]
    assert merged["YEARS"].fillna(0).tolist() == [0, 40, 50, 40]
    assert merged["_row_ae"].tolist() == [1, 2, 3, 4]
    assert merged["_row_dm"].fillna(0).tolist() == [0, 1, 2, 1]


def test_a_merge_without_lineage() -> None:
    merged = derive_vars_merged(LEFT, RIGHT, "USUBJID", ["AGE"], lineage=False)
    assert list(merged.columns) == ["USUBJID", "_row_ae", "AGE"]


def test_a_merge_joins_the_lineage_of_one_source() -> None:
    other = RIGHT.rename(columns={"_row_dm": "_row_ae"}).assign(_row_ae=[2, 9])
    merged = derive_vars_merged(LEFT, other, "USUBJID", ["AGE"])
    assert merged["_row_ae"].tolist() == [1, 2, (3, 9), (2, 4)]


def test_a_merge_refuses_several_records() -> None:
    twice = pd.DataFrame({"USUBJID": ["1", "1", "2"], "AGE": [40, 41, 50]})
    with pytest.raises(StudyError, match="several records for '1'") as caught:
        derive_vars_merged(LEFT, twice, "USUBJID", ["AGE"])
    assert "first_per" in caught.value.fix


@given(st.lists(st.integers(0, 5), max_size=8), st.sets(st.integers(0, 5)))
def test_a_merge_never_adds_or_drops_a_row(left: list[int], right: set[int]) -> None:
    frame = pd.DataFrame({"K": pd.Series(left, dtype="int64")})
    other = pd.DataFrame({"K": pd.Series(sorted(right), dtype="int64")}).assign(V=1.0)
    merged = derive_vars_merged(frame, other, "K", ["V"])
    assert merged["K"].tolist() == left
    assert merged["V"].notna().tolist() == [key in right for key in left]


def test_first_and_last() -> None:
    frame = pd.DataFrame({"ID": ["1", "1", "1"], "D": ["b", None, "a"], "N": [1, 2, 3]})
    assert first_per(frame, "ID", ["D"])["N"].tolist() == [3]
    assert last_per(frame, "ID", ["D"])["N"].tolist() == [1]


def test_summarised_keeps_all_records() -> None:
    frame = pd.DataFrame({"ID": ["2", "1", "2"], "V": [5.0, 1.0, 7.0], "_row_ex": [1, 2, 3]})
    total = summarised(frame, "ID", S=("V", "sum"))
    assert total["S"].tolist() == [1.0, 12.0]
    assert total["_row_ex"].tolist() == [2, (1, 3)]


def test_stacked() -> None:
    one, two = pd.DataFrame({"A": [1.0], "B": [None]}), pd.DataFrame({"A": [2.0], "C": ["x"]})
    both = stacked(one, two)
    assert list(both.columns) == ["A", "B", "C"]
    assert both["A"].tolist() == [1.0, 2.0]
    assert list(stacked(one.iloc[:0]).columns) == ["A", "B"]


@pytest.mark.parametrize("number", [0, 1])
def test_stacked_text_without_a_value_is_text(number: int) -> None:
    """A batch may have no record of a form, or none with a text in a field that others fill."""
    one = pd.DataFrame({"A": ["x"]}).astype("str")
    two = pd.DataFrame({"A": ["y"], "B": [None]}).astype("str")
    both = stacked(one.iloc[:number], two.iloc[:number])
    assert (both.dtypes == "str").all()
    assert both["B"].str.upper().isna().all()


def test_lineage_in_long_form() -> None:
    """One line per record and source record, in the order of the records; then the exclusions."""
    frame = pd.DataFrame({"_row_raw_ae": [7, (3, 5), 9], "_row_dm": [1.0, np.nan, 2.0]})
    with collecting_exclusions() as left_out:
        kept = exclude(frame, lambda f: f["_row_dm"] == 2, because="not asked")
    long = lineage_of(kept, left_out)
    found = [tuple(row) for row in long.fillna("-").astype(object).to_numpy().tolist()]
    assert sorted(found) == [
        (0, "dm", 2, "not asked"),
        (0, "raw_ae", 9, "not asked"),
        (1, "dm", 1, "-"),
        (1, "raw_ae", 7, "-"),
        (2, "raw_ae", 3, "-"),
        (2, "raw_ae", 5, "-"),
    ]


def test_exclude_outside_a_program_only_drops() -> None:
    frame = with_rows(pd.DataFrame({"A": ["x", "y"]}), "raw_a")
    assert exclude(frame, equals("A", "x"), because="")["_row_raw_a"].tolist() == [2]


def test_join_rows() -> None:
    left = pd.Series([1, None, 3, (4, 5)], dtype="object")
    right = pd.Series([1, 2, None, 3], dtype="object")
    assert join_rows(left, right).tolist() == [1, 2, 3, (3, 4, 5)]
