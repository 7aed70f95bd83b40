"""Swimmer plots: one lane per subject, bars for therapies over time, marks for events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.tlf.figure_page import INK, LETTER, PALE, SMALL, WIDTH, Page, look, one_line

LEFT, RIGHT, BOTTOM, TOP, LANE = 1.35, 0.25, 1.05, 0.1, 0.235
HEIGHT_MAX = 5.6
MARKERS = ("x", "D", "^", "o", "s", "P")
HATCHES = ("", "////", "....", "xxxx")


def draw_swimmer(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_subjects.swimmer_data` describes; the first lane is on top."""
    lanes, kinds = data["lanes"], data["bars"]
    high = min(len(lanes) * LANE, HEIGHT_MAX - BOTTOM - TOP)
    page.figure.set_size_inches(WIDTH, high + BOTTOM + TOP)
    plot = page.axes(LEFT, BOTTOM, WIDTH - LEFT - RIGHT, high)
    thick = 0.8 / max(len(kinds), 1)
    for place, lane in enumerate(lanes):
        for bar in lane["bars"]:
            _bar(plot, bar, place - 0.4 + thick * (kinds.index(bar["kind"]) + 0.5), thick, kinds)
        for mark in lane["marks"]:
            plot.plot(mark["at"], place, zorder=3, **_mark(data["marks"].index(mark["kind"])))
        if place:
            plot.axhline(place - 0.5, color=PALE, linewidth=0.5, zorder=0)
    plot.axvline(0, color=INK, linewidth=0.8, zorder=0)
    plot.set_xlim(*data["limits"])
    plot.set_ylim(len(lanes) - 0.5, -0.5)
    plot.set_yticks(range(len(lanes)), [one_line(f"{x['label']}  {x['group']}") for x in lanes])
    plot.tick_params(axis="y", labelsize=SMALL, length=0)
    plot.tick_params(axis="x", labelsize=LETTER)
    plot.set_xlabel(one_line(data["x"]), fontsize=LETTER)
    plot.spines[["top", "right"]].set_visible(False)
    _legend(page, plot, data)


def _bar(plot: Any, bar: Mapping[str, Any], y: float, thick: float, kinds: list[str]) -> None:
    """One bar, with an arrow head when it goes on."""
    plot.barh(y, bar["end"] - bar["start"], left=bar["start"], height=thick * 0.82,
              **_fill(kinds.index(bar["kind"])))  # fmt: skip
    if bar["on"]:
        plot.plot(bar["end"], y, marker=">", color=INK, markersize=3.5, clip_on=False)


def _fill(index: int) -> dict[str, Any]:
    """How bars of a kind are filled: colour and hatch differ."""
    colour = look(index).colour
    return {"facecolor": colour if index == 0 else "white", "edgecolor": colour,
            "hatch": HATCHES[index % len(HATCHES)], "linewidth": 0.6}  # fmt: skip


def _mark(index: int) -> dict[str, Any]:
    """How marks of a kind look."""
    return {"marker": MARKERS[index % len(MARKERS)], "color": look(index).colour, "markersize": 5,
            "linestyle": "none", "markeredgewidth": 1.3}  # fmt: skip


def _legend(page: Page, plot: Any, data: Mapping[str, Any]) -> None:
    """The kinds of bars and marks below the axis."""
    start = data["limits"][0]
    handles = [
        plot.barh(0, 0, left=start, label=one_line(kind), **_fill(index))
        for index, kind in enumerate(data["bars"])
    ]
    for index, kind in enumerate(data["marks"]):
        handles += plot.plot([], [], label=one_line(kind), **_mark(index))
    page.figure.legend(
        handles=handles, loc="lower center", ncols=4, fontsize=SMALL, frameon=False,
        columnspacing=1.2, handletextpad=0.4, bbox_to_anchor=(0.5, 0.0),
    )  # fmt: skip
