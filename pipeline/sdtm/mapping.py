"""Mapping algorithms: each is a function of a form's frame, for use in `.assign`.

They are the assign and hardcode algorithms of sdtm.oak; `where` limits one to the rows that meet a
condition, the others stay missing.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.codelists import Codelist
from pipeline.study import Study
from pipeline.where import Condition

Expression = Callable[[pd.DataFrame], pd.Series]


def identify(frame: pd.DataFrame, domain: str, study: Study) -> pd.DataFrame:
    """`frame` with STUDYID, DOMAIN and USUBJID (study, then the fields that name a subject)."""
    subject = frame[study.subject_fields[0]]
    for field in study.subject_fields[1:]:
        subject = subject + "-" + frame[field]
    return frame.assign(STUDYID=study.id, DOMAIN=domain, USUBJID=study.id + "-" + subject)


def collected(field: str, where: Condition | None = None) -> Expression:
    """The collected text as it is."""
    return lambda frame: _limited(frame[field], frame, where)


def coded(field: str, codelist: Codelist, where: Condition | None = None) -> Expression:
    """The submission value of the collected term; unknown terms are findings of the intake."""
    return lambda frame: _limited(codelist.submission(frame[field]), frame, where)


def decoded(field: str, codelist: Codelist) -> Expression:
    """The decode of the collected term."""
    return lambda frame: codelist.decode(codelist.submission(frame[field]))


def hardcoded(value: str, where: Condition | None = None) -> Expression:
    """The same value in every row."""
    return lambda frame: _limited(pd.Series(value, index=frame.index, dtype="str"), frame, where)


def number(field: str, where: Condition | None = None) -> Expression:
    """The collected text as a number; what is none is a finding of the intake and stays missing."""
    return lambda frame: _limited(
        pd.to_numeric(frame[field], errors="coerce").astype("float64"), frame, where
    )


def _limited(values: pd.Series, frame: pd.DataFrame, where: Condition | None) -> pd.Series:
    """The values of the rows that meet the condition."""
    return values if where is None else values.where(where(frame))
