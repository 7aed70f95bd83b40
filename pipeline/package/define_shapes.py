"""What values look like: the data type, length and decimals that define.xml states of them.

Define-XML 2.1 section 4.3 (data types); SDTMIG 3.4 section 4.4 (ISO 8601 dates, which may be
partial). Everything is computed from the data, so that file and metadata agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.package.xpt_columns import sas_numbers
from pipeline.spec import Variable

WHOLE = r"-?(?:0|[1-9]\d*)"
NUMBER = rf"{WHOLE}(?:\.\d+)?"
DAY = r"\d{4}-\d\d-\d\d"
# The narrowest type whose pattern every date has; what fits none is incompleteDatetime.
DATE_TYPES = (
    ("date", DAY),
    ("datetime", rf"{DAY}T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?"),
    ("partialDate", r"\d{4}(?:-\d\d(?:-\d\d)?)?"),
    ("partialDatetime", r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?)?)?)?"),
    ("intervalDatetime", r"[^/]+/[^/]+"),
)
SAS_NUMBERS = ("date", "datetime", "time")
PRECISION = 15


@dataclass(frozen=True)
class Shape:
    """A data type of Define-XML; `length` in bytes or characters, `digits` after the point."""

    datatype: str
    length: int | None = None
    digits: int | None = None


def variable_shape(values: pd.Series, variable: Variable, length: int | None) -> Shape:
    """The shape of a variable from its values; `length` is that of text in the transport files.

    ADaM dates are the numbers of SAS, as in the transport file.
    """
    if variable.type == "iso8601":
        return Shape(date_type(values))
    if variable.type == "duration":
        return Shape("durationDatetime")
    if variable.is_text:
        return Shape("text", length or longest(values))
    if variable.type in SAS_NUMBERS:
        array = pa.Array.from_pandas(values.dropna())
        numbers = sas_numbers(array, variable.type) if len(array) else np.empty(0)
        return _number_shape(pd.Series(numbers), whole=bool((numbers % 1 == 0).all()))
    return _number_shape(values, whole=variable.type == "integer")


def value_shape(values: pd.Series, variable: Variable, coded: bool) -> Shape:
    """The shape of the values that a variable has under one test or parameter.

    Text that only holds numbers or dates is described as these; `coded` text stays text.
    """
    present = values.dropna()
    if not variable.is_text:
        return _number_shape(present, whole=bool((present.astype("float64") % 1 == 0).all()))
    texts = pd.Series(present.unique()).astype("str")
    if coded or not texts.str.fullmatch(NUMBER).all():
        dated = not coded and bool(texts.str.fullmatch(DAY).all())
        return Shape("date") if dated else Shape("text", longest(present))
    decimals = texts.str.partition(".")[2].str.len()
    if decimals.max() == 0:
        return Shape("integer", longest(present))
    return Shape("float", longest(present), int(decimals.max()))


def date_type(values: pd.Series) -> str:
    """The narrowest date type of Define-XML for ISO 8601 text; `date` when there is no value."""
    texts = pd.Series(values.dropna().unique()).astype("str")
    for name, pattern in DATE_TYPES:
        if texts.str.fullmatch(pattern).all():
            return name
    return "incompleteDatetime"


def longest(values: pd.Series) -> int:
    """The bytes of the longest text, at least 1."""
    return max((len(text.encode()) for text in map(str, values.dropna().unique())), default=1)


def number_texts(values: Iterable[float]) -> list[str]:
    """Numbers as people write them, without exponent, with up to 15 significant digits."""
    return [
        np.format_float_positional(value, precision=PRECISION, fractional=False, trim="-")
        for value in values
    ]


def _number_shape(values: pd.Series, whole: bool) -> Shape:
    """Length and decimals of numbers; whole numbers have no decimals to speak of."""
    texts = number_texts(values.dropna().astype("float64").unique())
    length = max(map(len, texts), default=1)
    if whole:
        return Shape("integer", length)
    return Shape("float", length, max((len(t.partition(".")[2]) for t in texts), default=0))
