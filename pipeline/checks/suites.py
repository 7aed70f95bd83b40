"""Great Expectations: every rule becomes an expectation, one suite per dataset, run in one go.

The only module that imports Great Expectations, and only inside functions: the import takes two
seconds. Nothing is sent anywhere, and the context lives in memory.

Rules that say what a built-in expectation says become that one; all others become
`expect_rows_to_meet_check`, an expectation about the batch that calls the check of the library.
Great Expectations says which rules fail. The records of a failing rule are those of its check: its
own list of them (result format COMPLETE) costs half a minute for a million records.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from pipeline.checks.checked import Checked, RuleTest, checked_columns
from pipeline.checks.conditions import Data
from pipeline.checks.evidence import text_rows
from pipeline.checks.parameter_json import plain
from pipeline.checks.records import RECORD, Records, numbered
from pipeline.checks.rules import Rule

GX_SEVERITY = {"error": "critical", "warning": "warning", "note": "info"}
BUILT_IN = ("columns_are", "not_missing", "in_set", "in_sets", "unique_per")
MOST_KEYS = 20

_tests: ContextVar[Mapping[str, RuleTest]] = ContextVar("tests")


@dataclass(frozen=True)
class Run:
    """The rules of one dataset as Great Expectations ran them.

    `not_met` are (rule, variable) of the expectations that failed.
    """

    checked: list[Checked]
    not_met: list[tuple[str, str]]


def run_suite(data: Data, name: str, rules: Sequence[Rule]) -> Run:
    """Check the dataset `name` with rules; every variable a rule reads must be in `data`.

    A rule that cannot be evaluated is Checked with its fault.
    """
    frame = numbered(data[name])
    sources = _context().data_sources
    asset = sources.add_pandas("study").add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = suite_of(name, rules, frame)
    tests = {rule.id: RuleTest(rule, data) for rule in rules}
    token = _tests.set(tests)
    try:
        results = list(batch.validate(suite, result_format="BOOLEAN_ONLY").results)
    finally:
        _tests.reset(token)
        sources.delete("study")  # with the data it would keep
    about = [(result, *expected(result.expectation_config)) for result in results]
    faults = {rule: fault for result, rule, _ in about if (fault := _fault(result))}
    not_met = [(rule, variable) for result, rule, variable in about if not result.success]
    failing = {rule for rule, _ in not_met}
    checked = [
        _checked(rule, frame, tests[rule.id], faults.get(rule.id, ""), rule.id in failing)
        for rule in rules
    ]
    return Run(checked, not_met)


@cache
def _context() -> Any:
    """The context of Great Expectations, which lives in memory."""
    context = great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def suite_of(name: str, rules: Sequence[Rule], frame: pd.DataFrame) -> Any:
    """The suite of a dataset; `frame` has its columns and their types."""
    expectations = [e for rule in rules for e in _expectations(rule, frame)]
    return great_expectations().ExpectationSuite(name=name, expectations=expectations)


def great_expectations() -> Any:
    """The package, with its usage statistics switched off before it is imported."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations

    return great_expectations


def expected(expectation: Any) -> tuple[str, str]:
    """The rule and the variable of an expectation, or of its configuration."""
    return str(expectation.meta["rule"]), str(expectation.meta["variable"])


def _fault(result: Any) -> str:
    """Why an expectation could not be evaluated; empty when it was."""
    said = result.exception_info or {}
    for info in [said, *(value for value in said.values() if isinstance(value, dict))]:
        if info.get("raised_exception"):
            return f"it cannot be evaluated: {info.get('exception_message')}"
    return ""


def _checked(rule: Rule, frame: pd.DataFrame, test: RuleTest, fault: str, failed: bool) -> Checked:
    """What came of a rule; the records of one that failed are those its check names."""
    if fault:
        return Checked.not_evaluated(rule, fault)
    if rule.check == "columns_are":
        return checked_columns(rule, frame)
    return test.checked(frame) if failed else Checked.passed(rule, frame)


def _expectations(rule: Rule, frame: pd.DataFrame) -> list[Any]:
    """The expectations of a rule: built-in ones where they say the same."""
    if rule.check in BUILT_IN and not rule.where:
        return _built_in(rule, frame)
    return [
        _row_expectation()(
            column_list=rule.variables,
            rule=rule.id,
            check=rule.check,
            parameters={name: plain(value) for name, value in rule.parameters.items()},
            row_filter=plain(rule.where),
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


def _keys(frame: pd.DataFrame, records: Records) -> list[dict[str, str]]:
    """Record number, subject and sequence number of records."""
    records = records[records > 0]
    if not len(records):
        return []
    names = [name for name in frame.columns if name == "USUBJID" or name.endswith("SEQ")]
    rows = frame.loc[records, names].assign(**{RECORD: records})
    return text_rows({name: rows[name] for name in (RECORD, *names)}, len(rows))


@cache
def _row_expectation() -> Any:
    """`expect_rows_to_meet_check`, registered with Great Expectations on first use."""
    from great_expectations.expectations.expectation import BatchExpectation

    metric = _row_metric()

    class ExpectRowsToMeetCheck(BatchExpectation):
        """Expect every row to meet a named check of pipeline/checks/check_*.py."""

        column_list: list
        rule: str
        check: str
        parameters: dict
        row_filter: dict
        metric_dependencies = (metric,)
        success_keys = ("rule",)
        args_keys = ("column_list", "check")

        def _validate(
            self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None
        ) -> Any:
            """The answer, how many rows failed, and the keys of the first of them."""
            found = metrics[metric]
            return {"success": found["unexpected_count"] == 0, "result": found}

    return ExpectRowsToMeetCheck


def _row_metric() -> str:
    """The name of the metric that says which rows fail the check of a rule, registered."""
    from great_expectations.core.metric_domain_types import MetricDomainTypes
    from great_expectations.execution_engine import PandasExecutionEngine
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

    class RowsFailing(TableMetricProvider):
        """Calls the test of the rule that is running."""

        metric_name = "table.rows_failing_check"
        value_keys = ("rule",)

        @metric_value(engine=PandasExecutionEngine)
        def _pandas(
            cls, execution_engine, metric_domain_kwargs, metric_value_kwargs, metrics, **kwargs
        ):
            """How many records fail, and the keys of the first of them."""
            frame, _, _ = execution_engine.get_compute_domain(
                domain_kwargs=metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE
            )
            records = _tests.get()[metric_value_kwargs["rule"]].failing(frame)
            return {
                "unexpected_count": len(records),
                "partial_unexpected_index_list": _keys(frame, records[:MOST_KEYS]),
            }

    return RowsFailing.metric_name
