"""index.html: the validation report, which opens from disk and needs no network.

Beside it stand assets/ (style and scripts), data/ (the findings as scripts) and subjects/.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.checks.baseline import RESOLVED, STATES
from pipeline.checks.core_results import CORE
from pipeline.checks.page_data import write_findings
from pipeline.checks.pages import ASSETS, render, replaced
from pipeline.checks.reported import Reported
from pipeline.checks.results import FAILED, NOT_RUN, PASSED, WAIVED, RuleResult
from pipeline.checks.rules import SEVERITIES
from pipeline.checks.standards import STANDARD
from pipeline.checks.structure import CONTENTS
from pipeline.checks.subject_pages import MOST_PAGES, chosen_subjects, page_files, write_subjects
from pipeline.datasets import all_datasets
from pipeline.frames import replace_text
from pipeline.study import StudyFolder

if TYPE_CHECKING:
    from pipeline.checks.validate import Validation


NAMED = {  # what is neither a dataset nor an extract
    CONTENTS: "Labels and types in the files",
    STANDARD: "Datasets and variables beside the implementation guides",
    CORE: "Rules engine of CDISC",
    "waivers.yaml": "Waivers",
}


@dataclass(frozen=True)
class Overview:
    """One line of the overview: a dataset or CRF extract, and how its rules came out."""

    dataset: str
    label: str
    counts: Counter[str]
    open: Counter[str]


def write_report(folder: StudyFolder, validation: Validation) -> None:
    """Write the pages under build/validation/; index.html last.

    The balance of raw records is shown if it has been drawn.
    """
    report, reported = folder.build / "validation", validation.reported
    subjects = chosen_subjects(validation.built.sites, reported)
    pages, groups = page_files(subjects), rule_groups(validation.results, reported)
    write_subjects(folder, validation.built, reported, subjects)
    with replaced(report / "data") as beside:
        write_findings(folder, validation.built, reported, groups, pages, beside)
    with replaced(report / "assets") as beside:
        shutil.copytree(ASSETS, beside, dirs_exist_ok=True)
    parts = {
        "groups": list(groups.values()),
        "overview": _overview(folder, validation.results, reported),
        "balance": _balance(report / "balance.csv"),
        "subjects": _subjects(validation, pages),
        "without": _without_page(validation, pages),
    }
    replace_text(report / "index.html", _index(folder, validation, parts))


def rule_groups(
    results: Sequence[RuleResult], reported: Sequence[Reported]
) -> dict[tuple[str, str], dict[str, Any]]:
    """(dataset or file, rule) -> what the page says of a rule with findings, gravest first."""
    by_key = {(result.dataset, result.rule): result for result in results}
    items: dict[tuple[str, str], list[Reported]] = {}
    for item in reported:
        items.setdefault((item.place, item.finding.rule), []).append(item)
    return {key: _group(key, own, by_key.get(key)) for key, own in items.items()}


def _group(
    key: tuple[str, str], items: Sequence[Reported], result: RuleResult | None
) -> dict[str, Any]:
    """One rule on one dataset or CRF extract with its findings."""
    first = items[0]
    listed = {item.finding.subject for item in items if item.finding.subject}
    whole = bool(first.finding.dataset) and not any(item.finding.record for item in items)
    return {
        "dataset": key[0],
        "rule": key[1],
        "severity": first.finding.severity,
        "says": result.says if result else first.says,
        "why": first.why,
        "source": result.source if result else "",
        "rows": 0 if whole or not result else result.rows,
        "failed": result.failed if result else len(items),
        "whole": whole,
        "findings": len(items),
        "waived": sum(1 for item in items if item.waived),
        "new": sum(1 for item in items if item.state in STATES[:2]),
        "subjects": max(len(listed), result.subjects if result else 0),
    }


def _index(folder: StudyFolder, validation: Validation, parts: Mapping[str, Any]) -> str:
    """The page as text; every value is escaped by the template engine."""
    reported = validation.reported
    found = Counter(item.finding.severity for item in reported if not item.waived)
    states = Counter(item.state for item in reported)
    return render(
        "index.html",
        study=folder.study,
        cutoff=folder.study.cutoff.isoformat(),
        open_findings=found,
        waived_findings=sum(1 for item in reported if item.waived),
        statuses=Counter(result.status for result in validation.results),
        names={"passed": PASSED, "failed": FAILED, "waived": WAIVED, "not_run": NOT_RUN},
        severities=SEVERITIES,
        states={**{state: states[state] for state in STATES}, RESOLVED: len(validation.gone or ())},
        gone=validation.gone,
        results=validation.results,
        waivers=validation.waivers,
        forms=bool(folder.forms),
        sources=[name.upper() for name in folder.sources],
        sites=sorted({item.site for item in reported if item.site}),
        most_pages=MOST_PAGES,
        docs=(folder.build / "validation/data_docs/index.html").exists(),
        **parts,
    )


def _subjects(validation: Validation, pages: Mapping[str, str]) -> list[dict[str, Any]]:
    """One line per subject with a page: its site and its open findings by severity."""
    found: dict[str, Counter[str]] = {}
    for item in validation.reported:
        if not item.waived:
            found.setdefault(item.usubjid, Counter())[item.finding.severity] += 1
    sites = validation.built.sites
    return [
        {"subject": name, "page": page, "site": sites[name], "open": found.get(name, Counter())}
        for name, page in pages.items()
    ]


def _without_page(validation: Validation, pages: Mapping[str, str]) -> list[dict[str, Any]]:
    """Why subjects have no page, and which they are; empty when all have one."""
    left = sorted(set(validation.built.sites) - set(pages))
    named = {item.usubjid for item in validation.reported}
    reasons = {
        "their findings are fewer or less grave": [name for name in left if name in named],
        "no finding is about them": [name for name in left if name not in named],
    }
    return [{"why": why, "names": names} for why, names in reasons.items() if names]


def _overview(
    folder: StudyFolder, results: Sequence[RuleResult], reported: Sequence[Reported]
) -> list[Overview]:
    """One line per dataset and CRF extract, in the order of the specifications."""
    labels = {f"raw/{form.file}": form.label for form in folder.forms.values()}
    labels |= {dataset.name: dataset.label for dataset in all_datasets(folder).values()}
    labels |= {**NAMED}
    counts: dict[str, Counter[str]] = {}
    for result in results:
        counts.setdefault(result.dataset, Counter())[result.status] += 1
    open_items: dict[str, Counter[str]] = {}
    for item in reported:
        if not item.waived:
            open_items.setdefault(item.place, Counter())[item.finding.severity] += 1
    order = [name for name in labels if name in counts]
    order += [name for name in counts if name not in labels]
    return [
        Overview(name, labels.get(name, ""), counts[name], open_items.get(name, Counter()))
        for name in order
    ]


def _balance(path: Path) -> list[dict[str, Any]]:
    """The balance of raw records; empty when it has not been drawn."""
    if not path.exists():
        return []
    frame = pd.read_csv(path, dtype={"form": "str"})
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
