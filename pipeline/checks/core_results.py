"""The answers of CDISC CORE as rules and findings of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.checks.advice import Advice
from pipeline.checks.built import Built
from pipeline.checks.evidence import text_rows
from pipeline.checks.origins import Places, place_in_words
from pipeline.checks.reported import Reported, in_words
from pipeline.checks.results import FAILED, NOT_RUN, PASSED, RuleResult
from pipeline.checks.tally import MOST_FINDINGS
from pipeline.findings import Finding
from pipeline.spec import Dataset

CORE = "CORE"
SAYS = "The conformance rules of CDISC hold (CORE)."
WHY = "The agencies check what they receive by the same rules."
FIX = "correct the program or the specification, or explain it in the reviewer's guide"
SEVERITY = "warning"
OUTSIDE = "Outside scope"


@dataclass(frozen=True)
class NotRun:
    """Why the engine has said nothing about these data."""

    reason: str


@dataclass(frozen=True)
class Issue:
    """One row that a rule of the engine names; record 0 means the dataset."""

    rule: str
    dataset: str
    record: int
    values: Mapping[str, str]
    says: str
    source: str
    message: str


def core_results(answers: Sequence[dict[str, Any]] | NotRun) -> list[RuleResult]:
    """Every rule of the engine on every dataset it is about; what did not run says why."""
    if isinstance(answers, NotRun):
        return [_about(CORE, CORE, SAYS, CORE, answers.reason)]
    results = []
    for answer in answers:
        name = f"{answer['standard'].upper()} {answer['version'].replace('-', '.')}"
        if not any(_ran(result["execution_status"]) for result in answer["results"]):
            reason = f"CORE: not run; the engine ran no rule of {name}"
            results.append(_about(name, CORE, SAYS, CORE, reason))
        for result in answer["results"]:
            results += _of_rule(result, name)
    return results


def _ran(status: str) -> bool:
    """Whether a rule of the engine was evaluated."""
    return status in ("success", "issue reported")


def _of_rule(result: Mapping[str, Any], standard: str) -> Iterator[RuleResult]:
    """One rule on the datasets it is about; on the standard when it is about none."""
    told = [part for part in result["results"] if not _outside(part)]
    if not told:
        reason = "skipped: no dataset of the study is in its scope"
        yield _about(standard, result["id"], _says(result), source(result), reason)
    for part in told:
        dataset, status = part.get("dataset") or standard, part["executionStatus"]
        about = _about(dataset, result["id"], _says(result), source(result), "")
        if not _ran(status):
            word = "skipped" if status == "skipped" else "error of the engine"
            yield replace(about, reason=f"{word}: {_reason(part)}")
            continue
        rows = [error for error in part["errors"] if "value" in error]
        subjects = {error["USUBJID"] for error in rows if error.get("USUBJID")}
        state = FAILED if rows else PASSED
        yield replace(about, status=state, failed=len(rows), subjects=len(subjects))


def _reason(part: Mapping[str, Any]) -> str:
    """Why the engine did not evaluate a rule on a dataset, as it says itself."""
    first: Mapping[str, Any] = next(iter(part.get("errors", [])), {})
    said = [str(first[name]) for name in ("error", "message") if first.get(name)]
    return ": ".join(said) or part.get("message") or "it gives no reason"


def _outside(part: Mapping[str, Any]) -> bool:
    """Whether the engine skipped a dataset because the rule is not about it."""
    errors = [error.get("error") for error in part.get("errors", [])]
    return part["executionStatus"] == "skipped" and OUTSIDE in errors


def _about(dataset: str, rule: str, says: str, where: str, reason: str) -> RuleResult:
    """A rule of the engine that has not run."""
    return RuleResult(dataset, rule, says, WHY, SEVERITY, where, NOT_RUN, reason)


def _says(result: Mapping[str, Any]) -> str:
    """The rule in words."""
    return str(result.get("says") or result.get("message") or result["id"])


def source(result: Mapping[str, Any]) -> str:
    """CORE, and the numbers the rule has with CDISC and the FDA."""
    numbers = [f"CDISC {result['cdisc']}"] if result.get("cdisc") else []
    numbers += [f"FDA {result['fda']}"] if result.get("fda") else []
    return ", ".join([CORE, *numbers])


def issues_of(answers: Sequence[dict[str, Any]] | NotRun) -> list[Issue]:
    """Every row the engine names."""
    if isinstance(answers, NotRun):
        return []
    return [
        Issue(
            rule=result["id"],
            dataset=error.get("dataset") or part["dataset"],
            record=int(error.get("row") or 0),
            values={name: _text(value) for name, value in error["value"].items()},
            says=_says(result),
            source=source(result),
            message=str(part.get("message") or result.get("message") or ""),
        )
        for answer in answers
        for result in answer["results"]
        for part in result["results"]
        if part["executionStatus"] == "issue reported"
        for error in part["errors"][:MOST_FINDINGS]
        if "value" in error
    ]


def _text(value: object) -> str:
    """A value as the report shows it."""
    return "" if value is None else str(value)


def report_issues(
    issues: Sequence[Issue],
    built: Built,
    specified: Mapping[str, Dataset],
    crf: Mapping[tuple[str, int], Places],
    advice: Advice,
) -> list[Reported]:
    """The issues as findings, with keys and CRF lines of the rows they name."""
    keys = _keys(issues, built, specified)
    return [
        _reported(
            issue,
            keys.get((issue.dataset, issue.record), {}),
            crf.get((issue.dataset, issue.record), {}),
            advice.of_taken(issue.dataset) or FIX,
        )
        for issue in issues
    ]


def _keys(
    issues: Sequence[Issue], built: Built, specified: Mapping[str, Dataset]
) -> dict[tuple[str, int], dict[str, str]]:
    """(dataset, record) -> the keys of the rows that issues name, as far as there is such a row."""
    wanted: dict[str, set[int]] = {}
    for issue in issues:
        if issue.dataset in specified and issue.record > 0:
            wanted.setdefault(issue.dataset, set()).add(issue.record)
    found: dict[tuple[str, int], dict[str, str]] = {}
    for name, records in wanted.items():
        rows = built.rows(name, [record for record in records if record <= built.sizes[name]])
        keys = {key: rows[key] for key in specified[name].keys if key in rows.columns}
        places = [(name, int(record)) for record in rows.index]
        found |= dict(zip(places, text_rows(keys, len(rows)), strict=True))
    return found


def _reported(issue: Issue, keys: dict[str, str], crf: Places, fix: str) -> Reported:
    """One issue as a finding."""
    file, lines = next(iter(crf.items()), ("", [0]))
    variable = next(iter(issue.values), "")
    finding = Finding(
        rule=issue.rule,
        severity=SEVERITY,
        subject=keys.get("USUBJID", ""),
        what=f"{issue.message or issue.says} Here {in_words(issue.values)}",
        fix=fix,
        file=file,
        line=int(min(lines)),
        dataset=issue.dataset,
        record=issue.record,
        variable=variable,
        value=issue.values.get(variable, ""),
    )
    places = tuple(place_in_words(name, numbers) for name, numbers in crf.items())
    return Reported(finding, issue.says, WHY, keys, dict(issue.values), places)
