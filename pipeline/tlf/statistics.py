"""Exact and rank statistics: Fisher's test, Spearman's correlation, Clopper-Pearson limits.

They agree with R: `fisher.test`, `cor.test(method = "spearman", exact = FALSE)`, `binom.test`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.errors import StudyError

# Two tables count as equally likely when their probabilities differ by less (as in R).
TIE = Fraction(1, 10**7)
MOST_STEPS = 3_000_000
# The weight of the observed 2 x 2 table: the last of these bits bear the error of rounding down.
UNIT = 1 << 320

# Ways to reach a state: remaining row margins -> product of multinomials so far -> weight.
Paths = dict[tuple[int, ...], Counter[int]]


class Correlation(NamedTuple):
    """A rank correlation: pairs used, rho, two-sided p; None where not estimable."""

    n: int
    rho: float | None
    p: float | None


class Percentage(NamedTuple):
    """A percentage (0 to 100) with its limits; None where not estimable.

    `_asdict()` has the statistics of the display pct_ci: pct, lower, upper.
    """

    pct: float | None
    lower: float | None
    upper: float | None


def fisher_exact(table: Sequence[Sequence[int]] | pd.DataFrame | np.ndarray) -> float:
    """The two-sided p of Fisher's exact test of an r x c table of counts.

    All tables with the same margins are counted, in whole numbers; p is the probability of those
    at most as likely as the observed one. 1 when a single row or column is not empty. Raises
    StudyError for counts that are negative or not whole, and, beyond 2 x 2, when there are too many
    tables.
    """
    counts = _counts(table)
    rows = [sum(row) for row in counts]
    columns = [sum(column) for column in zip(*counts, strict=True)]
    if len(rows) > len(columns):
        counts = [list(column) for column in zip(*counts, strict=True)]
        rows, columns = columns, rows
    if len(rows) < 2:
        return 1.0
    if len(rows) == len(columns) == 2:
        return _two_by_two(*counts[0], *counts[1])
    observed = math.prod(_multinomial(column) for column in zip(*counts, strict=True))
    most = math.floor(observed * (1 + TIE))
    columns = sorted(columns)
    half, steps = len(columns) // 2, _Steps(sum(rows))
    past = _paths(tuple(sorted(rows)), columns[:half], steps)
    extreme = sum(
        _extreme(ways, _paths(left, columns[half:], steps), most) for left, ways in past.items()
    )
    return float(Fraction(extreme, _multinomial(rows)))


def spearman(x: pd.Series, y: pd.Series) -> Correlation:
    """Spearman's rho with average ranks for ties, p by the t approximation with n - 2 df.

    Pairs with a missing value are left out. Not estimable with fewer than three pairs or when one
    variable does not vary.
    """
    from scipy.special import stdtr

    both = pd.DataFrame({"x": x.to_numpy("float64"), "y": y.to_numpy("float64")}).dropna()
    n = len(both)
    if n < 3 or (both.nunique() < 2).any():
        return Correlation(n, None, None)
    a, b = (both[name].rank(method="average").to_numpy() - (n + 1) / 2 for name in ("x", "y"))
    rho = float(np.clip(a @ b / math.sqrt((a @ a) * (b @ b)), -1, 1))
    if abs(rho) == 1:
        return Correlation(n, rho, 0.0)
    t = rho * math.sqrt((n - 2) / (1 - rho**2))
    return Correlation(n, rho, float(2 * stdtr(n - 2, -abs(t))))


def clopper_pearson(n: int, total: int, level: float = 0.95) -> Percentage:
    """`n` of `total` as a percentage with exact limits from the beta distribution.

    Not estimable when `total` is 0. Raises StudyError when `n` is not within 0 and `total`.
    """
    from scipy.special import betaincinv

    if not 0 <= n <= total:
        raise StudyError("clopper_pearson", f"{n} of {total}", "count subjects within the column")
    if not total:
        return Percentage(None, None, None)
    tail = (1 - level) / 2
    lower = float(betaincinv(n, total - n + 1, tail)) if n else 0.0
    upper = float(betaincinv(n + 1, total - n, 1 - tail)) if n < total else 1.0
    return Percentage(100 * n / total, 100 * lower, 100 * upper)


def _counts(table: Sequence[Sequence[int]] | pd.DataFrame | np.ndarray) -> list[list[int]]:
    """Whole numbers without empty rows and columns."""
    numbers = np.asarray(table, dtype="float64")
    if numbers.ndim != 2 or not (np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0)).all():
        raise StudyError("fisher_exact", "not a table of counts", "give whole numbers of subjects")
    kept = numbers[numbers.sum(axis=1) > 0]
    kept = kept[:, kept.sum(axis=0) > 0] if len(kept) else kept
    return kept.astype(int).tolist()


def _two_by_two(a: int, b: int, c: int, d: int) -> float:
    """The p of a 2 x 2 table, from each table to the next by the ratio of their probabilities.

    Time grows with the number of tables that are not out of all proportion to the observed one.
    """
    most = math.floor(UNIT * (1 + TIE))
    weights = [UNIT, *_onwards(a, b, c, d), *_onwards(b, a, d, c)]
    return float(Fraction(sum(weight for weight in weights if weight <= most), sum(weights)))


def _onwards(a: int, b: int, c: int, d: int) -> Iterator[int]:
    """The weights of the tables with one more in `a` and `d` each time, until they vanish."""
    weight = UNIT
    while weight and b and c:
        a, b, c, d = a + 1, b - 1, c - 1, d + 1
        weight = weight * ((b + 1) * (c + 1)) // (a * d)
        yield weight


class _Steps:
    """Counts the work, so that a table too large ends in an error and not in a night."""

    def __init__(self, subjects: int) -> None:
        """Nothing done yet; the more subjects, the longer the whole numbers and a step."""
        self.done, self.weight = 0, 1 + subjects // 100

    def spend(self, steps: int) -> None:
        """StudyError when the tables are too many to count."""
        self.done += steps * self.weight
        if self.done > MOST_STEPS:
            raise StudyError(
                "fisher_exact", "too many tables with these margins", "use a chi-square test here"
            )


def _paths(rows: tuple[int, ...], columns: Sequence[int], steps: _Steps) -> Paths:
    """All ways to fill `columns` from rows with these margins, by the margins then left.

    Rows with equal margins left are interchangeable, so their order is dropped.
    """
    paths: Paths = {rows: Counter({1: 1})}
    for column in columns:
        following: Paths = defaultdict(Counter)
        for left, ways in paths.items():
            for taken in _splits(left, column):
                steps.spend(len(ways))
                state = tuple(sorted(a - b for a, b in zip(left, taken, strict=True)))
                factor = _multinomial(taken)
                for product, many in ways.items():
                    following[state][product * factor] += many
        paths = following
    return paths


def _extreme(past: Counter[int], future: Paths, most: int) -> int:
    """The sum of products of a past and a future way that are at most `most`."""
    ((_, ways),) = future.items()
    products = sorted(ways)
    sums = [0, *accumulate(product * ways[product] for product in products)]
    return sum(
        many * product * sums[bisect_right(products, most // product)]
        for product, many in past.items()
    )


def _splits(left: tuple[int, ...], total: int) -> Iterator[tuple[int, ...]]:
    """All ways to take `total` subjects from rows that have `left` subjects."""
    first, rest = left[0], left[1:]
    if not rest:
        yield (total,)
        return
    for taken in range(max(0, total - sum(rest)), min(first, total) + 1):
        for more in _splits(rest, total - taken):
            yield (taken, *more)


def _multinomial(parts: Sequence[int]) -> int:
    """The number of ways to deal sum(parts) subjects into the parts."""
    ways, dealt = 1, 0
    for part in parts:
        dealt += part
        ways *= math.comb(dealt, part)
    return ways
