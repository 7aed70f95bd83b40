"""Time to event: Kaplan-Meier, log-rank, Cox. The only door to lifelines.

Durations and the event come from ADTTE: `time` is AVAL or AVALM, `event` is true (or 1) for an
event, which is CNSR = 0. Results are plain numbers, None where not estimable, and agree with R
package survival (`survfit`, `survdiff`, `coxph`).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.errors import StudyError
from pipeline.tlf.cox_model import ChiSquare, Model, Term, chi_square, design, score_test, wald
from pipeline.tlf.survival_curve import (
    Curve,
    Estimate,
    greenwood,
    number_at_risk,
    quantile,
    survival_at,
)

__all__ = [
    "ChiSquare",
    "Curve",
    "Estimate",
    "Model",
    "Term",
    "cox",
    "kaplan_meier",
    "log_rank",
    "number_at_risk",
    "quantile",
    "survival_at",
    "wald",
]

LEVEL = 0.95
# Newton's steps go on until the likelihood stands still in double precision.
EXACT = {"step_size": 1.0, "precision": 1e-24, "r_precision": 1e-15}


@dataclass(frozen=True)
class _Fit:
    """What lifelines found: coefficients, their covariance, the likelihood ratio statistic."""

    coefficients: np.ndarray
    covariance: np.ndarray
    ratio: float


def kaplan_meier(
    time: pd.Series, event: pd.Series, transform: str = "log", level: float = LEVEL
) -> Curve:
    """The product-limit estimate with Greenwood's confidence band.

    `transform` is log, log-log or plain, as conf.type of R's survfit. No subject gives an empty
    curve. Raises StudyError for a missing or negative time, an event that is neither 0 nor 1, and
    an unknown transform.
    """
    from lifelines import KaplanMeierFitter

    times, happened = _checked("kaplan_meier", time, event)
    if not len(times):
        return Curve((), (), (), (), (), (), ())
    fitted = KaplanMeierFitter().fit(times, happened)
    table = fitted.event_table.loc[lambda rows: rows["removed"] > 0]
    deaths, at_risk = table["observed"].to_numpy(), table["at_risk"].to_numpy()
    survival = fitted.survival_function_.iloc[:, 0].loc[table.index].to_numpy()
    survival = np.where(np.cumsum(deaths) == 0, 1.0, survival)
    with np.errstate(divide="ignore"):
        variance = np.cumsum(deaths / (at_risk * (at_risk - deaths)))
    lower, upper = greenwood(survival, np.sqrt(variance), transform, level)
    return Curve(
        tuple(float(at) for at in table.index),
        tuple(survival.tolist()),
        tuple(at_risk.astype(int).tolist()),
        tuple(deaths.astype(int).tolist()),
        tuple(table["censored"].astype(int).tolist()),
        _plain(lower),
        _plain(upper),
    )


def log_rank(time: pd.Series, event: pd.Series, group: pd.Series) -> ChiSquare:
    """The two-sided log-rank test of all groups (R: `survdiff`, rho = 0).

    A group nobody of which is at risk at any event does not count. Not estimable with fewer than
    two groups, without an event, or when nobody outlives the first one. Raises
    StudyError as `kaplan_meier`, and for a missing group.
    """
    from lifelines.statistics import multivariate_logrank_test

    times, happened = _checked("log_rank", time, event)
    if group.isna().any():
        raise StudyError("log_rank", "a subject has no group", "give every subject a group")
    informative = times >= times[happened].min() if happened.any() else happened
    codes = pd.factorize(group.to_numpy()[informative], sort=True)[0]
    groups = len(set(codes))
    if groups < 2 or not (times > times[happened].min()).any():
        return chi_square(math.nan, max(groups - 1, 0))
    found = multivariate_logrank_test(times[informative], codes, happened[informative])
    return chi_square(float(found.test_statistic), groups - 1)


def cox(
    frame: pd.DataFrame,
    time: str,
    event: str,
    covariates: Mapping[str, Sequence[str]],
    ties: str = "efron",
) -> Model:
    """The proportional hazards model (R: `coxph`, ties by Efron).

    `time` and `event` name columns of `frame` (event: true or 1 for an event). `covariates` maps a
    column to its levels, the reference first, or to () for a number. Rows with a missing covariate
    are left out. Raises StudyError when the model cannot be fitted or does not converge.
    """
    if ties != "efron":
        raise StudyError("cox", f"ties by {ties} are not available", "use efron")
    used = frame.dropna(subset=list(covariates))
    times, happened = _checked("cox", used[time], used[event])
    if not happened.any():
        raise StudyError("cox", "no subject has the event", "leave the model out")
    matrix, names = design(used, covariates)
    fit = _fit(matrix, times, happened)
    errors = np.sqrt(np.diag(fit.covariance)).tolist()
    return Model(
        tuple(map(_term, names, fit.coefficients.tolist(), errors)),
        tuple(map(tuple, fit.covariance.tolist())),
        len(used),
        int(happened.sum()),
        chi_square(fit.ratio, len(names)),
        score_test(matrix - matrix.mean(axis=0), times, happened),
    )


def _fit(x: np.ndarray, time: np.ndarray, event: np.ndarray) -> _Fit:
    """Newton-Raphson by lifelines on standardised columns; StudyError without convergence."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError, ConvergenceWarning

    scale = x.std(axis=0)
    scaled = pd.DataFrame((x - x.mean(axis=0)) / scale).rename(columns=str)
    frame = scaled.assign(time=time, event=event)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model = CoxPHFitter().fit(frame, "time", "event", fit_options=EXACT)
        except (ConvergenceError, ConvergenceWarning, np.linalg.LinAlgError) as error:
            raise StudyError(
                "cox",
                "the model does not converge: a covariate separates those with the event",
                "leave the covariate out or merge its levels",
            ) from error
    return _Fit(
        model.params_.to_numpy() / scale,
        model.variance_matrix_.to_numpy() / np.outer(scale, scale),
        float(model.log_likelihood_ratio_test().test_statistic),
    )


def _term(name: tuple[str, str, str], estimate: float, se: float) -> Term:
    """A coefficient with its hazard ratio, Wald limits and Wald p."""
    from scipy.special import ndtri

    half, z = float(ndtri((1 + LEVEL) / 2)) * se, estimate / se
    return Term(
        *name,
        estimate=estimate,
        se=se,
        hr=math.exp(estimate),
        lower=math.exp(estimate - half),
        upper=math.exp(estimate + half),
        z=z,
        p=math.erfc(abs(z) / math.sqrt(2)),
    )


def _checked(where: str, time: pd.Series, event: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Times as floats and events as booleans; StudyError for what is neither."""
    times = time.to_numpy("float64")
    flags = event.to_numpy("float64")
    if np.isnan(times).any() or (times < 0).any():
        raise StudyError(where, "a time is missing or negative", "correct AVAL or drop the row")
    if not np.isin(flags, (0.0, 1.0)).all():
        raise StudyError(where, "an event is neither 0 nor 1", "use CNSR == 0 as the event")
    return times, flags.astype(bool)


def _plain(values: np.ndarray) -> tuple[float | None, ...]:
    """Floats, None for NaN."""
    return tuple(None if math.isnan(value) else float(value) for value in values)
