"""The page a figure is drawn on: its size in inches, letters, lines that differ without colour.

No module here imports matplotlib: `figures.py` does, and hands over a `Page`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

WIDTH = 9.0
HEIGHT = 5.3
LETTER = 10.0
SMALL = 9.0
INK = "#000000"
GREY = "#666666"
PALE = "#BBBBBB"
LINE_HEIGHT = 1.35 / 72
NO_BREAK = "\u00a0"


class Look(NamedTuple):
    """How a group looks: colours differ in grey level too, dashes and markers differ anyway."""

    colour: str
    dash: Any
    marker: str


LOOKS = (
    Look("#000000", "solid", "o"),
    Look("#0072B2", (0, (6, 2)), "s"),
    Look("#D55E00", (0, (8, 2, 1.5, 2)), "^"),
    Look("#5AAEDC", (0, (1.5, 1.5)), "D"),
    Look("#7A3E9D", (0, (8, 2, 1.5, 2, 1.5, 2)), "v"),
    Look("#009E73", (0, (3, 1.2)), "P"),
)


@dataclass(frozen=True)
class Page:
    """A matplotlib figure in a fixed style."""

    figure: Any

    def extent(self, drawn: Any) -> Any:
        """The box of something drawn, in pixels."""
        return drawn.get_window_extent(self.figure.canvas.get_renderer())

    def axes(self, left: float, bottom: float, width: float, height: float) -> Any:
        """Axes at a place given in inches."""
        wide, high = self.figure.get_size_inches()
        return self.figure.add_axes((left / wide, bottom / high, width / wide, height / high))

    def canvas(self) -> Any:
        """Axes over the whole page whose units are inches, without any decoration."""
        wide, high = self.figure.get_size_inches()
        axes = self.axes(0, 0, wide, high)
        axes.set_xlim(0, wide)
        axes.set_ylim(0, high)
        axes.set_axis_off()
        return axes

    def width_of(self, text: str, size: float, bold: bool = False) -> float:
        """The width in inches of a text in letters of `size` points."""
        weight = "bold" if bold else "normal"
        drawn = self.figure.text(0, 0, text, fontsize=size, fontweight=weight)
        width = float(self.extent(drawn).width / self.figure.dpi)
        drawn.remove()
        return width

    def wrapped(self, text: str, size: float, width: float, bold: bool = False) -> list[str]:
        """The lines of `text` in `width` inches; a longer word stands alone."""
        lines: list[str] = []
        for word in one_line(text).split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_of(longer, size, bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def look(index: int) -> Look:
    """The look of the group at `index`; they repeat after six."""
    return LOOKS[index % len(LOOKS)]


def one_line(text: str) -> str:
    """Text without line breaks, control characters and repeated blanks; no-break spaces stay."""
    shown = "".join(c if c.isprintable() or c == NO_BREAK else " " for c in str(text))
    return " ".join(word for word in shown.split(" ") if word)
