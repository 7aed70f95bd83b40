"""Waterfall and spider plots: change of the sum of diameters, one bar or line per subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.tlf.figure_page import (
    GREY,
    HEIGHT,
    INK,
    LETTER,
    SMALL,
    WIDTH,
    Page,
    look,
    one_line,
)

LEFT, RIGHT, BOTTOM, TOP = 0.85, 0.3, 1.05, 0.2
HATCHES = ("", "////", "xxxx", "....", "----", "++++")


def draw_waterfall(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_subjects.waterfall_data` describes."""
    plot = _axes(page)
    groups, bars = data["groups"], data["bars"]
    for place, bar in enumerate(bars):
        index = groups.index(bar["group"])
        plot.bar(
            place, bar["value"], width=0.75, color="white" if index else look(0).colour,
            edgecolor=look(index).colour, hatch=HATCHES[index % len(HATCHES)], linewidth=1.1,
        )  # fmt: skip
        up = bar["value"] >= 0
        plot.annotate(
            one_line(bar["mark"]), (place, bar["value"]), xytext=(0, 3 if up else -3),
            textcoords="offset points", ha="center", va="bottom" if up else "top", fontsize=SMALL,
        )  # fmt: skip
    plot.axhline(0, color=INK, linewidth=0.8)
    _levels(plot, data["lines"], -0.6, "left")
    plot.set_xlim(-0.7, len(bars) - 0.3)
    plot.set_xticks(range(len(bars)), [one_line(bar["label"]) for bar in bars])
    plot.set_xlabel("Subject", fontsize=LETTER)
    plot.set_ylabel(one_line(data["y"]), fontsize=LETTER)
    plot.margins(y=0.12)
    handles = [
        plot.bar(0, 0, color="white" if index else look(0).colour, edgecolor=look(index).colour,
                 hatch=HATCHES[index % len(HATCHES)], label=one_line(label))
        for index, label in enumerate(groups)
    ]  # fmt: skip
    _legend(page, handles)


def draw_spider(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_subjects.spider_data` describes."""
    plot = _axes(page)
    handles = []
    for index, group in enumerate(data["groups"]):
        style = look(index)
        for line in group["lines"]:
            plot.plot(
                [x for x, _ in line["points"]], [y for _, y in line["points"]],
                color=style.colour, linestyle=style.dash, marker=style.marker, markersize=3.5,
                linewidth=1.1,
            )  # fmt: skip
        handles += plot.plot(
            [], [], color=style.colour, linestyle=style.dash, marker=style.marker, markersize=4.5,
            label=one_line(group["label"]),
        )  # fmt: skip
    plot.axhline(0, color=INK, linewidth=0.8)
    _levels(plot, data["lines"], plot.get_xlim()[1], "right")
    plot.set_xlabel(one_line(data["x"]), fontsize=LETTER)
    plot.set_ylabel(one_line(data["y"]), fontsize=LETTER)
    _legend(page, handles)


def _axes(page: Page) -> Any:
    """The axes of both plots."""
    page.figure.set_size_inches(WIDTH, HEIGHT)
    plot = page.axes(LEFT, BOTTOM, WIDTH - LEFT - RIGHT, HEIGHT - BOTTOM - TOP)
    plot.tick_params(labelsize=LETTER)
    plot.spines[["top", "right"]].set_visible(False)
    return plot


def _levels(plot: Any, lines: Sequence[Mapping[str, Any]], x: float, side: str) -> None:
    """The horizontal reference lines, labelled at x."""
    for line in lines:
        plot.axhline(line["at"], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
        plot.text(
            x, line["at"], one_line(line["label"]), ha=side, va="bottom",
            fontsize=SMALL, color=GREY,
        )  # fmt: skip


def _legend(page: Page, handles: Sequence[Any]) -> None:
    """The legend below the axis."""
    page.figure.legend(
        handles=list(handles), loc="lower center", ncols=4, fontsize=SMALL, frameon=False,
        columnspacing=1.2, handlelength=2.4, bbox_to_anchor=(0.5, 0.0),
    )  # fmt: skip
