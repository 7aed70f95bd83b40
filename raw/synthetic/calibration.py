"""Seeded search for values whose summaries print as published."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from pipeline.tlf.survival_curve import Curve, greenwood, quantile

MONTH = 30.4375
PRINTED = 0.0495  # a value this near to a target prints as the target with one decimal

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
    stays unless it leads away. A search that stands still goes on from several new values. Ends
    the program when 40,000 changes are not enough.
    """
    values, best, still = start.copy(), distance(start), 0
    for _ in range(40_000):
        if best == 0:
            return values
        kick = still == 600
        changed = values.copy()
        for place in rng.choice(free, 4 if kick else 1, replace=False):
            changed.iloc[place] = propose(int(place))
        found = distance(changed)
        still = 0 if kick or found < best else still + 1
        if kick or found <= best:
            values, best = changed, found
    raise SystemExit(f"the targets are not met (distance {best:.3f}); choose another seed")


def survival_distance(days: Values, event: Values, target: Mapping[str, str]) -> float:
    """How far median, lower and upper of a Kaplan-Meier estimate lie from `target`, in months.

    The statistics that `target` does not name do not count.
    """
    found = quantile(curve(days / MONTH, event))
    names = {"median": found.estimate, "lower": found.lower, "upper": found.upper}
    return sum(
        beyond(names[name], float(value), PRINTED, missing=50.0) for name, value in target.items()
    )


def curve(time: Values, event: Values) -> Curve:
    """The Kaplan-Meier estimate with log limits, counted here because the search needs thousands.

    Each subject has a time of its own: a tie of event and censoring would need more care.
    """
    order = np.argsort(time.to_numpy(), kind="stable")
    times, died = time.to_numpy()[order], event.to_numpy()[order].astype(float)
    at_risk = np.arange(len(times), 0, -1.0)
    survival = np.cumprod(1 - died / at_risk)
    with np.errstate(divide="ignore"):
        error = np.sqrt(np.cumsum(died / (at_risk * (at_risk - died))))
    lower, upper = greenwood(survival, error, "log", 0.95)
    columns = (times, survival, at_risk, died, 1 - died, lower, upper)
    return Curve(*(tuple(column) for column in columns))


def beyond(found: float | None, target: float, tolerance: float, missing: float) -> float:
    """The distance from the target beyond the tolerance; `missing` when nothing is estimable."""
    return missing if found is None else max(abs(found - target) - tolerance, 0.0)
