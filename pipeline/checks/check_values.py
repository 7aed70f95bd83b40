"""Checks of the values in one row."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.conditions import Data, check, is_in, meets
from pipeline.checks.parameter_blocks import Groups, Lengths, Sets
from pipeline.checks.parameters import Number, Values, Variable, Variables, Where


@check
def not_missing(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """Each variable has a value."""
    return frame[list(variables)].notna()


@check
def in_set(frame: pd.DataFrame, data: Data, variable: Variable, values: Values) -> pd.Series:
    """The value is one of `values`; a missing one passes."""
    return frame[variable].isna() | is_in(frame[variable], values)


@check
def in_sets(frame: pd.DataFrame, data: Data, sets: Sets) -> pd.DataFrame:
    """Each variable has a value of its set; a missing one passes."""
    return pd.DataFrame(
        {name: frame[name].isna() | is_in(frame[name], values) for name, values in sets.items()},
        index=frame.index,
    )


@check
def implies(frame: pd.DataFrame, data: Data, when: Where, then: Where) -> pd.Series:
    """A row that meets `when` meets `then`."""
    return ~meets(frame, when) | meets(frame, then)


@check
def equivalent(frame: pd.DataFrame, data: Data, when: Where, then: Where) -> pd.Series:
    """A row meets `when` if and only if it meets `then`."""
    return meets(frame, when) == meets(frame, then)


@check
def text_fits(frame: pd.DataFrame, data: Data, lengths: Lengths) -> pd.DataFrame:
    """Each text has at most so many bytes, is not empty and has no blanks around it.

    SAS transport files hold 200 bytes in a text variable (SAS V5 XPORT, TS-140).
    """
    return pd.DataFrame(
        {name: _fits(frame[name], most) for name, most in lengths.items()}, index=frame.index
    )


def _fits(values: pd.Series, most: int) -> pd.Series:
    """True for missing values and for texts that fit."""
    short = values.str.len() <= most
    wide = short & ~values.fillna("").str.fullmatch(r"[\x00-\x7f]*")
    if wide.any():
        size = values[wide].map(lambda text: len(text.encode()))
        short = short.mask(wide, (size <= most).reindex(values.index, fill_value=False))
    tidy = (values.str.strip() == values) & (values != "")
    return values.isna() | (short & tidy)


@check
def not_zero(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """No variable is 0: there is no study day 0 (SDTMIG 3.4 section 4.4.4)."""
    return frame[list(variables)] != 0


@check
def value_by_value(
    frame: pd.DataFrame, data: Data, variable: Variable, given: Variable, values: Groups
) -> pd.Series:
    """Where `given` has a value of the table, `variable` has the value beside it."""
    expected = frame[given].astype("str").map(dict(values))
    return expected.isna() | frame[variable].isna() | (frame[variable].astype("str") == expected)


@check
def numeric_pair(frame: pd.DataFrame, data: Data, text: Variable, number: Variable) -> pd.Series:
    """A text that is a number has that number beside it, as --STRESC and --STRESN.

    `+1` is the grade of a dipstick, not a number.
    """
    graded = frame[text].astype("str").str.startswith("+", na=False)
    expected = pd.to_numeric(frame[text].mask(graded), errors="coerce")
    return expected.isna() | ((frame[number] - expected).abs() <= 1e-9 * (1 + expected.abs()))


@check
def quotient(
    frame: pd.DataFrame, data: Data, variable: Variable, of: Variable, divisor: Number
) -> pd.Series:
    """`variable` is `of` divided by `divisor`, both present or both missing."""
    expected = frame[of] / divisor
    both_missing = expected.isna() & frame[variable].isna()
    return both_missing | ((frame[variable] - expected).abs() <= 1e-6)


@check
def as_specified(
    frame: pd.DataFrame, data: Data, variable: Variable, specified: Variable
) -> pd.Series:
    """`variable` has exactly the value of `specified`."""
    return frame[variable].fillna("") == frame[specified].fillna("")
