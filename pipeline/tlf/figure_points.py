"""Scatter plots and mean profiles as data, beside those of `figure_data`.

* scatter: `x` and `y` (axes: label, log, limits, ticks), `groups` (label, points), `lines`
  (axis, at, label), `notes`.
* profiles: `x` (label), `visits` (labels), and `panels`: title, unit, lines, groups; a group has a
  label and per visit n, mean, sd (None where there is no value).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from pipeline.errors import StudyError
from pipeline.tlf.display import show

STEPS = (1, 2, 5)
MOST_TICKS = 8


@dataclass(frozen=True)
class Axis:
    """One axis of a scatter plot: its label, whether it is logarithmic, its ends (from the data
    when absent)."""

    label: str
    log: bool = False
    limits: tuple[float, float] | None = None


class ReferenceLine(NamedTuple):
    """A line across the plot at a value of the axis `x` or `y`, with a label."""

    axis: str
    at: float
    label: str = ""


def scatter_data(
    groups: Sequence[tuple[str, pd.Series, pd.Series]],
    axes: tuple[Axis, Axis],
    lines: Sequence[ReferenceLine] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The data of a scatter plot: one (label, x values, y values) per group, in printed order.

    Points with a missing value are left out. Raises StudyError when no point is left, or a value is
    not positive on a logarithmic axis.
    """
    points = [
        (label, pd.DataFrame({"x": x.to_numpy(), "y": y.to_numpy()}).dropna())
        for label, x, y in groups
    ]
    every = pd.concat([part for _, part in points]) if points else pd.DataFrame()
    if every.empty:
        raise StudyError("scatter figure", "no point", "give groups with values")
    at = {"x": [line.at for line in lines if line.axis == "x"]}
    at["y"] = [line.at for line in lines if line.axis == "y"]
    return {
        "x": _axis(axes[0], [*every["x"], *at["x"]]),
        "y": _axis(axes[1], [*every["y"], *at["y"]]),
        "lines": [line._asdict() for line in lines],
        "notes": list(notes),
        "groups": [{"label": label, "points": part.to_numpy().tolist()} for label, part in points],
    }


def profiles_data(
    frame: pd.DataFrame,
    panels: Mapping[str, Sequence[ReferenceLine]],
    groups: Mapping[str, str],
    label: str = "Visit",
) -> dict[str, Any]:
    """The data of mean profiles: one panel per PARAMCD of `panels` with its reference lines.

    `frame` has PARAMCD, PARAM, AVISIT, AVISITN, AVAL and `_column` (of Population.of); `groups`
    maps the column key to the printed label. Raises StudyError when a panel has no value.
    """
    visits = frame[["AVISITN", "AVISIT"]].drop_duplicates().sort_values("AVISITN")
    made = []
    for code, lines in panels.items():
        rows = frame.loc[(frame["PARAMCD"] == code) & frame["AVAL"].notna()]
        if rows.empty:
            raise StudyError("profiles figure", f"no value of {code}", "correct the parameter code")
        made.append(
            {
                "title": str(rows["PARAM"].iloc[0]),
                "lines": [line._asdict() for line in lines],
                "groups": [
                    {"label": name, **_profile(rows.loc[rows["_column"] == key], visits)}
                    for key, name in groups.items()
                ],
            }
        )
    return {"x": label, "visits": visits["AVISIT"].tolist(), "panels": made}


def scatter_alt(data: Mapping[str, Any]) -> str:
    """Words for a scatter plot: axes, points per group, lines, notes."""
    counts = [f"{group['label']}: {len(group['points'])} points." for group in data["groups"]]
    lines = [f"{line['label'].rstrip('.')}." for line in data["lines"] if line["label"]]
    head = f"Scatter plot of {data['y']['label']} against {data['x']['label']}."
    return " ".join([head, *counts, *lines, *(f"{note.rstrip('.')}." for note in data["notes"])])


def profiles_alt(data: Mapping[str, Any]) -> str:
    """Words for mean profiles: per panel and group the first and the last mean."""
    told = []
    for panel in data["panels"]:
        for group in panel["groups"]:
            means = [value for value in group["mean"] if value is not None]
            if means:
                ends = [show("value", {"value": value}, 1) for value in (means[0], means[-1])]
                told.append(f"{panel['title']}, {group['label']}: {ends[0]} to {ends[1]}.")
    return " ".join([f"Mean with standard deviation by {data['x'].lower()}.", *told])


def _profile(rows: pd.DataFrame, visits: pd.DataFrame) -> dict[str, list[Any]]:
    """n, mean and standard deviation per visit."""
    found = rows.groupby("AVISITN")["AVAL"].agg(["size", "mean", "std"])
    found = found.reindex(visits["AVISITN"])
    return {
        "n": [0 if pd.isna(n) else int(n) for n in found["size"]],
        "mean": [None if pd.isna(value) else float(value) for value in found["mean"]],
        "sd": [None if pd.isna(value) else float(value) for value in found["std"]],
    }


def _axis(axis: Axis, values: Sequence[float]) -> dict[str, Any]:
    """An axis with limits and ticks."""
    low, high = axis.limits or (min(values), max(values))
    if axis.log and low <= 0:
        raise StudyError("scatter figure", f"{axis.label}: a value is not positive", "leave it out")
    ticks = _log_ticks(low, high) if axis.log else _ticks(low, high)
    return {
        "label": axis.label,
        "log": axis.log,
        "limits": [min(low, ticks[0]), max(high, ticks[-1])],
        "ticks": ticks,
    }


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, few enough to read."""
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(span / MOST_TICKS))
    step = next(s * power for s in (*STEPS, 10, 20) if span / (s * power) <= MOST_TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, max(last, first + 1) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 times powers of ten around [low, high]."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    steps = [float(f"{step}e{power}") for power in powers for step in STEPS]
    first = max(step for step in steps if step <= low * (1 + 1e-9))
    last = min(step for step in steps if step >= high * (1 - 1e-9))
    return [step for step in steps if first <= step <= last]
