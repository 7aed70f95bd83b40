"""One page per subject: every record of the subject, across all datasets, on one timeline.

Each page is one file that holds its own data. A study of more than MOST_PAGES subjects gets pages
for the subjects with the gravest and most findings; the report says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.checks.built import Built
from pipeline.checks.origins import ORIGIN_COLUMNS, crf_lines, without_crf
from pipeline.checks.page_rows import crf_fields, crf_texts
from pipeline.checks.pages import file_name, render, replaced
from pipeline.checks.reported import Reported
from pipeline.checks.rules import SEVERITIES
from pipeline.checks.subject_records import SUBJECT, SubjectRecords
from pipeline.checks.timeline import day_number
from pipeline.datasets import all_datasets
from pipeline.frames import replace_text
from pipeline.study import StudyFolder

MOST_PAGES = 250
AT_ONCE = 50  # subjects whose pages are made together
MOST_LINES = 3
REFERENCE = "RFSTDTC"


def chosen_subjects(everyone: Iterable[str], reported: Sequence[Reported]) -> list[str]:
    """The subjects that get a page: all, or MOST_PAGES with the gravest and most findings."""
    everyone = sorted(everyone)
    if len(everyone) <= MOST_PAGES:
        return everyone
    found: dict[str, Counter[str]] = {name: Counter() for name in everyone}
    for item in reported:
        if item.usubjid:
            found[item.usubjid][item.finding.severity] += 1
    gravest = sorted(found, key=lambda s: ([-found[s][name] for name in SEVERITIES], s))
    return sorted(name for name in gravest[:MOST_PAGES] if found[name])


def page_files(subjects: Iterable[str]) -> dict[str, str]:
    """USUBJID -> the file of the subject's page, relative to the report."""
    return {subject: f"subjects/{file_name(subject)}.html" for subject in subjects}


def write_subjects(
    folder: StudyFolder, built: Built, reported: Sequence[Reported], subjects: Sequence[str]
) -> None:
    """Write build/validation/subjects/ with one page per subject."""
    reference, sites = _reference(built), built.sites
    findings: dict[str, list[Reported]] = {}
    for item in reported:
        findings.setdefault(item.usubjid, []).append(item)
    with replaced(folder.path / "build/validation/subjects") as beside:
        for first in range(0, len(subjects), AT_ONCE):
            for page in _pages(folder, built, subjects[first : first + AT_ONCE], reference):
                subject = page["subject"]
                page["site"] = sites.get(subject, "")
                page["findings"] = [_finding(item) for item in findings.get(subject, [])]
                text = render("subject.html", study=folder.study, subject=subject, page=page)
                replace_text(beside / Path(page_files([subject])[subject]).name, text)


def _pages(
    folder: StudyFolder, built: Built, subjects: Sequence[str], reference: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """What the pages of a few subjects say of their records.

    The values of the records are numbers of `values`: most stand in a page many times.
    """
    parts = _parts(folder, built, subjects, reference)
    places = _places(folder, parts)
    crf, fields = crf_texts(folder, _lines(places)), crf_fields(folder)
    for subject in subjects:
        values: dict[str, int] = {}
        told = [own for part in parts if (own := part.of(subject, places, values))]
        yield {
            "subject": subject,
            "reference": reference.get(subject),
            "datasets": told,
            "values": list(values),
            "withoutCrf": without_crf(folder),
            **_crf(told, crf, fields),
        }


def _parts(
    folder: StudyFolder, built: Built, subjects: Sequence[str], reference: Mapping[str, float]
) -> list[SubjectRecords]:
    """Every dataset with records of the subjects, in the order of a page."""
    parts = [
        SubjectRecords(dataset, built.of_subjects(dataset.name, subjects), reference)
        for dataset in all_datasets(folder).values()
        if SUBJECT in built.columns[dataset.name]
    ]
    return sorted((part for part in parts if len(part.rows)), key=SubjectRecords.place)


def _places(
    folder: StudyFolder, parts: Sequence[SubjectRecords]
) -> dict[tuple[str, int], dict[str, list]]:
    """(dataset, record) -> CRF extract -> the first lines."""
    if not parts:
        return {}
    records = [
        pd.DataFrame({"dataset": part.dataset.name, "record": part.rows.index}) for part in parts
    ]
    lines = crf_lines(folder, pd.concat(records, ignore_index=True))
    lines = lines.sort_values(["dataset", "record", "file", "line"], kind="stable")
    first = lines.groupby(["dataset", "record", "file"], sort=False).head(MOST_LINES)
    places: dict[tuple[str, int], dict[str, list]] = {}
    for dataset, record, file, line in zip(*(first[c] for c in ORIGIN_COLUMNS), strict=True):
        places.setdefault((dataset, record), {}).setdefault(file, []).append(int(line))
    return places


def _lines(places: Mapping[tuple[str, int], Mapping[str, list[int]]]) -> dict[str, set[int]]:
    """CRF extract -> all lines."""
    lines: dict[str, set[int]] = {}
    for own in places.values():
        for file, numbers in own.items():
            lines.setdefault(file, set()).update(numbers)
    return lines


def _crf(
    datasets: Sequence[Mapping[str, Any]],
    crf: Mapping[str, list[str]],
    fields: Mapping[str, list[list[str]]],
) -> dict[str, Any]:
    """The CRF records behind the records of one subject, and the fields of their extracts."""
    named = {
        (file, line): None
        for dataset in datasets
        for _, places in dataset["records"].values()
        for file, numbers in places.items()
        for line in numbers
    }
    found = [f"{file}:{line}" for file, line in named]
    texts = {place: crf[place] for place in found if place in crf}
    return {"texts": texts, "fields": {file: fields[file] for file in {f: 0 for f, _ in named}}}


def _reference(built: Built) -> dict[str, float]:
    """USUBJID -> the day of DM.RFSTDTC, from which study days count."""
    told = pd.DataFrame(built.told_by_subject("DM", REFERENCE), columns=[SUBJECT, REFERENCE])
    days = day_number(told[REFERENCE])
    return {s: float(d) for s, d in zip(told[SUBJECT], days, strict=True) if not pd.isna(d)}


def _finding(item: Reported) -> dict[str, object]:
    """A finding as the page of its subject names it."""
    found = item.finding
    return {
        "key": item.key,
        "rule": found.rule,
        "severity": found.severity,
        "status": "waived" if item.waived else "open",
        "place": item.place,
        "record": found.record,
        "says": item.says,
        "what": found.what,
    }
