"""Value and change from baseline by visit, as laboratory and vital signs are tabulated."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.lineage import row_columns
from pipeline.tlf.population import Column, Population
from pipeline.tlf.results import Block, Row, Value, counted_once, describe, slug, stack

VALUE = {"n": "n", "Mean (SD)": "mean_sd", "Median (min, max)": "median_range"}
CHANGE = {"Change: mean (SD)": "mean_sd", "Change: median (range)": "median_range"}
READ = ["USUBJID", "PARAMCD", "PARAM", "PARAMN", "AVISIT", "AVISITN", "AVAL", "CHG"]


def summarize_by_visit(
    frame: pd.DataFrame, population: Population, digits: Mapping[str, int] | int = 0
) -> Block:
    """Per PARAM (in the order of PARAMN) and AVISIT (of AVISITN): AVAL, then CHG.

    `digits` are the decimals of the values, one number or PARAMCD -> number. A column without a
    value at a visit stays blank. Reads PARAMCD, PARAM, PARAMN, AVISIT, AVISITN, AVAL, CHG.
    """
    mine = population.of(frame[[*READ, *row_columns(frame)]])
    parts = []
    for (_, code, name), rows in mine.groupby(["PARAMN", "PARAMCD", "PARAM"], sort=True):
        places = digits if isinstance(digits, int) else digits.get(str(code), 0)
        visits = [
            _visit(str(visit), at, population, places)
            for (_, visit), at in rows.groupby(["AVISITN", "AVISIT"], sort=True)
        ]
        parts.append(stack(*visits, under=str(name)))
    return stack(*parts)


def _visit(name: str, rows: pd.DataFrame, population: Population, digits: int) -> Block:
    """The statistics of one visit; those of the change when there is one. Rows of Population.of."""
    blocks = [_rows(rows, "AVAL", VALUE, population, digits)]
    if rows["CHG"].notna().any():
        blocks.append(_rows(rows, "CHG", CHANGE, population, digits))
    return stack(*blocks, under=name.capitalize())


def _rows(
    rows: pd.DataFrame,
    variable: str,
    layout: Mapping[str, str],
    population: Population,
    digits: int,
) -> Block:
    """One row per recipe of `layout`, all of the same statistics; a column without is blank."""

    def statistics(part: pd.DataFrame, column: Column) -> Mapping[str, Value]:
        return describe(part[variable]) if len(part) else {}

    lines = [
        Row(slug(variable, label), (label,), 0, display, digits)
        for label, display in layout.items()
    ]
    present = rows.loc[rows[variable].notna(), [variable, "_column", *row_columns(rows)]]
    return counted_once(present, lines, population, statistics)
