"""Conditions that define safety flags."""

from __future__ import annotations

import pandas as pd

from pipeline.toxicity import dose_limiting
from pipeline.where import Condition


def treatment_emergent(window: int | None) -> Condition:
    """The event began from TRTSDT to `window` days after TRTEDT (reads ASTDT, TRTSDT, TRTEDT)."""
    return Condition(
        ("ASTDT", "TRTSDT", "TRTEDT"),
        lambda frame: frame["ASTDT"].between(
            frame["TRTSDT"], frame["TRTEDT"] + pd.Timedelta(days=window or 0)
        ),
    )


def dose_limiting_toxicity(window: int | None) -> Condition:
    """Related, severe enough, within `window` days of a dose (pipeline/toxicity.py)."""
    return Condition(
        ("AEREL", "AETOXGR", "AEBODSYS", "AEDECOD", "AEINFDY"),
        lambda frame: dose_limiting(frame, frame["AEINFDY"], window or 0),
    )


def on_treatment(window: int | None) -> Condition:
    """The value is from TRTSDT to `window` days after TRTEDT (reads ADT, TRTSDT, TRTEDT)."""
    return Condition(
        ("ADT", "TRTSDT", "TRTEDT"),
        lambda frame: frame["ADT"].between(
            frame["TRTSDT"], frame["TRTEDT"] + pd.Timedelta(days=window or 0)
        ),
    )
