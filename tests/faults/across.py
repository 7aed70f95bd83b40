"""Faults of a record beside those of another dataset."""

from __future__ import annotations

import pandas as pd

from faults.edits import Data, Edit, change, first, met, numbered, put
from pipeline.checks.conditions import looked_up, meets
from pipeline.checks.rules import Rule

EARLY, LATE = "1900-01-01", "2099-01-01"


def limited(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date outside the dates of the subject."""
    given = rule.parameters
    limit = given.get("end") or given.get("start")
    rows = frame.loc[looked_up(frame, data, limit).notna()]
    make: list[Edit] = []
    if rows.empty:  # nobody of those meant has the other date: mean somebody who has
        whole = numbered(data[rule.dataset])
        rows = whole.loc[looked_up(whole, data, limit).notna()]
        for name, values in rule.where.items():
            make += put(rule, int(rows.index[0]), name, met(whole[name], values))
    value = LATE if "end" in given else EARLY
    return [*make, *put(rule, int(rows.index[0]), given["variable"], value)]


def unknown_subject(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The record belongs to nobody that the other dataset knows."""
    given = rule.parameters
    record = first(frame, given["group"]) if "group" in given else int(frame.index[0])
    return put(rule, record, "USUBJID", "NOBODY")


def copied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A variable differs from the dataset it is taken from."""
    copies = rule.parameters["copies"]
    own = next(name for name in copies.variables if name not in copies.by)
    return change(frame, rule, own)


def no_age(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """An age that the protocol does not allow, in a subject without a deviation."""
    others = frame.loc[~frame["USUBJID"].isin(data["DV"]["USUBJID"])]
    return put(rule, int(others.index[0]), rule.parameters["variable"], 99.0)


def pointing(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number that no record has."""
    given = rule.parameters
    return put(rule, first(frame, given["variable"]), given["value"], "987654")


def dated(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date far from every record it belongs to."""
    given = rule.parameters
    variable = given["near"].own if "near" in given else given["variable"]
    return put(rule, first(frame, variable), variable, LATE)


def after_all(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date after the last record it must precede."""
    record = rule.parameters["record"]
    known = data[record.dataset].loc[meets(data[record.dataset], record.where), list(record.by)]
    keys = pd.MultiIndex.from_frame(known)
    rows = frame.loc[pd.MultiIndex.from_frame(frame[list(record.by)]).isin(keys)]
    return put(rule, int(rows.index[0]), rule.parameters["variable"], LATE)


def far_from_visit(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date years after the visit."""
    of = rule.parameters["of"]
    known = looked_up(frame, data, of, by=("USUBJID", "VISITNUM")).notna()
    return put(rule, int(frame.index[known][0]), rule.parameters["variable"], "2099-01-01")
