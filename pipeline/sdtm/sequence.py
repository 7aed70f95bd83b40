"""Sequence numbers: --SEQ numbers the records of a subject (SDTMIG 3.4, section 4.1.5)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pipeline.sorting import numbered


def derive_var_seq(frame: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    """`frame` with `name` numbering the records of each subject 1..n in the order of `by`.

    Ties keep the order of the raw records; missing values come last. A register of an earlier data
    cut (sdtm/registers) overrules these numbers: see pipeline/registers.py.
    """
    return frame.assign(**{name: numbered(frame, "USUBJID", by)})
