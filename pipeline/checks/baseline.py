"""The findings of the last data cut, kept with the study: what is new, unchanged, resolved.

A build reads expectations/baseline.csv, which is committed with the data cut it belongs to, and
writes nothing there; `python -m pipeline freeze` does.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from pipeline.checks.reported import Reported
from pipeline.errors import StudyError
from pipeline.frames import replace_text

BASELINE = "expectations/baseline.csv"
FINDINGS = "build/validation/findings.json"
NEW, CHANGED, UNCHANGED, RESOLVED = "new", "changed", "unchanged", "resolved"
STATES = (NEW, CHANGED, UNCHANGED)


@dataclass(frozen=True)
class Kept:
    """A finding of an earlier data cut; `since` is the cut-off at which it was first seen."""

    key: str
    rule: str
    dataset: str
    severity: str
    subject: str
    what: str
    since: str


COLUMNS = [field.name for field in fields(Kept)]


def read_baseline(study: Path) -> dict[str, Kept] | None:
    """The findings kept in the study folder by key; None when none have been kept yet."""
    path = study / BASELINE
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if rows[:1] != [COLUMNS] or any(len(row) != len(COLUMNS) for row in rows):
        raise StudyError(
            BASELINE,
            f"this is no list of findings with the columns {', '.join(COLUMNS)}",
            "restore it from version control, or delete it to begin anew",
        )
    return {row[0]: Kept(*row) for row in rows[1:]}


def compared(
    reported: Sequence[Reported], baseline: Mapping[str, Kept] | None, cutoff: str
) -> list[Reported]:
    """`reported` with `state` and `since` of each finding; without a baseline the state is empty.

    A finding whose key is known but which says something else than before is changed.
    """
    return [_compared(item, baseline, cutoff) for item in reported]


def resolved(reported: Sequence[Reported], baseline: Mapping[str, Kept] | None) -> list[Kept]:
    """The findings of the baseline that are no longer there, in its order."""
    there = {item.key for item in reported}
    return [kept for kept in (baseline or {}).values() if kept.key not in there]


def freeze_findings(study: Path) -> int:
    """Keep the findings of the last validation as the baseline of the next; how many there are."""
    path = study / FINDINGS
    if not path.exists():
        raise StudyError(FINDINGS, "there are no findings to keep", "run make validate first")
    found = json.loads(path.read_text(encoding="utf-8"))
    kept = sorted(
        (Kept(**{name: item[name] for name in COLUMNS} | _place(item)) for item in found),
        key=lambda item: (item.dataset, item.rule, item.subject, item.what, item.key),
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(astuple(item) for item in kept)
    replace_text(study / BASELINE, text.getvalue())
    return len(kept)


def _place(item: Mapping[str, str]) -> dict[str, str]:
    """The dataset or CRF extract of a finding in findings.json."""
    return {"dataset": item["dataset"] or item["file"]}


def _compared(item: Reported, baseline: Mapping[str, Kept] | None, cutoff: str) -> Reported:
    """One finding beside the baseline."""
    if baseline is None:
        return replace(item, since=cutoff)
    kept = baseline.get(item.key)
    if kept is None:
        return replace(item, state=NEW, since=cutoff)
    state = UNCHANGED if kept.what == item.finding.what else CHANGED
    return replace(item, state=state, since=kept.since)
