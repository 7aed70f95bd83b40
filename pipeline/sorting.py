"""Records in the order of their keys: one whole number per record stands for all its keys.

Every distinct value of a key is looked at once, so that a dataset of millions of records with few
subjects and tests is put in order, or seen to be in order already, without comparing its text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from pipeline.worded import words_of

Codes = npt.NDArray[np.int64]
MOST = 2**62


def key_codes(frame: pd.DataFrame, by: Sequence[str], missing_first: bool = False) -> Codes:
    """A number per record: equal for equal values of `by`, smaller for what is sorted first.

    Missing values equal each other and come last, or first when asked.
    """
    codes = np.zeros(len(frame), dtype="int64")
    reach = 1
    for name in by:
        ranks, known = _ranks(frame[name])
        ranks = ranks if missing_first else np.where(ranks < 0, known, ranks)
        size = known + 1
        if reach * size > MOST:
            codes, distinct = pd.factorize(codes, sort=True)
            reach = len(distinct)
        codes, reach = codes * size + ranks, reach * size
    return codes


def _ranks(values: pd.Series) -> tuple[Codes, int]:
    """The rank of each value among the distinct ones, -1 for a missing value, and their number."""
    if values.dtype != "str":
        ranks, known = pd.factorize(values, sort=True)
        return ranks.astype("int64"), len(known)
    held = words_of(values)
    ranks = np.full(len(held.known) + 1, -1, dtype="int64")
    ranks[pc.array_sort_indices(held.known)] = np.arange(len(held.known))
    return ranks.take(held.places, mode="wrap"), len(held.known)


def ordered(frame: pd.DataFrame, by: Sequence[str], missing_first: bool = False) -> pd.DataFrame:
    """The records of `frame` in the order of `by`, equal ones as they stood; index labels stay."""
    return in_code_order(frame, key_codes(frame, by, missing_first))


def in_code_order(frame: pd.DataFrame, codes: Codes) -> pd.DataFrame:
    """The records in the order of their codes; `frame` itself when it has that order."""
    if (codes[1:] >= codes[:-1]).all():
        return frame
    return frame.take(np.argsort(codes, kind="stable"))


def numbered(frame: pd.DataFrame, per: str, by: Sequence[str]) -> pd.Series:
    """1..n within each `per` in the order of `by`; equal records count as they stand."""
    order = np.argsort(key_codes(frame, [per, *by]), kind="stable")
    groups = pd.factorize(frame[per], use_na_sentinel=False)[0][order]
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]][: len(groups)])
    sizes = np.diff(np.r_[starts, len(groups)])
    numbers = np.empty(len(frame), dtype="int64")
    numbers[order] = np.arange(1, len(frame) + 1) - np.repeat(starts, sizes)
    return pd.Series(numbers, index=frame.index)
