"""The study of six subjects: every value below is worked out by hand from tests/mini_study/raw.

1001 Active   first dose 20JAN, second 03FEB, left 17FEB. Events 15JAN (before), 20JAN, 05FEB.
1002 Placebo  one dose 21JAN, lost 05FEB. One event in February, the day unknown.
1003 Active   one dose 25JAN, died 23FEB. Two events on the day of the first dose.
1004 Placebo  first dose 25JAN, second 08FEB, left 22FEB. No event (the gate question says No).
1005 Active   first dose 01FEB, second 15FEB, left 10MAR. One event on 29FEB.
1006          screening failure, never treated.

Scans are due on days 8, 15, 22 and 29, with a day of grace; stable disease and confirmation need
seven days. Results of the laboratory come in US and SI units.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from pipeline.frames import read_frame

NONE = None
NERVOUS = "nervous system disorders"
GASTRO = "gastrointestinal disorders"


def dataset(study: Path, name: str) -> pd.DataFrame:
    """A built dataset with SUBJ, the last four digits of USUBJID."""
    layer = "adam" if name.startswith("ad") else "sdtm"
    frame = read_frame(study / f"build/{layer}/{name}.parquet")
    return frame.assign(SUBJ=frame["USUBJID"].str[-4:])


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """The columns as tuples; missing is None, a date its ISO 8601 text."""
    texts = {
        name: frame[name].dt.strftime("%Y-%m-%d")
        for name in columns
        if pd.api.types.is_datetime64_any_dtype(frame[name])
    }
    chosen = frame.assign(**texts)[list(columns)].astype(object)
    chosen = chosen.where(chosen.notna(), None)
    return [tuple(row) for row in chosen.to_numpy().tolist()]


def output(study: Path, name: str) -> dict:
    """The results file of an output."""
    return json.loads((study / f"build/tlf/{name}.json").read_text(encoding="utf-8"))


def cells(result: dict, row: str, statistic: str) -> list[object]:
    """A statistic of a row in the columns Active, Placebo, All."""
    values = {(r, c, s): value for r, c, s, value in result["results"]}
    return [values[row, column, statistic] for column in ("ACT", "PBO", "total")]
