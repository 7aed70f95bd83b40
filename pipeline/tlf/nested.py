"""Counts of classes and the terms within them, as adverse events are tabulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from pipeline.lineage import row_columns
from pipeline.tlf.population import Column, Population
from pipeline.tlf.results import Block, Row, Value, counted, slug, stack, subject_counts
from pipeline.where import Condition

ANY = "Any"


def count_nested(
    frame: pd.DataFrame, outer: str, inner: str, population: Population, display: str = "n_pct"
) -> Block:
    """Subjects per `outer` value and, indented, per `inner` value within it: n, N, pct, events.

    Both sorted by the number of subjects in the total, descending, then by name. `events` are the
    rows of `frame`; the display n_pct_events prints them.
    """
    parts = []
    read = dict.fromkeys(["USUBJID", outer, inner, *row_columns(frame)])
    for names, group in _groups(population.of(frame[[*read]]), outer, inner):
        row = Row(slug(*names), names[-1:], len(names) - 1, display)
        parts.append(counted(group, row, population, event_counts))
    return stack(*parts)


def count_worst(
    frame: pd.DataFrame,
    label: str,
    value: str,
    levels: Mapping[str, Condition],
    population: Population,
) -> Block:
    """Subjects with any row, then per level of their largest `value`: n, N, pct.

    Rows have two labels: `label` (printed once) and the level. A subject counts in one level.
    """
    return _levels(population.of(frame), (label,), value, levels, population)


def count_nested_worst(
    frame: pd.DataFrame,
    groups: tuple[str, str],
    value: str,
    levels: Mapping[str, Condition],
    population: Population,
) -> Block:
    """As `count_worst`, per class and, indented, per term within it (`groups` names both).

    Within a class or term a subject counts once, at the largest `value` there. Sorted as
    `count_nested` does.
    """
    mine = population.of(frame)
    return stack(
        *(
            _levels(group, names, value, levels, population)
            for names, group in _groups(mine, *groups)
        )
    )


def event_counts(part: pd.DataFrame, column: Column) -> dict[str, Value]:
    """Distinct subjects, the column's N, the percentage, and the rows."""
    return {**subject_counts(part, column), "events": len(part)}


def worst(frame: pd.DataFrame, value: str) -> pd.DataFrame:
    """The rows of `frame` that hold their subject's largest `value`; missing values drop out."""
    return frame.loc[frame[value] == frame.groupby("USUBJID")[value].transform("max")]


def _levels(
    group: pd.DataFrame,
    names: tuple[str, ...],
    value: str,
    levels: Mapping[str, Condition],
    population: Population,
) -> Block:
    """Any, then each level, of one group of rows."""
    indent = len(names) - 1
    first = Row(slug(*names, ANY), (names[-1], ANY), indent, "n_pct")
    parts = [counted(group, first, population, subject_counts)]
    for level, condition in levels.items():
        row = Row(slug(*names, level), ("", level), indent, "n_pct")
        chosen = worst(group, value).loc[condition]
        parts.append(counted(chosen, row, population, subject_counts))
    return stack(*parts)


def _groups(
    mine: pd.DataFrame, outer: str, inner: str
) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """(outer,) or (outer, inner) values with their rows, in printed order."""
    for name in _by_frequency(mine, outer):
        within = mine.loc[mine[outer] == name]
        yield (name,), within
        for term in _by_frequency(within, inner):
            yield (name, term), within.loc[within[inner] == term]


def _by_frequency(frame: pd.DataFrame, variable: str) -> list[str]:
    """The values of `variable` by subjects descending, then by name."""
    counts = frame.groupby(variable)["USUBJID"].nunique().rename("n").reset_index()
    ordered = counts.sort_values(["n", variable], ascending=[False, True])
    return ordered[variable].tolist()
