"""Kaplan-Meier curves: steps, censoring marks, band, and the numbers at risk below the ticks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.tlf.display import show
from pipeline.tlf.figure_page import (
    GREY,
    HEIGHT,
    LETTER,
    LINE_HEIGHT,
    PALE,
    SMALL,
    WIDTH,
    Look,
    Page,
    look,
    one_line,
)

SAMPLE = 0.4
RIGHT = 0.25
TOP = 0.12
AXIS = 0.55
MOST_MARKERS = 6
LABEL_WIDTH = 1.8
LOWEST = 2.6


def draw_kaplan_meier(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_data.kaplan_meier_data` describes.

    The legend stands in a corner that no curve runs through, else above the plot. The page grows
    when labels and legend leave less than the lowest plot.
    """
    labels = [page.wrapped(group["label"], SMALL, LABEL_WIDTH) for group in data["groups"]]
    widest = max(page.width_of(line, SMALL) for label in labels for line in label)
    first = max(page.width_of(str(group["at_risk"][0]), SMALL) for group in data["groups"])
    gap = max(0.15, first / 2 + 0.05)  # between the line of a group and half a number at risk
    left = max(0.75, widest + SAMPLE + 0.3 + (gap - 0.15))
    below = (sum(map(len, labels)) + 1) * SMALL * LINE_HEIGHT + AXIS + 0.1
    above = _plot(page, data, (left, below, TOP))
    if above:
        page.figure.clear()
        _plot(page, data, (left, below, above + TOP), corner=False)
    _at_risk(page, labels, (left, gap), data)


def _plot(
    page: Page,
    data: Mapping[str, Any],
    margins: tuple[float, float, float],
    corner: bool = True,
) -> float:
    """The curves with their legend; the height of the legend when it finds no free corner."""
    left, below, above = margins
    tall = max(HEIGHT, below + LOWEST + above)
    page.figure.set_size_inches(WIDTH, tall)
    plot = page.axes(left, below, WIDTH - left - RIGHT, tall - below - above)
    _frame(plot, data)
    handles = [_curve(plot, group, look(index), data) for index, group in enumerate(data["groups"])]
    handles += _handles(plot, data)
    if corner:
        return _in_corner(page, plot, handles, data)
    _legend(plot, handles, "lower left", bbox_to_anchor=(0, 1.01))
    return 0.0


def _frame(plot: Any, data: Mapping[str, Any]) -> None:
    """Axes, ticks and the line at one half."""
    ticks = data["ticks"]
    plot.set_xlim(0, ticks[-1])
    plot.set_ylim(0, 1.03)
    plot.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    plot.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.50", "0.75", "1.00"])
    plot.tick_params(labelsize=LETTER)
    named = data["unit"].lower() in data["time"].lower()
    time = data["time"] if named else f"{data['time']} ({data['unit']})"
    plot.set_xlabel(one_line(time), fontsize=LETTER)
    plot.set_ylabel(one_line(data["probability"]), fontsize=LETTER)
    plot.spines[["top", "right"]].set_visible(False)
    if data["median"]:
        plot.axhline(0.5, color=PALE, linewidth=0.8, zorder=0)


def _curve(plot: Any, group: Mapping[str, Any], style: Look, data: Mapping[str, Any]) -> Any:
    """One curve with its marks; the handle for the legend."""
    times, survival = [0.0, *group["times"]], [1.0, *group["survival"]]
    (line,) = plot.plot(
        times,
        survival,
        drawstyle="steps-post",
        color=style.colour,
        linestyle=style.dash,
        linewidth=1.8,
        marker=style.marker,
        markersize=4.5,
        markevery=_marked(group, data["ticks"][-1]) if len(data["groups"]) > 1 else [],
        label=_told(group, data["unit"]),
    )
    _censored(plot, group, style)
    if data["band"]:
        lower, upper = _carried(group["lower"]), _carried(group["upper"])
        plot.fill_between(
            times, lower, upper, step="post", color=style.colour, alpha=0.15, linewidth=0
        )
    return line


def _censored(plot: Any, group: Mapping[str, Any], style: Look) -> None:
    """A cross on the curve at each time with a censoring."""
    marked = [
        (time, height)
        for time, height, number in zip(
            group["times"], group["survival"], group["censored"], strict=True
        )
        if number
    ]
    plot.plot(
        [time for time, _ in marked],
        [height for _, height in marked],
        linestyle="none",
        marker="+",
        markersize=10,
        markeredgewidth=1.5,
        color=style.colour,
        clip_on=False,
        zorder=4,
    )


def _marked(group: Mapping[str, Any], last: float) -> list[int]:
    """The points that carry the group's marker: a few of its steps, evenly chosen."""
    steps = [
        at
        for at, (time, events) in enumerate(
            zip(group["times"], _steps(group["survival"]), strict=True), start=1
        )
        if events and time <= last
    ]
    return steps[:: max(1, math.ceil(len(steps) / MOST_MARKERS))]


def _steps(survival: Sequence[float]) -> list[bool]:
    """Whether the curve falls at each time."""
    return [now < before for before, now in zip([1.0, *survival], survival, strict=False)]


def _carried(limits: Sequence[float | None]) -> list[float]:
    """A band from 1 at time 0; where it ends, its last value up to the last time."""
    carried = [1.0]
    for limit in limits:
        carried.append(carried[-1] if limit is None else limit)
    return carried


def _told(group: Mapping[str, Any], unit: str) -> str:
    """The legend of a group: its label, events of subjects, median."""
    median = group["median"]["estimate"]
    reached = f"median {show('value', {'value': median}, 1)} {unit}" if median else "median NE"
    return one_line(f"{group['label']}: {group['events']}/{group['n']} events, {reached}")


def _handles(plot: Any, data: Mapping[str, Any]) -> list[Any]:
    """What the legend tells besides the curves: the censoring mark and the notes."""
    handles: list[Any] = []
    if any(any(group["censored"]) for group in data["groups"]):
        handles += plot.plot(
            [], [], linestyle="none", marker="+", markersize=10, color=GREY, label="Censored"
        )
    for note in data["notes"]:
        handles += plot.plot([], [], linestyle="none", label=one_line(note))
    return handles


def _in_corner(page: Page, plot: Any, handles: list[Any], data: Mapping[str, Any]) -> float:
    """The legend in the first free corner; its height in inches when there is none."""
    for corner in ("upper right", "lower left"):
        extent = page.extent(_legend(plot, handles, corner))
        box = extent.transformed(plot.transData.inverted())
        if not any(_crosses(group, box, data["band"]) for group in data["groups"]):
            return 0.0
    return float(extent.height / page.figure.dpi)


def _legend(plot: Any, handles: list[Any], corner: str, **more: Any) -> Any:
    """The legend in a corner."""
    return plot.legend(
        handles=handles,
        loc=corner,
        fontsize=SMALL,
        handlelength=4,
        frameon=False,
        borderaxespad=0.3,
        **more,
    )


def _crosses(group: Mapping[str, Any], box: Any, band: bool) -> bool:
    """Whether the curve, or its band, runs through a box given in the units of the plot."""
    times, survival = [0.0, *group["times"]], [1.0, *group["survival"]]
    lows = _carried(group["lower"]) if band else survival
    highs = _carried(group["upper"]) if band else survival
    return any(
        _meets(times[at], times[at + 1], lows[at], highs[at], box)
        or _meets(times[at + 1], times[at + 1], survival[at + 1], survival[at], box)
        for at in range(len(times) - 1)
    )


def _meets(left: float, right: float, bottom: float, top: float, box: Any) -> bool:
    """Whether a straight piece of a curve meets the box."""
    return bool(left <= box.x1 and right >= box.x0 and bottom <= box.y1 and top >= box.y0)


def _at_risk(
    page: Page, labels: list[list[str]], edge: tuple[float, float], data: Mapping[str, Any]
) -> None:
    """The numbers at risk, each centred below its tick, with the label and line of its group.

    `edge` is the left edge of the plot and the gap before it.
    """
    (left, gap), canvas = edge, page.canvas()
    row = SMALL * LINE_HEIGHT
    y = (sum(map(len, labels)) + 0.5) * row + 0.1
    canvas.text(0.1, y, "Number at risk", fontsize=SMALL, va="center", fontweight="bold")
    width, last = WIDTH - left - RIGHT, data["ticks"][-1]
    for index, (lines, group) in enumerate(zip(labels, data["groups"], strict=True)):
        y -= row
        style = look(index)
        canvas.plot(
            [left - SAMPLE - gap, left - gap],
            [y, y],
            color=style.colour,
            linestyle=style.dash,
            linewidth=1.8,
        )
        for tick, number in zip(data["ticks"], group["at_risk"], strict=True):
            x = left + width * tick / last
            canvas.text(x, y, str(number), fontsize=SMALL, ha="center", va="center")
        for line in lines:
            canvas.text(0.1, y, line, fontsize=SMALL, va="center")
            y -= row
        y += row
