"""Figures with one bar or line per subject, as data, beside those of `figure_data`.

* waterfall: `y` (label), `groups` (labels), `lines` (at, label), and `bars` from the greatest value
  to the smallest: label, group, value, mark (text at the end of the bar).
* spider: `x`, `y` (labels), `groups`: label, and lines of subject and points; `lines` (at, label).
* swimmer: `x` (label), `limits`, `bars` and `marks` (the kinds, in the order of the legend), and
  `lanes`: label, group, bars (kind, start, end, goes on beyond the end), marks (kind, at).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from pipeline.errors import StudyError
from pipeline.tlf.display import show


class Level(NamedTuple):
    """A horizontal line at a value, with its label."""

    at: float
    label: str = ""


def waterfall_data(
    frame: pd.DataFrame, value: str, mark: str, groups: Mapping[str, str], y: str, *lines: Level
) -> dict[str, Any]:
    """The data of a waterfall plot: one bar per row of `frame` with a `value`.

    `frame` has SUBJID and `_column` (of Population.of); `groups` maps the column key to its label,
    `mark` names a text column. Equal values stand in the order of SUBJID. StudyError without a bar.
    """
    rows = frame.loc[frame[value].notna()].sort_values([value, "SUBJID"], ascending=[False, True])
    if rows.empty:
        raise StudyError("waterfall figure", f"no value of {value}", "give at least one subject")
    columns = [rows["SUBJID"], rows["_column"].map(groups), rows[value], rows[mark].fillna("")]
    names = ("label", "group", "value", "mark")
    return {
        "y": y,
        "groups": list(groups.values()),
        "lines": [line._asdict() for line in lines],
        "bars": [dict(zip(names, bar, strict=True)) for bar in zip(*columns, strict=True)],
    }


def spider_data(
    frame: pd.DataFrame, axes: tuple[str, str], labels: tuple[str, str], groups: Mapping[str, str],
    *lines: Level,
) -> dict[str, Any]:  # fmt: skip
    """The data of a spider plot: one line per subject through its points in time order.

    `axes` name the columns of time and value, `labels` those axes on the page. Rows without a value
    are left out. StudyError when no point is left.
    """
    x, y = axes
    rows = frame.loc[frame[x].notna() & frame[y].notna()].sort_values(["SUBJID", x])
    if rows.empty:
        raise StudyError("spider figure", f"no value of {y}", "give subjects with assessments")
    return {
        "x": labels[0],
        "y": labels[1],
        "lines": [line._asdict() for line in lines],
        "groups": [
            {
                "label": label,
                "lines": [
                    {"subject": subject, "points": part[[x, y]].to_numpy(dtype=float).tolist()}
                    for subject, part in rows.loc[rows["_column"] == key].groupby("SUBJID")
                ],
            }
            for key, label in groups.items()
        ],
    }


def swimmer_data(
    subjects: pd.DataFrame,
    bars: pd.DataFrame,
    marks: pd.DataFrame,
    x: str,
    limits: tuple[float, float],
) -> dict[str, Any]:
    """The data of a swimmer plot: one lane per row of `subjects` (USUBJID, label, group), in order.

    `bars` has USUBJID, kind, start, end; `marks` USUBJID, kind, at. Kinds appear in the legend in
    their order of first row. What lies beyond `limits` is cut off there, and a bar marked as going
    on. StudyError without a lane.
    """
    if subjects.empty:
        raise StudyError("swimmer figure", "no subject", "give at least one lane")
    low, high = limits
    shown = bars.loc[(bars["end"] > low) & (bars["start"] < high)]
    shown = shown.assign(
        on=shown["end"] > high,
        start=shown["start"].clip(lower=low),
        end=shown["end"].clip(upper=high),
    )
    points = marks.loc[marks["at"].between(low, high)]

    def of(frame: pd.DataFrame, subject: str, names: list[str]) -> list[dict[str, Any]]:
        return frame.loc[frame["USUBJID"] == subject, names].to_dict("records")  # type: ignore[return-value]

    return {
        "x": x,
        "limits": list(limits),
        "bars": list(dict.fromkeys(bars["kind"])),
        "marks": list(dict.fromkeys(marks["kind"])),
        "lanes": [
            {
                "label": label,
                "group": group,
                "bars": of(shown, subject, ["kind", "start", "end", "on"]),
                "marks": of(points, subject, ["kind", "at"]),
            }
            for subject, label, group in subjects[["USUBJID", "label", "group"]].to_numpy()
        ],
    }


def waterfall_alt(data: Mapping[str, Any]) -> str:
    """Words for a waterfall plot: value and mark of every bar."""
    told = [
        f"{bar['label']} ({bar['group']}): {show('value', bar, 1)} {bar['mark']}".rstrip() + "."
        for bar in data["bars"]
    ]
    return " ".join([f"Waterfall plot, {data['y'].lower()}.", *told])


def spider_alt(data: Mapping[str, Any]) -> str:
    """Words for a spider plot: per subject the last value."""
    told = [
        f"{line['subject']} ({group['label']}): {len(line['points'])} assessments, last "
        f"{show('value', {'value': line['points'][-1][1]}, 1)}."
        for group in data["groups"]
        for line in group["lines"]
    ]
    return " ".join([f"Spider plot, {data['y'].lower()} by {data['x'].lower()}.", *told])


def swimmer_alt(data: Mapping[str, Any]) -> str:
    """Words for a swimmer plot: per subject how many bars and marks of each kind."""
    told = []
    for lane in data["lanes"]:
        kinds = [item["kind"] for item in (*lane["bars"], *lane["marks"])]
        counts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
        told.append(f"{lane['label']} ({lane['group']}): {', '.join(counts) or 'nothing'}.")
    return " ".join([f"Swimmer plot by {data['x'].lower()}.", *told])
