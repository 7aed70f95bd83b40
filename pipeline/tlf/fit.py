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
    room = left_over(found) + sum(found.widths[first:])
    return replace(found, widths=found.widths[:first] + _equalised(found.widths[first:], room))


def stretch(found: Fit) -> Fit:
    """Fill the line: every column grows in proportion to its width."""
    used = sum(found.widths)
    factor = (used + left_over(found)) / used if used else 1
    return replace(found, widths=tuple(width * factor for width in found.widths))


def _between(low: Sequence[float], high: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths from `low` to at most `high` that use the room: all gain alike, small wishes first."""
    wishes = [b - a for a, b in zip(low, high, strict=True)]
    open_room, gain = room - sum(low), 0.0
    for number, wish in enumerate(sorted(wishes)):
        step = min(wish - gain, open_room / (len(wishes) - number))
        gain += step
        open_room -= step * (len(wishes) - number)
    return tuple(a + min(wish, gain) for a, wish in zip(low, wishes, strict=True))


def _equalised(widths: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths that use the room, none narrower than before, the narrow ones as equal as can be."""
    if not widths:
        return ()
    wide = sorted(widths, reverse=True)
    for number, width in enumerate(wide):
        equal = (room - sum(wide[:number])) / (len(wide) - number)
        if equal >= width:
            return tuple(max(one, equal) for one in widths)
    return tuple(widths)
