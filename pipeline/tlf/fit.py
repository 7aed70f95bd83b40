"""Column widths and font size: how wide a table is, measured in characters of a Courier font."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

SIZES = (10, 9, 8)
CHARACTER = 0.6001
PAGE_POINTS = 648
GAP = 2


@dataclass(frozen=True)
class Need:
    """What one column asks for, in characters.

    Below `minimum` words break, at `comfortable` it reads well, at `natural` nothing wraps.
    """

    minimum: int
    comfortable: int
    natural: int


@dataclass(frozen=True)
class Fit:
    """The font size in points and the text width of each column in characters, without gaps.

    `cramped`: some columns are narrower than their minimum.
    """

    size: int
    widths: tuple[float, ...]
    cramped: bool = False


def line_length(size: int) -> int:
    """The characters of `size` points on a line: Letter landscape between 1-inch margins."""
    return int(PAGE_POINTS / (CHARACTER * size))


def fit(needs: Sequence[Need]) -> Fit:
    """The largest font that takes every column comfortably, and widths that never leave the page.

    What is left over goes to columns that would still wrap. When not even the smallest font is
    comfortable, columns shrink towards their minimum and, past that, in proportion.
    """
    room = {size: line_length(size) - GAP * len(needs) for size in SIZES}
    comfortable = sum(need.comfortable for need in needs)
    size = next((size for size in SIZES if comfortable <= room[size]), SIZES[-1])
    low = [need.minimum for need in needs]
    middle = [need.comfortable for need in needs]
    high = [need.natural for need in needs]
    if comfortable <= room[size]:
        return Fit(size, _between(middle, high, room[size]))
    if sum(low) <= room[size]:
        return Fit(size, _between(low, middle, room[size]))
    return Fit(size, tuple(width * room[size] / sum(low) for width in low), cramped=True)


def left_over(found: Fit) -> float:
    """The characters that `found` leaves free on the line."""
    return line_length(found.size) - GAP * len(found.widths) - sum(found.widths)


def level(found: Fit, first: int) -> Fit:
    """Fill the line: the columns from `first` on grow, the narrowest first, until all are equal."""
    widths, room = list(found.widths), left_over(found)
    order = sorted(range(first, len(widths)), key=lambda index: widths[index])
    for count in range(1, len(order) + 1):
        lowest = widths[order[0]]
        next_width = widths[order[count]] if count < len(order) else lowest + room / count
        step = min(next_width - lowest, room / count)
        for index in order[:count]:
            widths[index] += step
        room -= step * count
    return replace(found, widths=tuple(widths))


def stretch(found: Fit) -> Fit:
    """Fill the line: every column grows in proportion to its width."""
    used = sum(found.widths)
    factor = (used + left_over(found)) / used if used else 1
    return replace(found, widths=tuple(width * factor for width in found.widths))


def _between(low: Sequence[float], high: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths from `low` towards `high`, as far as the room goes."""
    wanted = sum(high) - sum(low)
    share = min(1, (room - sum(low)) / wanted) if wanted > 0 else 0
    return tuple(a + share * (b - a) for a, b in zip(low, high, strict=True))
