"""The order in which a report names findings and results."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.checks.reported import Reported
from pipeline.checks.rules import SEVERITIES


def place(dataset: str, places: Sequence[str]) -> int:
    """CRF extracts and files first, then the datasets, then what the study does not have."""
    if "." in dataset:
        return -1
    return places.index(dataset) if dataset in places else len(places)


def order(item: Reported, places: Sequence[str]) -> tuple[object, ...]:
    """Open before waived, gravest first; then CRF extracts, SDTM, ADaM; rule, subject, place."""
    found = item.finding
    return (
        bool(item.waived),
        SEVERITIES.index(found.severity),
        places.index(found.dataset) if found.dataset in places else len(places),
        found.file if not found.dataset else "",
        found.rule,
        found.subject,
        found.record,
        found.line,
        found.variable or found.field,
        found.what,
    )
