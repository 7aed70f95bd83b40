"""Worst values under treatment, and the shift from baseline to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.adam.baseline import KEYS
from pipeline.where import Condition, always


@dataclass(frozen=True)
class Worst:
    """Which record counts: the highest or the lowest of `value`; of equal ones the first."""

    value: str
    highest: bool = True
    order: tuple[str, ...] = ("ADT",)

    def choose(self, frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
        """One record per `by`; rows without a value do not count."""
        known = frame.loc[frame[self.value].notna()]
        ordered = known.sort_values(
            [*by, self.value, *self.order],
            ascending=[True] * len(by) + [not self.highest] + [True] * len(self.order),
            kind="stable",
        )
        return ordered.drop_duplicates(list(by), keep="first")


def derive_var_worst(
    frame: pd.DataFrame,
    name: str,
    worst: Worst,
    where: Condition | None = None,
    by: Sequence[str] = KEYS,
) -> pd.DataFrame:
    """`frame` with the flag `name` = Y on the worst record per `by` of those that meet `where`.

    `derive_var_worst(adlb, "WGRHIFL", Worst("ATOXGRHN"), flagged("ONTRTFL"))` flags the highest
    grade under treatment.
    """
    chosen = worst.choose(frame.loc[(where or always())(frame)], by)
    flag = pd.Series("Y", index=chosen.index, dtype="str").reindex(frame.index)
    return frame.assign(**{name: flag})


def derive_params_extreme(
    frame: pd.DataFrame,
    worst: Worst,
    new: Mapping[str, str | float | None],
    where: Condition | None = None,
    by: Sequence[str] = KEYS,
) -> pd.DataFrame:
    """`frame` and, below it, one new record per `by` that repeats the worst one.

    The new record carries all variables and the lineage of the record it was taken from, DTYPE
    (MAXIMUM or MINIMUM, codelist DTYPE) and the values of `new` (AVISIT, AVISITN). ABLFL and other
    flags are of the record, not of the copy: name them in `new` to clear them. After admiral's
    derive_extreme_records.
    """
    rows = frame if "DTYPE" in frame.columns else frame.assign(DTYPE=_missing(frame))
    chosen = worst.choose(rows.loc[(where or always())(rows)], by)
    dtype = "MAXIMUM" if worst.highest else "MINIMUM"
    copies = chosen.assign(DTYPE=dtype, **new).astype({"DTYPE": "str"})
    return pd.concat([rows, copies], ignore_index=True)


def derive_var_shift(frame: pd.DataFrame, name: str, start: str, end: str) -> pd.DataFrame:
    """`frame` with `name` = baseline to value: `NORMAL to HIGH` (ADaMIG 1.3, SHIFTy).

    A missing side is written MISSING, so that a table of shifts counts every subject.
    """
    sides = [frame[column].astype("str").fillna("MISSING") for column in (start, end)]
    return frame.assign(**{name: sides[0] + " to " + sides[1]})


def _missing(frame: pd.DataFrame) -> pd.Series:
    """A text column without values."""
    return pd.Series(float("nan"), index=frame.index, dtype="str")
