"""Seeded search for values whose summaries print as published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from pipeline.tlf.survival import kaplan_meier, quantile

MONTH = 30.4375
PRINTED = 0.045  # a value this near to a target prints as the target with one decimal

Values = pd.Series


def calibrate(
    start: Values,
    propose: Callable[[int], int],
    distance: Callable[[Values], float],
    free: np.ndarray,
    rng: np.random.Generator,
) -> Values:
    """`start` changed one value at a time until `distance` is 0.

    `propose` maps a position to a new value, `free` are the positions that may change; a change
    stays unless it leads away. Ends the program when 20,000 changes are not enough.
    """
    values, best = start.copy(), distance(start)
    for _ in range(20_000):
        if best == 0:
            return values
        changed, place = values.copy(), int(rng.choice(free))
        changed.iloc[place] = propose(place)
        found = distance(changed)
        if found <= best:
            values, best = changed, found
    raise SystemExit(f"the targets are not met (distance {best:.3f}); choose another seed")


def survival_distance(days: Values, event: Values, target: Mapping[str, str]) -> float:
    """How far median, lower and upper of a Kaplan-Meier estimate lie from `target`, in months.

    The statistics that `target` does not name do not count.
    """
    found = quantile(kaplan_meier(days / MONTH, event, transform="log"))
    names = {"median": found.estimate, "lower": found.lower, "upper": found.upper}
    return sum(
        beyond(names[name], float(value), PRINTED, missing=50.0) for name, value in target.items()
    )


def beyond(found: float | None, target: float, tolerance: float, missing: float) -> float:
    """The distance from the target beyond the tolerance; `missing` when nothing is estimable."""
    return missing if found is None else max(abs(found - target) - tolerance, 0.0)
