"""Great Expectations: every rule becomes an expectation, one suite per dataset, run in one go.

The only module that imports Great Expectations, and only inside functions: the import takes two
seconds. Nothing is sent anywhere, and the context lives in memory.

Rules that say what a built-in expectation says become that one; all others become
`expect_rows_to_meet_check`, a multicolumn map expectation that calls the check of the library.
A suite is run twice: for yes or no, then the failing expectations again for their records.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from pipeline.checks.checked import RECORD, Checked, RuleTest, blame, columns_differ, pairs_of
from pipeline.checks.conditions import Data, meets
from pipeline.checks.parameter_json import plain
from pipeline.checks.rules import Rule

GX_SEVERITY = {"error": "critical", "warning": "warning", "note": "info"}
BUILT_IN = ("columns_are", "not_missing", "in_set", "in_sets", "unique_per")

_tests: ContextVar[Mapping[str, Callable[[pd.DataFrame], pd.Series]]] = ContextVar("tests")


@dataclass(frozen=True)
class Suite:
    """The rules of one dataset as Great Expectations ran them; `json` is the suite itself."""

    dataset: str
    checked: list[Checked]
    json: dict[str, Any]


def run_suites(data: Data, rules: Mapping[str, Sequence[Rule]]) -> list[Suite]:
    """Check each dataset of `data` with its rules; every variable a rule reads must be there.

    A rule that cannot be evaluated is Checked with its fault.
    """
    gx = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("study")
    return [_run(gx, source, data, name, list(own)) for name, own in rules.items()]


def _great_expectations() -> Any:
    """The package, with its usage statistics switched off before it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations

    return great_expectations


def _run(gx: Any, source: Any, data: Data, name: str, rules: list[Rule]) -> Suite:
    """One suite."""
    frame = data[name].set_axis(pd.RangeIndex(1, len(data[name]) + 1, name=RECORD))
    asset = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
    batch = asset.get_batch({"dataframe": frame})
    expectations = [e for rule in rules for e in _expectations(rule, frame)]
    suite = gx.ExpectationSuite(name=name, expectations=expectations)
    outcomes: dict[str, pd.DataFrame] = {}
    token = _tests.set({rule.id: RuleTest(rule, data, outcomes) for rule in rules})
    try:
        first = list(batch.validate(suite, result_format="BOOLEAN_ONLY").results)
        faults = {_mark(result)[0]: fault for result in first if (fault := _fault(result))}
        failing = {_mark(r) for r in first if not r.success and _mark(r)[0] not in faults}
        again = [e for e in expectations if (e.meta["rule"], e.meta["variable"]) in failing]
        second = _failures(gx, batch, name, again) if again else []
    finally:
        _tests.reset(token)
    checked = [
        Checked(rule, 0, pairs_of([], ""), fault=faults[rule.id])
        if rule.id in faults
        else _checked(rule, frame, second, outcomes)
        for rule in rules
    ]
    return Suite(name, checked, suite.to_json_dict())


def _failures(gx: Any, batch: Any, name: str, expectations: list[Any]) -> list[Any]:
    """The results of failing expectations with all their records."""
    suite = gx.ExpectationSuite(name=f"{name} failures", expectations=expectations)
    complete = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": [RECORD],
        "partial_unexpected_count": 0,
        "exclude_unexpected_values": True,
        "return_unexpected_index_query": False,
    }
    return list(batch.validate(suite, result_format=complete).results)


def _mark(result: Any) -> tuple[str, str]:
    """Rule and variable of a result."""
    meta = result.expectation_config.meta
    return meta["rule"], meta["variable"]


def _fault(result: Any) -> str:
    """Why an expectation could not be evaluated; empty when it was."""
    said = result.exception_info or {}
    for info in [said, *(value for value in said.values() if isinstance(value, dict))]:
        if info.get("raised_exception"):
            return f"it cannot be evaluated: {info.get('exception_message')}"
    return ""


def _checked(
    rule: Rule, frame: pd.DataFrame, results: Iterable[Any], outcomes: Mapping[str, pd.DataFrame]
) -> Checked:
    """The failing records of a rule, from all its expectations."""
    rows = int(meets(frame, rule.where).sum())
    failed, detail = [], ""
    for result in results:
        name, variable = _mark(result)
        if name != rule.id:
            continue
        if rule.check == "columns_are":
            detail = columns_differ(list(frame.columns), list(rule.parameters["names"]))
            failed.append(pairs_of([0], ""))
        else:
            records = _records(result.result.get("unexpected_index_list"))
            blamed = outcomes.get(rule.id)
            failed.append(pairs_of(records, variable) if blamed is None else blame(blamed, records))
    found = pd.concat(failed, ignore_index=True) if failed else pairs_of([], "")
    return Checked(rule, rows, found.sort_values([RECORD, "variable"], ignore_index=True), detail)


def _records(found: Any) -> list[int]:
    """The record numbers in an unexpected_index_list, which holds them as one list per column."""
    return [int(record) for entry in found or [] for record in entry[RECORD]]


def _expectations(rule: Rule, frame: pd.DataFrame) -> list[Any]:
    """The expectations of a rule: built-in ones where they say the same."""
    if rule.check in BUILT_IN and not rule.where:
        return _built_in(rule, frame)
    subject = ["USUBJID"] if "USUBJID" in frame.columns else []
    columns = list(dict.fromkeys([*rule.variables, *subject]))
    if len(columns) < 2:  # a multicolumn expectation has at least two
        columns += [name for name in frame.columns if name not in columns][:1]
    return [
        _row_expectation()(
            column_list=columns,
            rule=rule.id,
            check=rule.check,
            parameters={name: plain(value) for name, value in rule.parameters.items()},
            row_filter=plain(rule.where),
            ignore_row_if="never",
            **_about(rule),
        )
    ]


def _built_in(rule: Rule, frame: pd.DataFrame) -> list[Any]:
    """The built-in expectations of a rule: one per variable, or one for the table."""
    from great_expectations import expectations as gxe

    given = rule.parameters
    if rule.check == "columns_are":
        names = list(given["names"])
        return [gxe.ExpectTableColumnsToMatchOrderedList(column_list=names, **_about(rule))]
    if rule.check == "unique_per":
        by = list(given["by"])
        if len(by) == 1:
            return [gxe.ExpectColumnValuesToBeUnique(column=by[0], **_about(rule, by[0]))]
        return [gxe.ExpectCompoundColumnsToBeUnique(column_list=by, **_about(rule))]
    if rule.check == "not_missing":
        return [
            gxe.ExpectColumnValuesToNotBeNull(column=name, **_about(rule, name))
            for name in given["variables"]
        ]
    sets = given["sets"] if rule.check == "in_sets" else {given["variable"]: given["values"]}
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column=name, value_set=_values(frame[name], values), **_about(rule, name)
        )
        for name, values in sets.items()
    ]


def _values(column: pd.Series, values: Sequence[str]) -> list[Any]:
    """The allowed values in the type of the column."""
    if pd.api.types.is_numeric_dtype(column):
        return pd.to_numeric(pd.Series(values, dtype="object"), errors="coerce").dropna().tolist()
    return list(values)


def _about(rule: Rule, variable: str = "") -> dict[str, Any]:
    """What an expectation says of itself to a reader of the suite."""
    meta = {
        "rule": rule.id,
        "variable": variable,
        "says": rule.says,
        "why": rule.why,
        "source": rule.source,
    }
    return {"meta": meta, "severity": GX_SEVERITY[rule.severity], "description": rule.says}


@cache
def _row_expectation() -> Any:
    """`expect_rows_to_meet_check`, registered with Great Expectations on first use."""
    from great_expectations.expectations.expectation import MulticolumnMapExpectation

    metric = _row_metric()

    class ExpectRowsToMeetCheck(MulticolumnMapExpectation):
        """Expect every row to meet a named check of pipeline/checks/check_*.py."""

        rule: str
        check: str
        parameters: dict
        row_filter: dict
        map_metric = metric
        success_keys = ("mostly", "rule")

    return ExpectRowsToMeetCheck


def _row_metric() -> str:
    """The name of the metric that says which rows meet the check of a rule, registered."""
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.metrics.map_metric_provider import (
        MulticolumnMapMetricProvider,
        multicolumn_condition_partial,
    )

    class RowsMeetCheck(MulticolumnMapMetricProvider):
        """Calls the test of the rule that is running."""

        condition_metric_name = "multicolumn_values.meet_check"
        condition_value_keys = ("rule",)

        @multicolumn_condition_partial(engine=PandasExecutionEngine)
        def _pandas(cls, column_list, rule, **kwargs):
            """True per row of `column_list`, the columns the rule reads."""
            return _tests.get()[rule](column_list)

    return RowsMeetCheck.condition_metric_name
