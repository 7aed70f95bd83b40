"""Applying waivers to findings; a waiver that has expired or waives nothing is a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from pipeline.checks.reported import Reported
from pipeline.checks.results import FAILED, PASSED, RuleResult
from pipeline.checks.waivers import WAIVER_RULE, Waiver
from pipeline.findings import Finding

SAYS = "Waivers are in force and needed."
WHY = "A waiver outlives the decision it was made for unless somebody looks at it again."


def apply_waivers(
    waivers: Sequence[Waiver], reported: Sequence[Reported], day: dt.date
) -> list[Reported]:
    """`reported` with the waivers in force on `day` marked, after findings about the waivers."""
    valid = [waiver for waiver in waivers if not waiver.expired(day)]
    about = [_expired(waiver, day) for waiver in waivers if waiver.expired(day)]
    about += [_idle(waiver) for waiver in valid if not any(_covers(waiver, i) for i in reported)]
    return [*about, *(_marked(item, valid) for item in reported)]


def waiver_results(waivers: Sequence[Waiver], about: Sequence[Reported]) -> list[RuleResult]:
    """The result of looking at the waivers; none without waivers."""
    if not waivers:
        return []
    expired = any(item.finding.severity == "error" for item in about)
    return [
        RuleResult(
            dataset="waivers.yaml",
            rule=WAIVER_RULE,
            says=SAYS,
            why=WHY,
            severity="error" if expired or not about else "note",
            source="waivers.yaml",
            status=FAILED if about else PASSED,
            rows=len(waivers),
            failed=len(about),
        )
    ]


def _covers(waiver: Waiver, item: Reported) -> bool:
    """Whether the waiver accepts the finding."""
    found = item.finding
    return waiver.covers(found.rule, found.dataset or found.file, found.subject)


def _marked(item: Reported, waivers: Sequence[Waiver]) -> Reported:
    """The finding with the first waiver that accepts it."""
    for waiver in waivers:
        if _covers(waiver, item):
            return replace(item, waived=str(waiver))
    return item


def _expired(waiver: Waiver, day: dt.date) -> Reported:
    """The finding about a waiver that no longer holds."""
    what = f"the waiver {waiver} no longer holds on {day.isoformat()}"
    fix = "settle the findings, or renew the waiver with a new date"
    return _about(waiver, "error", what, fix)


def _idle(waiver: Waiver) -> Reported:
    """The finding about a waiver that waives nothing."""
    what = f"the waiver {waiver} waives no finding"
    return _about(waiver, "note", what, "remove the waiver, or correct its rule or subject")


def _about(waiver: Waiver, severity: str, what: str, fix: str) -> Reported:
    """A finding about a waiver."""
    file, line = waiver.at.rsplit(" line ", 1)
    finding = Finding(WAIVER_RULE, severity, waiver.subject, what, fix, file=file, line=int(line))
    return Reported(finding, SAYS, WHY, values={"rule": waiver.rule, "waiver": waiver.id})
