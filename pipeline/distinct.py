"""Work done once per distinct value, and membership: what keeps millions of records cheap."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
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
    return pd.Series(places(values, wanted.dropna()) >= 0, index=values.index)


def places(values: pd.Series, known: pd.Series) -> npt.NDArray[np.int64]:
    """Where each text first stands in `known` (from 0), -1 where it does not."""
    text, words = (pa.array(side.astype("str"), pa.large_string()) for side in (values, known))
    return pc.index_in(text, value_set=words).fill_null(-1).to_numpy().astype("int64")
