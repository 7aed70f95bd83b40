"""Faults by check: FAULTS maps a check to a function `(rule, data, frame) -> edits`.

`frame` holds the rows that the rule is about, its index is the record number.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from faults.across import (
    LATE,
    after_all,
    copied,
    dated,
    far_from_visit,
    limited,
    no_age,
    pointing,
    unknown_subject,
)
from faults.clinical import (
    bound,
    derived,
    flag,
    indicator,
    liver,
    longer,
    next_to_last,
    not_flagged,
    response,
    slip,
)
from faults.edits import Data, Edit, change, edited, lose, met, numbered, put, twice
from faults.in_rows import (
    accompanied,
    becomes,
    bounded,
    first_of,
    group_of_two,
    implied,
    lone_relation,
    lost_term,
    many,
    matching,
    moved,
    one_to_one,
    ordered,
    own,
    shifted,
    value_of_other,
)
from faults.of_names import matching_then, partner
from pipeline.checks.conditions import meets
from pipeline.checks.rules import Rule


def faults_of(rule: Rule, data: Data) -> list[Edit]:
    """The edits that the rule must notice."""
    whole = numbered(data[rule.dataset])
    frame = whole.loc[meets(whole, rule.where)] if rule.where else whole
    made: list[Edit] = []
    if frame.empty:  # no row is what the rule is about: make one
        record = whole.index[0]
        made = [("set", rule.dataset, record, n, met(whole[n], v)) for n, v in rule.where.items()]
        whole = numbered(edited(data, made)[rule.dataset])
        frame = whole.loc[[record]]
    return [*made, *FAULTS[rule.check](rule, data, frame)]


FAULTS: dict[str, Callable[[Rule, Data, pd.DataFrame], list[Edit]]] = {
    "accompanied": accompanied,
    "agrees_with_diameters": response,
    "agrees_with_range": indicator,
    "as_specified": own("variable"),
    "at_least": lone_relation,
    "at_most": many,
    "baseline_flag": lambda rule, data, frame: lose(frame, rule, rule.parameters["result"]),
    "coded_flags": becomes(5.0, "pairs"),
    "columns_are": lambda rule, data, frame: [("column", rule.dataset, 0, frame.columns[-1])],
    "consecutive": own("variable"),
    "contains": lost_term,
    "count_of": unknown_subject,
    "count_per": unknown_subject,
    "date_order": ordered,
    "date_orders": ordered,
    "days_between": moved,
    "difference": moved,
    "duration": becomes("2 days"),
    "equal_in_row": first_of("pairs"),
    "equal_to_first": own("variable"),
    "equal_to_other": copied,
    "equal_to_record": copied,
    "equal_to_supplemental": moved,
    "equivalent": implied,
    "flag_from_date": flag,
    "from_baseline": derived,
    "has_partner": partner,
    "has_record": unknown_subject,
    "has_record_near": dated,
    "hys_law": liver,
    "implies": implied,
    "in_bounds": bounded,
    "in_other": own("variable"),
    "in_set": own("variable"),
    "in_sets": first_of("sets"),
    "in_visit_order": next_to_last,
    "interval_days": becomes("2099-01-01", "variable"),
    "iso8601": becomes("2016-02-30"),
    "known_to_the_day": becomes("2016-01"),
    "less_than": first_of("pairs"),
    "matches": matching,
    "matches_nth": own("number"),
    "matches_then": matching_then,
    "near_visit": far_from_visit,
    "no_unit_slip": slip,
    "not_after_cutoff": becomes(LATE),
    "not_after_record": after_all,
    "not_missing": lambda rule, data, frame: lose(frame, rule, rule.parameters["variables"][0]),
    "not_zero": becomes(0.0),
    "numeric_pair": lambda rule, data, frame: [
        *put(rule, int(frame.index[0]), rule.parameters["text"], "12.5"),
        *put(rule, int(frame.index[0]), rule.parameters["number"], 99.0),
    ],
    "one_to_one": one_to_one,
    "one_value_per": group_of_two,
    "ordered_rows": longer,
    "other_in_set": unknown_subject,
    "other_present": unknown_subject,
    "outside_without": no_age,
    "percent_change": moved,
    "plausible": bound,
    "points_to_record": pointing,
    "program": not_flagged,
    "quotient": moved,
    "resolves": becomes("NOVAR", "variable"),
    "same_counts": lambda rule, data, frame: twice(frame, rule),
    "same_day": shifted,
    "study_day": lambda rule, data, frame: change(
        frame, rule, *next(iter(rule.parameters["days"].items()))
    ),
    "sum_on_day": moved,
    "text_fits": becomes("x" * 300, "lengths"),
    "together": accompanied,
    "unique_per": lambda rule, data, frame: twice(frame, rule),
    "value_by_position": own("variable"),
    "value_by_value": value_of_other,
    "whole_number": becomes(1.5),
    "within_reference": limited,
}
