"""The grade of results by one criterion, in arrays: one number per result, no text.

The grade of a result is the highest whose limit it has passed, in the direction of the criterion;
passing is strict, as CTCAE writes `>3.0 - 5.0 x ULN`. Grade 0 means that no limit was passed. A
grade that cannot be told, because a limit of a higher grade is unknown, is missing, with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.adam.ctcae_criteria import GRADES, Criterion, Limits
from pipeline.distinct import LARGE
from pipeline.ranges import Numbers, passes
from pipeline.worded import Words, smallest, worded

RANGE = {"ULN": "ANRHI", "LLN": "ANRLO", "BASE": "BASE"}
NOTHING = -1

Codes = npt.NDArray[np.int64]


@dataclass
class Vocabulary:
    """Texts that stand for many rows, each kept once."""

    known: list[str] = field(default_factory=list)

    def code(self, word: str) -> int:
        """The number of a text, a new one when it was not known."""
        if word not in self.known:
            self.known.append(word)
        return self.known.index(word)

    def series(self, codes: Codes, index: pd.Index) -> pd.Series:
        """The text of each code, missing for NOTHING."""
        known = pa.array(self.known, LARGE)
        return worded(Words(codes.astype(smallest(len(known))), known), index)


@dataclass(frozen=True)
class Results:
    """AVAL, the limits of the reference range and BASE as numbers; a unit as its place in `units`.

    A result without a unit has the last place, `(none)`.
    """

    numbers: Mapping[str, Numbers]
    unit: Codes
    units: tuple[str, ...]

    def at(self, places: Any) -> Results:
        """The results at some places."""
        numbers = {name: values[places] for name, values in self.numbers.items()}
        return Results(numbers, self.unit[places], self.units)


def results_of(frame: pd.DataFrame, unit: str) -> Results:
    """The columns of `frame` that grading reads; BASE may be absent."""
    frame = frame if "BASE" in frame.columns else frame.assign(BASE=np.nan)
    codes, units = pd.factorize(frame[unit])
    numbers = {
        name: frame[name].to_numpy(dtype="float64", na_value=np.nan)
        for name in ("AVAL", *RANGE.values())
    }
    return Results(numbers, codes.astype("int64"), (*map(str, units), "(none)"))


def grade(results: Results, criterion: Criterion, reasons: Vocabulary) -> tuple[Numbers, Codes]:
    """Grades 0 to 4, missing where they cannot be told, and the code of the reason for that."""
    values = results.numbers["AVAL"]
    reached, unknown = np.zeros(len(values)), np.zeros(len(values))
    reason = np.full(len(values), NOTHING)
    for place, number in enumerate(GRADES):
        for limits, lacks in _limits(results, criterion, place, reasons):
            reached[passes(values, limits, criterion.high)] = number
            blind = np.isnan(limits) & (lacks != NOTHING)
            unknown[blind] = number
            reason[blind] = lacks[blind]
    given = ~np.isnan(values)
    told = given & (reached >= unknown)
    reason[~given] = reasons.code("AVAL is missing")
    reason[told] = NOTHING
    return np.where(told, reached, np.nan), reason


def _limits(
    results: Results, criterion: Criterion, place: int, reasons: Vocabulary
) -> Iterator[tuple[Numbers, Codes]]:
    """The limits of one grade, each with the code of what a result without it lacks."""
    numbers = results.numbers
    for reference, multiples in criterion.multiples.items():
        if not np.isnan(multiples[place]):
            column = RANGE[reference]
            known = reference == "BASE"  # a subject without a baseline lacks no limit
            yield (
                numbers[column] * multiples[place],
                np.full(
                    len(results.unit), NOTHING if known else reasons.code(f"{column} is missing")
                ),
            )
    if _has(criterion.limits, place):
        yield _by_unit(results, criterion.limits, place, reasons)
    if _has(criterion.rise, place):
        rise, without = _by_unit(results, criterion.rise, place, reasons)
        above = np.fmax(numbers["ANRHI"], numbers["BASE"])
        above[np.isnan(numbers["ANRHI"])] = np.nan
        lacks = np.where(without != NOTHING, without, reasons.code("ANRHI is missing"))
        yield above + rise, lacks


def _by_unit(
    results: Results, limits: Mapping[str, Limits], place: int, reasons: Vocabulary
) -> tuple[Numbers, Codes]:
    """The limit of one grade in the unit of each result, and what is lacking where it has none."""
    by_unit = [limits[unit][place] if unit in limits else np.nan for unit in results.units]
    lacks = [
        reasons.code(f"no limits in the unit {unit}") if np.isnan(limit) else NOTHING
        for unit, limit in zip(results.units, by_unit, strict=True)
    ]
    return np.array(by_unit)[results.unit], np.array(lacks)[results.unit]


def _has(limits: Mapping[str, Limits], place: int) -> bool:
    """Whether a grade has limits by unit."""
    return any(not np.isnan(numbers[place]) for numbers in limits.values())
