"""findings.xlsx: the findings for the team and the sponsor, who answers in a column of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.checks.baseline import STATES, Kept
from pipeline.checks.reported import Reported, in_words
from pipeline.checks.responses import NO_ANSWERS, Answers
from pipeline.checks.results import STATUSES, RuleResult
from pipeline.checks.sheets import Sheet, write_sheets
from pipeline.study import Study

DETAILS, RESOLVED = "details", "resolved"
RESPONSE, KEY, WRITTEN = "response of the sponsor", "key", "response as written"
DETAIL_HEAD = (
    "severity",
    "status",
    "since last cut",
    "first seen",
    "dataset",
    "rule",
    "subject",
    "site",
    "what",
    "why",
    "keys",
    "values",
    "CRF",
    "fix",
    "waived",
    RESPONSE,
    KEY,
    WRITTEN,
)
RESOLVED_HEAD = (
    *("dataset", "rule", "subject", "what", "first seen", RESPONSE),
    *(KEY, WRITTEN),
)
HIDDEN = (KEY, WRITTEN)
RULE_HEAD = (
    "dataset",
    "rule",
    "says",
    "severity",
    "status",
    "rows checked",
    "rows failed",
    "subjects",
    "reason",
    "why",
    "source",
)


def write_workbook(
    study: Study,
    results: Sequence[RuleResult],
    reported: Sequence[Reported],
    path: Path,
    gone: Sequence[Kept] = (),
    answers: Answers = NO_ANSWERS,
) -> None:
    """Write the sheets summary, details, rules and, if there are any, resolved to `path`.

    `gone` are resolved findings; `answers` are the responses kept and those typed but not kept.
    """
    details = [_detail_row(item, answers) for item in reported]
    sheets = [
        Sheet("summary", ("what", "number"), _summary(study, results, reported, gone)),
        Sheet(DETAILS, DETAIL_HEAD, details, HIDDEN),
        Sheet("rules", RULE_HEAD, [_rule_row(result) for result in results]),
    ]
    past = resolved_rows(gone, {item.key for item in reported}, answers)
    if past:
        sheets.append(Sheet(RESOLVED, RESOLVED_HEAD, past, HIDDEN))
    write_sheets(sheets, f"{study.id} validation", study.timestamp, path)


def resolved_rows(
    gone: Sequence[Kept], there: Collection[str], answers: Answers
) -> list[tuple[object, ...]]:
    """Findings that are no longer there: those of the last cut, then those only answered."""
    known = {item.key for item in gone}
    rows: list[tuple[object, ...]] = [
        (item.dataset, item.rule, item.subject, item.what, item.since, *answers.cells(item.key))
        for item in gone
    ]
    rows += [
        (item.dataset, item.rule, item.subject, item.finding, "", *answers.cells(key))
        for key, item in sorted({**answers.kept, **answers.typed}.items())
        if key not in known and key not in there
    ]
    return rows


def _summary(
    study: Study,
    results: Sequence[RuleResult],
    reported: Sequence[Reported],
    gone: Sequence[Kept],
) -> list[tuple[object, object]]:
    """The study and the counts of the report."""
    rules = Counter(result.status for result in results)
    found = Counter((item.finding.severity, bool(item.waived)) for item in reported)
    rows: list[tuple[object, object]] = [
        ("study", study.id),
        ("title", study.title),
        ("data cut-off", study.cutoff.isoformat()),
    ]
    rows += [(f"rules {status}", rules[status]) for status in STATUSES]
    for severity in ("error", "warning", "note"):
        rows.append((f"findings of severity {severity}, open", found[severity, False]))
        rows.append((f"findings of severity {severity}, waived", found[severity, True]))
    states = Counter(item.state for item in reported)
    if gone or any(states[state] for state in STATES):
        rows += [(f"findings {state} since the last cut", states[state]) for state in STATES]
        rows.append(("findings resolved since the last cut", len(gone)))
    return rows


def _detail_row(item: Reported, answers: Answers) -> tuple[object, ...]:
    """One finding in the order of DETAIL_HEAD."""
    found = item.finding
    return (
        found.severity,
        "waived" if item.waived else "open",
        item.state,
        item.since,
        item.place,
        found.rule,
        found.subject,
        item.site,
        found.what,
        item.why,
        in_words(item.keys),
        in_words(item.values),
        "; ".join(item.crf),
        found.fix,
        item.waived,
        *answers.cells(item.key),
    )


def _rule_row(result: RuleResult) -> tuple[object, ...]:
    """One rule in the order of RULE_HEAD."""
    return (
        result.dataset,
        result.rule,
        result.says,
        result.severity,
        result.status,
        result.rows,
        result.failed,
        result.subjects,
        result.reason,
        result.why,
        result.source,
    )
