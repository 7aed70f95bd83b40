"""One record per result: the fields of a form that hold results, one below the other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def one_per_result(frame: pd.DataFrame, fields: Mapping[str, str], test: str) -> pd.DataFrame:
    """`frame` once per field, with `test` naming the test and `_result` the collected text.

    `fields` maps a field to the value of `test` (--TESTCD). Fields left empty make no record. The
    lineage and every other column stay.
    """
    parts = [
        part.assign(_result=part[field], **{test: code})
        for field, code in fields.items()
        for part in [frame.loc[frame[field].notna()]]
    ]
    return pd.concat(parts, ignore_index=True).astype({test: "str", "_result": "str"})


def split_results(frame: pd.DataFrame, field: str, separator: str = ",") -> pd.DataFrame:
    """`frame` once per part of the text in `field`; each part without surrounding blanks."""
    parts = frame.assign(**{field: frame[field].str.split(separator)}).explode(field)
    return parts.assign(**{field: parts[field].str.strip().astype("str")}).reset_index(drop=True)
