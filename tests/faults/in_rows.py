"""Faults that stand in one record, or in a record beside others of its dataset."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from faults.edits import Data, Edit, change, first, met, not_met, other, put, some, typed
from pipeline.checks.conditions import meets
from pipeline.checks.rules import Rule

FOREIGN = ("?", "", "x" * 300, "1")


def implied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A record meets the first condition and not the second."""
    when, then = rule.parameters["when"], rule.parameters["then"]
    meant = frame.loc[meets(frame, when)]
    record = int((meant if len(meant) else frame).index[0])
    make = [("set", rule.dataset, record, n, met(frame[n], v)) for n, v in when.items()]
    return [*make, *not_met(frame, rule, record, then)]


def _pair(rule: Rule) -> tuple[str, str]:
    """The first pair of variables of a rule."""
    return next(iter(rule.parameters["pairs"].items()))


def accompanied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The first of a pair stands alone."""
    own, partner = _pair(rule)
    record = first(frame, own, partner)
    return [*put(rule, record, own, some(frame[own])), *put(rule, record, partner, None)]


def ordered(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """An end before its start."""
    pairs = rule.parameters.get("pairs", {})
    start, end = next(iter(pairs.items())) if pairs else _ends(rule)
    record = first(frame, start, end)
    return [*put(rule, record, start, "2016-02-02"), *put(rule, record, end, "2016-02-01")]


def _ends(rule: Rule) -> tuple[str, str]:
    """Start and end of a rule about two dates."""
    return rule.parameters["start"], rule.parameters["end"]


def one_to_one(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A code gets a second name."""
    left, right = _pair(rule)
    record = first(frame, left, right)
    changes = {right: other(frame[right])}
    if frame[[left, right]].dropna().empty:
        changes[left] = other(frame[left])
        both = {left: other(frame[left]), right: typed(frame[right], "1")}
        return [("copy", rule.dataset, record, both), ("copy", rule.dataset, record, changes)]
    return [("copy", rule.dataset, record, changes)]


def group_of_two(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A record of a group has another value than the rest."""
    variable = rule.parameters["variable"]
    record = first(frame, variable, *rule.parameters["by"])
    return [("copy", rule.dataset, record, {variable: other(frame[variable])})]


def bounded(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number at or beyond a limit."""
    given = rule.parameters
    name = next(n for n in ("low", "high", "above", "below") if n in given)
    beyond = {"low": -1.0, "high": 1.0}.get(name, 0.0)
    return put(rule, int(frame.index[0]), given["variable"], given[name] + beyond)


def moved(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number is one more than it should be."""
    variable = rule.parameters["variable"]
    record = first(frame, variable, *[n for n in rule.variables if n != "USUBJID"])
    value = frame.at[record, variable]
    return put(rule, record, variable, (0.0 if pd.isna(value) else float(value)) + 1)


def matching(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A text that the regular expression refuses."""
    wrong = next(t for t in FOREIGN if not re.fullmatch(rule.parameters["pattern"], t))
    return put(rule, int(frame.index[0]), rule.parameters["variables"][0], wrong)


def lost_term(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A value that must occur occurs no more."""
    variable, value = rule.parameters["variable"], rule.parameters["values"][0]
    found = frame.index[frame[variable] == value]
    return [("set", rule.dataset, int(record), variable, "NONE") for record in found]


def first_of(name: str) -> Callable[..., list[Edit]]:
    """The first variable of a parameter becomes another."""
    return lambda rule, data, frame: change(frame, rule, next(iter(rule.parameters[name])))


def own(name: str) -> Callable[..., list[Edit]]:
    """The variable of a parameter becomes another."""
    return lambda rule, data, frame: change(frame, rule, rule.parameters[name])


def becomes(value: Any, name: str = "variables") -> Callable[..., list[Edit]]:
    """The first variable of a parameter gets a value."""

    def fault(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
        variable = rule.parameters[name]
        variable = variable if isinstance(variable, str) else next(iter(variable))
        return put(rule, first(frame, variable), variable, value)

    return fault


def lone_relation(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """One side of a relation is lost."""
    return [("drop", rule.dataset, int(frame.index[0]), {})]


def many(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """More records than there may be."""
    times = int(rule.parameters["count"])
    return [("copy", rule.dataset, int(frame.index[0]), {})] * times


def shifted(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date is that of another day than the one beside it."""
    own, _ = _pair(rule)
    return put(rule, first(frame, *_pair(rule)), own, "1901-02-03")


def value_of_other(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A term that does not belong to the one beside it."""
    given, values = rule.parameters["given"], rule.parameters["values"]
    record = int(frame.index[0])
    make = put(rule, record, given, next(iter(values)))
    return [*make, *put(rule, record, rule.parameters["variable"], "OTHER THAN ALL")]
