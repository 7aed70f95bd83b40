"""The population of an output: its subjects, and the columns of the table with their N.

Columns, denominators and the printed population line all come from this one object, so they
cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.distinct import places
from pipeline.errors import StudyError, listed
from pipeline.study import Study
from pipeline.where import Condition, flagged

TOTAL = "total"


@dataclass(frozen=True)
class Column:
    """One column of a table: an arm or the total; `n` is its number of subjects.

    A column that counts no subjects (a p-value) has no `n`; its `display` replaces that of the
    rows.
    """

    key: str
    head: tuple[str, ...]
    n: int | None = None
    display: str = ""


@dataclass(frozen=True)
class Population:
    """The subjects (ADSL rows) and the columns they fall into, arms in study order, then Total."""

    subjects: pd.DataFrame
    treatment: str
    arm_of: dict[str, str]
    columns: tuple[Column, ...]

    @property
    def arms(self) -> tuple[Column, ...]:
        """The columns without the total."""
        return tuple(column for column in self.columns if column.key != TOTAL)

    def count(self, key: str) -> int:
        """The N of a column."""
        return next(column.n or 0 for column in self.columns if column.key == key)

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of `frame` that belong to subjects of the population, with `_column`.

        A subject without treatment (a screening failure) has no `_column` and counts in the total.
        """
        found = places(frame["USUBJID"], self.subjects["USUBJID"])
        mine = frame if (found >= 0).all() else frame.loc[found >= 0]
        arms = self.subjects[self.treatment].map(self.arm_of).astype("str")
        return mine.assign(_column=arms.array.take(found[found >= 0]))

    def where(self, condition: Condition) -> Population:
        """The population of the subjects that also meet `condition`."""
        return _population(self.subjects.loc[condition], self.treatment, self.arm_of, self.columns)

    def without_total(self) -> Population:
        """The same population in a table without a total column."""
        return Population(self.subjects, self.treatment, self.arm_of, self.arms)

    def total_only(self) -> Population:
        """The same population for rows that are counted in the total column alone."""
        total = tuple(column for column in self.columns if column.key == TOTAL)
        return Population(self.subjects, self.treatment, self.arm_of, total)


def population_of(adsl: pd.DataFrame, flag: str, study: Study) -> Population:
    """The subjects of `adsl` whose `flag` is Y (all when `flag` is empty), by study arm.

    Raises StudyError for a treatment value that is no arm of study.yaml.
    """
    subjects = adsl.loc[flagged(flag)] if flag else adsl
    arm_of = {arm.name: arm.code for arm in study.arms}
    treatments = subjects[study.treatment].dropna()
    unknown = sorted(set(treatments[~treatments.isin(list(arm_of))]))
    if unknown:
        raise StudyError(
            f"ADSL.{study.treatment}",
            f"{listed(unknown)} is no arm of study.yaml",
            "use the names of study.yaml > arms",
        )
    heads = [Column(arm.code, arm.head, 0) for arm in study.arms]
    total = [Column(TOTAL, (study.total,), 0)] if study.total else []
    return _population(subjects, study.treatment, arm_of, (*heads, *total))


def _population(
    subjects: pd.DataFrame, treatment: str, arm_of: dict[str, str], columns: tuple[Column, ...]
) -> Population:
    """A population with its columns counted."""
    counts = subjects[treatment].map(arm_of).value_counts()
    counted = tuple(
        Column(
            column.key,
            column.head,
            len(subjects) if column.key == TOTAL else int(counts.get(column.key, 0)),
        )
        for column in columns
    )
    return Population(subjects, treatment, arm_of, counted)
