"""Work done once per distinct value, and membership: what keeps millions of records cheap."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def per_distinct(values: pd.Series, make: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What `make` gives for each value; it sees every distinct value once, never a missing one."""
    codes, distinct = pd.factorize(values)
    made = make(pd.Series(distinct, dtype=values.dtype))
    return made.reindex(codes).set_axis(values.index)


def among(values: pd.Series, wanted: pd.Series) -> pd.Series:
    """True where a text is one of `wanted`, which may be long."""
    known = pa.array(wanted.dropna().unique(), pa.large_string())
    found = pc.is_in(pa.array(values, pa.large_string(), from_pandas=True), value_set=known)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)
