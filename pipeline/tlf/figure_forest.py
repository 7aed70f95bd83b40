"""A forest plot: labels left, ratios with intervals on a log axis, their text right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tlf.display import show
from pipeline.tlf.figure_page import HEIGHT, INK, LETTER, PALE, WIDTH, Page, one_line

MARGIN = 0.15
GAP = 0.3
FOOT = 0.85
HEAD = 0.35
TALLEST_ROW = 0.6
LABEL_WIDTH = 2.6
P_VALUE = "p-value"
CAP = 0.09


@dataclass(frozen=True)
class _Line:
    """The printed texts of a row: label in lines, ratio with interval, p."""

    label: tuple[str, ...]
    ratio: str
    p: str
    bold: bool = False


@dataclass(frozen=True)
class _Layout:
    """Where things stand, in inches: the plot, the top of the rows, the height of one."""

    left: float
    width: float
    top: float
    row: float


def draw_forest(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_data.forest_data` describes; few rows make a low picture."""
    rows = data["rows"]
    lines = [_line(page, row, data["digits"]) for row in rows]
    p_value = P_VALUE if any(line.p for line in lines) else ""
    head = _Line(("",), one_line(data["head"]), p_value, bold=True)
    height = min(TALLEST_ROW, (HEIGHT - FOOT - HEAD) / len(rows))
    tall = height * len(rows) + FOOT + HEAD
    page.figure.set_size_inches(WIDTH, tall)
    layout = _layout(page, [head, *lines], tall - HEAD, height)
    canvas = page.canvas()
    _write(canvas, head, layout, tall - HEAD / 2)
    for index, line in enumerate(lines):
        _write(canvas, line, layout, layout.top - (index + 0.5) * height)
    plot = page.axes(layout.left, FOOT, layout.width, height * len(rows))
    _frame(plot, data, len(rows))
    for index, row in enumerate(rows):
        if row["estimate"] is not None:
            _interval(plot, row, len(rows) - index - 0.5, data["limits"])


def _line(page: Page, row: Mapping[str, Any], digits: int) -> _Line:
    """The texts of a row; a row with a label alone is a heading."""
    label = tuple(page.wrapped(row["label"], LETTER, LABEL_WIDTH))
    if row["estimate"] is None:
        return _Line(label, one_line(row["text"]), "", bold=not row["text"])
    p = "" if row["p"] is None else show("p_value", row)
    return _Line(label, show("estimate_ci", row, digits), p)


def _layout(page: Page, lines: Sequence[_Line], top: float, height: float) -> _Layout:
    """The plot between the widest label and the widest texts."""
    labels = max(page.width_of(text, LETTER, line.bold) for line in lines for text in line.label)
    ratios = max(page.width_of(line.ratio, LETTER, line.bold) for line in lines)
    p = max(page.width_of(line.p, LETTER, line.bold) for line in lines)
    left = MARGIN + labels + GAP
    return _Layout(left, WIDTH - left - ratios - p - 2 * GAP - MARGIN, top, height)


def _write(canvas: Any, line: _Line, layout: _Layout, y: float) -> None:
    """The texts of a row left and right of the plot, at a height."""
    style = {"va": "center", "fontsize": LETTER, "fontweight": "bold" if line.bold else "normal"}
    canvas.text(MARGIN, y, "\n".join(line.label), **style)
    canvas.text(layout.left + layout.width + GAP, y, line.ratio, **style)
    canvas.text(WIDTH - MARGIN, y, line.p, ha="right", **style)


def _frame(plot: Any, data: Mapping[str, Any], rows: int) -> None:
    """The log axis, the line at 1 and what lies on either side of it."""
    low, high = data["limits"]
    plot.set_xscale("log")
    plot.set_xlim(low, high)
    plot.set_ylim(0, rows)
    plot.set_yticks([])
    plot.set_xticks(data["ticks"], [f"{tick:g}" for tick in data["ticks"]])
    plot.set_xticks([], minor=True)
    plot.tick_params(labelsize=LETTER)
    plot.spines[["top", "left", "right"]].set_visible(False)
    plot.patch.set_visible(False)
    plot.axvline(1, color=PALE, linewidth=1, zorder=0)
    left, right = (one_line(text) for text in data["favours"])
    below = 20 if left or right else 4
    plot.set_xlabel(one_line(f"{data['measure']}, log scale"), fontsize=LETTER, labelpad=below)
    place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "va": "top"}
    for text, side, align in ((f"\u2190 {left}", -6, "right"), (f"{right} \u2192", 6, "left")):
        if text.strip("\u2190\u2192 "):
            plot.annotate(text, (1, 0), (side, -19), ha=align, fontsize=LETTER, **place)


def _interval(plot: Any, row: Mapping[str, Any], y: float, limits: tuple[float, float]) -> None:
    """A square at the estimate and its interval; an arrow where that leaves the axis."""
    low, high = limits
    ends = [row["lower"] or low / 2, row["upper"] or high * 2]
    shown = [max(ends[0], low), min(ends[1], high)]
    plot.plot(shown, [y, y], color=INK, linewidth=1.5, solid_capstyle="butt")
    for end, inside, arrow in zip(ends, shown, ("<", ">"), strict=True):
        if low <= end <= high:
            plot.plot([inside, inside], [y - CAP, y + CAP], color=INK, linewidth=1.5)
        else:
            plot.plot([inside], [y], marker=arrow, color=INK, markersize=7, clip_on=False)
    if low <= row["estimate"] <= high:
        plot.plot([row["estimate"]], [y], marker="s", color=INK, markersize=5.5)
