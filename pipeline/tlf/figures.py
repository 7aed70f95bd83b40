"""A figure's results as a PNG picture. The only door to matplotlib.

The picture is 9 inches wide (a Letter page in landscape) at 200 dpi, with letters of at least 9
points in the font that comes with matplotlib; it depends on the data alone, so the same results
give the same bytes. Text is drawn as it is: no mark-up is interpreted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.errors import StudyError
from pipeline.tlf.figure_flow_chart import draw_flow_chart
from pipeline.tlf.figure_forest import draw_forest
from pipeline.tlf.figure_kaplan_meier import draw_kaplan_meier
from pipeline.tlf.figure_page import HEIGHT, WIDTH, Page
from pipeline.tlf.figure_profiles import draw_profiles
from pipeline.tlf.figure_scatter import draw_scatter
from pipeline.tlf.figure_swimmer import draw_swimmer
from pipeline.tlf.figure_waterfall import draw_spider, draw_waterfall

DPI = 200
SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "axes.linewidth": 0.8,
}
DRAWERS: dict[str, Callable[[Page, Mapping[str, Any]], None]] = {
    "kaplan_meier": draw_kaplan_meier,
    "forest": draw_forest,
    "flow_chart": draw_flow_chart,
    "scatter": draw_scatter,
    "profiles": draw_profiles,
    "waterfall": draw_waterfall,
    "spider": draw_spider,
    "swimmer": draw_swimmer,
}


def draw(result: Mapping[str, Any]) -> bytes:
    """The PNG of a figure's results: `figure` names the kind, `data` comes from `figure_data`.

    Raises StudyError for a kind that cannot be drawn.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    kind = result["figure"]
    if kind not in DRAWERS:
        raise StudyError(
            f"figure {result.get('id', '')}".strip(),
            f"unknown kind {kind!r}",
            f"use one of {', '.join(DRAWERS)}",
        )
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        DRAWERS[kind](Page(figure), result["data"])
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=DPI, metadata={"Software": None})
    return picture.getvalue()
