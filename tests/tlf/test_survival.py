"""Kaplan-Meier, log-rank and Cox against the answers of R package survival.

The answers in tests/reference/survival.csv were made by tests/reference/reference.R.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.tlf.survival import (
    cox,
    kaplan_meier,
    log_rank,
    number_at_risk,
    quantile,
    survival_at,
    wald,
)

REFERENCE = Path(__file__).parents[1] / "reference"
TRANSFORMS = ["log", "log-log", "plain"]
COVARIATES = {
    "lung": {"group": ("sex1", "sex2"), "age": (), "ph_ecog": ()},
    "veteran": {"group": ("trt1", "trt2"), "karno": (), "age": ()},
    "tiny_ties": {"group": ("A", "B"), "x": ()},
    "trial": {"group": ("A", "B", "C", "D"), "age": (), "ttr": ()},
}
MADE_UP = {
    "flat_end": pd.DataFrame({"time": [1, 2, 3, 4], "event": [1, 1, 0, 0]}),
    "all_censored": pd.DataFrame({"time": [1, 2, 3], "event": [0, 0, 0]}),
}
ANSWERS = pd.read_csv(
    REFERENCE / "survival.csv", dtype=str, keep_default_na=False, na_values={"value": ["NA"]}
).assign(value=lambda rows: rows["value"].astype(float))


def data(name: str) -> pd.DataFrame:
    return MADE_UP[name] if name in MADE_UP else pd.read_csv(REFERENCE / f"{name}.csv")


def same(value: float | None, answer: float) -> bool:
    """Equal to 1e-6 relative; None where R has NA."""
    if value is None:
        return bool(pd.isna(answer))
    return value == pytest.approx(answer, rel=1e-6, abs=1e-12)


def curve_of(name: str, part: str, transform: str):
    rows = data(name)
    rows = rows if part == "all" else rows.loc[rows["group"] == part]
    return kaplan_meier(rows["time"], rows["event"], transform)


CURVES = sorted(
    set(ANSWERS.loc[ANSWERS["statistic"] == "at risk", ["data", "part"]].itertuples(index=False))
)


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize(("name", "part"), CURVES)
def test_curve_and_quantiles_are_those_of_survfit(name, part, transform):
    curve = curve_of(name, part, transform)
    mine = ANSWERS.loc[
        (ANSWERS["data"] == name)
        & (ANSWERS["part"] == part)
        & ANSWERS["statistic"].str.startswith(f"{transform} ")
    ]
    assert len(mine) >= 9
    wrong = []
    for row in mine.itertuples():
        what, limit = row.statistic.split()[1:]
        read = quantile if what == "quantile" else survival_at
        value = getattr(read(curve, float(row.at)), limit)
        if not same(value, row.value):
            wrong.append((row.statistic, row.at, value, row.value))
    assert wrong == []


@pytest.mark.parametrize(("name", "part"), CURVES)
def test_numbers_at_risk_are_those_of_survfit(name, part):
    mine = ANSWERS.loc[
        (ANSWERS["data"] == name) & (ANSWERS["part"] == part) & (ANSWERS["statistic"] == "at risk")
    ]
    curve = curve_of(name, part, "log")
    assert number_at_risk(curve, mine["at"].astype(float).tolist()) == mine["value"].tolist()


@pytest.mark.parametrize("name", COVARIATES)
def test_log_rank_is_that_of_survdiff(name):
    rows = data(name)
    found = log_rank(rows["time"], rows["event"], rows["group"])
    assert found.df == rows["group"].nunique() - 1
    assert same(found.chi2, answer(name, "all", "log-rank chi2"))
    assert same(found.p, answer(name, "all", "log-rank p"))


@pytest.mark.parametrize("name", COVARIATES)
def test_cox_is_that_of_coxph(name):
    model = cox(data(name), "time", "event", COVARIATES[name])
    for term in model.terms:
        for statistic in ("estimate", "se", "hr", "lower", "upper", "z", "p"):
            expected = answer(name, f"{term.variable}{term.level}", f"cox {statistic}")
            assert same(getattr(term, statistic), expected), (term.variable, statistic)
    assert same(wald(model, "group").chi2, answer(name, "group", "wald chi2"))
    assert same(wald(model, "group").p, answer(name, "group", "wald p"))
    assert same(wald(model).chi2, answer(name, "all", "wald chi2"))
    for test, found in (("logtest", model.likelihood_ratio), ("sctest", model.score)):
        assert same(found.chi2, answer(name, "all", f"{test} chi2"))
        assert same(found.p, answer(name, "all", f"{test} p"))


def answer(name: str, part: str, statistic: str) -> float:
    mine = (
        (ANSWERS["data"] == name) & (ANSWERS["part"] == part) & (ANSWERS["statistic"] == statistic)
    )
    return ANSWERS.loc[mine, "value"].item()


def test_the_trial_in_months():
    """18 subjects, S = 0.5 between the 9th and the 10th death: (491 + 586) / 2 days."""
    rows = data("trial")
    curve = kaplan_meier(rows["time"] / 30.4375, rows["event"])
    assert (curve.n, curve.total_events) == (18, 17)
    assert [round(value, 2) for value in quantile(curve)] == [17.69, 12.58, 24.18]
    medians = {
        group: round(quantile(kaplan_meier(of["time"] / 30.4375, of["event"])).estimate, 2)
        for group, of in rows.groupby("group")
    }
    assert medians == {"A": 12.65, "B": 16.13, "C": 17.69, "D": 26.51}


def test_rows_with_a_missing_covariate_are_left_out():
    """lung has 228 subjects; the one without ph_ecog is not used (coxph: n = 227, 164 events)."""
    model = cox(data("lung"), "time", "event", COVARIATES["lung"])
    assert (model.n, model.events) == (227, 164)


def test_ties_and_censoring_at_the_same_time():
    """Time 1: a censoring and an event, so the event has 10 at risk: S = 9/10."""
    rows = data("tiny_ties")
    curve = kaplan_meier(rows["time"], rows["event"])
    assert curve.times == (1, 2, 3, 4, 5, 6)
    assert curve.at_risk == (10, 8, 6, 5, 4, 2)
    assert curve.events == (1, 2, 0, 1, 1, 2)
    assert curve.censored == (1, 0, 1, 0, 1, 0)
    assert curve.survival[0] == pytest.approx(0.9)
    assert survival_at(curve, 0.5) == (1, 1, 1)
    assert survival_at(curve, 99) == (0, None, None)
    assert number_at_risk(curve, [0, 1, 1.5, 7]) == [10, 10, 8, 0]


def test_nothing_is_known_beyond_the_last_observation():
    curve = kaplan_meier(MADE_UP["flat_end"]["time"], MADE_UP["flat_end"]["event"])
    assert survival_at(curve, 4).estimate == pytest.approx(0.5)
    assert survival_at(curve, 4.1) == (None, None, None)


def test_an_event_on_day_zero_counts():
    curve = kaplan_meier(pd.Series([0, 5]), pd.Series([1, 1]))
    assert (curve.times, curve.at_risk) == ((0, 5), (2, 1))
    assert survival_at(curve, 0).estimate == pytest.approx(0.5)


def test_no_subject_gives_nothing():
    none = pd.Series([], dtype="float64")
    curve = kaplan_meier(none, none)
    assert curve.n == 0
    assert quantile(curve) == (None, None, None)
    assert survival_at(curve, 1) == (None, None, None)
    assert number_at_risk(curve, [0, 1]) == [0, 0]
    assert log_rank(none, none, none) == (None, 0, None)


@pytest.mark.parametrize(
    ("time", "event", "group", "df"),
    [
        ([1, 2, 3], [1, 1, 1], ["A", "A", "A"], 0),
        ([1, 2, 3], [0, 0, 0], ["A", "B", "B"], 0),
        ([1, 5, 6], [0, 1, 1], ["A", "B", "B"], 0),
        ([4, 4, 4], [1, 1, 1], ["A", "B", "B"], 1),
    ],
    ids=["one group", "no event", "A left before the first event", "all at once"],
)
def test_log_rank_is_not_estimable(time, event, group, df):
    found = log_rank(pd.Series(time), pd.Series(event), pd.Series(group))
    assert found == (None, df, None)


def test_a_group_that_left_before_the_first_event_takes_no_degree_of_freedom():
    """survdiff: the expected number of group C is 0, so 1 degree of freedom is left."""
    rows = data("tiny_ties").assign(event=lambda rows: rows["event"].where(rows["time"] > 1, 0))
    early = pd.DataFrame({"time": [1.0], "event": [0], "group": ["C"]})
    more = pd.concat([rows, early])
    without = log_rank(rows["time"], rows["event"], rows["group"])
    assert log_rank(more["time"], more["event"], more["group"]) == without
    assert without.df == 1


FRAME = pd.DataFrame(
    {
        "time": [1.0, 2, 3, 4, 5, 6],
        "event": [1, 1, 1, 0, 0, 0],
        "x": [1.0, 2, 1, 3, 2, 3],
        "twice": [2.0, 4, 2, 6, 4, 6],
        "one": [1.0] * 6,
        "fast": [3.0, 3, 3, 0, 0, 0],
        "group": ["A", "B", "A", "B", "A", "B"],
    }
)


@pytest.mark.parametrize(
    ("frame", "covariates", "says"),
    [
        (FRAME, {"fast": ()}, "does not converge"),
        (FRAME, {"one": ()}, "one: one value only"),
        (FRAME, {"x": (), "twice": ()}, "collinear"),
        (FRAME, {}, "none is given"),
        (FRAME, {"group": ("A", "B", "C")}, "levels and values differ: C"),
        (FRAME, {"group": ("A",)}, "levels and values differ: B"),
        (FRAME.assign(event=0), {"x": ()}, "no subject has the event"),
        (FRAME.assign(event=2), {"x": ()}, "neither 0 nor 1"),
        (FRAME.assign(time=-1), {"x": ()}, "missing or negative"),
    ],
)
def test_a_model_that_cannot_be_fitted_stops(frame, covariates, says):
    with pytest.raises(StudyError, match=says):
        cox(frame, "time", "event", covariates)


def test_bad_requests_stop():
    time, event = FRAME["time"], FRAME["event"]
    with pytest.raises(StudyError, match="unknown transform 'logit'"):
        kaplan_meier(time, event, "logit")
    with pytest.raises(StudyError, match="a time is missing"):
        kaplan_meier(time.where(time > 1), event)
    with pytest.raises(StudyError, match="neither 0 nor 1"):
        kaplan_meier(time, pd.Series([0, 1, 2, 0, 1, 2]))
    with pytest.raises(StudyError, match="has no group"):
        log_rank(time, event, pd.Series(["A", None, "B", "A", "B", "A"]))
    with pytest.raises(StudyError, match="ties by breslow"):
        cox(FRAME, "time", "event", {"x": ()}, ties="breslow")
    with pytest.raises(StudyError, match="no covariate y"):
        wald(cox(FRAME, "time", "event", {"x": ()}), "y")


def test_results_are_plain_numbers():
    """They go to JSON as they are."""
    rows = data("trial")
    curve = kaplan_meier(rows["time"], rows["event"] == 1)
    model = cox(rows, "time", "event", COVARIATES["trial"])
    for value in (
        quantile(curve),
        survival_at(curve, 400),
        log_rank(rows["time"], rows["event"], rows["group"]),
        wald(model),
        curve.survival,
        curve.at_risk,
        curve.lower,
        model.covariance,
    ):
        assert json.loads(json.dumps(value)) is not None
