"""A CONSORT flow chart: boxes from top to bottom, the excluded beside, the arms side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.tlf.figure_data import box_lines
from pipeline.tlf.figure_page import HEIGHT, INK, LETTER, LINE_HEIGHT, NO_BREAK, SMALL, WIDTH, Page

EDGE = 0.1
PAD = 0.09
BETWEEN = 0.2
WIDEST = 3.0
SIDE = 3.0
SHORTEST = 0.3
LONGEST = 0.45
FILL = "#F4F4F4"
TOGETHER = f"{NO_BREAK}={NO_BREAK}"


class _Text(NamedTuple):
    """One printed line."""

    text: str
    bold: bool


@dataclass(frozen=True)
class _Placed:
    """A box on the page, in inches: its middle, its top, its size, its lines."""

    x: float
    top: float
    width: float
    height: float
    lines: tuple[_Text, ...]

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top - self.height

    @property
    def middle(self) -> float:
        """Half-way between the edges."""
        return self.top - self.height / 2


@dataclass(frozen=True)
class _Sheet:
    """Where to draw, in letters of which size, with arrows of which length."""

    page: Page
    canvas: Any
    size: float
    gap: float

    def lines(self, box: Mapping[str, Any], width: float) -> tuple[_Text, ...]:
        """The lines of a box that is `width` wide, its title in bold."""
        room = width - 2 * PAD
        return tuple(
            _Text(line, bold=index == 0)
            for index, text in enumerate(box_lines(box))
            for line in self.page.wrapped(
                text.replace(" = ", TOGETHER), self.size, room, bold=index == 0
            )
        )

    def row(self, boxes: Sequence[Mapping[str, Any]], top: float) -> list[_Placed]:
        """Boxes side by side over the page, all as tall as the tallest."""
        step = (WIDTH - 2 * EDGE + BETWEEN) / len(boxes)
        width = min(step - BETWEEN, WIDEST)
        texts = [self.lines(box, width) for box in boxes]
        height = self.height(max(map(len, texts)))
        return [
            _Placed(EDGE - BETWEEN / 2 + step * (index + 0.5), top, width, height, text)
            for index, text in enumerate(texts)
        ]

    def height(self, lines: int) -> float:
        """The height of a box with so many lines."""
        return lines * self.size * LINE_HEIGHT + 2 * PAD


def draw_flow_chart(page: Page, data: Mapping[str, Any]) -> None:
    """Draw the data that `figure_data.flow_chart_data` describes.

    Letters shrink from 10 to 9 points when the boxes do not fit; then the page grows.
    """
    for size in (LETTER, SMALL):
        heights = _heights(_Sheet(page, None, size, 0), data)
        needed = sum(heights) + 2 * EDGE
        gaps = len(heights) - 1 - bool(data["excluded"])
        if needed + SHORTEST * gaps <= HEIGHT:
            break
    gap = min(LONGEST, max(SHORTEST, (HEIGHT - needed) / gaps))
    tall = needed + gap * gaps
    page.figure.set_size_inches(WIDTH, tall)
    _draw(_Sheet(page, page.canvas(), size, gap), data, tall - EDGE)


def _heights(sheet: _Sheet, data: Mapping[str, Any]) -> list[float]:
    """The heights of the rows of boxes, the excluded box counting as one."""
    rows = [[box] for box in data["top"]] + [data["arms"]]
    heights = [sheet.row(row, 0)[0].height for row in rows]
    if data["excluded"]:
        heights.insert(1, sheet.height(len(sheet.lines(data["excluded"], SIDE))))
    if data["analysed"]:
        heights.append(sheet.row(data["analysed"], 0)[0].height)
    return heights


def _draw(sheet: _Sheet, data: Mapping[str, Any], top: float) -> None:
    """Row by row from the top, with arrows from each row to the next."""
    above: list[_Placed] = []
    for index, box in enumerate(data["top"]):
        placed = sheet.row([box], top)
        _connect(sheet, above, placed)
        _show(sheet, placed)
        above, top = placed, placed[0].bottom - sheet.gap
        if index == 0 and data["excluded"]:
            top = _excluded(sheet, data["excluded"], placed[0])
    for boxes in (data["arms"], data["analysed"]):
        if boxes:
            placed = sheet.row(boxes, top)
            _connect(sheet, above, placed)
            _show(sheet, placed)
            above, top = placed, placed[0].bottom - sheet.gap


def _excluded(sheet: _Sheet, box: Mapping[str, Any], above: _Placed) -> float:
    """The side box to the right of the trunk; where the next row begins."""
    lines = sheet.lines(box, SIDE)
    top, height = above.bottom - sheet.gap / 2, sheet.height(len(lines))
    left = above.x + 0.75
    side = _Placed(left + SIDE / 2, top, SIDE, height, lines)
    _show(sheet, [side], align="left")
    _arrow(sheet, (above.x, side.middle), (left, side.middle))
    return side.bottom - sheet.gap / 2


def _show(sheet: _Sheet, boxes: Sequence[_Placed], align: str = "center") -> None:
    """Frames and lines."""
    for box in boxes:
        left, right = box.x - box.width / 2, box.x + box.width / 2
        sheet.canvas.fill(
            [left, right, right, left],
            [box.bottom, box.bottom, box.top, box.top],
            facecolor=FILL,
            edgecolor=INK,
            linewidth=1,
        )
        _print(sheet, box, left + PAD if align == "left" else box.x, align)


def _print(sheet: _Sheet, box: _Placed, x: float, align: str) -> None:
    """The lines of a box, half of them above its middle."""
    step = sheet.size * LINE_HEIGHT
    y = box.middle + step * (len(box.lines) - 1) / 2
    style = {"ha": align, "va": "center", "fontsize": sheet.size}
    for index, line in enumerate(box.lines):
        weight = "bold" if line.bold else "normal"
        sheet.canvas.text(x, y - index * step, line.text, fontweight=weight, **style)


def _connect(sheet: _Sheet, above: Sequence[_Placed], below: Sequence[_Placed]) -> None:
    """Arrows from a row to the next: straight when as many, else over a common bar."""
    if not above:
        return
    if len(above) == len(below):
        for upper, lower in zip(above, below, strict=True):
            _arrow(sheet, (upper.x, upper.bottom), (lower.x, lower.top))
        return
    bar = (above[0].bottom + below[0].top) / 2
    ends = sorted(box.x for box in (*above, *below))
    _line(sheet, (ends[0], bar), (ends[-1], bar))
    for upper in above:
        _line(sheet, (upper.x, upper.bottom), (upper.x, bar))
    for lower in below:
        _arrow(sheet, (lower.x, bar), (lower.x, lower.top))


def _line(sheet: _Sheet, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight line."""
    xs, ys = zip(start, end, strict=True)
    sheet.canvas.plot(xs, ys, color=INK, linewidth=1, solid_capstyle="projecting")


def _arrow(sheet: _Sheet, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight line with a head at its end."""
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    sheet.canvas.annotate("", end, start, arrowprops=style)
