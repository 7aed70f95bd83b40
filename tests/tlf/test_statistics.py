"""Fisher, Spearman and Clopper-Pearson against R (tests/reference/exact.csv) and by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pipeline.errors import StudyError
from pipeline.tlf.statistics import _onwards, clopper_pearson, fisher_exact, spearman

REFERENCE = Path(__file__).parents[1] / "reference"
EXACT = pd.read_csv(REFERENCE / "exact.csv")


def answers(statistic: str) -> list[tuple[str, float]]:
    return list(
        EXACT.loc[EXACT["statistic"] == statistic, ["case", "value"]].itertuples(
            index=False, name=None
        )
    )


def counts(case: str) -> list[list[int]]:
    """ "3 0 / 0 5" is a table of two rows."""
    return [[int(count) for count in row.split()] for row in case.split(" / ")]


@pytest.mark.parametrize(("case", "p"), answers("fisher p"))
def test_fisher_is_that_of_r(case, p):
    assert fisher_exact(counts(case)) == pytest.approx(p, rel=1e-6)


def test_fisher_does_not_depend_on_rows_and_columns():
    table = counts("4 1 0 / 2 2 2 / 0 1 5")
    turned = [list(column) for column in zip(*table, strict=True)]
    assert fisher_exact(turned) == fisher_exact(table)
    assert fisher_exact(pd.DataFrame(table[::-1])) == fisher_exact(table)


def test_the_trial_s_groups():
    """Surgery 1 of 18, in group A (3 subjects): p = 3/18. Sorafenib A 3/3, B 0/5, C 3/6, D 3/4."""
    assert fisher_exact([[1, 2], [0, 5], [0, 6], [0, 4]]) == pytest.approx(3 / 18)
    assert round(fisher_exact([[3, 0], [0, 5], [3, 3], [3, 1]]), 3) == 0.027


def test_a_lady_tasting_tea():
    """8 cups, 3 of 4 right: (1 + 16 + 16 + 1) / 70."""
    assert fisher_exact([[3, 1], [1, 3]]) == pytest.approx(34 / 70, abs=1e-15)


@pytest.mark.parametrize(
    "table",
    [[[3, 5, 6]], [[3, 0], [5, 0]], [[0, 0], [2, 3]], [[0, 0], [0, 0]]],
    ids=["one row", "nobody has it", "an empty arm", "nobody at all"],
)
def test_one_possible_table_has_p_1(table):
    assert fisher_exact(table) == 1


@given(some.lists(some.tuples(some.integers(0, 9), some.integers(0, 9)), min_size=2, max_size=2))
@settings(deadline=None, max_examples=60, derandomize=True)
def test_two_by_two_by_the_hypergeometric_distribution(table):
    from scipy.stats import fisher_exact as scipy_fisher

    assert fisher_exact(table) == pytest.approx(scipy_fisher(table).pvalue, rel=1e-9)


@given(some.lists(some.integers(0, 300), min_size=4, max_size=4))
def test_two_by_two_is_exact_to_the_last_digit(table):
    """All tables with the same margins by their binomial coefficients, in whole numbers."""
    a, b, c, d = table
    if not (a + b and c + d and a + c and b + d):
        return
    ways = [
        math.comb(a + b, n) * math.comb(c + d, a + c - n)
        for n in range(max(0, a - d), min(a + b, a + c) + 1)
    ]
    seen = math.comb(a + b, a) * math.comb(c + d, c)
    extreme = sum(way for way in ways if way * 10**7 <= seen * (10**7 + 1))
    assert fisher_exact([[a, b], [c, d]]) == float(Fraction(extreme, sum(ways)))


def test_a_large_two_by_two_walks_the_likely_tables_alone():
    """84,000 subjects against 84,000: of 81,001 possible tables some thousands count."""
    table = (40_000, 44_000, 41_000, 43_000)
    walked = sum(
        1 for turned in (table, (44_000, 40_000, 43_000, 41_000)) for _ in _onwards(*turned)
    )
    assert walked < 7_000


@pytest.mark.parametrize(
    "table", [[[1, -1], [2, 2]], [[1, 0.5], [2, 2]], [1, 2], [[1, float("nan")]]]
)
def test_only_counts_are_a_table(table):
    with pytest.raises(StudyError, match="not a table of counts"):
        fisher_exact(table)


def test_too_many_tables_stop():
    with pytest.raises(StudyError, match="too many tables"):
        fisher_exact([[500, 400, 300, 200]] * 4)


@pytest.mark.parametrize(
    ("case", "frame", "x"),
    [
        ("trial age", "trial", "age"),
        ("trial ttr", "trial", "ttr"),
        ("lung wt_loss", "lung", "wt_loss"),
    ],
)
def test_spearman_is_that_of_r(case, frame, x):
    rows = pd.read_csv(REFERENCE / f"{frame}.csv")
    found = spearman(rows[x], rows["time"])
    assert found.rho == pytest.approx(dict(answers("spearman rho"))[case], rel=1e-9)
    assert found.p == pytest.approx(dict(answers("spearman p"))[case], rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 99], (4, 1.0, 0.0)),
        ([1, 2, 3, 4], [9, 7, 5, 1], (4, -1.0, 0.0)),
        ([1, 2, 3, None], [3, None, 5, 6], (2, None, None)),
        ([1, 1, 1], [1, 2, 3], (3, None, None)),
        ([], [], (0, None, None)),
    ],
    ids=["rising", "falling", "two pairs left", "constant", "nobody"],
)
def test_spearman_at_its_edges(x, y, expected):
    found = spearman(pd.Series(x, dtype="float64"), pd.Series(y, dtype="float64"))
    assert found == pytest.approx(expected)


def test_spearman_pairs_by_position():
    """Two columns of one frame, or two frames with other indexes: rows belong together."""
    x, y = pd.Series([1.0, 2, 3], index=[7, 8, 9]), pd.Series([1.0, 3, 2])
    assert spearman(x, y).rho == pytest.approx(0.5)


@pytest.mark.parametrize(("case", "lower"), answers("clopper lower"))
def test_clopper_pearson_is_that_of_r(case, lower):
    n, total = map(int, case.split("/"))
    found = clopper_pearson(n, total)
    assert found.pct == pytest.approx(100 * n / total)
    assert found.lower == pytest.approx(lower, rel=1e-9)
    assert found.upper == pytest.approx(dict(answers("clopper upper"))[case], rel=1e-9)


def test_clopper_pearson_at_its_edges():
    assert clopper_pearson(0, 0) == (None, None, None)
    assert clopper_pearson(0, 18, level=0.90).upper == pytest.approx(100 * (1 - 0.05 ** (1 / 18)))
    with pytest.raises(StudyError, match="5 of 4"):
        clopper_pearson(5, 4)
