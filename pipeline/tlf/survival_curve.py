"""A Kaplan-Meier curve and what is read off it: quantiles, survival at a time, numbers at risk.

Rules of R package survival (`survfit`, `quantile.survfit`): a quantile is the first time at which
the curve reaches it; where the curve is flat at exactly that height, the midpoint of the flat
piece. Limits of a quantile are the quantiles of the confidence band.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.errors import StudyError

TOLERANCE = float(np.sqrt(np.finfo(float).eps))


class Estimate(NamedTuple):
    """An estimate with its confidence limits; None where not estimable.

    `_asdict()` has the statistics of the displays: estimate, lower, upper.
    """

    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve, one entry per distinct observed time, ascending.

    `times` are in the unit of the input, `survival`, `lower` and `upper` lie between 0 and 1,
    `at_risk` counts the subjects just before the time, `events` and `censored` those at it. A
    limit is None where Greenwood's variance does not exist (survival 0).
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: tuple[int, ...]
    censored: tuple[int, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]

    @property
    def n(self) -> int:
        """The number of subjects."""
        return self.at_risk[0] if self.at_risk else 0

    @property
    def total_events(self) -> int:
        """The number of subjects with the event."""
        return sum(self.events)


def quantile(curve: Curve, probability: float = 0.5) -> Estimate:
    """The time by which `probability` of the subjects have the event, with its limits.

    0.5 is the median. In the unit of the curve's times; None where the curve, or the band, stays
    above the height. The lower limit comes from the lower band and the upper from the upper one.
    """
    height = 1 - probability
    return Estimate(
        _crossing(curve.times, curve.survival, height),
        _crossing(curve.times, curve.lower, height),
        _crossing(curve.times, curve.upper, height),
    )


def survival_at(curve: Curve, time: float) -> Estimate:
    """The survival probability at `time` with its limits.

    None beyond the last observed time, unless the curve has reached 0 (then the estimate is 0 and
    has no limits); 1 before the first observed time.
    """
    if not curve.times:
        return Estimate(None, None, None)
    at = bisect_right(curve.times, time) - 1
    if at < 0:
        return Estimate(1.0, 1.0, 1.0)
    if time > curve.times[-1] and curve.survival[-1] > 0:
        return Estimate(None, None, None)
    return Estimate(curve.survival[at], curve.lower[at], curve.upper[at])


def number_at_risk(curve: Curve, times: Sequence[float]) -> list[int]:
    """The subjects still observed just before each of `times`."""
    counts = (*curve.at_risk, 0)
    return [counts[bisect_left(curve.times, time)] for time in times]


def greenwood(
    survival: np.ndarray, error: np.ndarray, transform: str, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """The confidence band as `survfit(conf.type=)` gives it: lower and upper, NaN where S is 0.

    `error` is the standard error of log S (Greenwood). Raises StudyError for a transform other
    than log, log-log and plain.
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    with np.errstate(all="ignore"):
        if transform == "plain":
            lower, upper = survival * (1 - z * error), survival * (1 + z * error)
        elif transform == "log":
            lower, upper = survival * np.exp(-z * error), survival * np.exp(z * error)
        elif transform == "log-log":
            width = np.exp(z * error / -np.log(survival))
            lower, upper = survival**width, survival ** (1 / width)
        else:
            raise StudyError(
                "kaplan_meier", f"unknown transform {transform!r}", "use log, log-log or plain"
            )
    lower, upper = np.where(survival == 1, 1, lower), np.where(survival == 1, 1, upper)
    gone = survival <= 0
    return (
        np.where(gone, np.nan, np.maximum(lower, 0)),
        np.where(gone, np.nan, np.minimum(upper, 1)),
    )


def _crossing(
    times: Sequence[float], heights: Sequence[float | None], height: float
) -> float | None:
    """The first time at which a falling step function reaches `height`, flat pieces halved."""
    known = [(time, value) for time, value in zip(times, heights, strict=True) if value is not None]
    reached = [time for time, value in known if value <= height + TOLERANCE]
    below = [time for time, value in known if value < height - TOLERANCE]
    if not reached:
        return None
    if below:
        return (reached[0] + below[0]) / 2
    # Flat at the height up to the last observed time; a band without its end stays open.
    return (reached[0] + times[-1]) / 2 if heights[-1] is not None else None
