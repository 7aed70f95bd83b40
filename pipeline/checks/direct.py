"""Rules without Great Expectations: the same checks on the frames, for tests and measurements.

The report goes through `pipeline.checks.suites`; a test proves that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.checks.checked import Checked, RuleTest, checked_columns
from pipeline.checks.conditions import Data
from pipeline.checks.records import numbered
from pipeline.checks.rules import Rule


def run_directly(data: Data, rules: Iterable[Rule]) -> list[Checked]:
    """Check the datasets with rules all of whose variables are there."""
    return [check_rule(data, rule) for rule in rules]


def check_rule(data: Data, rule: Rule) -> Checked:
    """One rule on its dataset."""
    frame = numbered(data[rule.dataset])
    if rule.check == "columns_are":
        return checked_columns(rule, frame)
    return RuleTest(rule, data).checked(frame)
