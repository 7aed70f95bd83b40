"""The findings as scripts: a light index of all, and what a finding opens to in pieces.

The page loads data/findings.js at once and data/NNNN.js when a finding of that piece is opened,
so that ten thousand findings open as fast as ten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.checks.built import Built
from pipeline.checks.origins import without_crf
from pipeline.checks.page_rows import (
    FieldsBehind,
    crf_fields,
    crf_texts,
    record_texts,
    variables,
)
from pipeline.checks.pages import write_script
from pipeline.checks.reported import Reported, in_words
from pipeline.datasets import all_datasets
from pipeline.study import StudyFolder

PIECE = 200
MOST_LINES = 5
LONGEST = 300


def write_findings(
    folder: StudyFolder,
    built: Built,
    reported: Sequence[Reported],
    groups: Mapping[tuple[str, str], Mapping[str, Any]],
    pages: Mapping[str, str],
    target: Path,
) -> None:
    """Write data/findings.js and its pieces into the folder `target`.

    `groups` are (dataset or file, rule) -> what the page says of the rule; `pages` are USUBJID ->
    file of the subject page.
    """
    specified = all_datasets(folder).values()
    numbers = {key: number for number, key in enumerate(groups)}
    index = {
        "piece": PIECE,
        "rules": list(groups.values()),
        "findings": [_line(item, numbers) for item in reported],
        "pages": dict(pages),
        "variables": variables(specified),
        "fields": crf_fields(folder),
        "withoutCrf": without_crf(folder),
    }
    write_script(target / "findings.js", "reportFindings", index)
    behind, texts = FieldsBehind(folder), _texts(folder, built, reported)
    for number, first in enumerate(range(0, len(reported), PIECE)):
        piece = reported[first : first + PIECE]
        value = {"number": number, **_piece(built, piece, behind, texts)}
        write_script(target / f"{number:04d}.js", "reportPiece", value)


def _line(item: Reported, numbers: Mapping[tuple[str, str], int]) -> list[object]:
    """One finding of the index, in the order that findings.js of the page names."""
    found = item.finding
    what = in_words(item.values) if found.record and item.values else found.what
    return [
        numbers[item.place, found.rule],
        found.severity,
        "waived" if item.waived else "open",
        item.state,
        found.subject,
        item.site,
        what[:LONGEST],
        item.crf[0] if item.crf else "",
        item.key,
        item.usubjid,
        1 if item.response else 0,
    ]


def _texts(folder: StudyFolder, built: Built, reported: Sequence[Reported]) -> dict[str, list[str]]:
    """The dataset records and CRF records that the findings name, read once: place -> values."""
    records: dict[str, set[int]] = {}
    lines: dict[str, set[int]] = {}
    for item in reported:
        if item.finding.record and item.finding.dataset in built.columns:
            records.setdefault(item.finding.dataset, set()).add(item.finding.record)
        for file, numbers in item.lines.items():
            lines.setdefault(file, set()).update(numbers[:MOST_LINES])
    return record_texts(built, records) | crf_texts(folder, lines)


def _piece(
    built: Built,
    piece: Sequence[Reported],
    behind: FieldsBehind,
    texts: Mapping[str, list[str]],
) -> dict[str, Any]:
    """What the findings of a piece open to, with the records they name."""
    opened = [_opened(item, behind) for item in piece]
    places = {entry["record"]: None for entry in opened} | {
        f"{file}:{line}": None
        for entry in opened
        for file, numbers in entry["lines"].items()
        for line in numbers
    }
    other = {item.finding.dataset for item in piece if item.finding.record} - set(behind.datasets)
    return {
        "findings": opened,
        "texts": {place: texts[place] for place in places if place in texts},
        "variables": {
            name: [[str(column), ""] for column in built.columns[name]]
            for name in sorted(other)
            if name in built.columns
        },
    }


def _opened(item: Reported, behind: FieldsBehind) -> dict[str, Any]:
    """What one finding opens to."""
    found = item.finding
    return {
        "what": found.what,
        "fix": found.fix,
        "variable": found.variable or found.field,
        "values": dict(item.values),
        "record": f"{found.dataset}:{found.record}" if found.record else "",
        "lines": {file: numbers[:MOST_LINES] for file, numbers in item.lines.items()},
        "more": {
            file: len(numbers) - MOST_LINES
            for file, numbers in item.lines.items()
            if len(numbers) > MOST_LINES
        },
        "fields": _marked(item, behind),
        "waived": item.waived,
        "since": item.since,
        "response": item.response,
        "answered": item.answered if item.answered != found.what else "",
    }


def _marked(item: Reported, behind: FieldsBehind) -> dict[str, list[str]]:
    """CRF extract -> fields behind the values that show the fault."""
    found, marked = item.finding, dict[str, list[str]]()
    if found.field:
        return {found.file: [found.field]}
    for name in dict.fromkeys([found.variable, *item.values]):
        dataset, variable = name.split(".", 1) if "." in name else (found.dataset, name)
        for file, field in behind.of(dataset, variable):
            marked.setdefault(file, []).append(field)
    return marked
