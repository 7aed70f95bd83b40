"""Waivers: waivers.yaml of a study says which findings are accepted, by whom, why and until when.

```yaml
W01:                                     # a name of its own
  rule: DQ41                             # the rule whose findings are accepted
  dataset: DM                            # optional: only this dataset
  subject: ABC-01-011                    # optional: only this subject (USUBJID, or as on the CRF)
  reason: The protocol deviation is described in section 10.2 of the report.
  author: A. Statistician
  expires: "2026-12-31"                  # the last day the waiver holds
```

There is no clock in a build: the day that counts is that of `study.timestamp` (SOURCE_DATE_EPOCH,
or else the data cut-off).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.yamltext import Block, read_yaml

WAIVER_RULE = "WAIVER"


@dataclass(frozen=True)
class Waiver:
    """One accepted finding or kind of finding; an empty dataset or subject means any."""

    id: str
    rule: str
    dataset: str
    subject: str
    reason: str
    author: str
    expires: dt.date
    at: str

    def covers(self, rule: str, dataset: str, subject: str) -> bool:
        """Whether a finding of this rule, dataset and subject is accepted."""
        return self.rule == rule and self.dataset in ("", dataset) and self.subject in ("", subject)

    def expired(self, day: dt.date) -> bool:
        """Whether the waiver no longer holds on `day`."""
        return day > self.expires

    def __str__(self) -> str:
        """In words, for the report and the terminal."""
        return f"{self.id}: {self.reason} ({self.author}, until {self.expires.isoformat()})"


def read_waivers(path: Path, rules: Collection[str]) -> list[Waiver]:
    """The waivers in waivers.yaml of the study folder `path`; none without the file.

    `rules` are the names of all rules. Raises StudyError for a wrong key or date, and for a waiver
    of a rule that does not exist.
    """
    file = path / "waivers.yaml"
    if not file.exists():
        return []
    block = read_yaml(file)
    return [_waiver(name, block.block(name), rules) for name in block]


def _waiver(name: str, block: Block, rules: Collection[str]) -> Waiver:
    """One waiver."""
    block.check(required=("rule", "reason", "author", "expires"), optional=("dataset", "subject"))
    for key in ("reason", "author"):
        if not block.text(key).strip():
            raise StudyError(block.where(key), f"{key} is empty", f"say the {key}")
    rule = block.text("rule")
    if rule not in rules:
        raise StudyError(
            block.where("rule"), f"{rule!r} is not a rule", "name a rule of the validation report"
        )
    return Waiver(
        id=name,
        rule=rule,
        dataset=block.text("dataset"),
        subject=block.text("subject"),
        reason=block.text("reason"),
        author=block.text("author"),
        expires=_day(block),
        at=block.where(),
    )


def _day(block: Block) -> dt.date:
    """The last day of a waiver."""
    try:
        return dt.date.fromisoformat(block.text("expires"))
    except ValueError:
        raise StudyError(
            block.where("expires"), f"expires is {block.text('expires')!r}", "write YYYY-MM-DD"
        ) from None
