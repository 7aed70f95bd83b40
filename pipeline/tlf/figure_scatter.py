"""Scatter plots: one marker per group, reference lines with their labels, log or linear axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.tlf.figure_page import GREY, HEIGHT, LETTER, SMALL, WIDTH, Page, look, one_line

LEFT, RIGHT, BOTTOM, TOP = 0.85, 0.3, 0.95, 0.15
ROOM = 0.03


def draw_scatter(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_points.scatter_data` describes; the legend stands below."""
    page.figure.set_size_inches(WIDTH, HEIGHT)
    plot = page.axes(LEFT, BOTTOM, WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP)
    _frame(plot, data)
    for line in data["lines"]:
        _line(plot, line, data)
    handles = []
    for index, group in enumerate(data["groups"]):
        style = look(index)
        handles += plot.plot(
            [x for x, _ in group["points"]],
            [y for _, y in group["points"]],
            linestyle="none",
            marker=style.marker,
            markersize=5.5,
            markerfacecolor="none" if index % 2 else style.colour,
            markeredgecolor=style.colour,
            markeredgewidth=1.1,
            label=one_line(group["label"]),
        )
    for note in data["notes"]:
        handles += plot.plot([], [], linestyle="none", label=one_line(note))
    page.figure.legend(
        handles=handles,
        loc="lower center",
        ncols=min(len(handles), 4),
        fontsize=SMALL,
        frameon=False,
        columnspacing=1.2,
        handletextpad=0.2,
        bbox_to_anchor=(0.5, 0.0),
    )


def _frame(plot: Any, data: Mapping[str, Any]) -> None:
    """Axes, ticks and labels."""
    for name, axis in (("x", data["x"]), ("y", data["y"])):
        if axis["log"]:
            plot.set(**{f"{name}scale": "log"})
        low, high = axis["limits"]
        room = 0 if axis["log"] else ROOM * (high - low)
        plot.set(**{f"{name}lim": (low - room, high + room)})
        plot.set(**{f"{name}label": one_line(axis["label"])})
        ticks = getattr(plot, f"set_{name}ticks")
        ticks(axis["ticks"], [f"{tick:g}" for tick in axis["ticks"]])
        ticks([], minor=True)
    plot.xaxis.label.set_fontsize(LETTER)
    plot.yaxis.label.set_fontsize(LETTER)
    plot.tick_params(labelsize=LETTER)
    plot.spines[["top", "right"]].set_visible(False)


def _line(plot: Any, line: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """A reference line with its label at its end."""
    style = {"color": GREY, "linewidth": 0.9, "linestyle": (0, (4, 3)), "zorder": 0}
    text = {"fontsize": SMALL, "color": GREY}
    if line["axis"] == "x":
        plot.axvline(line["at"], **style)
        top = data["y"]["limits"][1]
        plot.text(line["at"], top, f" {one_line(line['label'])}", ha="left", va="top", **text)
        return
    plot.axhline(line["at"], **style)
    right = data["x"]["limits"][1]
    plot.text(right, line["at"], one_line(line["label"]), ha="right", va="bottom", **text)
