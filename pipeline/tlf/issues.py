"""Where a source of the study contradicts itself, and where the reader of the outputs sees it.

paper_issues.yaml names each contradiction (topic, printed, handled); tlf/issues.yaml names the
outputs that show it: `P08: [T14.1.3, CONCORDANCE]`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError, listed, raise_all
from pipeline.frames import write_json
from pipeline.study import StudyFolder
from pipeline.yamltext import read_yaml

ISSUES, SHOWN, RESULTS = "paper_issues.yaml", "tlf/issues.yaml", "build/issues.json"
CONCORDANCE = "CONCORDANCE"
TITLE = "Contradictions in the Source of the Study, and Where They Are Seen"
KEYS = ("topic", "printed", "handled")
HEADS = {
    "id": ("No.", 0.25),
    "topic": ("Topic", 0.6),
    "printed": ("Printed", 1.6),
    "handled": ("Handled", 1.3),
    "outputs": ("Seen in", 0.8),
}


@dataclass(frozen=True)
class Issue:
    """One contradiction: what is printed, how the data were handled, the outputs that show it."""

    id: str
    topic: str
    printed: str
    handled: str
    outputs: tuple[str, ...]


def read_issues(folder: Path, outputs: Collection[str]) -> tuple[Issue, ...]:
    """The contradictions of the study in `folder` in the order of paper_issues.yaml.

    `outputs` are the planned outputs. StudyErrors for an entry without outputs, an output that is
    not planned, and a name that paper_issues.yaml does not have.
    """
    issues, shown = read_yaml(folder / ISSUES, ISSUES), read_yaml(folder / SHOWN, SHOWN)
    known = {*outputs, CONCORDANCE}
    faults = [
        StudyError(shown.where(name), f"{name} is no entry of {ISSUES}", "correct the name")
        for name in shown
        if name not in issues
    ]
    found = []
    for name in issues:
        entry = issues.block(name).check(required=KEYS)
        places = tuple(shown.texts(name)) if name in shown else ()
        topic, printed, handled = (entry.text(key) for key in KEYS)
        found.append(Issue(name, topic, printed, handled, places))
        unknown = [place for place in places if place not in known]
        if unknown or not places:
            what = f"{name} names {listed(unknown)}" if unknown else f"{name} has no output"
            where = shown.where(name) if name in shown else SHOWN
            faults.append(StudyError(where, what, "name outputs of tlf/toc.yaml"))
    raise_all(faults)
    return tuple(found)


def list_issues(folder: StudyFolder) -> None:
    """Write build/issues.json, the contradictions as the results of a listing."""
    issues = read_issues(folder.path, read_yaml(folder.path / "tlf/toc.yaml"))
    records = [[i.id, i.topic, i.printed, i.handled, ", ".join(i.outputs)] for i in issues]
    result: dict[str, Any] = {
        "id": "ISSUES",
        "kind": "listing",
        "protocol": folder.study.id,
        "titles": [TITLE],
        "population": "",
        "footnotes": [f"{CONCORDANCE}: the comparison of every reported number."],
        "sources": [],
        "program": SHOWN,
        "cutoff": folder.study.cutoff.isoformat(),
        "synthetic": False,
        "empty": "No contradiction is known.",
        "columns": [
            {"key": key, "head": head, "type": "text", "digits": None, "width": width}
            for key, (head, width) in HEADS.items()
        ],
        "records": records,
    }
    write_json(result, folder.path / RESULTS)
