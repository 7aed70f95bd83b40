"""Display recipes: from the statistics of a cell to its text, the only place where they meet.

A recipe names the statistics it needs; None is "not estimable" and prints NE. `digits` are the
decimals of the collected values. Percentages have one decimal, the mean and quantiles one decimal
more than the values and the standard deviation two, as is usual in clinical study reports.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import StudyError, listed
from pipeline.tlf.rounding import round_half_away

Value = float | int | str | None
Statistics = Mapping[str, Value]
NOT_ESTIMABLE = "NE"
SMALLEST_P = 0.0001
LARGEST_P = 0.9999
SMALLEST_PERCENT = 0.05
NUMBER_START = re.compile(r"[<>]?-?(\d+|(?=\.\d))")


@dataclass(frozen=True)
class Recipe:
    """The statistics a cell needs and the function that makes its text of them and `digits`."""

    needs: tuple[str, ...]
    text: Callable[[Statistics, int], str]


def show(display: str, statistics: Statistics, digits: int = 0) -> str:
    """The text of one cell; a cell without statistics is blank.

    Raises StudyError for an unknown recipe, a missing statistic, and text or a number that is not
    finite where a number belongs.
    """
    recipe = RECIPES.get(display)
    if recipe is None:
        raise StudyError(
            f"display {display!r}", "no such recipe", f"use one of {listed(list(RECIPES), 40)}"
        )
    if not statistics:
        return ""
    missing = [name for name in recipe.needs if name not in statistics]
    if missing:
        raise StudyError(
            f"display {display}",
            f"the cell has no statistic {listed(missing)}",
            f"give {', '.join(recipe.needs)}, None where not estimable",
        )
    return recipe.text(statistics, digits)


def show_value(value: Value, kind: str, digits: int | None = None) -> str:
    """The text of one listing value of type `kind`; None is blank.

    Numbers print with `digits` decimals when given, else as they are; times are seconds.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if kind == "time":
        seconds = int(_number(value, 0))
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{value:.15g}" if digits is None else _number(value, digits)


def align(texts: Sequence[str]) -> list[str]:
    """The texts of a column padded to one width, with the ends of their integer parts in line.

    What does not begin with a number (NE) ends where the integer parts end; blanks stay blank.
    """
    starts = [NUMBER_START.match(text) for text in texts]
    widest = max((start.end() for start in starts if start), default=0)
    padded = [
        " " * max(widest - (start.end() if start else len(text)), 0) + text if text else ""
        for text, start in zip(texts, starts, strict=True)
    ]
    width = max(map(len, padded), default=0)
    return [text.ljust(width) for text in padded]


def _number(value: Value, digits: int) -> str:
    """A number with `digits` decimals, NE for None."""
    if value is None:
        return NOT_ESTIMABLE
    if isinstance(value, str) or not math.isfinite(value):
        raise StudyError(
            f"value {value!r}", "a number belongs here", "give a finite number or None"
        )
    return round_half_away(value, digits)


def _percent(value: Value) -> str:
    """A percentage with one decimal; what is above 0 but below 0.05 prints as <0.1."""
    if isinstance(value, float | int) and 0 < value < SMALLEST_PERCENT:
        return "<0.1"
    return _number(value, 1)


def _bracketed(first: Value, rest: Sequence[Value], digits: tuple[int, int]) -> str:
    """first (rest, rest): NE alone when nothing is estimable."""
    if first is None and all(value is None for value in rest):
        return NOT_ESTIMABLE
    inner = ", ".join(_number(value, digits[1]) for value in rest)
    return f"{_number(first, digits[0])} ({inner})"


def _with_percent(values: Statistics, digits: int) -> str:
    """n (percent); zero alone is 0."""
    if values["n"] == 0:
        return "0"
    return f"{_number(values['n'], 0)} ({_percent(values['pct']):>5})"


def _with_events(values: Statistics, digits: int) -> str:
    """n (percent) [events]; zero alone is 0."""
    counted = _with_percent(values, digits)
    return counted if counted == "0" else f"{counted} [{_number(values['events'], 0)}]"


def _of(values: Statistics, digits: int) -> str:
    """n/N."""
    return f"{_number(values['n'], 0)}/{_number(values['N'], 0)}"


def _range(values: Statistics, digits: int) -> str:
    """min, max; NE alone when there is no value."""
    if values["min"] is None and values["max"] is None:
        return NOT_ESTIMABLE
    return f"{_number(values['min'], digits)}, {_number(values['max'], digits)}"


def _mean_sd(values: Statistics, digits: int) -> str:
    """mean (SD)."""
    return _bracketed(values["mean"], [values["sd"]], (digits + 1, digits + 2))


def _median_range(values: Statistics, digits: int) -> str:
    """median (min, max)."""
    return _bracketed(values["median"], [values["min"], values["max"]], (digits + 1, digits))


def _median_iqr(values: Statistics, digits: int) -> str:
    """median (Q1, Q3)."""
    return _bracketed(values["median"], [values["q1"], values["q3"]], (digits + 1, digits + 1))


def _estimate_ci(values: Statistics, digits: int) -> str:
    """estimate (lower, upper)."""
    return _bracketed(values["estimate"], [values["lower"], values["upper"]], (digits, digits))


def _percent_ci(values: Statistics, digits: int) -> str:
    """percent (lower, upper), one decimal."""
    return _bracketed(values["pct"], [values["lower"], values["upper"]], (1, 1))


def _p_value(values: Statistics, digits: int) -> str:
    """A p-value with four decimals, <.0001 and >.9999 at the ends."""
    p = values["p"]
    text = _number(p, 4)
    if not isinstance(p, float | int):
        return text
    if p < SMALLEST_P:
        return "<.0001"
    return ">.9999" if p > LARGEST_P else text


def _text(values: Statistics, digits: int) -> str:
    """Text as it is."""
    text = values["text"]
    if isinstance(text, str) or text is None:
        return text or ""
    raise StudyError("display text", f"{text!r} is no text", "name a recipe for numbers")


RECIPES: dict[str, Recipe] = {
    "n": Recipe(("n",), lambda values, digits: _number(values["n"], 0)),
    "n_pct": Recipe(("n", "N", "pct"), _with_percent),
    "n_pct_events": Recipe(("n", "pct", "events"), _with_events),
    "n_of": Recipe(("n", "N"), _of),
    "pct": Recipe(("pct",), lambda values, digits: _percent(values["pct"])),
    "value": Recipe(("value",), lambda values, digits: _number(values["value"], digits)),
    "mean_sd": Recipe(("mean", "sd"), _mean_sd),
    "median_range": Recipe(("median", "min", "max"), _median_range),
    "median_iqr": Recipe(("median", "q1", "q3"), _median_iqr),
    "range": Recipe(("min", "max"), _range),
    "median_ci": Recipe(("estimate", "lower", "upper"), _estimate_ci),
    "estimate_ci": Recipe(("estimate", "lower", "upper"), _estimate_ci),
    "pct_ci": Recipe(("pct", "lower", "upper"), _percent_ci),
    "p_value": Recipe(("p",), _p_value),
    "text": Recipe(("text",), _text),
}
