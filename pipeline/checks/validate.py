"""Validation of a study: all rules on all datasets, and the report of what they found."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.checks.advice import Advice
from pipeline.checks.asking import Asking, Suite
from pipeline.checks.baseline import Kept, compared, read_baseline, resolved
from pipeline.checks.built import Built
from pipeline.checks.core import read_core
from pipeline.checks.core_results import core_results, issues_of, report_issues
from pipeline.checks.finding_keys import with_keys
from pipeline.checks.inputs import fault_findings, fault_results
from pipeline.checks.ordering import order, place
from pipeline.checks.origins import crf_places
from pipeline.checks.reported import Reported, report_failures, report_intake
from pipeline.checks.responses import WORKBOOK, Answers, answered, read_responses
from pipeline.checks.results import (
    INTAKE,
    RuleResult,
    intake_results,
    not_run,
    ran,
    with_waivers,
)
from pipeline.checks.rules import RuleFault
from pipeline.checks.standards import STANDARD
from pipeline.checks.structure import CONTENTS
from pipeline.checks.tally import Tally
from pipeline.checks.waivers import WAIVER_RULE, Waiver, read_waivers
from pipeline.checks.waiving import apply_waivers, waiver_results
from pipeline.datasets import all_datasets
from pipeline.errors import StudyError
from pipeline.frames import read_frame, write_json
from pipeline.spec import Dataset
from pipeline.study import StudyFolder

REPORT = "build/validation"
RESPOND = "python -m pipeline respond"


@dataclass(frozen=True)
class Validation:
    """Everything the report shows; `waivers` are those in waivers.yaml.

    `built` are the datasets, `gone` the findings resolved since the last data cut (None:
    no findings of an earlier cut are kept).
    """

    results: list[RuleResult]
    reported: list[Reported]
    waivers: list[Waiver]
    suites: list[Suite]
    built: Built
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
    write_data_docs(folder.study, validation.suites, report / "data_docs")
    write_report(folder, validation)
    if typed:
        sys.stderr.write(f"{len(typed)} responses in {WORKBOOK} are not kept yet: {RESPOND}\n")


def check_study(folder: StudyFolder) -> Validation:
    """All rules on all datasets of the study, with the findings of the intake and the waivers.

    A rule that cannot be run as it is written is a finding of severity error; the others run. A
    study in batches has been asked batch by batch before (`asking.keep`).
    """
    asking = Asking(folder)
    suites = _suites(folder, asking)
    tallies = [tally for suite in suites for tally in suite.tallies]
    faults = asking.faults + [_not_evaluated(tally) for tally in tallies if tally.fault]
    results = [
        *(not_run(rule, why) for rule, why in asking.skipped),
        *(ran(item, asking.built.sizes[item.rule.dataset]) for item in tallies if not item.fault),
    ]
    intake = _intake(folder)
    reported = [
        *fault_findings(faults),
        *intake,
        *_failures(folder, tallies, asking.specified),
        *_core_findings(folder, asking),
    ]
    results += [
        *fault_results(faults),
        *intake_results(intake, _records_per_file(folder)),
        *core_results(read_core(folder)),
    ]
    return _carried(folder, _waived(folder, asking, results, reported, suites))


def _suites(folder: StudyFolder, asking: Asking) -> list[Suite]:
    """The suites of the study, with what came of their rules."""
    if len(folder.batches) == 1:
        return asking.suites(asking.all_at_once())
    kept = [found for batch in folder.batches for found in asking.kept(batch)]
    return asking.suites([*kept, *asking.of_all_records()])


def _not_evaluated(tally: Tally) -> RuleFault:
    """The fault of a rule that failed while it ran."""
    error = StudyError(tally.rule.at, tally.fault, "correct the rule, or the program it names")
    return RuleFault(tally.rule.id, tally.rule.dataset, error)


def _failures(
    folder: StudyFolder, tallies: Sequence[Tally], specified: Mapping[str, Dataset]
) -> list[Reported]:
    """The findings of all failed rules, with the CRF lines behind them."""
    failing = [tally for tally in tallies if tally.records]
    named = [(tally.rule.dataset, told.record) for tally in failing for told in tally.told]
    places = crf_places(folder, pd.DataFrame(named, columns=["dataset", "record"])) if named else {}
    advice = Advice(folder, specified)
    return [found for tally in failing for found in report_failures(tally, places, advice)]


def _core_findings(folder: StudyFolder, asking: Asking) -> list[Reported]:
    """What CDISC CORE has found in these data, with the CRF lines behind it."""
    specified = asking.specified
    issues = issues_of(read_core(folder))
    named = [(item.dataset, item.record) for item in issues if item.dataset in specified]
    places = crf_places(folder, pd.DataFrame(named, columns=["dataset", "record"])) if named else {}
    return report_issues(issues, asking.built, specified, places, Advice(folder, specified))


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
    asking: Asking,
    results: list[RuleResult],
    reported: list[Reported],
    suites: list[Suite],
) -> Validation:
    """The findings and results with the waivers of the study applied, gravest finding first."""
    names = {*(rule.id for rule in asking.rules), *INTAKE, *(result.rule for result in results)}
    waivers = read_waivers(folder.path, names)
    marked = apply_waivers(waivers, reported, folder.study.timestamp.date())
    about = [item for item in marked if item.finding.rule == WAIVER_RULE]
    results = [*results, *waiver_results(waivers, about)]
    places = [dataset.name for dataset in all_datasets(folder).values()]
    known = ["", *places, CONTENTS, STANDARD]
    findings = sorted(marked, key=lambda item: order(item, known))
    results = sorted(with_waivers(results, marked), key=lambda item: place(item.dataset, places))
    return Validation(results, findings, waivers, suites, asking.built, None)


def _carried(folder: StudyFolder, validation: Validation) -> Validation:
    """The findings with their keys, what they were at the last data cut, and the responses."""
    study, baseline = folder.study, read_baseline(folder.path)
    keyed = with_keys(validation.reported, study, validation.built.sites)
    marked = compared(keyed, baseline, study.cutoff.isoformat())
    told = answered(marked, read_responses(folder.path))
    gone = None if baseline is None else resolved(told, baseline)
    return replace(validation, reported=told, gone=gone)
