"""Time to event: an endpoint is data (ADaMIG 1.3, section 5; after admiral's tte_source)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.days import whole_date
from pipeline.distinct import among
from pipeline.errors import StudyError, listed
from pipeline.lineage import row_columns
from pipeline.merge import derive_vars_merged, stacked
from pipeline.where import Condition, always

CARRIED = ["CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ"]


@dataclass(frozen=True)
class Source:
    """Where a date may come from: dataset and date variable, and the rows that count."""

    dataset: str
    date: str
    description: str
    where: Condition
    cnsr: int = 0


@dataclass(frozen=True)
class Pick:
    """Several sources, of which the first or the last date of a subject counts."""

    sources: tuple[Source, ...]
    last: bool


@dataclass(frozen=True)
class Endpoint:
    """One parameter: time from `start` (a variable of ADSL) to the event, or else to censoring.

    With `censor=first(...)` the censoring also ends observation: a later event does not count.
    """

    paramcd: str
    start: str
    event: Pick
    censor: Pick
    where: Condition = field(default_factory=always)


def event(dataset: str, date: str, description: str, where: Condition | None = None) -> Source:
    """An event: the date variable of a dataset in the rows that meet `where`."""
    return Source(dataset, date, description, where or always())


def censor(
    dataset: str,
    date: str,
    description: str,
    where: Condition | None = None,
    cnsr: int = 1,
) -> Source:
    """A censoring; `cnsr` is the value of CNSR, 1 or more."""
    return Source(dataset, date, description, where or always(), cnsr)


def first(*sources: Source) -> Pick:
    """The earliest date."""
    return Pick(sources, last=False)


def last(*sources: Source) -> Pick:
    """The latest date."""
    return Pick(sources, last=True)


def derive_params_tte(
    endpoints: Sequence[Endpoint], adsl: pd.DataFrame, **datasets: pd.DataFrame
) -> pd.DataFrame:
    """One row per subject of `adsl` and endpoint, with all variables of `adsl`.

    Adds PARAMCD, STARTDT, ADT, AVAL (ADT minus STARTDT plus 1, days), CNSR, EVNTDESC, CNSDTDSC
    and, from the source that was taken, SRCDOM, SRCVAR, SRCSEQ. Dates are datetime64 or ISO 8601
    text; rows without a whole date do not count. StudyError for a subject with neither event nor
    censoring, or with an ADT before STARTDT.
    """
    frames = {"adsl": adsl} | datasets
    parts = [_endpoint(endpoint, adsl, frames) for endpoint in endpoints]
    return stacked(*parts)


def _endpoint(
    endpoint: Endpoint, adsl: pd.DataFrame, frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The rows of one endpoint."""
    events = _picked(endpoint.event, frames)
    censored = _picked(endpoint.censor, frames)
    if not endpoint.censor.last:
        ends = events["USUBJID"].map(censored.set_index("USUBJID")["ADT"])
        events = events.loc[~(ends < events["ADT"])]
    observed = stacked(events, censored.loc[~among(censored["USUBJID"], events["USUBJID"])])
    subjects = adsl.loc[endpoint.where]
    rows = derive_vars_merged(subjects, observed, "USUBJID", ["ADT", *CARRIED])
    rows = rows.assign(PARAMCD=endpoint.paramcd, STARTDT=rows[endpoint.start])
    rows = rows.assign(AVAL=(rows["ADT"] - rows["STARTDT"]).dt.days + 1)
    _check(rows, endpoint)
    return rows


def _picked(pick: Pick, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One record per subject: the first or the last date of the sources."""
    candidates = stacked(*(_candidates(source, frames) for source in pick.sources))
    ordered = candidates.sort_values(["USUBJID", "ADT"], kind="stable")
    return ordered.drop_duplicates("USUBJID", keep="last" if pick.last else "first")


def _candidates(source: Source, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of one source that have a date, with what is said about them."""
    if source.dataset not in frames:
        raise StudyError(
            f"source {source.description!r}",
            f"the dataset {source.dataset} was not handed in",
            f"add {source.dataset}={source.dataset} to derive_params_tte",
        )
    frame = frames[source.dataset]
    rows = frame.loc[source.where]
    dates = rows[source.date]
    if not pd.api.types.is_datetime64_any_dtype(dates):
        dates = whole_date(dates)
    domain = source.dataset.upper()
    known = (f"{domain}SEQ", "ASEQ", f"{domain.removeprefix('AD')}SEQ")
    numbers = [name for name in known if name in rows.columns]
    made = rows[["USUBJID", *row_columns(rows)]].assign(
        ADT=dates,
        CNSR=source.cnsr,
        EVNTDESC=source.description,
        CNSDTDSC=source.description if source.cnsr else None,
        SRCDOM=domain,
        SRCVAR=source.date,
        SRCSEQ=rows[numbers[0]] if numbers else float("nan"),
    )
    return made.loc[made["ADT"].notna()]


def _check(rows: pd.DataFrame, endpoint: Endpoint) -> None:
    """Every subject has a time, and none ends before it starts."""
    for faulty, what, fix in (
        (rows["STARTDT"].isna(), f"{endpoint.start} is missing", "give the endpoint where=..."),
        (rows["ADT"].isna(), "neither an event nor a censoring", "add a censoring that fits"),
        (rows["AVAL"] < 1, "ADT lies before STARTDT", "query the dates, or correct the sources"),
    ):
        if faulty.any():
            raise StudyError(
                f"endpoint {endpoint.paramcd}",
                f"{what} for {listed(rows.loc[faulty, 'USUBJID'].tolist())}",
                fix,
            )
