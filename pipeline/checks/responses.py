"""Responses of the sponsor to findings: responses.yaml of a study, which a build only reads.

```yaml
3f9a0c1b2d4e:                # the key of the finding
  rule: DQ15
  dataset: EX
  subject: ABC-01-011
  finding: Infusions are 14 days apart. Here EXSTDTC = 2015-03-10    # what it said when answered
  response: The site was closed; protocol deviation 17.
```

They are typed into findings.xlsx; `python -m pipeline respond` keeps them here, to be committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import yaml

from pipeline.checks.reported import Reported
from pipeline.frames import replace_text
from pipeline.yamltext import Block, read_yaml

RESPONSES = "responses.yaml"
WORKBOOK = "build/validation/findings.xlsx"
HEAD = "# Responses to findings, by key; written by python -m pipeline respond\n"


@dataclass(frozen=True)
class Response:
    """What was answered to a finding; `finding` is what it said then."""

    key: str
    rule: str
    dataset: str
    subject: str
    finding: str
    response: str


@dataclass(frozen=True)
class Answers:
    """Responses by key: `kept` in responses.yaml, `typed` into a spreadsheet but not kept yet."""

    kept: Mapping[str, Response]
    typed: Mapping[str, Response]

    def cells(self, key: str) -> tuple[str, str, str]:
        """The last three cells of a row: what stands there, the key, what is kept."""
        kept = self.kept[key].response if key in self.kept else ""
        return (self.typed[key].response if key in self.typed else kept, key, kept)


NO_ANSWERS = Answers({}, {})


def read_responses(study: Path) -> dict[str, Response]:
    """The responses in responses.yaml of the study folder by key; none without the file."""
    path = study / RESPONSES
    if not path.exists() or not path.read_text(encoding="utf-8").replace(HEAD, "").strip():
        return {}
    block = read_yaml(path, RESPONSES)
    return {key: _response(key, block.block(key)) for key in block}


def answered(reported: Sequence[Reported], responses: Mapping[str, Response]) -> list[Reported]:
    """`reported` with the response to each; `answered` is what it said when it was answered."""
    found = [(item, responses.get(item.key)) for item in reported]
    return [
        replace(item, response=given.response, answered=given.finding) if given else item
        for item, given in found
    ]


def respond(study: Path, file: Path) -> list[str]:
    """Keep the responses typed into the spreadsheet `file`; what was done, in lines to print.

    A response that is already kept is replaced by what was typed; an emptied cell removes it.
    """
    from pipeline.checks.typed import read_typed

    kept, typed = read_responses(study), read_typed(file)
    merged = {key: item for key, item in (kept | typed).items() if item.response}
    lines = [_done(kept.get(key), item) for key, item in typed.items()]
    if typed:
        replace_text(study / RESPONSES, HEAD + _text(merged))
    return lines


def _done(before: Response | None, now: Response) -> str:
    """What was done with one typed response."""
    verb = "changed" if before else "kept"
    place = " ".join(part for part in (now.rule, now.dataset, now.subject) if part)
    return f"{verb if now.response else 'removed'}: {place} ({now.key})"


def _text(responses: Mapping[str, Response]) -> str:
    """The responses as YAML, in the order of their keys."""
    rows = {key: asdict(responses[key]) for key in sorted(responses)}
    for row in rows.values():
        del row["key"]
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=100) if rows else ""


def _response(key: str, block: Block) -> Response:
    """One response."""
    names = ("rule", "dataset", "subject", "finding", "response")
    block.check(required=names)
    return Response(key, *(block.text(name) for name in names))
