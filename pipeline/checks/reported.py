"""Findings as the report shows them: the rule in words, keys and values of the row, CRF lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.checks.advice import Advice
from pipeline.checks.evidence import told_by
from pipeline.checks.origins import Places, place_in_words
from pipeline.checks.rules import Rule
from pipeline.checks.tally import Tally, Told
from pipeline.findings import Finding

CARRIED = (
    *("says", "why", "waived", "key", "usubjid", "site", "state", "since"),
    *("response", "answered"),
)
INTAKE_WHY = "What cannot be read, identified or coded is missing from every count."


@dataclass(frozen=True)
class Reported:
    """A finding with all a reader needs to decide; `waived` is the waiver in words, or empty.

    `keys` and `values` are variable -> text of the failing row; `crf` are places such as
    "raw/ae.csv line 5", `lines` the same as file -> lines. `key` tells the finding apart in every
    data cut; `state` is new, changed or unchanged since the last, `since` the cut-off at which it
    was first seen; `answered` is what the finding said when the sponsor gave the `response`.
    """

    finding: Finding
    says: str
    why: str
    keys: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    crf: tuple[str, ...] = ()
    waived: str = ""
    lines: Mapping[str, list[int]] = field(default_factory=dict)
    key: str = ""
    usubjid: str = ""
    site: str = ""
    state: str = ""
    since: str = ""
    response: str = ""
    answered: str = ""

    @property
    def place(self) -> str:
        """The dataset, or the file when the finding is not about a dataset."""
        return self.finding.dataset or self.finding.file

    def as_json(self) -> dict[str, Any]:
        """For findings.json: the finding's own parts, then the rest."""
        more = {name: getattr(self, name) for name in CARRIED}
        row = {"keys": dict(self.keys), "values": dict(self.values), "crf": list(self.crf)}
        return asdict(self.finding) | more | row


def report_failures(
    tally: Tally, crf: Mapping[tuple[str, int], Places], advice: Advice
) -> list[Reported]:
    """The failures of a rule; `crf` is (dataset, record) -> places on the CRF.

    Beyond MOST_FINDINGS one finding about the dataset says how many more there are, so that no
    waiver of single subjects can hide them.
    """
    rule = tally.rule
    if tally.detail:
        return [_about_dataset(rule, tally.detail, advice)]
    listed = [
        _about_row(
            rule,
            told,
            crf.get((rule.dataset, told.record), {}),
            advice.of(rule, told.keys.get("DATASET", rule.dataset)),
        )
        for told in tally.told
    ]
    if tally.failures == len(listed):
        return listed
    detail = f"{tally.failures - len(listed)} more are not listed"
    return [*listed, _about_dataset(rule, detail, advice)]


def _about_dataset(rule: Rule, detail: str, advice: Advice) -> Reported:
    """A failure of the dataset as a whole."""
    return Reported(
        Finding(
            rule=rule.id,
            severity=rule.severity,
            subject="",
            what=f"{rule.says} Here {detail}",
            fix=advice.of(rule, rule.dataset),
            dataset=rule.dataset,
        ),
        rule.says,
        rule.why,
    )


def _about_row(rule: Rule, told: Told, crf: Places, fix: str) -> Reported:
    """A failure of one row, or of one variable in it."""
    variable, keys = told.variable, told.keys
    values = {name: told.values[name] for name in told_by(rule, variable, list(told.values))}
    shown = values if "USUBJID" in keys else {**keys, **values}
    file, lines = next(iter(crf.items()), ("", [0]))
    finding = Finding(
        rule=rule.id,
        severity=rule.severity,
        subject=keys.get("USUBJID", values.get("USUBJID", "")),
        what=f"{rule.says} Here {in_words(shown)}",
        fix=fix,
        file=file,
        line=int(min(lines)),
        dataset=rule.dataset,
        record=told.record,
        variable=variable,
        value=values.get(variable, ""),
    )
    places = tuple(place_in_words(name, numbers) for name, numbers in crf.items())
    numbers = {name: sorted(map(int, found)) for name, found in crf.items()}
    return Reported(finding, rule.says, rule.why, keys, values, places, lines=numbers)


def in_words(values: Mapping[str, str]) -> str:
    """Variables and values as a reader would say them: AEOUT = FATAL, AEENDTC is missing."""
    parts = [f"{name} = {text}" if text else f"{name} is missing" for name, text in values.items()]
    return ", ".join(parts)


def report_intake(found: Sequence[Mapping[str, Any]]) -> list[Reported]:
    """The findings of the intake (build/raw/findings.json)."""
    findings = [Finding(**entry) for entry in found]
    return [
        Reported(
            finding,
            finding.what[:1].upper() + finding.what[1:],
            INTAKE_WHY,
            values={finding.field: finding.value} if finding.field else {},
            crf=(f"{finding.file} line {finding.line}",) if finding.line else (),
            lines={finding.file: [finding.line]} if finding.line else {},
        )
        for finding in findings
    ]
