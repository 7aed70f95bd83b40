"""The page a figure is drawn on: its size in inches, letters, lines that differ without colour.

No module here imports matplotlib: `figures.py` does, and hands over a `Page`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

WIDTH = 9.0
HEIGHT = 5.3
LETTER = 9.0
SMALL = 8.0
INK = "#000000"
GREY = "#666666"
PALE = "#BBBBBB"
LINE_HEIGHT = 1.35 / 72


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
    """A matplotlib figure and how wide a text of a size in points is on it, in inches."""

    figure: Any
    width_of: Callable[[str, float], float]

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

    def wrapped(self, text: str, size: float, width: float) -> list[str]:
        """The lines of `text` in `width` inches; a longer word stands alone."""
        lines: list[str] = []
        for word in one_line(text).split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width_of(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def look(index: int) -> Look:
    """The look of the group at `index`; they repeat after six."""
    return LOOKS[index % len(LOOKS)]


def one_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
