"""A forest plot: labels left, ratios with intervals on a log axis, their text right."""

from __future__ import annotations

from collections.abc import Mapping
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
INTERVAL = "Ratio (95% CI)"
P_VALUE = "p-value"
CAP = 0.09


@dataclass(frozen=True)
class _Layout:
    """Where things stand, in inches: the plot, the first text column, the height of a row."""

    left: float
    width: float
    top: float
    row: float
    rows: int

    def middle(self, index: int) -> float:
        """The height of the middle of a row."""
        return self.top - (index + 0.5) * self.row


def draw_forest(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_data.forest_data` describes."""
    rows = data["rows"]
    labels = [page.wrapped(row["label"], LETTER, LABEL_WIDTH) for row in rows]
    texts = [_texts(row, data["digits"]) for row in rows]
    layout = _layout(page, labels, texts)
    _write(page, data, layout, labels, texts)
    plot = page.axes(layout.left, layout.top - layout.row * len(rows), layout.width, 1)
    plot.set_position(_box(layout))
    _frame(plot, data, len(rows))
    for index, row in enumerate(rows):
        if row["estimate"] is not None:
            _interval(plot, row, len(rows) - index - 0.5, data["limits"])


def _layout(page: Page, labels: list[list[str]], texts: list[tuple[str, str]]) -> _Layout:
    """The plot between the widest label and the widest texts."""

    def widest(texts: list[str]) -> float:
        return max(page.width_of(text, LETTER) for text in texts)

    left = MARGIN + widest([line for lines in labels for line in lines]) + GAP
    first = widest([INTERVAL, *(text for text, _ in texts)])
    second = widest([P_VALUE, *(text for _, text in texts)])
    row = min(TALLEST_ROW, (HEIGHT - FOOT - HEAD) / len(labels))
    width = WIDTH - left - first - second - 2 * GAP - MARGIN
    return _Layout(left, width, HEIGHT - HEAD, row, len(labels))


def _box(layout: _Layout) -> tuple[float, float, float, float]:
    """The plot as fractions of the page."""
    height = layout.row * layout.rows
    bottom = layout.top - height
    return layout.left / WIDTH, bottom / HEIGHT, layout.width / WIDTH, height / HEIGHT


def _texts(row: Mapping[str, Any], digits: int) -> tuple[str, str]:
    """What is printed beside a row: ratio with interval, p."""
    if row["estimate"] is None:
        return one_line(row["text"]), ""
    p = "" if row["p"] is None else show("p_value", row)
    return show("estimate_ci", row, digits), p


def _write(
    page: Page,
    data: Mapping[str, Any],
    layout: _Layout,
    labels: list[list[str]],
    texts: list[tuple[str, str]],
) -> None:
    """Labels, ratios and p-values around the plot."""
    canvas = page.canvas()
    first, last = layout.left + layout.width + GAP, WIDTH - MARGIN
    style = {"va": "center", "fontsize": LETTER}
    if any(text for text, _ in texts):
        canvas.text(first, layout.top + HEAD / 2, INTERVAL, fontweight="bold", **style)
    if any(p for _, p in texts):
        canvas.text(last, layout.top + HEAD / 2, P_VALUE, fontweight="bold", ha="right", **style)
    for index, (row, lines, (text, p)) in enumerate(zip(data["rows"], labels, texts, strict=True)):
        y = layout.middle(index)
        weight = "bold" if row["estimate"] is None and not row["text"] else "normal"
        canvas.text(MARGIN, y, "\n".join(lines), fontweight=weight, **style)
        canvas.text(first, y, text, **style)
        canvas.text(last, y, p, ha="right", **style)


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
    plot.set_xlabel(one_line(f"{data['measure']}, log scale"), fontsize=LETTER, labelpad=20)
    left, right = (one_line(text) for text in data["favours"])
    below = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "va": "top"}
    for text, side, align in ((f"\u2190 {left}", -6, "right"), (f"{right} \u2192", 6, "left")):
        if text.strip("\u2190\u2192 "):
            plot.annotate(text, (1, 0), (side, -19), ha=align, fontsize=LETTER, **below)


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
        plot.plot([row["estimate"]], [y], marker="s", color=INK, markersize=7)
