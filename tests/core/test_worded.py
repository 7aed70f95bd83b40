"""Text kept by its words does what pandas' text does."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.frames import prepare_pandas
from pipeline.worded import Worded, worded

prepare_pandas()
VALUES = st.lists(st.sampled_from(["a", "b", "ab", "é", "", None]), min_size=1, max_size=12)
SAME: dict[str, Callable[[pd.Series], object]] = {
    "chosen": lambda s: s.loc[[i % 3 != 1 for i in range(len(s))]],
    "reversed": lambda s: s.iloc[::-1],
    "sliced": lambda s: s.iloc[1:4],
    "every second, backwards": lambda s: s.iloc[::-2],
    "none": lambda s: s.iloc[:0],
    "none, reindexed": lambda s: s.iloc[:0].reindex([0, 1]),
    "of a mask": lambda s: s[s.isna()],
    "last": lambda s: s.take([-1, 0]),
    "one value": lambda s: [s.iloc[0]],
    "reindexed": lambda s: s.reindex([0, 99, *range(len(s))]),
    "reindexed, filled": lambda s: s.reindex([0, 99], fill_value="new"),
    "sorted": lambda s: s.sort_values(kind="stable"),
    "equal": lambda s: s == "a",
    "unequal": lambda s: s != "a",
    "less": lambda s: s < "b",
    "equal to text": lambda s: s == pd.Series(["a"] * len(s), dtype="str"),
    "equal to itself": lambda s: s == s,
    "among": lambda s: s.isin(["a", "é", "zz"]),
    "among missing": lambda s: s.isin([None, "a"]),
    "missing": lambda s: s.isna(),
    "given": lambda s: s.dropna(),
    "filled": lambda s: s.fillna("?"),
    "masked": lambda s: s.mask(s == "a", "new"),
    "where": lambda s: s.where(s.notna(), s.shift()),
    "joined": lambda s: s + " to " + s,
    "joined with the other end": lambda s: s + s.iloc[::-1].array,
    "joined in front": lambda s: "grade " + s,
    "joined with text": lambda s: s + pd.Series(["x", None] * 20, dtype="str").iloc[: len(s)],
    "none joined": lambda s: s.iloc[:0] + s.iloc[:0],
    "upper": lambda s: s.str.upper(),
    "contains": lambda s: s.str.contains("a|b", na=False),
    "mapped": lambda s: s.map({"a": "A", "b": "B"}),
    "replaced": lambda s: s.replace({"a": "A"}),
    "distinct": lambda s: list(s.unique()),
    "number of distinct": lambda s: s.nunique(),
    "repeated": lambda s: s.duplicated(),
    "counted": lambda s: s.value_counts(dropna=False).sort_index(),
    "factorized": lambda s: [list(part) for part in pd.factorize(s)],
    "factorized, sorted": lambda s: [list(part) for part in pd.factorize(s, sort=True)],
    "factorized with missing": lambda s: [
        list(part) for part in pd.factorize(s, use_na_sentinel=False)
    ],
    "stacked": lambda s: pd.concat([s, pd.Series(["x", None], dtype="str"), s]),
    "grouped": lambda s: pd.Series(range(len(s))).groupby(s, dropna=False).sum(),
    "merged": lambda s: pd.DataFrame({"K": s}).merge(
        pd.DataFrame({"K": ["a", "b"], "V": [1, 2]}), how="left", on="K"
    ),
    "pivoted": lambda s: pd.crosstab(s, s),
    "indexed": lambda s: pd.Series(range(len(s)), index=s).sort_index(),
    "categories": lambda s: s.astype("category"),
    "objects": lambda s: s.astype(object),
    "in arrow": lambda s: pa.array(s, pa.string(), from_pandas=True).to_pylist(),
}


@pytest.mark.parametrize("name", SAME)
@given(values=VALUES, more=st.booleans())
def test_what_pandas_does_with_text(name: str, values: list[str | None], more: bool) -> None:
    """With `more` it holds more words than values, of which some are not used."""
    plain = pd.Series(values, dtype="str")
    coded = worded([*values, *"abcdefghijklmnop"] if more else values).iloc[: len(values)]
    coded = coded.take(range(len(values)))
    wanted, found = SAME[name](plain), SAME[name](coded)
    if isinstance(wanted, pd.Series | pd.DataFrame):
        made = pd.testing.assert_series_equal if isinstance(wanted, pd.Series) else None
        (made or pd.testing.assert_frame_equal)(found, wanted)
    else:
        assert pd.Series(found, dtype=object).equals(pd.Series(wanted, dtype=object))
    pd.testing.assert_series_equal(coded, plain)


def test_a_column_that_is_taken_along_is_not_spelled_out() -> None:
    column = worded(["a", None, "b"] * 10)
    moved = column.loc[column == "a"].reindex(range(40))
    assert isinstance(moved.array, Worded)
    assert moved.array._text is None
    assert column.array._text is None


def test_a_value_that_is_replaced() -> None:
    column = worded(["a", None, "b"])
    kept = column.copy()
    column.iloc[1] = "new"
    assert column.tolist() == ["a", "new", "b"]
    assert kept.equals(pd.Series(["a", None, "b"], dtype="str"))
    assert not kept.equals(column)


def test_places_outside_are_refused() -> None:
    column = worded(["a", "b"])
    with pytest.raises(IndexError):
        column.array.take([2])
    with pytest.raises(ValueError, match="-2"):
        column.array.take([-2], allow_fill=True)
