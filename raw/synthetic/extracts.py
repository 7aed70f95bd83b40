"""Reading and writing CRF extracts: text in the file, dates as dates in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

RAW = Path(__file__).resolve().parent.parent
COLLECTED = ("%Y-%m-%d", "%d %b %Y", "%d/%m/%Y")


def read_form(name: str, folder: Path = RAW) -> pd.DataFrame:
    """An extract as text, its columns ending in DAT as dates (NaT where empty)."""
    frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.assign(
        **{column: as_dates(frame[column]) for column in frame if column.endswith("DAT")}
    )


def as_dates(text: pd.Series) -> pd.Series:
    """Collected dates as datetime64; each value has one of the formats in COLLECTED."""
    found = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns]")
    for form in COLLECTED:
        found = found.fillna(pd.to_datetime(text, format=form, errors="coerce"))
    return found


def subject_dates(folder: Path = RAW) -> pd.DataFrame:
    """One row per treated subject: SITE, SUBJECT, GROUP and dates.

    consent, first (infusion), last (infusion), treated (end of treatment period), contact (death,
    or last contact of a subject `alive`); `days` is contact minus first plus 1.
    """
    keys = ["SITE", "SUBJECT"]
    subjects = read_form("dm", folder).loc[lambda form: form["GROUP"] != ""]
    given = read_form("ex", folder).groupby(keys, as_index=False)
    given = given.agg(first=("EX_DAT", "min"), last=("EX_DAT", "max"))
    ended = read_form("ds", folder).loc[lambda form: form["DS_EVT"] == "Treatment completed"]
    contact = read_form("su", folder)
    dates = subjects[[*keys, "GROUP", "CONSENT_DAT"]].rename(columns={"CONSENT_DAT": "consent"})
    for other in (
        given,
        ended[[*keys, "DS_DAT"]].rename(columns={"DS_DAT": "treated"}),
        contact[[*keys, "SU_DAT", "SU_STAT"]].rename(columns={"SU_DAT": "contact"}),
    ):
        dates = dates.merge(other, how="left", on=keys, validate="one_to_one")
    days = (dates["contact"] - dates["first"]).dt.days + 1
    return dates.assign(alive=dates["SU_STAT"] == "Alive", days=days).drop(columns="SU_STAT")


def write_form(
    path: Path, frame: pd.DataFrame, formats: list[str], rng: np.random.Generator
) -> None:
    """Write an extract as a site enters it: dates in the formats that sites use, mixed."""
    text = frame.copy()
    for name in [name for name in text.columns if name.endswith("DAT")]:
        chosen = rng.choice(formats, len(text))
        text[name] = [
            "" if pd.isna(day) else day.strftime(form)
            for day, form in zip(pd.to_datetime(text[name]), chosen, strict=True)
        ]
    text.to_csv(path, index=False, lineterminator="\n")
