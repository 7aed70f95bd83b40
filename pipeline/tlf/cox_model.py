"""A fitted proportional hazards model: its terms, and the tests made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.errors import StudyError


class ChiSquare(NamedTuple):
    """A chi-square test; `chi2` and `p` are None where not estimable."""

    chi2: float | None
    df: int
    p: float | None


@dataclass(frozen=True)
class Term:
    """One coefficient: `variable`, and for a categorical one its `level` against `reference`.

    `estimate` and `se` are on the log scale; `hr`, `lower` and `upper` are the hazard ratio and its
    Wald limits; `z` and `p` are Wald's.
    """

    variable: str
    level: str
    reference: str
    estimate: float
    se: float
    hr: float
    lower: float
    upper: float
    z: float
    p: float


@dataclass(frozen=True)
class Model:
    """The terms in order, their covariance, the subjects and events used, and the whole tests."""

    terms: tuple[Term, ...]
    covariance: tuple[tuple[float, ...], ...]
    n: int
    events: int
    likelihood_ratio: ChiSquare
    score: ChiSquare


def chi_square(statistic: float, df: int) -> ChiSquare:
    """The test of a chi-square statistic with `df` degrees of freedom."""
    from scipy.special import chdtrc

    if df < 1 or not np.isfinite(statistic):
        return ChiSquare(None, df, None)
    return ChiSquare(float(statistic), df, float(chdtrc(df, statistic)))


def wald(model: Model, variable: str = "") -> ChiSquare:
    """Wald's test that all coefficients of `variable` (of the whole model when empty) are 0.

    b' V^-1 b with the coefficients and the part of their covariance. StudyError for a variable the
    model does not have.
    """
    chosen = [i for i, term in enumerate(model.terms) if variable in ("", term.variable)]
    if not chosen:
        raise StudyError("wald", f"the model has no covariate {variable}", "name one of its own")
    b = np.array([model.terms[i].estimate for i in chosen])
    v = np.array(model.covariance)[np.ix_(chosen, chosen)]
    return chi_square(float(b @ np.linalg.solve(v, b)), len(chosen))


def design(
    frame: pd.DataFrame, covariates: Mapping[str, Sequence[str]]
) -> tuple[np.ndarray, list[tuple[str, str, str]]]:
    """The columns of the model (n x k) and for each its variable, level and reference.

    A covariate with levels becomes one 0/1 column per level but the first, the reference; one
    without levels is taken as a number. Raises StudyError for a value that is no level, a column
    without variation, and columns that follow from each other.
    """
    columns: list[np.ndarray] = []
    names: list[tuple[str, str, str]] = []
    for variable, levels in covariates.items():
        _check_levels(frame, variable, levels)
        for level in levels[1:]:
            columns.append((frame[variable] == level).to_numpy("float64"))
            names.append((variable, level, levels[0]))
        if not levels:
            columns.append(frame[variable].to_numpy("float64"))
            names.append((variable, "", ""))
    matrix = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    _check_matrix(matrix, names)
    return matrix, names


def score_test(x: np.ndarray, time: np.ndarray, event: np.ndarray) -> ChiSquare:
    """The score test of all coefficients at 0, ties by Efron (R: `summary(coxph)$sctest`).

    `x` is n x k, `event` true for an event. Each of d tied events counts the tied events at risk
    with one d-th less than the one before it.
    """
    order = np.argsort(time, kind="stable")
    x, time, event = x[order], time[order], event[order]
    products = x[:, :, None] * x[:, None, :]
    when, first, tied = np.unique(time[event], return_index=True, return_counts=True)
    start = np.searchsorted(time, when)
    rank = np.arange(event.sum()) - np.repeat(first, tied)
    share = rank / np.repeat(tied, tied)
    at_risk = np.repeat(len(time) - start, tied) - rank
    one = _risk_sums(x, event, start, first, share) / at_risk[:, None]
    two = _risk_sums(products, event, start, first, share) / at_risk[:, None, None]
    gradient = x[event].sum(axis=0) - one.sum(axis=0)
    information = (two - one[:, :, None] * one[:, None, :]).sum(axis=0)
    return chi_square(float(gradient @ np.linalg.solve(information, gradient)), x.shape[1])


def _risk_sums(
    values: np.ndarray, event: np.ndarray, start: np.ndarray, first: np.ndarray, share: np.ndarray
) -> np.ndarray:
    """Per event: the sum over those at risk, less `share` of the sum over tied events."""
    at_risk = np.flip(np.cumsum(np.flip(values, 0), axis=0), 0)[start]
    deaths = np.add.reduceat(values[event], first, axis=0)
    which = np.cumsum(np.isin(np.arange(len(share)), first)) - 1
    weight = share.reshape(-1, *([1] * (values.ndim - 1)))
    return at_risk[which] - weight * deaths[which]


def _check_levels(frame: pd.DataFrame, variable: str, levels: Sequence[str]) -> None:
    """Every value is a level, and every level has a subject."""
    if not levels:
        return
    found = set(frame[variable])
    if found != set(levels):
        odd = sorted(str(value) for value in found ^ set(levels))
        raise StudyError(
            f"cox, covariate {variable}",
            f"levels and values differ: {', '.join(odd)}",
            "give the levels that occur, the reference first",
        )


def _check_matrix(matrix: np.ndarray, names: Sequence[tuple[str, str, str]]) -> None:
    """Columns vary and none follows from the others."""
    spread = matrix.std(axis=0)
    flat = [name[0] for name, width in zip(names, spread, strict=True) if not width > 0]
    if flat:
        raise StudyError("cox", f"{', '.join(flat)}: one value only", "leave the covariate out")
    scaled = (matrix - matrix.mean(axis=0)) / spread
    if not names or np.linalg.matrix_rank(scaled) < len(names):
        raise StudyError(
            "cox", "the covariates are collinear, or none is given", "keep independent covariates"
        )
