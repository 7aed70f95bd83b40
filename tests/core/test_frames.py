"""Parquet files: what is written comes back, as text whether it came as text or as categories."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.frames import prepare_pandas, read_frame, stated_lengths, write_dataset, write_frame
from pipeline.spec import Dataset, Variable
from pipeline.worded import worded, words_of

WORDS = ["b", "ä€", "long enough to count", "", "a"]


@pytest.fixture(autouse=True)
def _text() -> None:
    prepare_pandas()


def spec(*variables: Variable) -> Dataset:
    """A dataset of these variables."""
    return Dataset("LB", "Labs", "sdtm", "FINDINGS", "", "", ("USUBJID",), "subject", variables)


TEXTS = spec(Variable("A", "Label of A", "text"), Variable("B", "B", "text"))
MIXED = spec(Variable("A", "A", "text"), Variable("N", "N", "integer"), Variable("D", "D", "date"))


def some(rows: int, seed: int) -> pd.DataFrame:
    """Text with missing values, of few and of many words."""
    draw = np.random.default_rng(seed)
    few = pd.Series([*WORDS, None], dtype="str").take(draw.integers(0, len(WORDS) + 1, rows))
    many = pd.Series(draw.integers(0, max(rows, 1), rows)).astype("str")
    return pd.DataFrame({"A": few.reset_index(drop=True), "B": many})


def in_words(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The frame with text, of some or all columns, that holds its words."""
    held = {name: worded(words_of(frame[name]), frame.index) for name in columns or frame}
    return frame.assign(**held)


@pytest.mark.parametrize("rows", [0, 1, 7, 300, 150_000])
def test_text_comes_back_from_text_and_from_words(tmp_path: Path, rows: int) -> None:
    frame, path = some(rows, seed=rows), tmp_path / "lb.parquet"
    for written in (frame, in_words(frame), in_words(frame, "A")):
        write_dataset(written, TEXTS, path)
        pd.testing.assert_frame_equal(read_frame(path), frame)
        pd.testing.assert_frame_equal(pq.read_table(path).to_pandas(), frame)
        schema = pq.read_schema(path)
        assert schema.types == [pa.string(), pa.string()]
        assert schema.field("A").metadata[b"label"] == b"Label of A"
        assert schema.metadata == {b"dataset": b"LB", b"label": b"Labs"}
        assert stated_lengths(path)["A"] == max(
            map(len, map(str.encode, frame["A"].dropna())), default=0
        )


def test_the_order_and_the_unused_words_leave_no_trace(tmp_path: Path) -> None:
    frame = some(300, seed=1)
    orders = {
        "appearance": [*frame["A"].dropna().unique()],
        "sorted": sorted(WORDS),
        "unused": ["the longest word, which is not in use", *reversed(WORDS)],
    }
    for name, words in orders.items():
        coded = frame.assign(
            A=worded([*words, *frame["A"].astype(object).replace({np.nan: None})])
            .iloc[len(words) :]
            .array
        )
        write_dataset(coded, TEXTS, tmp_path / name)
    assert len({(tmp_path / name).read_bytes() for name in orders}) == 1


def test_numbers_and_dates_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "A": pd.Series(["x", None], dtype="str"),
            "N": [1, 2],
            "D": pd.to_datetime(["2020-01-01", None]).astype("datetime64[ms]"),
        }
    )
    write_dataset(frame, MIXED, tmp_path / "lb.parquet")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "lb.parquet"), frame)


def test_columns_come_in_the_order_asked_for_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lb.parquet"
    write_frame(some(5, seed=5), path)
    assert list(read_frame(path, ["B", "A"])) == ["B", "A"]
    with pytest.raises(pa.ArrowInvalid, match="ZZ"):
        read_frame(path, ["A", "ZZ"])


def test_the_batches_of_a_dataset_come_one_after_the_other(tmp_path: Path) -> None:
    frame = some(300, seed=3)
    for number, part in enumerate((frame.iloc[:100], frame.iloc[100:100], frame.iloc[100:])):
        write_dataset(in_words(part), TEXTS, tmp_path / f"lb.parquet/{number}.parquet")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "lb.parquet"), frame)
