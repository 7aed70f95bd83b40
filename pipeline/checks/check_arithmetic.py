"""Checks of numbers and texts in one row: sums, limits, patterns, variables that go together."""

from __future__ import annotations

import pandas as pd

from pipeline.checks.conditions import Data, check, is_in, meets, needs_all_records, same
from pipeline.checks.parameter_blocks import VariablePairs
from pipeline.checks.parameter_more import Partners
from pipeline.checks.parameters import Number, Pattern, Values, Variable, Variables, Where

TOLERANCE = 1e-6


def close(left: pd.Series, right: pd.Series) -> pd.Series:
    """True where two numbers are equal up to rounding, or both are missing."""
    left, right = left.astype("float64"), right.astype("float64")
    both = left.isna() & right.isna()
    return both | ((left - right).abs() <= TOLERANCE * (1 + right.abs()))


@check
def matches(
    frame: pd.DataFrame, data: Data, variables: Variables, pattern: Pattern
) -> pd.DataFrame:
    """Each text matches the regular expression as a whole; a missing one passes."""
    found = {
        name: frame[name].isna() | frame[name].astype("str").str.fullmatch(pattern).fillna(False)
        for name in variables
    }
    return pd.DataFrame(found, index=frame.index).astype(bool)


@check
def matches_then(
    frame: pd.DataFrame, data: Data, variable: Variable, pattern: Pattern, then: Where
) -> pd.Series:
    """A row whose text matches the regular expression meets `then`."""
    meant = frame[variable].astype("str").str.fullmatch(pattern).fillna(False).astype(bool)
    return ~meant | meets(frame, then)


@check
@needs_all_records
def has_partner(
    frame: pd.DataFrame, data: Data, variable: Variable, within: Variable, partners: Partners
) -> pd.Series:
    """A row whose text matches a regular expression has a partner in its group.

    The partner is the text beside the expression with its groups filled in; `A|B` means either.
    """
    result = pd.Series(True, index=frame.index)
    known = pd.MultiIndex.from_arrays([frame[within], frame[variable]])
    for pattern, partner in partners.items():
        meant = frame[variable].str.fullmatch(pattern).fillna(False).astype(bool)
        found = pd.Series(False, index=frame.index)
        for text in partner.split("|"):
            wanted = frame[variable].str.replace(f"^(?:{pattern})$", text, regex=True)
            found |= pd.MultiIndex.from_arrays([frame[within], wanted]).isin(known)
        result &= ~meant | found
    return result


@check
def together(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """Of each pair both variables have a value or neither has."""
    return pd.DataFrame(
        {own: frame[own].notna() == frame[other].notna() for own, other in pairs.items()},
        index=frame.index,
    )


@check
def accompanied(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """Where the first variable of a pair has a value, the second has one too."""
    return pd.DataFrame(
        {own: frame[own].isna() | frame[other].notna() for own, other in pairs.items()},
        index=frame.index,
    )


@check
def equal_in_row(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """Both variables of each pair have the same value, or both are missing."""
    return pd.DataFrame(
        {own: same(frame[own], frame[other]) for own, other in pairs.items()}, index=frame.index
    )


@check
def coded_flags(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """A numeric flag is 1 where its flag is Y, 0 where it is N, missing where it is missing."""
    codes = {"Y": 1.0, "N": 0.0}
    return pd.DataFrame(
        {
            number: close(frame[number], frame[flag].astype("str").map(codes))
            for number, flag in pairs.items()
        },
        index=frame.index,
    )


@check
def difference(
    frame: pd.DataFrame, data: Data, variable: Variable, of: Variable, minus: Variable
) -> pd.Series:
    """Where it has a value, `variable` is `of` minus `minus` (ADaMIG 1.3 section 3.3.4: CHG)."""
    expected = frame[of].astype("float64") - frame[minus].astype("float64")
    return frame[variable].isna() | close(frame[variable], expected)


@check
def percent_change(
    frame: pd.DataFrame, data: Data, variable: Variable, of: Variable, base: Variable
) -> pd.Series:
    """Where it has a value, `variable` is 100 x (`of` - `base`) / `base`; none for a base of 0."""
    start = frame[base].astype("float64")
    expected = 100 * (frame[of].astype("float64") - start) / start.where(start != 0)
    return frame[variable].isna() | close(frame[variable], expected)


@check
def less_than(frame: pd.DataFrame, data: Data, pairs: VariablePairs) -> pd.DataFrame:
    """The first number of each pair is less than the second; a missing one passes."""
    return pd.DataFrame(
        {low: ~(frame[low] >= frame[high]) for low, high in pairs.items()}, index=frame.index
    ).astype(bool)


@check
def in_bounds(
    frame: pd.DataFrame,
    data: Data,
    variable: Variable,
    low: Number | None = None,
    high: Number | None = None,
    above: Number | None = None,
    below: Number | None = None,
) -> pd.Series:
    """The number is from `low` to `high`, or lies above or below a limit; a missing one passes."""
    values = frame[variable].astype("float64")
    tests = ((low, values.ge), (high, values.le), (above, values.gt), (below, values.lt))
    inside = pd.Series(True, index=frame.index)
    for limit, holds in tests:
        if limit is not None:
            inside &= holds(limit)
    return inside | values.isna()


@check
def whole_number(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """Each number is whole and greater than 0; a missing one passes."""
    return pd.DataFrame(
        {
            name: frame[name].isna() | ((frame[name] % 1 == 0) & (frame[name] > 0))
            for name in variables
        },
        index=frame.index,
    ).astype(bool)


@check
def agrees_with_range(
    frame: pd.DataFrame,
    data: Data,
    variable: Variable,
    value: Variable,
    limits: Variables,
) -> pd.Series:
    """LOW, NORMAL or HIGH agrees with the number and its two limits.

    A row without indicator, number or limits passes; so does any other indicator.
    """
    low, high = frame[limits[0]].astype("float64"), frame[limits[1]].astype("float64")
    number = frame[value].astype("float64")
    known = number.notna() & low.notna() & high.notna()
    expected = pd.Series("NORMAL", index=frame.index).mask(number < low, "LOW")
    expected = expected.mask(number > high, "HIGH")
    said = is_in(frame[variable], ("LOW", "NORMAL", "HIGH"))
    return ~(known & said) | (frame[variable] == expected).fillna(False).astype(bool)


@check
def any_of(
    frame: pd.DataFrame, data: Data, when: Where, variables: Variables, values: Values
) -> pd.Series:
    """A row meets `when` if and only if at least one of `variables` has one of `values`."""
    found = pd.Series(False, index=frame.index)
    for name in variables:
        found |= is_in(frame[name], values)
    return meets(frame, when) == found
