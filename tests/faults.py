"""Faults by kind of check: what to spoil so that a rule has something to find.

FAULTS maps a check to a function `(rule, data, frame) -> edits`. `frame` holds the rows that the
rule is about, its index is the record number. An edit is

    ("set", dataset, record, variable, value)     one value is wrong
    ("copy", dataset, record, {variable: value})  a record stands twice, the copy with changes
    ("drop", dataset, record, {})                 a record is lost
    ("column", dataset, 0, variable)              a variable is lost
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from pipeline.checks.conditions import looked_up, meets
from pipeline.checks.parameters import MISSING, PRESENT
from pipeline.checks.rules import Rule

Edit = tuple[Any, ...]
Data = Mapping[str, pd.DataFrame]
FOREIGN = ("?", "", "x" * 300, "1")
EARLY, LATE = "1900-01-01", "2099-01-01"


def faults_of(rule: Rule, data: Data) -> list[Edit]:
    """The edits that the rule must notice."""
    whole = numbered(data[rule.dataset])
    frame = whole.loc[meets(whole, rule.where)] if rule.where else whole
    made: list[Edit] = []
    if frame.empty:  # no row is what the rule is about: make one
        record = whole.index[0]
        made = [("set", rule.dataset, record, n, _met(whole[n], v)) for n, v in rule.where.items()]
        whole = numbered(edited(data, made)[rule.dataset])
        frame = whole.loc[[record]]
    return [*made, *FAULTS[rule.check](rule, data, frame)]


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the record number as index."""
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis=0)


def edited(data: Data, edits: list[Edit]) -> dict[str, pd.DataFrame]:
    """The datasets with the edits made; the others are the same frames."""
    result = dict(data)
    for what, name, record, *more in edits:
        frame = result[name]
        if what == "set":
            frame = _set(frame, record - 1, *more)
        elif what == "column":
            frame = frame.drop(columns=more)
        elif what == "drop":
            frame = frame.drop(index=frame.index[record - 1]).reset_index(drop=True)
        else:
            frame = pd.concat([frame, frame.iloc[[record - 1]]], ignore_index=True)
            for variable, value in more[0].items():
                frame = _set(frame, len(frame) - 1, variable, value)
        result[name] = frame
    return result


def _set(frame: pd.DataFrame, position: int, variable: str, value: Any) -> pd.DataFrame:
    """One value changed; a column of whole numbers takes others and none."""
    column = frame[variable]
    if pd.api.types.is_integer_dtype(column):
        column = column.astype("float64")
    elif isinstance(value, str) and pd.api.types.is_datetime64_any_dtype(column):
        value = pd.Timestamp(value)
    column = column.copy()
    column.iloc[position] = value
    return frame.assign(**{variable: column})


def _met(column: pd.Series, values: tuple[str, ...]) -> Any:
    """A value that meets a condition."""
    if tuple(values) == (MISSING,):
        return None
    if tuple(values) == (PRESENT,):
        return _some(column)
    return _typed(column, values[0])


def _some(column: pd.Series) -> Any:
    """A value the column has, else one it could have."""
    known = column.dropna()
    return known.iloc[0] if len(known) else _typed(column, "1")


def _typed(column: pd.Series, text: str) -> Any:
    """A text in the type of the column."""
    return float(text) if pd.api.types.is_numeric_dtype(column) else text


def other(column: pd.Series, value: Any = None) -> Any:
    """A value that is not the one given, nor any the column has."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp("1901-02-03")
    return 987654.0 if pd.api.types.is_numeric_dtype(column) else "OTHER THAN ALL"


def first(frame: pd.DataFrame, *present: str) -> int:
    """The first record that has values of these variables, else the first of all."""
    rows = frame.dropna(subset=[name for name in present if name in frame])
    return int((rows if len(rows) else frame).index[0])


def change(frame: pd.DataFrame, rule: Rule, variable: str, *present: str) -> list[Edit]:
    """One value becomes another."""
    record = first(frame, variable, *present)
    return [("set", rule.dataset, record, variable, other(frame[variable]))]


def lose(frame: pd.DataFrame, rule: Rule, variable: str, *present: str) -> list[Edit]:
    """One value is lost."""
    return [("set", rule.dataset, first(frame, variable, *present), variable, None)]


def twice(frame: pd.DataFrame, rule: Rule, **changes: Any) -> list[Edit]:
    """A record stands twice."""
    return [("copy", rule.dataset, int(frame.index[0]), changes)]


def put(rule: Rule, record: int, variable: str, value: Any) -> list[Edit]:
    """One value is set."""
    return [("set", rule.dataset, record, variable, value)]


def _not_met(frame: pd.DataFrame, rule: Rule, record: int, then: Any) -> list[Edit]:
    """The record does not meet the condition `then`."""
    variable, values = next(iter(then.items()))
    filled = tuple(values) == (MISSING,)
    value = _some(frame[variable]) if filled else None
    if not filled and tuple(values) != (PRESENT,):
        value = other(frame[variable])
    return put(rule, record, variable, value)


def _implied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A record meets the first condition and not the second."""
    when, then = rule.parameters["when"], rule.parameters["then"]
    meant = frame.loc[meets(frame, when)]
    record = int((meant if len(meant) else frame).index[0])
    make = [("set", rule.dataset, record, n, _met(frame[n], v)) for n, v in when.items()]
    return [*make, *_not_met(frame, rule, record, then)]


def _pair(rule: Rule) -> tuple[str, str]:
    """The first pair of variables of a rule."""
    return next(iter(rule.parameters["pairs"].items()))


def _accompanied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The first of a pair stands alone."""
    own, partner = _pair(rule)
    record = first(frame, own, partner)
    return [*put(rule, record, own, _some(frame[own])), *put(rule, record, partner, None)]


def _ordered(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """An end before its start."""
    pairs = rule.parameters.get("pairs", {})
    start, end = next(iter(pairs.items())) if pairs else _ends(rule)
    record = first(frame, start, end)
    return [*put(rule, record, start, "2016-02-02"), *put(rule, record, end, "2016-02-01")]


def _ends(rule: Rule) -> tuple[str, str]:
    """Start and end of a rule about two dates."""
    return rule.parameters["start"], rule.parameters["end"]


def _one_to_one(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A code gets a second name."""
    left, right = _pair(rule)
    record = first(frame, left, right)
    changes = {right: other(frame[right])}
    if frame[[left, right]].dropna().empty:
        changes[left] = other(frame[left])
        both = {left: other(frame[left]), right: _typed(frame[right], "1")}
        return [("copy", rule.dataset, record, both), ("copy", rule.dataset, record, changes)]
    return [("copy", rule.dataset, record, changes)]


def _limited(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date outside the dates of the subject."""
    given = rule.parameters
    limit = given.get("end") or given.get("start")
    rows = frame.loc[looked_up(frame, data, limit).notna()]
    make: list[Edit] = []
    if rows.empty:  # nobody of those meant has the other date: mean somebody who has
        whole = numbered(data[rule.dataset])
        rows = whole.loc[looked_up(whole, data, limit).notna()]
        for name, values in rule.where.items():
            make += put(rule, int(rows.index[0]), name, _met(whole[name], values))
    value = LATE if "end" in given else EARLY
    return [*make, *put(rule, int(rows.index[0]), given["variable"], value)]


def _group_of_two(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A record of a group has another value than the rest."""
    variable = rule.parameters["variable"]
    record = first(frame, variable, *rule.parameters["by"])
    return [("copy", rule.dataset, record, {variable: other(frame[variable])})]


def _bounded(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number at or beyond a limit."""
    given = rule.parameters
    name = next(n for n in ("low", "high", "above", "below") if n in given)
    beyond = {"low": -1.0, "high": 1.0}.get(name, 0.0)
    return put(rule, int(frame.index[0]), given["variable"], given[name] + beyond)


def _moved(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number is one more than it should be."""
    variable = rule.parameters["variable"]
    record = first(frame, variable, *[n for n in rule.variables if n != "USUBJID"])
    value = frame.at[record, variable]
    return put(rule, record, variable, (0.0 if pd.isna(value) else float(value)) + 1)


def _unknown_subject(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The record belongs to nobody that the other dataset knows."""
    given = rule.parameters
    record = first(frame, given["group"]) if "group" in given else int(frame.index[0])
    return put(rule, record, "USUBJID", "NOBODY")


def _matching(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A text that the regular expression refuses."""
    wrong = next(t for t in FOREIGN if not re.fullmatch(rule.parameters["pattern"], t))
    return put(rule, int(frame.index[0]), rule.parameters["variables"][0], wrong)


def _matching_then(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A name that says one thing and is another."""
    given = rule.parameters
    meant = frame[given["variable"]].str.fullmatch(given["pattern"])
    record = int(frame.index[meant][0]) if meant.any() else int(frame.index[0])
    make = [] if meant.any() else put(rule, record, given["variable"], NAMES[rule.id])
    return [*make, *_not_met(frame, rule, record, given["then"])]


def _partner(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A name without the name that must stand beside it, in a dataset that has none."""
    given = rule.parameters
    record = int(frame.index[0])
    name = NAMES[rule.id]
    alone = {given["variable"]: name, given["within"]: "ADALONE"}
    return [("copy", rule.dataset, record, alone)]


NAMES = {  # of variables, for rules about names
    "AD010": "SAFFL",
    "AD011": "SAFFN",
    "AD012": "ADTM",
    "AD013": "ADTF",
    "AD014": "ASTDY",
    "AD015": "AESTDTC",
    "AD016": "SAFFN",
    "AD017": "ASTDTF",
    "AD018": "AVISITN",
    "AD019": "TRTEDT",
    "AD020": "CHG",
    "AD021": "CRIT1FL",
    "AD022": "BASE",
    "AD023": "BNRIND",
    "AD024": "SRCSEQ",
    "AD025": "PARAMCD",
    "AD026": "PARAM",
    "AD027": "ADURN",
}


def _lost_term(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A value that must occur occurs no more."""
    variable, value = rule.parameters["variable"], rule.parameters["values"][0]
    found = frame.index[frame[variable] == value]
    return [("set", rule.dataset, int(record), variable, "NONE") for record in found]


def _derived(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A baseline that is not that of the baseline record."""
    own = next(iter(rule.parameters["pairs"]))
    return change(frame, rule, own)


def _first_of(name: str) -> Callable[..., list[Edit]]:
    """The first variable of a parameter becomes another."""
    return lambda rule, data, frame: change(frame, rule, next(iter(rule.parameters[name])))


def _own(name: str) -> Callable[..., list[Edit]]:
    """The variable of a parameter becomes another."""
    return lambda rule, data, frame: change(frame, rule, rule.parameters[name])


def _becomes(value: Any, name: str = "variables") -> Callable[..., list[Edit]]:
    """The first variable of a parameter gets a value."""

    def fault(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
        variable = rule.parameters[name]
        variable = variable if isinstance(variable, str) else next(iter(variable))
        return put(rule, first(frame, variable), variable, value)

    return fault


def _copied(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A variable differs from the dataset it is taken from."""
    copies = rule.parameters["copies"]
    own = next(name for name in copies.variables if name not in copies.by)
    return change(frame, rule, own)


def _next_to_last(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The last visit of a subject is dated before all others."""
    given = rule.parameters
    rows = frame.dropna(subset=[given["date"], given["order"]])
    sizes = rows.groupby(list(given["by"]))[given["order"]].transform("nunique")
    group = rows.loc[sizes > 1].sort_values(given["order"])
    return put(rule, int(group.index[-1]), given["date"], EARLY)


def _lone_relation(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """One side of a relation is lost."""
    return [("drop", rule.dataset, int(frame.index[0]), {})]


def _many(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """More records than there may be."""
    times = int(rule.parameters["count"])
    return [("copy", rule.dataset, int(frame.index[0]), {})] * times


def _slip(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A result in another unit."""
    value, (low, _) = rule.parameters["value"], rule.parameters["slip"].limits
    by = list(rule.parameters["by"])
    rows = frame.dropna(subset=[value, low])
    many = rows.groupby(by)[value].transform("count") > 3
    rows = rows.loc[many & (rows[low] > 0)]
    middle = rows.groupby(by)[value].transform("median")
    record = int(rows.index[0])
    return put(rule, record, value, float(middle.loc[record]) / 1000)


def _liver(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """ALT of 5 and bilirubin of 3 times the limit on one day, in a subject without an event."""
    result = rule.parameters["result"]
    events = set(data[rule.parameters["record"].dataset]["USUBJID"])
    rows = frame.loc[~frame["USUBJID"].isin(events)].dropna(subset=[result.high, result.date])
    alt = rows.loc[rows[result.test] == "ALT"].iloc[0]
    same = (rows["USUBJID"] == alt["USUBJID"]) & (rows[result.date] == alt[result.date])
    bili = rows.loc[same & (rows[result.test] == "BILI")].iloc[0]
    pair = ((alt, 5), (bili, 3))
    return [
        ("set", rule.dataset, row.name, result.value, times * row[result.high])
        for row, times in pair
    ]


def _response(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A complete response that the diameters do not show."""
    variable = rule.parameters["variable"]
    judged = frame.loc[frame[variable].isin(["SD", "PD", "PR"])]
    return put(rule, int(judged.index[0]), variable, "CR")


def _longer(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The smaller of two values is the larger."""
    smaller = frame.loc[meets(frame, rule.parameters["twins"].smaller)]
    return put(rule, int(smaller.index[0]), rule.parameters["variable"], 1e9)


def _indicator(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """HIGH in place of NORMAL."""
    given = rule.parameters
    said = frame.loc[frame[given["variable"]] == "NORMAL"]
    said = said.dropna(subset=[given["value"], *given["limits"]])
    return put(rule, int(said.index[0]), given["variable"], "HIGH")


def _flag(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A flag on a record that has none, or none on one that has."""
    flag = rule.parameters["flag"]
    record = first(frame, rule.parameters["window"].date)
    return put(rule, record, flag, None if frame.at[record, flag] == "Y" else "Y")


def _no_age(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """An age that the protocol does not allow, in a subject without a deviation."""
    others = frame.loc[~frame["USUBJID"].isin(data["DV"]["USUBJID"])]
    return put(rule, int(others.index[0]), rule.parameters["variable"], 99.0)


def _pointing(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number that no record has."""
    given = rule.parameters
    return put(rule, first(frame, given["variable"]), given["value"], "987654")


def _dated(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date far from every record it belongs to."""
    given = rule.parameters
    variable = given["near"].own if "near" in given else given["variable"]
    return put(rule, first(frame, variable), variable, LATE)


def _shifted(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date is that of another day than the one beside it."""
    own, _ = _pair(rule)
    return put(rule, first(frame, *_pair(rule)), own, "1901-02-03")


def _value_of_other(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A term that does not belong to the one beside it."""
    given, values = rule.parameters["given"], rule.parameters["values"]
    record = int(frame.index[0])
    make = put(rule, record, given, next(iter(values)))
    return [*make, *put(rule, record, rule.parameters["variable"], "OTHER THAN ALL")]


def _after_all(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date after the last record it must precede."""
    record = rule.parameters["record"]
    known = data[record.dataset].loc[meets(data[record.dataset], record.where), list(record.by)]
    keys = pd.MultiIndex.from_frame(known)
    rows = frame.loc[pd.MultiIndex.from_frame(frame[list(record.by)]).isin(keys)]
    return put(rule, int(rows.index[0]), rule.parameters["variable"], LATE)


def _far_from_visit(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A date years after the visit."""
    of = rule.parameters["of"]
    known = looked_up(frame, data, of, by=("USUBJID", "VISITNUM")).notna()
    return put(rule, int(frame.index[known][0]), rule.parameters["variable"], "2099-01-01")


def _bound(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """A number that no living person has."""
    given = rule.parameters
    rows = frame.loc[frame[given["by"]].isin(list(given["bounds"].limits))]
    return put(rule, int(rows.index[0]), given["variable"], 1e9)


def _not_flagged(rule: Rule, data: Data, frame: pd.DataFrame) -> list[Edit]:
    """The flag of a dose-limiting toxicity on an event that is none."""
    return put(rule, 1, "DLTFL", None if frame.at[1, "DLTFL"] == "Y" else "Y")


FAULTS: dict[str, Callable[[Rule, Data, pd.DataFrame], list[Edit]]] = {
    "accompanied": _accompanied,
    "agrees_with_diameters": _response,
    "agrees_with_range": _indicator,
    "as_specified": _own("variable"),
    "at_least": _lone_relation,
    "at_most": _many,
    "baseline_flag": lambda rule, data, frame: lose(frame, rule, rule.parameters["result"]),
    "coded_flags": _becomes(5.0, "pairs"),
    "columns_are": lambda rule, data, frame: [("column", rule.dataset, 0, frame.columns[-1])],
    "consecutive": _own("variable"),
    "contains": _lost_term,
    "count_of": _unknown_subject,
    "count_per": _unknown_subject,
    "date_order": _ordered,
    "date_orders": _ordered,
    "days_between": _moved,
    "difference": _moved,
    "duration": _becomes("2 days"),
    "equal_in_row": _first_of("pairs"),
    "equal_to_first": _own("variable"),
    "equal_to_other": _copied,
    "equal_to_record": _copied,
    "equal_to_supplemental": _moved,
    "equivalent": _implied,
    "flag_from_date": _flag,
    "from_baseline": _derived,
    "has_partner": _partner,
    "has_record": _unknown_subject,
    "has_record_near": _dated,
    "hys_law": _liver,
    "implies": _implied,
    "in_bounds": _bounded,
    "in_other": _own("variable"),
    "in_set": _own("variable"),
    "in_sets": _first_of("sets"),
    "in_visit_order": _next_to_last,
    "interval_days": _becomes("2099-01-01", "variable"),
    "iso8601": _becomes("2016-02-30"),
    "known_to_the_day": _becomes("2016-01"),
    "less_than": _first_of("pairs"),
    "matches": _matching,
    "matches_nth": _own("number"),
    "matches_then": _matching_then,
    "near_visit": _far_from_visit,
    "no_unit_slip": _slip,
    "not_after_cutoff": _becomes(LATE),
    "not_after_record": _after_all,
    "not_missing": lambda rule, data, frame: lose(frame, rule, rule.parameters["variables"][0]),
    "not_zero": _becomes(0.0),
    "numeric_pair": lambda rule, data, frame: [
        *put(rule, int(frame.index[0]), rule.parameters["text"], "12.5"),
        *put(rule, int(frame.index[0]), rule.parameters["number"], 99.0),
    ],
    "one_to_one": _one_to_one,
    "one_value_per": _group_of_two,
    "ordered_rows": _longer,
    "other_in_set": _unknown_subject,
    "other_present": _unknown_subject,
    "outside_without": _no_age,
    "percent_change": _moved,
    "plausible": _bound,
    "points_to_record": _pointing,
    "program": _not_flagged,
    "quotient": _moved,
    "resolves": _becomes("NOVAR", "variable"),
    "same_counts": lambda rule, data, frame: twice(frame, rule),
    "same_day": _shifted,
    "study_day": lambda rule, data, frame: change(
        frame, rule, *next(iter(rule.parameters["days"].items()))
    ),
    "sum_on_day": _moved,
    "text_fits": _becomes("x" * 300, "lengths"),
    "together": _accompanied,
    "unique_per": lambda rule, data, frame: twice(frame, rule),
    "value_by_position": _own("variable"),
    "value_by_value": _value_of_other,
    "whole_number": _becomes(1.5),
    "within_reference": _limited,
}
