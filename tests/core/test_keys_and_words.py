"""Order by keys, work per distinct value and text as it is kept, against pandas' own slow ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.distinct import among, per_distinct
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas
from pipeline.merge import derive_vars_merged, summarised
from pipeline.shelf import shelf
from pipeline.sorting import MOST, key_codes, numbered, ordered
from pipeline.typed_values import as_text
from pipeline.worded import worded

prepare_pandas()
TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "é", "Z", "", None]), min_size=1, max_size=12)
NUMBERS = st.lists(st.sampled_from([1.5, -2.0, 0.0, 10.0, None]), min_size=12, max_size=12)


def two_keys(texts: list[str | None], numbers: list[float | None]) -> pd.DataFrame:
    """Records with a text key, a number key and their place."""
    frame = pd.DataFrame({"T": pd.Series(texts, dtype="str"), "N": numbers[: len(texts)]})
    return frame.astype({"N": "float64"}).assign(P=range(len(frame)))


@given(TEXTS, NUMBERS)
def test_the_order_is_that_of_sort_values(
    texts: list[str | None], numbers: list[float | None]
) -> None:
    frame = two_keys(texts, numbers)
    for first, position in ((False, "last"), (True, "first")):
        found = ordered(frame, ["T", "N"], missing_first=first)
        wanted = frame.sort_values(["T", "N"], kind="stable", na_position=position)
        assert found["P"].tolist() == wanted["P"].tolist()
        assert found.index.tolist() == wanted.index.tolist()


@given(TEXTS, NUMBERS)
def test_words_are_ordered_by_their_text(
    texts: list[str | None], numbers: list[float | None]
) -> None:
    frame = two_keys(texts, numbers)
    words = worded(["b", "", "Z", "unused", "é", "ab", "a", *texts]).iloc[7:].reset_index(drop=True)
    found = ordered(frame.assign(T=words), ["T", "N"])
    assert found["P"].tolist() == ordered(frame, ["T", "N"])["P"].tolist()


def test_records_in_order_are_left_alone() -> None:
    frame = two_keys(["a", "a", "b"], [1.0, 2.0, None])
    assert ordered(frame, ["T", "N"]) is frame


def test_more_combinations_than_a_number_holds() -> None:
    rows = 3000
    values = np.random.default_rng(1).permutation(rows)
    names = [f"K{number}" for number in range(6)]
    frame = pd.DataFrame({name: np.roll(values, n) for n, name in enumerate(names)})
    assert (rows + 1) ** len(names) > MOST
    found = np.argsort(key_codes(frame, names), kind="stable")
    assert found.tolist() == frame.sort_values(names, kind="stable").index.tolist()


@given(TEXTS, NUMBERS)
def test_numbers_within_a_group(texts: list[str | None], numbers: list[float | None]) -> None:
    frame = two_keys(texts, numbers)
    ranked = frame.sort_values(["T", "N"], kind="stable")
    wanted = ranked.groupby("T", dropna=False).cumcount() + 1
    assert numbered(frame, "T", ["N"]).tolist() == wanted.reindex(frame.index).tolist()


@given(st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=4))))
def test_text_is_kept_without_blanks_around_it(values: list[str | None]) -> None:
    found = as_text(pd.Series(values, dtype="str"))
    wanted = [None if v is None or not v.strip() else v.strip() for v in values]
    assert [None if pd.isna(v) else v for v in found] == wanted


@pytest.mark.parametrize("text", [" a", "a ", "\ta", "a\n", "\u00a0a", "a\u3000"])
def test_one_blank_around_one_text_is_seen(text: str) -> None:
    assert as_text(pd.Series(["b", text, None], dtype="str")).tolist()[:2] == ["b", "a"]


@given(TEXTS)
def test_work_per_distinct_value_is_work_per_value(values: list[str | None]) -> None:
    series = pd.Series(values, dtype="str", index=range(5, 5 + len(values)))
    found = per_distinct(series, lambda distinct: distinct + "!")
    assert found.equals(series + "!")


@given(TEXTS, TEXTS)
def test_among(values: list[str | None], wanted: list[str | None]) -> None:
    series = pd.Series(values, dtype="str")
    known = {value for value in wanted if value is not None}
    assert among(series, pd.Series(wanted, dtype="str")).tolist() == [v in known for v in values]


@given(TEXTS, NUMBERS)
def test_first_and_last_text_of_a_group(
    texts: list[str | None], numbers: list[float | None]
) -> None:
    frame = two_keys(texts, numbers).assign(G=lambda f: f["N"].fillna(99.0))
    made = summarised(frame, "G", LOW=("T", "min"), HIGH=("T", "max"))
    for row in made.itertuples():
        group = sorted(frame.loc[frame["G"] == row.G, "T"].dropna())
        assert ([] if pd.isna(row.LOW) else [row.LOW, row.HIGH]) == (
            [group[0], group[-1]] if group else []
        )


def test_a_merge_of_text_with_numbers_is_refused() -> None:
    left, right = pd.DataFrame({"K": ["1", "2"]}), pd.DataFrame({"K": [1.0], "V": ["x"]})
    with pytest.raises(StudyError, match="one dataset has text, the other numbers"):
        derive_vars_merged(left, right, "K", ["V"])


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, 2.0, None]))),
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([1.0, 2.0, None])), unique=True),
)
def test_a_merge_by_two_keys_is_that_of_pandas(
    left: list[tuple[str, float | None]], right: list[tuple[str, float | None]]
) -> None:
    kinds = {"A": "str", "B": "float64"}
    frame = pd.DataFrame(left, columns=["A", "B"]).astype(kinds)
    other = pd.DataFrame(right, columns=["A", "B"]).astype(kinds).assign(V=range(len(right)))
    found = derive_vars_merged(frame, other, ["A", "B"], ["V"])
    wanted = frame.merge(other, how="left", on=["A", "B"])
    assert found["V"].tolist() == pytest.approx(wanted["V"].tolist(), nan_ok=True)


def test_a_shelf_leaves_nothing_and_clears_what_was_left(tmp_path) -> None:
    import pyarrow as pa

    place = tmp_path / "lb.taking"
    place.mkdir()
    (place / "00000-000000.arrow").write_bytes(b"of a killed run")
    with shelf(place) as kept:
        kept.put(1, pa.table({"A": ["x"]}))
        kept.put(0, pa.table({"A": ["y"]}))
        kept.put(1, pa.table({"A": ["z"]}))
        assert [table["A"].to_pylist() for table in kept.take(1)] == [["x"], ["z"]]
        assert kept.take(1) == []
    assert not place.exists()
