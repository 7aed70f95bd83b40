"""A dataset kept in batches is read as if it were one file, one batch at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline import frames
from pipeline.frames import read_frame, read_input, write_frame
from pipeline.where import at_least, equals

FRAME = pd.DataFrame(
    {
        "WORD": ["a", None, "b", "a", None, None, "c", "a"],
        "COUNT": [1, 2, 3, 4, 5, 6, None, 8],
        "WHOLE": range(8),
        "VALUE": [0.5, np.nan, 1, 2, 3, 4, 5, 6],
        "DAY": pd.to_datetime(["2020-01-01", None, *["2021-02-03"] * 6]).astype("datetime64[ms]"),
    }
)
POOL = "ARROW_DEFAULT_MEMORY_POOL"
KINDS = {"WORD": "str", "COUNT": "Int64", "WHOLE": "int64"}


def written(path: Path, *sizes: int) -> Path:
    """FRAME in parts of these sizes, or as one file."""
    typed = FRAME.astype(KINDS)
    if not sizes:
        write_frame(typed, path)
        return path
    ends = np.cumsum(sizes)
    for number, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        write_frame(typed.iloc[end - size : end], path / f"{number:05d}.parquet")
    return path


@pytest.mark.parametrize("sizes", [(8,), (4, 2, 2), (2, 0, 6), (1,) * 8])
@pytest.mark.parametrize("where", [None, equals("WORD", "a"), at_least("WHOLE", 6)])
def test_batches_are_read_as_one_file(tmp_path: Path, sizes: tuple[int, ...], where) -> None:
    """Types too: COUNT has a missing value in one batch alone, which may hold no record kept."""
    whole, parts = written(tmp_path / "x.parquet"), written(tmp_path / "y.parquet", *sizes)
    pd.testing.assert_frame_equal(read_frame(parts), read_frame(whole))
    found = read_input(parts, "ae", where=where)
    pd.testing.assert_frame_equal(found, read_input(whole, "ae", where=where))
    assert found["COUNT"].dtype == "float64"
    expected = FRAME.index if where is None else FRAME.index[where(FRAME)]
    assert found["_row_ae"].tolist() == (expected + 1).tolist()


def test_a_raw_form_keeps_its_own_lines(tmp_path: Path) -> None:
    path = tmp_path / "ae.parquet"
    for number, lines in enumerate([[2, 4], [3]]):
        write_frame(pd.DataFrame({"_row_raw_ae": lines}), path / f"{number:05d}.parquet")
    assert read_input(path, "raw_ae")["_row_raw_ae"].tolist() == [2, 4, 3]


def test_one_batch_is_in_memory_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "x.parquet", 2, 2, 2, 2)
    tables: list[weakref.ref] = []
    alive, asked = [], []
    read = frames.pq.read_table

    def watched(*given, **named):
        alive.append(sum(table() is not None for table in tables))
        asked.append(named["columns"])
        table = read(*given, **named)
        tables.append(weakref.ref(table))
        return table

    monkeypatch.setattr(frames.pq, "read_table", watched)
    found = read_input(path, "ae", ["WORD", "VALUE"], equals("WORD", "a"))
    assert found["VALUE"].tolist() == [0.5, 2, 6]
    assert alive == [0, 0, 0, 0]
    assert asked == [["WORD", "VALUE"]] * 4


@pytest.mark.skipif(
    sys.platform != "linux" or "jemalloc" not in pa.supported_memory_backends(),
    reason="another allocator",
)
@pytest.mark.parametrize(("asked", "expected"), [({}, "jemalloc"), ({POOL: "system"}, "system")])
def test_memory_is_given_back(asked: dict[str, str], expected: str) -> None:
    code = "import pipeline, pandas, pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    environment = {name: value for name, value in os.environ.items() if name != POOL} | asked
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == expected
