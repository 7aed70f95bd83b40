"""Figures as data: what a study program hands to `Figure(kind, data, alt, behind)`.

Each builder returns a dict that goes to the results JSON as it is; `figures.draw` needs nothing
else. Numbers are unrounded, None where not estimable.

* kaplan_meier: `time` (axis label), `unit`, `probability` (axis label), `ticks`, `band`, `median`,
  `notes`, and `groups`: label, n, events, median (estimate, lower, upper), times, survival, lower,
  upper, censored (per time), at_risk (per tick).
* forest: `measure` (axis label), `head` (of the printed ratios), `favours` (left, right of 1),
  `limits` (of the axis), `ticks`, `digits`, and `rows`: label, estimate, lower, upper, p, text.
* flow_chart: `top`, `excluded`, `arms`, `analysed`: boxes of title, n, lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.errors import StudyError
from pipeline.tlf.display import show
from pipeline.tlf.survival_curve import Curve, Estimate, number_at_risk, quantile

WIDEST = (0.01, 100.0)


@dataclass(frozen=True)
class TimeAxes:
    """The axes of a Kaplan-Meier plot: what the time is, its unit, its ticks, and what is shown."""

    time: str
    unit: str
    ticks: tuple[float, ...]
    probability: str = "Survival probability"


@dataclass(frozen=True)
class RatioAxis:
    """The axis of a forest plot: `measure` names it, `head` heads the printed ratios.

    `favours` tells what lies left and right of 1, `limits` are the ends of the axis (from the rows
    when absent, within 0.01 and 100), `digits` the decimals printed.
    """

    measure: str = "Hazard ratio"
    head: str = "HR (95% CI)"
    favours: tuple[str, str] = ("", "")
    limits: tuple[float, float] | None = None
    digits: int = 2


class ForestRow(NamedTuple):
    """One line of a forest plot; without an estimate only `label` and `text` are printed."""

    label: str
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    text: str = ""


class Box(NamedTuple):
    """One box of a flow chart: title, number of subjects (None: not printed), more lines."""

    title: str
    n: int | None = None
    lines: tuple[str, ...] = ()


def kaplan_meier_data(
    groups: Sequence[tuple[str, Curve]],
    axes: TimeAxes,
    notes: Sequence[str] = (),
    band: bool = False,
    median: bool = True,
) -> dict[str, Any]:
    """The data of a Kaplan-Meier figure, one curve per (label, curve), in printed order.

    `notes` are printed beside the curves (a log-rank p), `band` adds the confidence band, `median`
    the line at 0.5. Curves in the unit of `axes`. Raises StudyError without a group, and for ticks
    that do not ascend from 0.
    """
    ticks = [float(tick) for tick in axes.ticks]
    if len(ticks) < 2 or ticks[0] != 0 or ticks != sorted(set(ticks)):
        raise StudyError("kaplan_meier figure", "ticks do not ascend from 0", "as (0, 6, 12, 18)")
    if not groups:
        raise StudyError("kaplan_meier figure", "no group", "give (label, curve) pairs")
    return {
        "time": axes.time,
        "unit": axes.unit,
        "probability": axes.probability,
        "ticks": ticks,
        "band": band,
        "median": median,
        "notes": list(notes),
        "groups": [_group(label, curve, ticks) for label, curve in groups],
    }


def forest_data(rows: Sequence[ForestRow], axis: RatioAxis) -> dict[str, Any]:
    """The data of a forest plot of ratios on a log axis, rows in printed order.

    Raises StudyError without a row, for ratios that are not positive, and for limits that do not
    span 1.
    """
    if not rows:
        raise StudyError("forest figure", "no row", "give at least one ForestRow")
    if any(row.estimate is not None and not row.estimate > 0 for row in rows):
        raise StudyError("forest figure", "a ratio is not positive", "give ratios, not logarithms")
    low, high = axis.limits or _limits(rows)
    if not 0 < low < 1 < high:
        raise StudyError("forest figure", f"limits {low:g} to {high:g}", "let the axis span 1")
    return {
        "measure": axis.measure,
        "head": axis.head,
        "favours": list(axis.favours),
        "limits": [low, high],
        "ticks": _log_ticks(low, high),
        "digits": axis.digits,
        "rows": [row._asdict() for row in rows],
    }


def flow_chart_data(
    top: Sequence[Box],
    excluded: Box | None,
    arms: Sequence[Box],
    analysed: Sequence[Box] = (),
) -> dict[str, Any]:
    """The data of a CONSORT flow chart.

    `top` boxes stand one below the other, `excluded` beside the arrow below the first, `arms` side
    by side, `analysed` below: one box for all arms or one for each. Raises StudyError for any other
    number of boxes.
    """
    if not top or not arms or len(analysed) not in (0, 1, len(arms)):
        raise StudyError(
            "flow_chart figure",
            f"{len(top)} top, {len(arms)} arm and {len(analysed)} analysed boxes",
            "give a top box, an arm, and one analysed box for all arms or one for each",
        )
    return {
        "top": [_box(box) for box in top],
        "excluded": _box(excluded) if excluded else None,
        "arms": [_box(box) for box in arms],
        "analysed": [_box(box) for box in analysed],
    }


def kaplan_meier_alt(data: Mapping[str, Any]) -> str:
    """Words for a Kaplan-Meier figure: subjects, events and median of each group, the notes."""
    groups = data["groups"]
    curves = (
        "Kaplan-Meier curve" if len(groups) == 1 else f"Kaplan-Meier curves of {len(groups)} groups"
    )
    sentences = [f"{curves}: {data['probability'].lower()} by {data['time'].lower()}."]
    for group in groups:
        median = group["median"]
        found = (
            f"median {show('median_ci', median, 1)} {data['unit']} with 95% confidence interval"
            if median["estimate"] is not None
            else "median not reached"
        )
        subjects = _counted(group["n"], "subject")
        sentences.append(
            f"{group['label']}: {subjects}, {_counted(group['events'], 'event')}, {found}."
        )
    return " ".join([*sentences, *(f"{note.rstrip('.')}." for note in data["notes"])])


def forest_alt(data: Mapping[str, Any]) -> str:
    """Words for a forest plot: the ratio and interval of each row."""
    told = [
        f"{row['label']}: {show('estimate_ci', row, data['digits'])}."
        for row in data["rows"]
        if row["estimate"] is not None
    ]
    return " ".join([f"Forest plot, {data['measure']}, with 95% confidence intervals.", *told])


def flow_chart_alt(data: Mapping[str, Any]) -> str:
    """Words for a flow chart: every box in reading order."""
    boxes = [*data["top"], *([data["excluded"]] if data["excluded"] else [])]
    told = [" ".join(box_lines(box)) for box in (*boxes, *data["arms"], *data["analysed"])]
    return " ".join(["Flow of subjects.", *(f"{text.rstrip('.')}." for text in told)])


def box_lines(box: Mapping[str, Any]) -> list[str]:
    """The printed lines of a box, the first with its number of subjects."""
    number = "" if box["n"] is None else f" (n = {box['n']})"
    return [f"{box['title']}{number}", *box["lines"]]


def _group(label: str, curve: Curve, ticks: Sequence[float]) -> dict[str, Any]:
    """One curve with its median and its numbers at risk at the ticks."""
    median: Estimate = quantile(curve)
    return {
        "label": label,
        "n": curve.n,
        "events": curve.total_events,
        "median": median._asdict(),
        "times": list(curve.times),
        "survival": list(curve.survival),
        "lower": list(curve.lower),
        "upper": list(curve.upper),
        "censored": list(curve.censored),
        "at_risk": number_at_risk(curve, ticks),
    }


def _box(box: Box) -> dict[str, Any]:
    """A box as JSON has it."""
    return {"title": box.title, "n": box.n, "lines": list(box.lines)}


def _limits(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Ends of the axis: round numbers around all limits, 1 inside, within the widest axis."""
    found = [
        value
        for row in rows
        for value in (row.estimate, row.lower, row.upper)
        if value is not None and value > 0
    ]
    low = max(min([*found, 0.5]), WIDEST[0])
    high = min(max([*found, 2.0]), WIDEST[1])
    steps = _round_ratios()
    return (
        max(step for step in steps if step <= low * (1 + 1e-9)),
        min(step for step in steps if step >= high * (1 - 1e-9)),
    )


def _log_ticks(low: float, high: float) -> list[float]:
    """Powers of ten within the axis; 1, 2, 5 as well on an axis of less than two decades."""
    inside = [step for step in _round_ratios() if low * (1 - 1e-9) <= step <= high * (1 + 1e-9)]
    if math.log10(high / low) < 2:
        return inside
    return [step for step in inside if f"{step:e}".startswith("1.0")]


def _round_ratios() -> list[float]:
    """1, 2, 5 times powers of ten from 0.0001 to 10000."""
    return [float(f"{first}e{power}") for power in range(-4, 5) for first in (1, 2, 5)]


def _counted(number: int, noun: str) -> str:
    """1 event, 2 events."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
