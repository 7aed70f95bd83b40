"""Mean profiles: one panel per parameter, mean and standard deviation per visit and group."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pipeline.tlf.figure_page import GREY, HEIGHT, LETTER, SMALL, WIDTH, Page, look, one_line

LEFT, RIGHT, BOTTOM, TOP = 0.75, 0.2, 1.35, 0.35
GAP, ROW_GAP = 0.75, 0.42
LOWEST = 1.1
SHIFT = 0.12


def draw_profiles(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_points.profiles_data` describes: panels in up to two columns.

    Groups stand a little beside each other at a visit, so that their bars do not hide each other.
    """
    panels = data["panels"]
    columns = 1 if len(panels) == 1 else 2
    rows = math.ceil(len(panels) / columns)
    high = max(LOWEST, (HEIGHT - BOTTOM - TOP - (rows - 1) * ROW_GAP) / rows)
    tall = BOTTOM + TOP + rows * high + (rows - 1) * ROW_GAP
    page.figure.set_size_inches(WIDTH, tall)
    wide = (WIDTH - LEFT - RIGHT - (columns - 1) * GAP) / columns
    handles: list[Any] = []
    for index, panel in enumerate(panels):
        row, column = divmod(index, columns)
        bottom = BOTTOM + (rows - 1 - row) * (high + ROW_GAP)
        plot = page.axes(LEFT + column * (wide + GAP), bottom, wide, high)
        handles = _panel(plot, panel, data)
        if row == rows - 1 or index + columns >= len(panels):
            _visits(plot, data["visits"])
        else:
            plot.set_xticks(range(len(data["visits"])), [])
    page.figure.legend(
        handles=handles, loc="lower center", ncols=len(handles), fontsize=SMALL, frameon=False
    )


def _panel(plot: Any, panel: Mapping[str, Any], data: Mapping[str, Any]) -> list[Any]:
    """One panel; its handles for the legend."""
    middle = (len(panel["groups"]) - 1) / 2
    handles = [
        _group(plot, group, index, (index - middle) * SHIFT)
        for index, group in enumerate(panel["groups"])
    ]
    for line in panel["lines"]:
        plot.axhline(line["at"], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
        last = len(data["visits"]) - 0.6
        label = one_line(line["label"])
        plot.text(last, line["at"], label, ha="right", va="bottom", fontsize=SMALL, color=GREY)
    plot.set_xlim(-0.6, len(data["visits"]) - 0.4)
    plot.set_title(one_line(panel["title"]), fontsize=LETTER, loc="left")
    plot.tick_params(labelsize=SMALL)
    plot.spines[["top", "right"]].set_visible(False)
    return handles


def _group(plot: Any, group: Mapping[str, Any], index: int, shift: float) -> Any:
    """The means of one group with bars of one standard deviation; the handle for the legend."""
    style = look(index)
    known = [at for at, mean in enumerate(group["mean"]) if mean is not None]
    return plot.errorbar(
        [at + shift for at in known],
        [group["mean"][at] for at in known],
        yerr=[group["sd"][at] or 0.0 for at in known],
        color=style.colour,
        linestyle=style.dash,
        linewidth=1.4,
        marker=style.marker,
        markersize=4,
        elinewidth=0.8,
        capsize=2,
        label=one_line(group["label"]),
    )


def _visits(plot: Any, visits: list[str]) -> None:
    """The names of the visits below the axis."""
    names = [one_line(visit).capitalize() for visit in visits]
    plot.set_xticks(range(len(names)), names, rotation=90, fontsize=SMALL)
