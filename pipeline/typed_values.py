"""Values in the type of their variable: text, numbers, dates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.distinct import arrow_array
from pipeline.errors import StudyError, listed
from pipeline.spec import Dataset, Variable
from pipeline.worded import worded, words_of

SPACE, DELETE = 0x20, 0x7F


def typed(values: pd.Series, variable: Variable, dataset: Dataset) -> pd.Series:
    """The values in the type of the variable; StudyError names the first that do not fit."""
    if variable.is_text:
        return as_words(values)
    if variable.type in ("date", "datetime"):
        if not pd.api.types.is_datetime64_any_dtype(values) and values.notna().any():
            raise _wrong_type(values, variable, dataset)
        return values.astype("datetime64[ms]")
    try:
        numbers = values.astype("float64")
    except (TypeError, ValueError):
        raise _wrong_type(values, variable, dataset) from None
    if variable.type != "integer":
        return numbers
    known = numbers.notna()
    whole = np.isfinite(numbers) & (np.trunc(numbers) == numbers)
    if not whole[known].all():
        raise _wrong_type(numbers[known & ~whole], variable, dataset)
    return numbers.astype("int64") if known.all() else numbers


def as_words(values: pd.Series) -> pd.Series:
    """`as_text` as a column that holds words: each is looked at once."""
    held = words_of(values if values.dtype == "str" else as_text(values))
    known = pd.Series(held.known, dtype="str")
    if not _is_clean(known):
        held = words_of(as_text(known)).at(held.places)
    return worded(held, values.index)


def as_text(values: pd.Series) -> pd.Series:
    """Text without surrounding blanks; an empty text is missing. Whole numbers lose their `.0`."""
    if pd.api.types.is_float_dtype(values):
        values = values.map(lambda v: f"{v:.15g}", na_action="ignore")
    if values.dtype == "str" and _is_clean(values):
        return values
    plain = values if values.dtype == "str" else values.astype("object").mask(values.isna())
    return plain.astype("str").str.strip().mask(lambda text: text == "")


def _is_clean(values: pd.Series) -> bool:
    """Whether each text begins and ends with a printing character of ASCII: three looks a value."""
    text = arrow_array(values).drop_null()
    _, offsets, data = text.buffers()
    if not len(text) or data is None:
        return not len(text)
    edges = np.frombuffer(offsets, "int64", len(text) + 1, 8 * text.offset)
    if (edges[1:] == edges[:-1]).any():
        return False
    content = np.frombuffer(data, "uint8")
    outer = (content[edges[:-1]], content[edges[1:] - 1])
    return all(bool(((side > SPACE) & (side < DELETE)).all()) for side in outer)


def _wrong_type(values: pd.Series, variable: Variable, dataset: Dataset) -> StudyError:
    """The error for values that are not of the variable's type."""
    shown = listed(list(dict.fromkeys(map(str, values.dropna()))))
    return StudyError(
        f"{dataset.name}.{variable.name}",
        f"{shown} cannot be {variable.type}",
        f"convert it in {dataset.layer}/{dataset.name.lower()}.py or correct the type",
    )
