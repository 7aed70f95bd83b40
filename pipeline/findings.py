"""Findings: faults in data, named so that somebody can act on them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one place.

    `severity` is error, warning or note. `file`, `line` and `field` say where a collected value
    stands; `dataset`, `record` and `variable` where a derived one does; unknown parts are empty.
    """

    rule: str
    severity: str
    subject: str
    what: str
    fix: str
    file: str = ""
    line: int = 0
    field: str = ""
    dataset: str = ""
    record: int = 0
    variable: str = ""
    value: str = ""

    @property
    def where(self) -> str:
        """The place in words: file, line and field, or dataset, record and variable."""
        parts = [
            self.file,
            f"line {self.line}" if self.line else "",
            f"field {self.field}" if self.field else "",
            self.dataset,
            f"record {self.record}" if self.record else "",
            self.variable,
            f"subject {self.subject}" if self.subject else "",
        ]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        """Three parts, like an error: where, what, fix."""
        return f"{self.where}: {self.what}\n  fix: {self.fix}"
