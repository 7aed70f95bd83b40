"""The gate: no table, listing or figure is made while an error is neither settled nor waived."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import StudyError, raise_all
from pipeline.findings import Finding
from pipeline.study import StudyFolder

FINDINGS = "build/validation/findings.json"
REPORT = "build/validation/index.html"
MOST = 10


def gate(folder: StudyFolder) -> None:
    """Print what is waived; raise StudyErrors for findings of severity error that are not.

    Reads build/validation/findings.json. The errors name the first MOST findings, how many there
    are by rule, and the report.
    """
    path = folder.path / FINDINGS
    if not path.exists():
        raise StudyError(FINDINGS, "the file does not exist", "run make validate")
    found = json.loads(path.read_text(encoding="utf-8"))
    _print_waived([item for item in found if item["waived"]])
    errors = [item for item in found if item["severity"] == "error" and not item["waived"]]
    raise_all(_errors(errors))


def _print_waived(found: Sequence[Mapping[str, Any]]) -> None:
    """One line per waiver and rule: how many findings it accepts."""
    counts = Counter((item["rule"], item["waived"]) for item in found)
    for (rule, waiver), count in sorted(counts.items()):
        findings = "finding" if count == 1 else "findings"
        sys.stderr.write(f"waived: {rule} ({count} {findings}) by {waiver}\n")


def _errors(found: Sequence[Mapping[str, Any]]) -> list[StudyError]:
    """The first findings as errors, and one that counts them all."""
    if not found:
        return []
    names = list(Finding.__dataclass_fields__)
    errors = []
    for item in found[:MOST]:
        finding = Finding(**{name: item[name] for name in names})
        errors.append(StudyError(f"{finding.rule}, {finding.where}", finding.what, finding.fix))
    by_rule = Counter(item["rule"] for item in found)
    counted = ", ".join(f"{rule} {count}" for rule, count in sorted(by_rule.items()))
    total = StudyError(
        f"{len(found)} findings of severity error ({counted})",
        f"all of them are in {REPORT}",
        "settle them, or waive them in waivers.yaml with reason, author and expiry",
    )
    return [*errors, total]
