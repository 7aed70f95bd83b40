"""The records of any dataset as events on the timeline of a subject, from its specification alone.

When: --STDTC or --DTC to --ENDTC (SDTM), ASTDT or ADT to AENDT (ADaM), else the first date of the
dataset; a dataset with one record per subject (DM, ADSL) gives one event per date. What: the
decoded term, test, treatment or parameter, with result, dose, grade and the like.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.checks.evidence import as_text
from pipeline.spec import Dataset

DATES = ("iso8601", "date", "datetime")
STARTS = ("--STDTC", "--DTC", "ASTDTM", "ASTDT", "ADTM", "ADT")
ENDS = ("--ENDTC", "AENDTM", "AENDT")
TITLES = (
    *("PARAM", "--DECOD", "--TEST", "--TRT", "--TERM", "ELEMENT", "QLABEL", "VISIT"),
    *("--TESTCD", "PARAMCD"),
)
RESULTS = (("--STRESC", "--STRESU"), ("--ORRES", "--ORRESU"), ("AVALC", ""), ("AVAL", "AVALU"))
DOSES = (("--DOSE", "--DOSU"), ("--DOSTXT", "--DOSU"))
FURTHER = (
    *("--OBJ", "--LOC", "--TOXGR", "--SEV", "--SER", "--REL", "--OUT", "--ACN", "--SCAT", "QVAL"),
    *("AVISIT", "VISIT", "--TPT", "--POS"),
)
UNNAMED = ("VISIT", "TPT", "POS", "OBJ", "LOC")  # whose values need no name beside them
RANGES = ("ANRIND", "--NRIND")
MARKS = {"--SER": ("Y", "serious"), "--OUT": ("FATAL", "fatal"), "--DECOD": ("DEATH", "death")}
EVENT_COLUMNS = ("record", "start", "end", "first", "last", "title", "detail", "mark")


@dataclass(frozen=True)
class Shape:
    """Which variables tell when and what; `dates` alone for one record per subject."""

    start: str
    end: str
    title: str
    results: tuple[tuple[str, str], ...]
    further: tuple[str, ...]
    range: str
    dates: tuple[str, ...]
    prefix: str

    @property
    def spans(self) -> bool:
        """Whether the records have a duration."""
        return bool(self.end)


def shape_of(dataset: Dataset) -> Shape:
    """How the records of a dataset are told."""
    names = {variable.name: variable.type for variable in dataset.variables}
    prefix = _prefix(dataset)
    dates = tuple(name for name, kind in names.items() if kind in DATES)
    single = set(dataset.keys) <= {"STUDYID", "USUBJID"}
    topic = [v.name for v in dataset.variables if v.role == "Topic"]
    titles = _there(TITLES, prefix, names) or topic or list(dataset.keys)[-1:]
    results = [(_named(value, prefix), _named(unit, prefix)) for value, unit in RESULTS + DOSES]
    there = [(value, unit if unit in names else "") for value, unit in results if value in names]
    return Shape(
        start=next(iter([*_there(STARTS, prefix, names), *dates]), ""),
        end=next(iter(_there(ENDS, prefix, names)), ""),
        title=titles[0],
        results=tuple(there),
        further=tuple(n for n in _there(FURTHER, prefix, names) if n != titles[0]),
        range=next(iter(_there(RANGES, prefix, names)), ""),
        dates=dates if single else (),
        prefix=prefix,
    )


def events(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """EVENT_COLUMNS for the records of `frame` (all or some; index = record number).

    `first` and `last` are the days (since 1970-01-01) an event may begin and end at the latest;
    missing without a date, which leaves the event without a place.
    """
    shape = shape_of(dataset)
    if shape.dates:
        return _milestones(frame, dataset, shape)
    start = _text(frame, shape.start)
    end = _text(frame, shape.end)
    until = _days(end.where(end != "", start), last=True)
    return pd.DataFrame(
        {
            "record": frame.index,
            "start": start,
            "end": end,
            "first": _days(start),
            "last": until.fillna(_days(start, last=True)),
            "title": _text(frame, shape.title),
            "detail": _detail(frame, shape),
            "mark": _mark(frame, shape),
        }
    )


def study_days(told: pd.DataFrame, reference: pd.Series) -> pd.Series:
    """The study day of events: whole dates alone; `reference` is day 1, in days since 1970."""
    days = (told["first"] - reference).where(told["start"].str.len() >= len("2020-01-31"))
    return days + (days >= 0)


def day_number(dates: pd.Series) -> pd.Series:
    """Days since 1970-01-01 of complete or partial ISO 8601 dates, missing where there is none."""
    return _days(dates.fillna("").astype("str"))


def _milestones(frame: pd.DataFrame, dataset: Dataset, shape: Shape) -> pd.DataFrame:
    """One event per date of each record."""
    parts = []
    for name in shape.dates:
        text = _text(frame, name)
        mark = "death" if name in ("DTHDTC", "DTHDT") else ""
        part = pd.DataFrame({"record": frame.index, "start": text, "end": ""})
        part["first"], part["last"] = _days(text), _days(text, last=True)
        part["title"], part["detail"], part["mark"] = dataset[name].label, name, mark
        parts.append(part.loc[text != ""])
    return pd.concat(parts, ignore_index=True)


def _prefix(dataset: Dataset) -> str:
    """The two letters before the variables of the domain: AE in AE and ADAE."""
    topics = [v.name for v in dataset.variables if v.name.endswith(("TERM", "DECOD", "TRT"))]
    if dataset.layer == "adam":
        return next((name[:2] for name in topics if not name.startswith("TR")), "")
    return dataset.name[:2]


def _named(name: str, prefix: str) -> str:
    """--TERM as AETERM."""
    return name.replace("--", prefix)


def _there(names: tuple[str, ...], prefix: str, known: dict[str, str]) -> list[str]:
    """Those of `names` that the dataset has."""
    return [own for name in names if (own := _named(name, prefix)) in known]


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as text, empty where it is missing or there is none."""
    if name and name in frame.columns:
        return as_text(frame[name])
    return pd.Series("", index=frame.index, dtype="str")


def _days(text: pd.Series, last: bool = False) -> pd.Series:
    """The first (or last) day an ISO 8601 date may mean, as days since 1970-01-01."""
    known = pd.Series(text.unique(), dtype="str")
    whole = known.str.extract(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?=[T/]|$)")
    month = whole[1].fillna("12" if last else "01")
    dates = pd.to_datetime(
        whole[0] + "-" + month + "-" + whole[2].fillna("01"), format="%Y-%m-%d", errors="coerce"
    )
    if last:
        dates = dates.where(whole[2].notna(), dates + pd.offsets.MonthEnd(0))
    days = (dates - pd.Timestamp("1970-01-01")).dt.days.astype("float64")
    return text.map(dict(zip(known, days, strict=True))).astype("float64")


def _detail(frame: pd.DataFrame, shape: Shape) -> pd.Series:
    """Result, dose and further qualifiers of each record in one line."""
    line = pd.Series("", index=frame.index, dtype="str")
    for value, unit in shape.results:
        result = _text(frame, value)
        shown = result + (" " + _text(frame, unit)).where(result != "", "").str.rstrip()
        line = line.where(line != "", shown)
    for name in shape.further:
        further = _text(frame, name)
        named = "" if name.endswith(UNNAMED) else f"{name} "
        joined = (line + "; ").where(line != "", "") + named + further
        line = line.where(further == "", joined)
    return line


def _mark(frame: pd.DataFrame, shape: Shape) -> pd.Series:
    """Why a record stands out: out of the reference range, serious, fatal, death."""
    mark = pd.Series("", index=frame.index, dtype="str")
    if shape.range:
        range_text = _text(frame, shape.range)
        mark = range_text.str.lower().where(~range_text.isin(["", "NORMAL"]), "")
    for name, (value, word) in MARKS.items():
        meets = _text(frame, _named(name, shape.prefix)) == value
        mark = mark.mask(meets, word)
    return mark
