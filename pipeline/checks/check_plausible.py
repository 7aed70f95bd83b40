"""Checks of what is plausible: bounds of results, dates known to the day and near their visit."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.checks.check_dates import full_day
from pipeline.checks.conditions import Data, check, looked_up
from pipeline.checks.parameters import Need, Number, Reference, Variable, Variables, number
from pipeline.errors import StudyError
from pipeline.yamltext import Block


@dataclass(frozen=True)
class Bounds:
    """Value of a grouping variable -> the lowest and the highest number that can be true."""

    limits: dict[str, tuple[float, float]]

    @classmethod
    def read(cls, block: Block, key: str) -> Bounds:
        """`key: {CREAT: ["15", "2500"]}`."""
        inner = block.block(key)
        limits = {}
        for name in inner:
            values = [number(text, inner.where(name)) for text in inner.texts(name)]
            if len(values) != 2 or values[0] > values[1]:
                raise StudyError(
                    inner.where(name), f"{name} has no two ascending limits", 'write ["1", "2"]'
                )
            limits[name] = (values[0], values[1])
        return cls(limits)

    def needs(self) -> set[Need]:
        """Nothing."""
        return set()


class AtVisit(Reference):
    """A variable of another dataset that has one record per subject and VISITNUM."""

    by = ("USUBJID", "VISITNUM")

    def needs(self) -> set[Need]:
        """The variable there, and the subject and visit that join the two."""
        return super().needs() | {(self.dataset, "VISITNUM"), ("", "VISITNUM")}


@check
def plausible(
    frame: pd.DataFrame, data: Data, variable: Variable, by: Variable, bounds: Bounds
) -> pd.Series:
    """The number lies within the bounds for its `by`; one without a number or bounds passes."""
    low, high = (
        frame[by].map({name: ends[side] for name, ends in bounds.limits.items()}) for side in (0, 1)
    )
    return ~((frame[variable] < low) | (frame[variable] > high))


@check
def known_to_the_day(frame: pd.DataFrame, data: Data, variables: Variables) -> pd.DataFrame:
    """Each date that is given is known to the day."""
    return pd.DataFrame(
        {name: frame[name].isna() | full_day(frame[name]).notna() for name in variables},
        index=frame.index,
    )


@check
def near_visit(
    frame: pd.DataFrame, data: Data, variable: Variable, of: AtVisit, tolerance: Number
) -> pd.Series:
    """The date lies at most `tolerance` days from that of another dataset at the same visit.

    A date that is partial, and a visit without a record there, pass.
    """
    other = full_day(looked_up(frame, data, of, of.by))
    days = (full_day(frame[variable]) - other).dt.days.abs()
    return ~days.gt(tolerance)
