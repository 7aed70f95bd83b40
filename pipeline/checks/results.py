"""What the report says of every rule: passed, failed, waived or not run, and on how many rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from pipeline.checks.reported import INTAKE_WHY, Reported
from pipeline.checks.rules import Rule
from pipeline.checks.tally import Tally

PASSED, FAILED, WAIVED, NOT_RUN = "passed", "failed", "waived", "not run"
STATUSES = (FAILED, WAIVED, NOT_RUN, PASSED)
INTAKE = {
    "INTAKE-SUBJECT": "Every record belongs to a subject of the form that lists the subjects.",
    "INTAKE-KEY": "No record repeats the key of another.",
    "INTAKE-REQUIRED": "Required fields are filled in.",
    "INTAKE-TERM": "Collected terms are in their codelist.",
    "INTAKE-NUMBER": "Numbers can be read as numbers.",
    "INTAKE-DATE": "Dates exist and can be read.",
    "INTAKE-CUTOFF": "No date lies after the data cut-off.",
}


@dataclass(frozen=True)
class RuleResult:
    """One rule on one dataset (or CRF extract): status, and `reason` when it did not run.

    `rows` were checked, `failed` of them failed, on `subjects` subjects.
    """

    dataset: str
    rule: str
    says: str
    why: str
    severity: str
    source: str
    status: str
    reason: str = ""
    rows: int = 0
    failed: int = 0
    subjects: int = 0

    def as_json(self) -> dict[str, Any]:
        """For rules.json."""
        return asdict(self)


def not_run(rule: Rule, reason: str) -> RuleResult:
    """A rule that could not be checked, and why."""
    return replace(_result(rule), status=NOT_RUN, reason=reason)


def ran(tally: Tally, size: int) -> RuleResult:
    """A rule asked of a dataset of `size` records; without a row to look at it did not run."""
    if tally.rows == 0 and not tally.detail and tally.rule.check != "columns_are":
        empty = "no row of the dataset is what the rule is about" if size else "no records"
        return not_run(tally.rule, empty)
    return replace(
        _result(tally.rule),
        status=FAILED if tally.records else PASSED,
        rows=tally.rows,
        failed=tally.records,
        subjects=tally.subjects,
    )


def _result(rule: Rule) -> RuleResult:
    """A rule that has not been looked at."""
    return RuleResult(
        rule.dataset, rule.id, rule.says, rule.why, rule.severity, rule.source, NOT_RUN
    )


def why_not(rule: Rule, columns: Mapping[str, Collection[str]], known: Collection[str]) -> str:
    """Why a rule cannot run on datasets with these columns; empty when it can.

    `known` are the datasets that the study specifies.
    """
    needs = {(dataset, variable) for dataset, variable in rule.needs if variable}
    named = {rule.dataset} | {dataset for dataset, _ in rule.needs}
    missing = sorted(name for name in named if name not in columns)
    if missing:
        specified = [name for name in missing if name in known]
        reason = "not built" if specified else "not in this study"
        return f"{', '.join(specified or missing)} {reason}"
    absent = sorted(f"{d}.{v}" for d, v in needs if v not in columns[d])
    return f"{', '.join(absent)} not in this study" if absent else ""


def intake_results(reported: Sequence[Reported], files: Mapping[str, int]) -> list[RuleResult]:
    """The rules of the intake per CRF extract; `files` is file -> number of records."""
    counted: dict[tuple[str, str], list[Reported]] = {}
    for item in reported:
        counted.setdefault((item.finding.file, item.finding.rule), []).append(item)
    names = dict.fromkeys([*INTAKE, *(rule for _, rule in counted)])
    return [
        _intake_result(file, rule, counted.get((file, rule), []), rows)
        for file, rows in files.items()
        for rule in names
    ]


def _intake_result(file: str, rule: str, found: Sequence[Reported], rows: int) -> RuleResult:
    """One rule of the intake on one extract."""
    return RuleResult(
        dataset=file,
        rule=rule,
        says=INTAKE.get(rule, rule),
        why=INTAKE_WHY,
        severity=_worst(item.finding.severity for item in found),
        source="raw/forms.yaml",
        status=FAILED if found else PASSED,
        rows=rows,
        failed=len({item.finding.line for item in found}),
        subjects=len({item.finding.subject for item in found if item.finding.subject}),
    )


def _worst(severities: Iterable[str]) -> str:
    """The gravest of severities, error when there is none."""
    found = set(severities)
    return next((name for name in ("error", "warning", "note") if name in found), "error")


def with_waivers(results: Sequence[RuleResult], reported: Sequence[Reported]) -> list[RuleResult]:
    """A failed rule all of whose findings are waived is waived."""
    open_findings = {
        (item.finding.dataset or item.finding.file, item.finding.rule)
        for item in reported
        if not item.waived
    }
    return [
        replace(result, status=WAIVED)
        if result.status == FAILED and (result.dataset, result.rule) not in open_findings
        else result
        for result in results
    ]
