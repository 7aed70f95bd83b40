"""Laboratory toxicity: subjects by worst grade, and by shift from the baseline grade."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.tlf.population import Population
from pipeline.tlf.results import Block, Row, counted, slug, stack, subject_counts

GRADES = ("0", "1", "2", "3", "4")


def count_grades(frame: pd.DataFrame, names: Mapping[str, str], population: Population) -> Block:
    """Per PARAM a heading, then the subjects by grade: n, N, pct; zero rows are kept.

    `frame` has one row per subject and parameter (the worst record); `names` gives the variables
    `grade` (0 to 4 as text) and `term` (the CTCAE term, printed with the parameter).
    """
    mine = population.of(frame)
    parts = []
    for title, rows in _parameters(mine, names["term"]):
        lines = [
            _line(f"Grade {grade}", rows.loc[rows[names["grade"]] == grade], population)
            for grade in GRADES
        ]
        parts.append(stack(*lines, under=title))
    return stack(*parts)


def count_shifts(frame: pd.DataFrame, names: Mapping[str, str], population: Population) -> Block:
    """Per PARAM a heading, then the subjects by grade at baseline and worst grade after it.

    As `count_grades`; `names` gives `baseline` as well. Rows have two labels; of the baseline
    grades those are printed that a subject had.
    """
    mine = population.of(frame)
    parts = []
    for title, rows in _parameters(mine, names["term"]):
        lines = []
        for before in sorted(rows[names["baseline"]].dropna().unique()):
            start = rows.loc[rows[names["baseline"]] == before]
            for place, grade in enumerate(GRADES):
                chosen = start.loc[start[names["grade"]] == grade]
                label = f"Grade {before}" if place == 0 else ""
                row = Row(slug(f"Grade {before}", grade), (label, grade), 0, "n_pct")
                lines.append(counted(chosen, row, population, subject_counts))
        parts.append(stack(*lines, under=title))
    return stack(*parts)


def _parameters(frame: pd.DataFrame, term: str) -> list[tuple[str, pd.DataFrame]]:
    """The parameters in order, each with its title and rows."""
    groups = frame.groupby(["PARAMN", "PARAM", term], sort=True)
    return [(f"{name}: {says}", rows) for (_, name, says), rows in groups]


def _line(label: str, rows: pd.DataFrame, population: Population) -> Block:
    """One row of counts."""
    return counted(rows, Row(slug(label), (label,), 0, "n_pct"), population, subject_counts)
