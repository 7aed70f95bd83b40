"""Validation of a study: all rules on all datasets, and the report of what they found."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.checks.advice import Advice
from pipeline.checks.baseline import Kept, compared, read_baseline, resolved
from pipeline.checks.checked import Checked
from pipeline.checks.conditions import Data
from pipeline.checks.core import read_core
from pipeline.checks.core_results import core_results, issues_of, report_issues
from pipeline.checks.finding_keys import with_keys
from pipeline.checks.inputs import fault_findings, fault_results, read_datasets, study_rules
from pipeline.checks.ordering import order, place
from pipeline.checks.origins import crf_places
from pipeline.checks.reported import (
    MOST_FINDINGS,
    Reported,
    report_failures,
    report_intake,
)
from pipeline.checks.responses import WORKBOOK, Answers, answered, read_responses
from pipeline.checks.results import (
    INTAKE,
    RuleResult,
    intake_results,
    not_run,
    ran,
    why_not,
    with_waivers,
)
from pipeline.checks.rules import Rule, RuleFault
from pipeline.checks.standards import STANDARD
from pipeline.checks.structure import CONTENTS
from pipeline.checks.suites import Suite, run_suites
from pipeline.checks.waivers import WAIVER_RULE, Waiver, read_waivers
from pipeline.checks.waiving import apply_waivers, waiver_results
from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.frames import prepare_pandas, read_frame, write_json
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

REPORT = "build/validation"
RESPOND = "python -m pipeline respond"
CONTENTS_KEYS = ("DATASET", "VARIABLE")


@dataclass(frozen=True)
class Validation:
    """Everything the report shows; `waivers` are those in waivers.yaml.

    `data` are the datasets by name, `gone` the findings resolved since the last data cut (None:
    no findings of an earlier cut are kept).
    """

    results: list[RuleResult]
    reported: list[Reported]
    waivers: list[Waiver]
    suites: list[Suite]
    data: Data
    gone: list[Kept] | None


def validate(folder: StudyFolder) -> None:
    """Check every built dataset and write the report under build/validation/.

    findings.json (Finding with keys, values, CRF lines, waiver, response), rules.json
    (RuleResult), suites/DATASET.json (Great Expectations), findings.xlsx, the pages of index.html
    and Data Docs. Raises StudyError for a faulty rule or waiver, for a dataset that is not built,
    and for a findings.xlsx that cannot be read: what was typed into it would be lost.
    """
    from pipeline.checks.data_docs import write_data_docs
    from pipeline.checks.page import write_report
    from pipeline.checks.report import write_workbook
    from pipeline.checks.typed import read_typed

    book = folder.path / WORKBOOK
    typed = read_typed(book) if book.exists() else {}
    validation = check_study(folder)
    report = folder.path / REPORT
    write_json([item.as_json() for item in validation.reported], report / "findings.json")
    write_json([result.as_json() for result in validation.results], report / "rules.json")
    for old in sorted((report / "suites").glob("*.json")):
        old.unlink()
    for suite in validation.suites:
        write_json(suite.json, report / f"suites/{suite.dataset}.json")
    answers = Answers(read_responses(folder.path), typed)
    found = (validation.results, validation.reported)
    write_workbook(folder.study, *found, book, validation.gone or (), answers)
    write_data_docs(folder.study, validation.suites, validation.data, report / "data_docs")
    write_report(folder, validation)
    if typed:
        sys.stderr.write(f"{len(typed)} responses in {WORKBOOK} are not kept yet: {RESPOND}\n")


def check_study(folder: StudyFolder) -> Validation:
    """All rules on all datasets of the study, with the findings of the intake and the waivers.

    A rule that cannot be run as it is written is a finding of severity error; the others run.
    """
    prepare_pandas()
    specified = {dataset.name: dataset for dataset in all_datasets(folder).values()}
    data = read_datasets(folder, specified)
    rules, faults = study_rules(folder, specified)
    columns = {name: list(frame.columns) for name, frame in data.items()}
    reasons = [why_not(rule, columns, specified) for rule in rules]
    skipped = [not_run(rule, why) for rule, why in zip(rules, reasons, strict=True) if why]
    runnable = [rule for rule, why in zip(rules, reasons, strict=True) if not why]
    suites = run_suites(data, _by_dataset(runnable, data))
    checked = [item for suite in suites for item in suite.checked]
    faults += [_not_evaluated(item) for item in checked if item.fault]
    results = [
        *skipped,
        *(ran(item, data[item.rule.dataset]) for item in checked if not item.fault),
    ]
    intake = _intake(folder)
    reported = [
        *fault_findings(faults),
        *intake,
        *_failures(folder, checked, data, specified),
        *_core_findings(folder, data, specified),
    ]
    results += [
        *fault_results(faults),
        *intake_results(intake, _records_per_file(folder)),
        *core_results(read_core(folder)),
    ]
    return _carried(folder, data, _waived(folder, rules, results, reported, suites))


def _not_evaluated(item: Checked) -> RuleFault:
    """The fault of a rule that failed while it ran."""
    error = StudyError(item.rule.at, item.fault, "correct the rule, or the program it names")
    return RuleFault(item.rule.id, item.rule.dataset, error)


def _by_dataset(rules: Sequence[Rule], data: Mapping[str, object]) -> dict[str, list[Rule]]:
    """The rules of each dataset, in the order of the datasets."""
    grouped: dict[str, list[Rule]] = {name: [] for name in data}
    for rule in rules:
        grouped[rule.dataset].append(rule)
    return {name: own for name, own in grouped.items() if own}


def _failures(
    folder: StudyFolder,
    checked: Sequence[Checked],
    data: Mapping[str, pd.DataFrame],
    specified: Mapping[str, Dataset],
) -> list[Reported]:
    """The findings of all failed rules, with the CRF lines behind them."""
    failing = [item for item in checked if len(item.failed)]
    records = [
        item.failed[["record"]].head(MOST_FINDINGS).assign(dataset=item.rule.dataset)
        for item in failing
    ]
    if not failing:
        return []
    places = crf_places(folder, pd.concat(records, ignore_index=True))
    advice = Advice(folder, specified)
    return [
        found
        for item in failing
        for found in report_failures(
            item,
            data,
            specified[item.rule.dataset].keys if item.rule.dataset in specified else CONTENTS_KEYS,
            places,
            advice,
        )
    ]


def _core_findings(
    folder: StudyFolder, data: Mapping[str, pd.DataFrame], specified: Mapping[str, Dataset]
) -> list[Reported]:
    """What CDISC CORE has found in these data, with the CRF lines behind it."""
    issues = issues_of(read_core(folder))
    named = [(item.dataset, item.record) for item in issues if item.dataset in specified]
    places = crf_places(folder, pd.DataFrame(named, columns=["dataset", "record"])) if named else {}
    return report_issues(issues, data, specified, places, Advice(folder, specified))


def _intake(folder: StudyFolder) -> list[Reported]:
    """The findings of the intake; none when the study has no forms."""
    path = folder.build / "raw/findings.json"
    return report_intake(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _records_per_file(folder: StudyFolder) -> dict[str, int]:
    """CRF extract -> number of its records, as far as the intake has run."""
    path = folder.build / "raw/records.parquet"
    if not path.exists():
        return {}
    counts = read_frame(path, ["form"])["form"].value_counts()
    return {f"raw/{form.file}": int(counts.get(n, 0)) for n, form in folder.forms.items()}


def _waived(
    folder: StudyFolder,
    rules: Collection[Rule],
    results: list[RuleResult],
    reported: list[Reported],
    suites: list[Suite],
) -> Validation:
    """The findings and results with the waivers of the study applied, gravest finding first."""
    names = {*(rule.id for rule in rules), *INTAKE, *(result.rule for result in results)}
    waivers = read_waivers(folder.path, names)
    marked = apply_waivers(waivers, reported, folder.study.timestamp.date())
    about = [item for item in marked if item.finding.rule == WAIVER_RULE]
    results = [*results, *waiver_results(waivers, about)]
    places = [dataset.name for dataset in all_datasets(folder).values()]
    known = ["", *places, CONTENTS, STANDARD]
    findings = sorted(marked, key=lambda item: order(item, known))
    results = sorted(with_waivers(results, marked), key=lambda item: place(item.dataset, places))
    return Validation(results, findings, waivers, suites, {}, None)


def _carried(folder: StudyFolder, data: Data, validation: Validation) -> Validation:
    """The findings with their keys, what they were at the last data cut, and the responses."""
    study, baseline = folder.study, read_baseline(folder.path)
    keyed = with_keys(validation.reported, study, data)
    marked = compared(keyed, baseline, study.cutoff.isoformat())
    told = answered(marked, read_responses(folder.path))
    gone = None if baseline is None else resolved(told, baseline)
    return replace(validation, reported=told, data=data, gone=gone)
