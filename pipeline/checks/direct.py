"""Rules without Great Expectations: the same checks on the frames, for tests and measurements.

The report goes through `pipeline.checks.suites`; a test proves that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from pipeline.checks.checked import RECORD, Checked, RuleTest, blame, columns_differ, pairs_of
from pipeline.checks.conditions import Data, meets
from pipeline.checks.rules import Rule


def run_directly(data: Data, rules: Iterable[Rule]) -> list[Checked]:
    """Check the datasets with rules all of whose variables are there."""
    return [check_rule(data, rule) for rule in rules]


def check_rule(data: Data, rule: Rule) -> Checked:
    """One rule on its dataset."""
    frame = data[rule.dataset]
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name=RECORD))
    if rule.check == "columns_are":
        found, specified = list(frame.columns), list(rule.parameters["names"])
        detail = "" if found == specified else columns_differ(found, specified)
        return Checked(rule, len(frame), pairs_of([0] if detail else [], ""), detail)
    outcomes: dict[str, pd.DataFrame] = {}
    passed = RuleTest(rule, data, outcomes)(frame)
    records = list(passed.index[~passed])
    blamed = outcomes.get(rule.id)
    failed = pairs_of(records, "") if blamed is None else blame(blamed, records)
    failed = failed.sort_values([RECORD, "variable"], ignore_index=True)
    return Checked(rule, int(meets(frame, rule.where).sum()), failed)
