"""Tables and figures of a time to event: median, rates, log-rank test and curves from ADTTE.

Every verb takes `times`, the rows of one parameter of ADTTE as `Population.of` returns them: `CNSR`
(0 is the event) and the time, AVALM (months) unless another variable is named. Confidence limits
use the log transform, the default of R's `survfit`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from pipeline.tlf.display import show
from pipeline.tlf.population import TOTAL, Population
from pipeline.tlf.results import Block, Row, Value, computed, measured, stack
from pipeline.tlf.survival import kaplan_meier, log_rank, quantile, survival_at
from pipeline.tlf.survival_curve import Curve

TIME = "AVALM"


def survival_curve(times: pd.DataFrame, time: str = TIME) -> Curve:
    """The Kaplan-Meier estimate of all rows."""
    return kaplan_meier(times[time], times["CNSR"] == 0, transform="log")


def curves_by_arm(
    times: pd.DataFrame, population: Population, time: str = TIME
) -> list[tuple[str, Curve]]:
    """Head and curve of each arm in display order, for `kaplan_meier_data`."""
    return [
        (" ".join(arm.head), survival_curve(times.loc[times["_column"] == arm.key], time))
        for arm in population.arms
    ]


def median_time(
    label: str, times: pd.DataFrame, population: Population, digits: int = 1, time: str = TIME
) -> Block:
    """One row: the median with its confidence limits in each column."""
    row = Row("median", (label,), 0, "median_ci", digits)
    return measured(
        row, times, population, lambda part: quantile(survival_curve(part, time))._asdict()
    )


def survival_rates(
    label: str, at: Iterable[float], times: pd.DataFrame, population: Population, time: str = TIME
) -> Block:
    """One row per time of `at`, which replaces `{}` in the label: percentage with limits."""

    return stack(*(_rate(label.format(when), when, times, population, time) for when in at))


def _rate(label: str, when: float, times: pd.DataFrame, population: Population, time: str) -> Block:
    """The percentage without the event at one time."""

    def percentage(part: pd.DataFrame) -> dict[str, Value]:
        found = survival_at(survival_curve(part, time), when)
        limits = {"pct": found.estimate, "lower": found.lower, "upper": found.upper}
        return {name: None if value is None else 100 * value for name, value in limits.items()}

    return measured(Row(f"rate {when}", (label,), 0, "pct_ci"), times, population, percentage)


def log_rank_row(label: str, times: pd.DataFrame, time: str = TIME) -> Block:
    """One row: the p-value of the log-rank test of all groups, in the column of the total."""
    p = log_rank(times[time], times["CNSR"] == 0, times["_column"]).p
    return computed(label, {TOTAL: {"p": p}}, "p_value", behind=times)


def log_rank_note(times: pd.DataFrame, time: str = TIME) -> str:
    """The p-value of the log-rank test of all groups as a note in a figure."""
    p = log_rank(times[time], times["CNSR"] == 0, times["_column"]).p
    return f"Log-rank p: {show('p_value', {'p': p})}"
