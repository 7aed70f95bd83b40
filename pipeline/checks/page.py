"""index.html: the validation report as one page that needs no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.checks.reported import Reported
from pipeline.checks.results import FAILED, NOT_RUN, PASSED, WAIVED, RuleResult
from pipeline.checks.rules import SEVERITIES
from pipeline.checks.structure import CONTENTS
from pipeline.checks.waivers import Waiver
from pipeline.datasets import all_datasets
from pipeline.frames import replace_text
from pipeline.study import Study, StudyFolder

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "validation.html"


@dataclass(frozen=True)
class Group:
    """The findings of one rule on one dataset or CRF extract."""

    dataset: str
    rule: str
    severity: str
    says: str
    why: str
    source: str
    items: list[Reported]
    rows: int
    failed: int

    @property
    def waived(self) -> int:
        """How many of the findings are waived."""
        return sum(1 for item in self.items if item.waived)


@dataclass(frozen=True)
class Overview:
    """One line of the overview: a dataset or CRF extract, and how its rules came out."""

    dataset: str
    label: str
    counts: Counter[str]
    open: Counter[str]


def write_page(
    folder: StudyFolder,
    results: Sequence[RuleResult],
    reported: Sequence[Reported],
    waivers: Sequence[Waiver],
) -> None:
    """Write build/validation/index.html; the balance of raw records is shown if it is there."""
    report = folder.build / "validation"
    labels = {f"raw/{form.file}": form.label for form in folder.forms.values()}
    labels |= {dataset.name: dataset.label for dataset in all_datasets(folder).values()}
    labels |= {CONTENTS: "Labels and types in the files", "waivers.yaml": "Waivers"}
    parts = {
        "groups": _groups(results, reported),
        "overview": _overview(results, reported, labels),
        "results": results,
        "waivers": waivers,
        "balance": _balance(report / "balance.csv"),
    }
    replace_text(report / "index.html", render(folder.study, reported, parts))


def render(study: Study, reported: Sequence[Reported], parts: dict[str, Any]) -> str:
    """The page as text; every value is escaped by the template engine."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found = Counter(item.finding.severity for item in reported if not item.waived)
    return environment.get_template(TEMPLATE).render(
        study=study,
        cutoff=study.cutoff.isoformat(),
        open_findings=found,
        waived_findings=sum(1 for item in reported if item.waived),
        statuses=Counter(result.status for result in parts["results"]),
        names={"passed": PASSED, "failed": FAILED, "waived": WAIVED, "not_run": NOT_RUN},
        severities=SEVERITIES,
        **parts,
    )


def _groups(results: Sequence[RuleResult], reported: Sequence[Reported]) -> list[Group]:
    """The findings by rule and dataset, in the order of the findings."""
    by_key = {(result.dataset, result.rule): result for result in results}
    items: dict[tuple[str, str], list[Reported]] = {}
    for item in reported:
        found = item.finding
        items.setdefault((found.dataset or found.file, found.rule), []).append(item)
    groups = []
    for key, own in items.items():
        result = by_key.get(key)
        first = own[0]
        groups.append(
            Group(
                dataset=key[0],
                rule=key[1],
                severity=first.finding.severity,
                says=result.says if result else first.says,
                why=first.why,
                source=result.source if result else "",
                items=own,
                rows=result.rows if result else 0,
                failed=result.failed if result else len(own),
            )
        )
    return groups


def _overview(
    results: Sequence[RuleResult], reported: Sequence[Reported], labels: dict[str, str]
) -> list[Overview]:
    """One line per dataset and CRF extract, in the order of the specifications."""
    counts: dict[str, Counter[str]] = {}
    for result in results:
        counts.setdefault(result.dataset, Counter())[result.status] += 1
    open_items: dict[str, Counter[str]] = {}
    for item in reported:
        if not item.waived:
            name = item.finding.dataset or item.finding.file
            open_items.setdefault(name, Counter())[item.finding.severity] += 1
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
